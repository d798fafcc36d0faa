"""Screening in the handbook's words: a volume about each primary by its orbit, the smaller catalogue number first.

The engine takes one shape a request and calls the primary first. Here primaries are grouped by the shape of their
volumes, what several groups found of one passage becomes one approach, and results are turned to the columns that
every reader of approaches knows.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from assessment.approach_columns import ApproachColumns, CoverageColumns
from assessment.engine_volumes import engine_shape, engine_volume
from assessment.errors import UnusableTrajectoryError
from assessment.regimes import Orbit, orbit_from_mean_elements, orbit_from_state
from assessment.volumes import ScreeningVolume, VolumeSpec
from astrodynamics.frames import rtn_axes
from astrodynamics.screening import (
    APPROACH,
    CONTINUOUS,
    KINDS,
    SCREENED,
    TRUNCATED,
    Approaches,
    Coverage,
    Population,
    Progress,
    Request,
    Result,
    screen,
    states_at,
)
from astrodynamics.trajectories import Ephemeris

__all__ = ["NO_CLOSED_ORBIT", "PopulationScreening", "Screened", "orbit_of_ephemeris", "screen_population"]

Rows = npt.NDArray[np.int64]

NO_CLOSED_ORBIT: Final = "no_closed_orbit"
"""Why an object takes no part whose volume cannot be chosen; beside the engine's reasons."""
_SAME_PASSAGE_NS: Final = 1_000_000
"""Two volumes about a pair meet the same minimum of its range: both find it to far less than this."""


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
        Every object that was to take part, in order of time.
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
        As for `astrodynamics.screening.screen`; progress counts over all its requests.

    Raises
    ------
    InvalidRequestError
        The request does not fit the population.
    ScreeningCancelledError
        ``cancelled`` said so.

    """
    primaries = _rows(asked.primaries, population)
    secondaries = _rows(asked.secondaries, population)
    volumes, without_orbit = _volumes_of(population, primaries, asked.volume)
    groups = _by_shape(volumes)
    results: list[Result] = []
    for rows in groups:
        request = Request(
            asked.start_tai_ns,
            asked.stop_tai_ns,
            engine_volume([volumes[row] for row in rows]),
            primaries=rows,
            secondaries=np.setdiff1d(secondaries, without_orbit),
            known_pairs=asked.known_pairs,
            max_element_age_days=asked.longest_element_age_days,
        )
        told = _counting_on(progress, len(results), len(groups))
        results.append(screen(population, request, threads=threads, progress=told, cancelled=cancelled))
    return Screened(
        approaches=_approach_columns(population, [result.approaches for result in results]),
        coverage=_coverage_columns(population, [result.coverage for result in results], without_orbit, asked),
        propagations=sum(result.statistics.propagations for result in results),
        threads=max((result.statistics.threads for result in results), default=0),
    )


def orbit_of_ephemeris(ephemeris: Ephemeris) -> Orbit:
    """Osculating orbit of the first state: it decides the volume and the regime.

    Raises
    ------
    UnusableTrajectoryError
        The state is on no closed orbit.

    """
    segment = ephemeris.segments[0]
    return orbit_from_state(segment.r_gcrf_km[0], segment.v_gcrf_km_s[0])


def _rows(chosen: npt.ArrayLike | None, population: Population) -> Rows:
    if chosen is None:
        return np.arange(len(population), dtype=np.int64)
    return np.asarray(chosen, dtype=np.int64)


def _volumes_of(
    population: Population, primaries: Rows, spec: VolumeSpec
) -> tuple[dict[int, ScreeningVolume], list[int]]:
    """Volumes by row, and the rows whose orbit is not closed."""
    volumes: dict[int, ScreeningVolume] = {}
    without_orbit = []
    for row in primaries.tolist():
        try:
            volumes[row] = spec.for_orbit(_orbit_of(population, row))
        except UnusableTrajectoryError:
            without_orbit.append(row)
    return volumes, without_orbit


def _orbit_of(population: Population, row: int) -> Orbit:
    elements = population.elements
    if population.is_ephemeris(row):
        return orbit_of_ephemeris(population.ephemerides[row - len(elements)])
    return orbit_from_mean_elements(
        float(elements.mean_motion_rev_day[row]),
        float(elements.eccentricity[row]),
        float(elements.inclination_deg[row]),
    )


def _by_shape(volumes: dict[int, ScreeningVolume]) -> list[list[int]]:
    groups: dict[str, list[int]] = {}
    for row, volume in volumes.items():
        groups.setdefault(engine_shape(volume), []).append(row)
    return [groups[shape] for shape in sorted(groups)]


def _counting_on(
    progress: Callable[[Progress], None] | None, done: int, groups: int
) -> Callable[[Progress], None] | None:
    if progress is None:
        return None
    return lambda now: progress(replace(now, done=done * now.total + now.done, total=groups * now.total))


def _approach_columns(population: Population, found: Sequence[Approaches]) -> ApproachColumns:
    every = _concatenated(found)
    if every is None:
        return ApproachColumns.empty()
    numbers = population.norad_cat_id
    swapped = numbers[every.first] > numbers[every.second]
    low = np.where(swapped, every.second, every.first).astype(np.int64)
    high = np.where(swapped, every.first, every.second).astype(np.int64)
    chosen, begin, end, kind = _one_a_passage(every, low, high, swapped)
    rtn_m = np.stack([every.radial_km, every.in_track_km, every.cross_track_km], axis=1)[chosen] * 1e3
    low, high, tca, swapped = low[chosen], high[chosen], every.tca_tai_ns[chosen], swapped[chosen]
    rtn_m[swapped] = 1e3 * _relative_rtn_km(population, low[swapped], high[swapped], tca[swapped])
    designators = np.array(population.designators, dtype=object)
    return ApproachColumns(
        norad_cat_id_1=numbers[low],
        norad_cat_id_2=numbers[high],
        designator_1=designators[low],
        designator_2=designators[high],
        tca_tai_ns=tca,
        miss_distance_m=every.miss_distance_km[chosen] * 1e3,
        relative_speed_m_s=every.relative_speed_km_s[chosen] * 1e3,
        radial_m=rtn_m[:, 0],
        in_track_m=rtn_m[:, 1],
        cross_track_m=rtn_m[:, 2],
        kind=np.array(KINDS, dtype=object)[kind],
        from_tai_ns=begin,
        to_tai_ns=end,
    ).in_order()


def _concatenated(found: Sequence[Approaches]) -> Approaches | None:
    if not any(len(each) for each in found):
        return None
    columns = [each.to_columns() for each in found]
    return Approaches.from_columns({name: np.concatenate([each[name] for each in columns]) for name in columns[0]})


def _one_a_passage(
    every: Approaches, low: Rows, high: Rows, swapped: npt.NDArray[np.bool_]
) -> tuple[Rows, Rows, Rows, npt.NDArray[np.uint8]]:
    """For each passage of a pair: the row that stands for it, from, to and kind.

    Where each object was primary with a volume of its own, one passage was found twice. It is in a volume as long as
    it is in either.
    """
    order = np.lexsort((every.tca_tai_ns, high, low))
    low, high, tca = low[order], high[order], every.tca_tai_ns[order]
    begins = np.ones(len(order), dtype=bool)
    begins[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1]) | (np.diff(tca) > _SAME_PASSAGE_NS)
    starts, passage = np.flatnonzero(begins), np.cumsum(begins) - 1
    as_given_first = np.lexsort((swapped[order], passage))
    chosen = order[as_given_first[starts]]
    weight = np.select([every.kind == CONTINUOUS, every.kind == APPROACH], [2, 1], 0)[order]
    strongest = np.array([TRUNCATED, APPROACH, CONTINUOUS])
    return (
        chosen,
        np.minimum.reduceat(every.entry_tai_ns[order], starts),
        np.maximum.reduceat(every.exit_tai_ns[order], starts),
        strongest[np.maximum.reduceat(weight, starts)].astype(np.uint8),
    )


def _relative_rtn_km(population: Population, first: Rows, second: Rows, tai_ns: Rows) -> npt.NDArray[np.float64]:
    """Position of the second from the first in the first's RTN axes, a pair and an instant a row."""
    r_first, v_first = _states(population, first, tai_ns)
    r_second, _ = _states(population, second, tai_ns)
    if not len(first):
        return np.empty((0, 3))
    return np.asarray(np.einsum("nij,nj->ni", rtn_axes(r_first, v_first), r_second - r_first))


