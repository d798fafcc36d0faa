"""``fairway openapi``: the public API, described."""

import json
from typing import Any

from fairway.composition import modules

__all__ = ["description", "openapi"]


def openapi() -> None:
    """Print the description of the public API (OpenAPI 3.1, JSON)."""
    print(json.dumps(description(), indent=2, ensure_ascii=False))  # noqa: T201 - JSON as it is


def description() -> dict[str, Any]:
    """Return the description of the public API."""
    from servicekit.runtime import openapi_app

    app = openapi_app(modules(["ingest-api", "spacetrack-gateway"]), version="1")
    app.description = "Fairway's public API. Every error is a problem document (RFC 9457) with a stable `code`."
    return app.openapi()
