"""What a run could not screen, and why: from the words of its slices to the coverage of the whole."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from assessment.approach_columns import CoverageColumns
from assessment.engine_results import reasons_of
from astrodynamics.screening import Coverage
from astrodynamics.screening.coverage import OUTSIDE_EPHEMERIS, STARTS_BEYOND_SPAN, WHOLLY_IN_PAST
from screening.runs.population import Members

__all__ = ["Gap", "added", "coverage_columns", "gaps_of", "joined_gaps", "of_the_whole"]


@dataclass(frozen=True, order=True)
class Gap:
    """An object was not screened over [from, to), and why."""

    norad_cat_id: int
    designator: str
    """Empty for an object of the catalogue."""
    from_tai_ns: int
    to_tai_ns: int
    reason: str


def added(told: Coverage, of_slice: Coverage) -> Coverage:
    """Add what a slice could not screen to that of the slices before it; what several passes say alike counts once."""
    if not len(of_slice):
        return told
    rows = np.stack([of_slice.index, of_slice.from_tai_ns, of_slice.to_tai_ns, of_slice.reason.astype(np.int64)])
    index, begin, end, reason = np.unique(rows, axis=1)
    once = Coverage(index, begin, end, reason.astype(np.uint8))
    return Coverage.joined([told, once])


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


def of_the_whole(not_screened: Coverage, start: int, stop: int) -> Coverage:
    """Put what slices could not screen as the whole would.

    An ephemeris that is over, or has not begun, when a slice begins or ends is so for the run only if it is throughout.
    """
    throughout = (not_screened.from_tai_ns <= start) & (not_screened.to_tai_ns >= stop)
    of_slice = np.isin(not_screened.reason, (WHOLLY_IN_PAST, STARTS_BEYOND_SPAN)) & ~throughout
    reason = np.where(of_slice, OUTSIDE_EPHEMERIS, not_screened.reason).astype(np.uint8)
    return Coverage(not_screened.index, not_screened.from_tai_ns, not_screened.to_tai_ns, reason)


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


def coverage_columns(population: set[tuple[int, str]], gaps: Sequence[Gap], start: int, stop: int) -> CoverageColumns:
    """Return the coverage of everybody in [start, stop): the gaps, and what lies between them."""
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
