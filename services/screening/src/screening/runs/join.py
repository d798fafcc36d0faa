"""From the slices of a run to the whole: every approach once, continuous stays in one piece, coverage for everybody.

Runs in the engine's child: bytes in, bytes and a few rows out.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from assessment.approach_columns import (
    Approach,
    ApproachColumns,
    CoverageColumns,
    approaches,
    write_approaches,
    write_coverage,
)
from assessment.engine_results import approach_columns, reasons_of
from astrodynamics.screening import Approaches, Coverage
from astrodynamics.screening.coverage import OUTSIDE_EPHEMERIS, STARTS_BEYOND_SPAN, WHOLLY_IN_PAST
from screening.pinned_files import PinnedFile
from screening.runs.inputs import RunInputs
from screening.runs.population import Members, members_of, population_of
from screening.runs.slice_files import read_slice
from screening.runs.trajectories import load_catalogue, load_ephemeris

__all__ = [
    "Gap",
    "JoinOrder",
    "JoinedRun",
    "SliceFile",
    "Watched",
    "gaps_of",
    "join_run",
    "joined_gaps",
    "of_the_whole",
]

_SAME_PASSAGE_NS: Final = 1_200_000_000_000
"""An approach of a pair so near in time to an event's is that event's: the longest window of grouping."""


@dataclass(frozen=True, order=True)
class Gap:
    """An object was not screened over [from, to), and why."""

    norad_cat_id: int
    designator: str
    """Empty for an object of the catalogue."""
    from_tai_ns: int
    to_tai_ns: int
    reason: str


@dataclass(frozen=True)
class SliceFile:
    """A task's result."""

    file: PinnedFile
    start_tai_ns: int
    stop_tai_ns: int


@dataclass(frozen=True)
class Watched:
    """A pair that has an event, to see whether this run screened it and found nothing."""

    norad_cat_id_low: int
    norad_cat_id_high: int
    tca_tai_ns: int


@dataclass(frozen=True, kw_only=True)
class JoinOrder:
    """What is to be joined.

    Attributes
    ----------
    parties
        Numbers whose approaches may become CDMs.
    watched
        Pairs with an event in the interval.
    most_gaps
        How many gaps come back as rows; the coverage file has all.
    """

    run_id: str
    inputs: RunInputs
    catalogue: PinnedFile | None
    ephemerides: tuple[PinnedFile, ...]
    slices: tuple[SliceFile, ...]
    parties: frozenset[int]
    watched: tuple[Watched, ...]
    most_gaps: int


@dataclass(frozen=True, kw_only=True)
class JoinedRun:
    """The whole of a run.

    Attributes
    ----------
    approaches, coverage
        Parquet files.
    object_count
        Objects that were to be screened against the primaries.
    screened_count
        Those of them that were screened over the whole interval.
    gap_counts
        Objects by reason.
    gaps
        The first of all gaps.
    candidates
        Approaches of the `parties`.
    found_nothing
        The watched pairs that were screened at their time of closest approach and had nothing in the volume.
    """

    approaches: bytes
    coverage: bytes
    approach_count: int
    object_count: int
    screened_count: int
    not_screened_count: int
    gap_counts: dict[str, int]
    gaps: tuple[Gap, ...]
    candidates: tuple[Approach, ...]
    found_nothing: tuple[Watched, ...]


def join_run(order: JoinOrder) -> JoinedRun:
    """Join the slices of a run.

    Raises
    ------
    PinnedObjectChangedError
        A slice's file is not the one that was recorded.
    """
    start, stop = order.slices[0].start_tai_ns, order.slices[-1].stop_tai_ns
    catalogue = None if order.catalogue is None else load_catalogue(order.catalogue)
    members = members_of(order.inputs, catalogue)
    slices = [read_slice(each.file.read()) for each in order.slices]
    spans = [(each.start_tai_ns, each.stop_tai_ns) for each in order.slices]
    ephemerides = tuple(
        load_ephemeris(file, pinned) for file, pinned in zip(order.ephemerides, order.inputs.ephemerides, strict=True)
    )
    found = [Approaches.joined([passes[number] for passes, _ in slices], spans) for number in range(len(slices[0][0]))]
    columns = approach_columns(population_of(members, catalogue, ephemerides), found)
    not_screened = of_the_whole([coverage for _, coverage in slices], start, stop)
    gaps = joined_gaps(gaps_of(not_screened, members))
    population = set(
        zip(
            members.norad_cat_id[members.secondaries].tolist(),
            [designator or "" for designator in members.designator[members.secondaries]],
            strict=True,
        )
    )
    gone = {(gap.norad_cat_id, gap.designator) for gap in gaps}
    metadata = {"run": order.run_id}
    chosen = np.isin(columns.norad_cat_id_1, list(order.parties)) | np.isin(columns.norad_cat_id_2, list(order.parties))
    return JoinedRun(
        approaches=write_approaches(columns, metadata),
        coverage=write_coverage(_coverage(population, gaps, start, stop), metadata),
        approach_count=len(columns),
        object_count=len(population),
        screened_count=0 if _primary_is_gone(order, gaps, start, stop) else len(population - gone),
        not_screened_count=len(gone),
        gap_counts=dict(Counter(reason for _, _, reason in {(g.norad_cat_id, g.designator, g.reason) for g in gaps})),
        gaps=tuple(gaps[: order.most_gaps]),
        candidates=tuple(approaches(write_approaches(columns.rows(chosen)))),
        found_nothing=_found_nothing(order, columns, gaps, members, (start, stop)),
    )


