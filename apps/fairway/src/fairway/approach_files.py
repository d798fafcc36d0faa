"""The table of approaches that ``fairway screen`` writes."""

import csv
import io
from collections.abc import Iterable
from pathlib import Path
from typing import IO, TYPE_CHECKING

from fairway.errors import CommandError
from fairway.whole_files import whole_file

if TYPE_CHECKING:
    from assessment.approach_columns import ApproachColumns

__all__ = ["check_suffix", "write_approach_file"]

_SUFFIXES = (".csv", ".parquet")


def check_suffix(file: Path) -> None:
    """Refuse what is neither CSV nor Parquet.

    Raises
    ------
    CommandError
        It has another suffix.
    """
    if file.suffix.lower() not in _SUFFIXES:
        raise CommandError(f"{file} is neither .csv nor .parquet: choose one of them")


def write_approach_file(file: Path, pieces: "Iterable[ApproachColumns]", metadata: dict[str, str]) -> None:
    """Write the approaches as CSV, or as Parquet with `metadata` in its footer, as the suffix says.

    One piece is in memory at a time; whatever goes wrong meanwhile, an older file of that name stays as it is.
    """
    from assessment.approach_columns import ApproachWriter

    with whole_file(file) as target:
        if file.suffix.lower() == ".parquet":
            with ApproachWriter(target, metadata) as writer:
                for piece in pieces:
                    writer.write(piece)
        else:
            _write_csv(target, pieces)


def _write_csv(target: IO[bytes], pieces: "Iterable[ApproachColumns]") -> None:
    from assessment.approach_columns import CSV_COLUMNS

    text = io.TextIOWrapper(target, encoding="utf-8", newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    for piece in pieces:
        writer.writerows(piece.csv_rows())
    text.flush()
    text.detach()
