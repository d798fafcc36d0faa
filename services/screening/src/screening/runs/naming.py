"""From the engine's indices to what people read: catalogue numbers, the smaller first, and its frame."""

import numpy as np
import numpy.typing as npt

from assessment.approach_columns import ApproachColumns
from astrodynamics.encounter import relative_rtn
from astrodynamics.screening import Approaches, Population, states_at
from screening.runs.population import Members

__all__ = ["approach_columns"]

_SAME_TCA_NS = 1_000_000
"""Each of two primaries reports the approach with its own volume; the instant is one."""


def approach_columns(passes: list[Approaches], members: Members, population: Population) -> ApproachColumns:
    """Return the approaches of all passes of the engine, each once, in their order."""
    return _once(ApproachColumns.joined([_named(each, members, population) for each in passes]).in_order())


def _named(found: Approaches, members: Members, population: Population) -> ApproachColumns:
    numbers = members.norad_cat_id
    turned = numbers[found.first] > numbers[found.second]
    low = np.where(turned, found.second, found.first)
    high = np.where(turned, found.first, found.second)
    rtn_km = np.stack([found.radial_km, found.in_track_km, found.cross_track_km], axis=1)
    rows = np.flatnonzero(turned)
    rtn_km[rows] = _relative_rtn_km(population, low[rows], high[rows], found.tca_tai_ns[rows])
    return ApproachColumns(
        norad_cat_id_1=numbers[low],
        norad_cat_id_2=numbers[high],
        designator_1=members.designator[low],
        designator_2=members.designator[high],
        tca_tai_ns=found.tca_tai_ns,
        miss_distance_m=found.miss_distance_km * 1e3,
        relative_speed_m_s=found.relative_speed_km_s * 1e3,
        radial_m=rtn_km[:, 0] * 1e3,
        in_track_m=rtn_km[:, 1] * 1e3,
        cross_track_m=rtn_km[:, 2] * 1e3,
        kind=np.array(found.kind_names(), dtype=object),
        from_tai_ns=found.entry_tai_ns,
        to_tai_ns=found.exit_tai_ns,
    )


def _relative_rtn_km(
    population: Population,
    first: npt.NDArray[np.int32],
    second: npt.NDArray[np.int32],
    tai_ns: npt.NDArray[np.int64],
) -> npt.NDArray[np.float64]:
    """Position of the second in the first's RTN frame, shape (n, 3), km."""
    r_first, v_first = _states(population, first, tai_ns)
    r_second, v_second = _states(population, second, tai_ns)
    return np.asarray(relative_rtn(r_first, v_first, r_second, v_second)[0])


def _states(
    population: Population, indices: npt.NDArray[np.int32], tai_ns: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    r_km, v_km_s = np.empty((len(indices), 3)), np.empty((len(indices), 3))
    order = np.argsort(indices, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(indices[order])) + 1):
        if len(rows):
            r_km[rows], v_km_s[rows] = states_at(population, int(indices[rows[0]]), tai_ns[rows])
    return r_km, v_km_s


def _once(columns: ApproachColumns) -> ApproachColumns:
    """Leave out the second report of a passage, from the other object's side; the longer stay is the one that stays."""
    n = len(columns)
    if n < 2:
        return columns
    pairs = np.stack([columns.norad_cat_id_1, columns.norad_cat_id_2], axis=1)
    order = np.lexsort((columns.tca_tai_ns, columns.norad_cat_id_2, columns.norad_cat_id_1))
    before, after = order[:-1], order[1:]
    same = (
        (pairs[before] == pairs[after]).all(axis=1)
        & (columns.designator_1[before] == columns.designator_1[after])
        & (columns.designator_2[before] == columns.designator_2[after])
        & (columns.tca_tai_ns[after] - columns.tca_tai_ns[before] < _SAME_TCA_NS)
    )
    stay = columns.to_tai_ns - columns.from_tai_ns
    keep = np.ones(n, dtype=np.bool_)
    for one, other in zip(before[same].tolist(), after[same].tolist(), strict=True):
        keep[other if stay[one] >= stay[other] else one] = False
    return columns.rows(keep)