def gaps_of(coverage: Coverage, members: Members) -> list[Gap]:
    """Return what a slice could not screen."""
    return [
        Gap(
            int(members.norad_cat_id[index]),
            members.designator[index] or "",
            int(begin),
            int(end),
            reason,
        )
        for index, begin, end, reason in zip(
            coverage.index, coverage.from_tai_ns, coverage.to_tai_ns, reasons_of(coverage), strict=True
        )
        if reason is not None
    ]


def of_the_whole(not_screened: Sequence[Coverage], start: int, stop: int) -> Coverage:
    """Put what slices could not screen as the whole would.

    An ephemeris that is over, or has not begun, when a slice begins or ends is so for the run only if it is throughout.
    """
    told = Coverage.joined(not_screened)
    throughout = (told.from_tai_ns <= start) & (told.to_tai_ns >= stop)
    of_slice = np.isin(told.reason, (WHOLLY_IN_PAST, STARTS_BEYOND_SPAN)) & ~throughout
    reason = np.where(of_slice, OUTSIDE_EPHEMERIS, told.reason).astype(np.uint8)
    return Coverage(told.index, told.from_tai_ns, told.to_tai_ns, reason)


def joined_gaps(gaps: Iterable[Gap]) -> list[Gap]:
    """Return gaps in order, those that touch and have one reason as one."""
    joined: list[Gap] = []
    for gap in sorted(gaps, key=lambda each: (each.norad_cat_id, each.designator, each.reason, each.from_tai_ns)):
        last = joined[-1] if joined else None
        same = last is not None and (last.norad_cat_id, last.designator, last.reason) == (
            gap.norad_cat_id,
            gap.designator,
            gap.reason,
        )
        if last is not None and same and gap.from_tai_ns <= last.to_tai_ns:
            joined[-1] = replace(last, to_tai_ns=max(last.to_tai_ns, gap.to_tai_ns))
        else:
            joined.append(gap)
    return sorted(joined)


def _primary_is_gone(order: JoinOrder, gaps: Sequence[Gap], start: int, stop: int) -> bool:
    primary = order.inputs.primary
    return primary is not None and any(
        gap.designator == primary.id and gap.from_tai_ns <= start and gap.to_tai_ns >= stop for gap in gaps
    )


def _coverage(population: set[tuple[int, str]], gaps: Sequence[Gap], start: int, stop: int) -> CoverageColumns:
    by_object = defaultdict(list)
    for gap in gaps:
        by_object[gap.norad_cat_id, gap.designator].append(gap)
    rows: list[tuple[int, str | None, int, int, str | None]] = []
    for number, designator in sorted(population | by_object.keys()):
        reached = start
        for gap in sorted(by_object[number, designator], key=lambda each: each.from_tai_ns):
            if gap.from_tai_ns > reached:
                rows.append((number, designator or None, reached, gap.from_tai_ns, None))
            rows.append((number, designator or None, gap.from_tai_ns, gap.to_tai_ns, gap.reason))
            reached = max(reached, gap.to_tai_ns)
        if reached < stop:
            rows.append((number, designator or None, reached, stop, None))
    numbers, designators, begins, ends, reasons = zip(*rows, strict=True) if rows else ((), (), (), (), ())
    return CoverageColumns(
        norad_cat_id=np.array(numbers, dtype=np.int64),
        designator=np.array(designators, dtype=object),
        from_tai_ns=np.array(begins, dtype=np.int64),
        to_tai_ns=np.array(ends, dtype=np.int64),
        reason=np.array(reasons, dtype=object),
    )


def _found_nothing(
    order: JoinOrder, columns: ApproachColumns, gaps: Sequence[Gap], members: Members, interval: tuple[int, int]
) -> tuple[Watched, ...]:
    primaries = set(members.norad_cat_id[members.primaries].tolist())
    secondaries = set(members.norad_cat_id[members.secondaries].tolist())
    found = []
    for pair in order.watched:
        low, high, tca = pair.norad_cat_id_low, pair.norad_cat_id_high, pair.tca_tai_ns
        was_paired = (low in primaries and high in secondaries) or (high in primaries and low in secondaries)
        was_missed = any(gap.norad_cat_id in (low, high) and gap.from_tai_ns <= tca <= gap.to_tai_ns for gap in gaps)
        of_pair = (columns.norad_cat_id_1 == low) & (columns.norad_cat_id_2 == high)
        near = (columns.from_tai_ns - _SAME_PASSAGE_NS <= tca) & (tca <= columns.to_tai_ns + _SAME_PASSAGE_NS)
        if was_paired and not was_missed and interval[0] <= tca < interval[1] and not (of_pair & near).any():
            found.append(pair)
    return tuple(found)
