"""The table of approaches that ``fairway screen`` writes."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from fairway.errors import CommandError
from fairway.whole_files import write_whole

if TYPE_CHECKING:
    from assessment.approach_columns import ApproachColumns

__all__ = ["check_suffix", "write_approach_file"]

_SUFFIXES = (".csv", ".parquet")
_ROWS_A_PIECE = 4096


def check_suffix(file: Path) -> None:
    """Refuse what is neither CSV nor Parquet.

    Raises
    ------
    CommandError
        It has another suffix.
    """
    if file.suffix.lower() not in _SUFFIXES:
        raise CommandError(f"{file} is neither .csv nor .parquet: choose one of them")


def write_approach_file(file: Path, columns: "ApproachColumns", metadata: dict[str, str]) -> None:
    """Write the approaches as CSV, or as Parquet with `metadata` in its footer, as the suffix says."""
    from assessment.approach_columns import write_approaches

    content = write_approaches(columns, metadata)
    write_whole(file, [content] if file.suffix.lower() == ".parquet" else _csv(content))


def _csv(content: bytes) -> Iterator[bytes]:
    from assessment.approach_columns import CSV_COLUMNS, approaches

    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    for count, approach in enumerate(approaches(content), start=1):
        writer.writerow(approach.csv_row())
        if count % _ROWS_A_PIECE == 0:
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode()
