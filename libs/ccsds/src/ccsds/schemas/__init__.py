"""JSON schemas of formats that are Fairway's own."""

from pathlib import Path
from typing import Any

__all__ = ["state_vector_schema"]


def state_vector_schema() -> dict[str, Any]:
    """The schema of a state vector in JSON (JSON Schema, draft 2020-12)."""
    import json  # noqa: PLC0415 - `import ccsds` stays light

    text = Path(__file__).with_name("state_vector.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema
