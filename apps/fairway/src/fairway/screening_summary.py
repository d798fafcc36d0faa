"""What ``fairway screen`` answers: the summary, for machines and for people."""

import math
import resource
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from assessment.approach_columns import ApproachColumns
    from assessment.screening_in_pieces import ScreenedInPieces
    from fairway.catalogue_files import RefusedSet

__all__ = ["Cost", "Stopwatch", "Tally", "print_summary", "summary"]

_CLOSEST = 5


@dataclass(frozen=True)
class Cost:
    """Of the whole command, reading and writing included."""

    wall_s: float
    cpu_s: float
    peak_rss_mb: float


class Stopwatch:
    """Runs from its making."""

    def __init__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def read(self) -> Cost:
        """Return what has been spent until now."""
        return Cost(
            wall_s=round(time.perf_counter() - self._wall, 3),
            cpu_s=round(time.process_time() - self._cpu, 3),
            peak_rss_mb=round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        )


class Tally:
    """Counts approaches as they pass by, and keeps the closest."""

    def __init__(self) -> None:
        self.approaches = self.continuous = 0
        self.least_miss_distance_m = math.inf
        self.closest: ApproachColumns | None = None
        """Of the kind ``approach``, the closest first."""

    def of(self, pieces: "Iterable[ApproachColumns]") -> "Iterator[ApproachColumns]":
        """Give the pieces on, counted."""
        from assessment.approach_columns import ApproachColumns

        for piece in pieces:
            self.approaches += len(piece)
            self.continuous += int((piece.kind == "continuous").sum())
            self.least_miss_distance_m = min(self.least_miss_distance_m, *piece.miss_distance_m.tolist())
            passing = piece.rows(piece.kind == "approach")
            nearest = passing.rows(passing.miss_distance_m.argsort(kind="stable")[:_CLOSEST])
            among = nearest if self.closest is None else ApproachColumns.joined([self.closest, nearest])
            self.closest = among.rows(among.miss_distance_m.argsort(kind="stable")[:_CLOSEST])
            yield piece


def summary(
    found: "ScreenedInPieces",
    tally: Tally,
    refused: "Sequence[RefusedSet]",
    span: tuple[int, int],
    objects: int,
    cost: Cost,
) -> dict[str, Any]:
    """Return the summary object.

    Parameters
    ----------
    tally
        Of all approaches of `found`.
    refused
        Element sets of the catalogue that could not be read; their objects were not screened at all.
    span
        Start and stop in TAI nanoseconds.
    objects
        In the population; those of the refused sets are counted beside them.

    """
    from astrodynamics.timescales import iso_utc

    coverage = found.coverage
    gaps = [row for row, reason in enumerate(coverage.reason) if reason is not None]
    not_screened = [
        {
            "norad_cat_id": int(coverage.norad_cat_id[row]),
            "reason": coverage.reason[row],
            "from": iso_utc(int(coverage.from_tai_ns[row])),
            "to": iso_utc(int(coverage.to_tai_ns[row])),
        }
        for row in gaps
    ]
    begin, end = (iso_utc(moment) for moment in span)
    not_screened += [
        {"norad_cat_id": each.norad_cat_id, "reason": each.reason, "from": begin, "to": end} for each in refused
    ]
    incomplete = {(int(coverage.norad_cat_id[row]), coverage.designator[row]) for row in gaps}
    return {
        "objects": objects + len(refused),
        "screened": objects - len(incomplete),
        "not_screened": not_screened,
        "approaches": tally.approaches,
        "continuous": tally.continuous,
        "propagations": found.propagations,
        "wall_s": cost.wall_s,
        "cpu_s": cost.cpu_s,
        "peak_rss_mb": cost.peak_rss_mb,
        "workers": found.threads,
    }


def print_summary(answer: dict[str, Any], tally: Tally, out: str, console: Console) -> None:
    """Show the summary, why objects were not screened, and the closest approaches."""
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column(style="bold")
    table.add_column()
    table.add_row("objects", f"{answer['objects']:,}")
    table.add_row("screened throughout", f"{answer['screened']:,}")
    for reason, count in _objects_by_reason(answer["not_screened"]).most_common():
        table.add_row("not screened, or not throughout", f"{count:,} {reason}")
    table.add_row("approaches", f"{answer['approaches']:,} ({answer['continuous']:,} continuous) in {out}")
    table.add_row(
        "cost",
        f"{answer['wall_s']:.1f} s, {answer['cpu_s']:.1f} s of processor time with {answer['workers']} workers, "
        f"{answer['propagations']:,} propagations, {answer['peak_rss_mb']:.0f} MB",
    )
    console.print(table, highlight=False)
    _print_closest(tally, console)


def _objects_by_reason(not_screened: list[dict[str, Any]]) -> Counter[str]:
    """How many objects each reason is given for; one that has no readable number is one of its own."""
    objects = {
        (gap["norad_cat_id"] or f"gap {ordinal}", gap["reason"].partition(":")[0])
        for ordinal, gap in enumerate(not_screened)
    }
    return Counter(reason for _, reason in objects)


def _print_closest(tally: Tally, console: Console) -> None:
    from astrodynamics.timescales import iso_utc

    columns = tally.closest
    if columns is None or not len(columns):
        return
    table = Table("objects", "closest approach (UTC)", "miss distance", "relative speed", title_justify="left")
    for row in range(len(columns)):
        table.add_row(
            f"{columns.norad_cat_id_1[row]} {columns.norad_cat_id_2[row]}",
            iso_utc(int(columns.tca_tai_ns[row]), 3),
            f"{columns.miss_distance_m[row]:,.0f} m",
            f"{columns.relative_speed_m_s[row]:,.0f} m/s",
        )
    console.print(table)