def _states(
    population: Population, objects: Rows, tai_ns: Rows
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    r_km, v_km_s = np.empty((len(objects), 3)), np.empty((len(objects), 3))
    order = np.argsort(objects, kind="stable")
    ends = np.flatnonzero(np.diff(objects[order])) + 1
    for rows in np.split(order, ends) if len(objects) else ():
        r_km[rows], v_km_s[rows] = states_at(population, int(objects[rows[0]]), tai_ns[rows])
    return r_km, v_km_s


def _coverage_columns(
    population: Population, found: Sequence[Coverage], without_orbit: Sequence[int], asked: PopulationScreening
) -> CoverageColumns:
    """Coverage of all requests: the same object is covered alike in each, so that the first that knows it tells."""
    known: set[int] = set()
    rows: list[tuple[int, int, int, str | None]] = [
        (row, asked.start_tai_ns, asked.stop_tai_ns, NO_CLOSED_ORBIT) for row in without_orbit
    ]
    for coverage in found:
        new = [row for row in range(len(coverage)) if int(coverage.index[row]) not in known]
        names = coverage.reason_names()
        rows += [
            (
                int(coverage.index[row]),
                int(coverage.from_tai_ns[row]),
                int(coverage.to_tai_ns[row]),
                None if coverage.reason[row] == SCREENED else names[row],
            )
            for row in new
        ]
        known.update(coverage.index.tolist())
    rows.sort(key=lambda row: row[:2])
    index = np.array([row[0] for row in rows], dtype=np.int64)
    return CoverageColumns(
        norad_cat_id=population.norad_cat_id[index],
        designator=np.array(population.designators, dtype=object)[index],
        from_tai_ns=np.array([row[1] for row in rows], dtype=np.int64),
        to_tai_ns=np.array([row[2] for row in rows], dtype=np.int64),
        reason=np.array([row[3] for row in rows], dtype=object),
    )
