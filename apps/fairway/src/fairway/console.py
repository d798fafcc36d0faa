"""The two consoles: answers on standard output, everything else on standard error."""

import json
import sys
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

__all__ = ["OutputFormat", "answer_json", "answers", "note", "notes", "say", "show_rows"]

_PIPE_WIDTH = 200

answers = Console(width=None if sys.stdout.isatty() else _PIPE_WIDTH)
"""What was asked for."""
notes = Console(stderr=True)
"""Progress, logs, addresses."""


class OutputFormat(StrEnum):
    """For people, or for machines."""

    TEXT = "text"
    JSON = "json"


def say(sentence: str) -> None:
    """Print a line of the answer as it is: not wrapped, nothing read as markup."""
    answers.print(sentence, highlight=False, markup=False, soft_wrap=True)


def note(sentence: str) -> None:
    """Print a line on standard error as it is."""
    notes.print(sentence, highlight=False, markup=False, soft_wrap=True)


def show_rows(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table. Its first column names things: it is never cut, so that it can be copied."""
    table = Table()
    for column in columns:
        table.add_column(column, no_wrap=column == columns[0], overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    answers.print(table)


def answer_json(answer: Any) -> None:
    """Print one JSON document on one line of standard output."""
    print(json.dumps(answer, ensure_ascii=False, allow_nan=False))  # noqa: T201 - not for rich: no wrapping, no markup
