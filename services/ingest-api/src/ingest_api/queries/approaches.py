"""The approaches of a run, read from its columns piece by piece: a page as JSON, or all of them as CSV."""

import csv
import io
from collections.abc import AsyncIterator, Iterator, Sequence
from itertools import islice
from pathlib import Path

from assessment.approach_columns import CSV_COLUMNS, Approach, approaches
from ingest_api.queries.screening_models import ApproachOut
from servicekit.objects import ObjectStore
from servicekit.threads import in_thread

__all__ = ["approach_csv", "approach_out", "approach_page"]

_ROWS_AT_ONCE = 2000


async def approach_page(
    objects: ObjectStore,
    key: str,
    *,
    after_row: int,
    limit: int,
    norad_cat_id: int | None,
    maximum_miss_distance_m: float | None,
) -> list[Approach]:
    """Return up to `limit` approaches behind the row `after_row`."""

    def read(file: Path) -> list[Approach]:
        found = approaches(
            file,
            after_row=after_row,
            norad_cat_id=norad_cat_id,
            maximum_miss_distance_m=maximum_miss_distance_m,
        )
        return list(islice(found, limit))

    async with objects.local_file(key) as file:
        return await in_thread(read, file)


async def approach_csv(
    objects: ObjectStore, key: str | None, *, norad_cat_id: int | None, maximum_miss_distance_m: float | None
) -> AsyncIterator[bytes]:
    """Give every approach as CSV with the columns of ``fairway screen``; a run without any has the heading alone."""
    yield _lines([CSV_COLUMNS])
    if key is None:
        return
    async with objects.local_file(key) as file:
        rows = approaches(file, norad_cat_id=norad_cat_id, maximum_miss_distance_m=maximum_miss_distance_m)
        while piece := await in_thread(_piece, rows):
            yield piece


def _piece(rows: Iterator[Approach]) -> bytes:
    return _lines([row.csv_row() for row in islice(rows, _ROWS_AT_ONCE)])


def _lines(rows: Sequence[Sequence[str | int | float]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def approach_out(approach: Approach) -> ApproachOut:
    """Return an approach as the API shows it."""
    return ApproachOut.model_validate(approach)
