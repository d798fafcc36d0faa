"""A whole screening in the handbook's words: from a volume specification to approaches and coverage."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from assessment.approach_columns import ApproachColumns, CoverageColumns
from assessment.engine_results import approach_columns, reasons_of
from assessment.engine_volumes import volume_passes
from assessment.volumes import VolumeSpec
from astrodynamics.screening import Coverage, Population, Progress, Request, Result, screen

__all__ = [
    "NO_CLOSED_ORBIT",
    "PopulationScreening",
    "Screened",
    "SecondaryKind",
    "coverage_columns",
    "requests_of",
    "screen_population",
]

Rows = npt.NDArray[np.int64]

NO_CLOSED_ORBIT: Final = "no-closed-orbit"
"""Why an object takes no part whose volume cannot be chosen; beside the engine's reasons."""


@dataclass(frozen=True, kw_only=True)
class SecondaryKind:
    """Secondaries of one kind, for example active, crewed or debris, that are screened within a volume of their own.

    Attributes
    ----------
    rows
        Of the population.
    volume
        About each primary, for these secondaries.
    """

    rows: npt.ArrayLike
    volume: VolumeSpec


@dataclass(frozen=True, kw_only=True)
class PopulationScreening:
    """What to screen.

    Attributes
    ----------
    start_tai_ns, stop_tai_ns
        The span: from start to before stop.
    volume
        About each primary.
    primaries, secondaries
        Rows of the population; None is all of it.
    kinds
        Secondaries for which another volume holds; one of several kinds has the first kind's. Each kind is a screening
        of its own.
    known_pairs
        Pairs of catalogue numbers that are kept out.
    longest_element_age_days
        Older element sets are not screened; None sets no limit.
    """

    start_tai_ns: int
    stop_tai_ns: int
    volume: VolumeSpec
    primaries: npt.ArrayLike | None = None
    secondaries: npt.ArrayLike | None = None
    kinds: Sequence[SecondaryKind] = ()
    known_pairs: Collection[Iterable[int]] | None = None
    longest_element_age_days: float | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class Screened:
    """What came of it.

    Attributes
    ----------
    approaches
        In the order of `ApproachColumns.in_order`.
    coverage
        Every object that was to take part, in the order of the population and of time.
    propagations
        States that the engine computed on its grid.
    threads
        That computed at a time.
    """

    approaches: ApproachColumns
    coverage: CoverageColumns
    propagations: int
    threads: int


def screen_population(
    population: Population,
    asked: PopulationScreening,
    *,
    threads: int | None = None,
    progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Screened:
    """Screen a population within volumes of the handbook or of a user's own.

    Parameters
    ----------
    population, asked
        Who, and against whom, when, within what.
    threads, progress, cancelled
        As for `astrodynamics.screening.screen`; progress counts over all its passes.

    Raises
    ------
    InvalidRequestError
        The request does not fit the population.
    ScreeningCancelledError
        ``cancelled`` said so.

    """
    wanted, without_orbit = requests_of(population, asked)
    results: list[Result] = []
    for request in wanted:
        told = _counting_on(progress, len(results), len(wanted))
        results.append(screen(population, request, threads=threads, progress=told, cancelled=cancelled))
    return Screened(
        approaches=approach_columns(population, [result.approaches for result in results]),
        coverage=coverage_columns(population, [result.coverage for result in results], without_orbit, asked),
        propagations=sum(result.statistics.propagations for result in results),
        threads=max((result.statistics.threads for result in results), default=0),
    )


def requests_of(population: Population, asked: PopulationScreening) -> tuple[list[Request], Rows]:
    """Return the passes of the engine, and the rows on no closed orbit, which take no part."""
    primaries = _rows(asked.primaries, population)
    rest = _rows(asked.secondaries, population)
    kinds: list[tuple[VolumeSpec, Rows]] = []
    for kind in asked.kinds:
        kinds.append((kind.volume, np.intersect1d(rest, _rows(kind.rows, population))))
        rest = np.setdiff1d(rest, kinds[-1][1])
    found: list[Request] = []
    without_orbit = np.zeros(0, dtype=np.int64)
    for spec, rows in (*kinds, (asked.volume, rest)):
        passes, without_orbit = volume_passes(population, primaries, spec)
        secondaries = np.setdiff1d(rows, without_orbit)
        if len(secondaries) or not asked.kinds:
            found += [
                Request(
                    asked.start_tai_ns,
                    asked.stop_tai_ns,
                    volume,
                    primaries=leads,
                    secondaries=secondaries,
                    known_pairs=asked.known_pairs,
                    max_element_age_days=asked.longest_element_age_days,
                )
                for leads, volume in passes
            ]
    return found, without_orbit


def _rows(chosen: npt.ArrayLike | None, population: Population) -> Rows:
    if chosen is None:
        return np.arange(len(population), dtype=np.int64)
    return np.asarray(chosen, dtype=np.int64)


def _counting_on(
    progress: Callable[[Progress], None] | None, done: int, passes: int
) -> Callable[[Progress], None] | None:
    if progress is None:
        return None
    return lambda now: progress(replace(now, done=done * now.total + now.done, total=passes * now.total))


def coverage_columns(
    population: Population, found: Sequence[Coverage], without_orbit: Rows, asked: PopulationScreening
) -> CoverageColumns:
    """Return the coverage of all passes: an object is covered alike in each, so that the first that knows it tells."""
    rows: list[tuple[int, int, int, str | None]] = [
        (row, asked.start_tai_ns, asked.stop_tai_ns, NO_CLOSED_ORBIT) for row in without_orbit.tolist()
    ]
    known: set[int] = set()
    for coverage in found:
        index = coverage.index.tolist()
        told = zip(index, coverage.from_tai_ns.tolist(), coverage.to_tai_ns.tolist(), reasons_of(coverage), strict=True)
        rows += [row for row in told if row[0] not in known]
        known.update(index)
    rows.sort(key=lambda row: row[:2])
    chosen = np.array([row[0] for row in rows], dtype=np.int64)
    return CoverageColumns(
        norad_cat_id=population.norad_cat_id[chosen],
        designator=np.array(population.designators, dtype=object)[chosen],
        from_tai_ns=np.array([row[1] for row in rows], dtype=np.int64),
        to_tai_ns=np.array([row[2] for row in rows], dtype=np.int64),
        reason=np.array([row[3] for row in rows], dtype=object),
    )
