"""The two consoles: answers on standard output, everything else on standard error."""

import json
from enum import StrEnum
from typing import Any

from rich.console import Console

__all__ = ["OutputFormat", "answer_json", "answers", "notes"]

answers = Console()
"""What was asked for."""
notes = Console(stderr=True)
"""Progress, logs, addresses."""


class OutputFormat(StrEnum):
    """For people, or for machines."""

    TEXT = "text"
    JSON = "json"


def answer_json(answer: Any) -> None:
    """Print one JSON document on one line of standard output."""
    print(json.dumps(answer, ensure_ascii=False, allow_nan=False))  # noqa: T201 - not for rich: no wrapping, no markup
