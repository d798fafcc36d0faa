"""The engine's results as everybody reads them: catalogue numbers, the smaller first, components in its axes."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from assessment.approach_columns import ApproachColumns
from astrodynamics.screening.approaches import APPROACH, CONTINUOUS, KINDS, TRUNCATED, Approaches
from astrodynamics.screening.coverage import SCREENED, Coverage
from astrodynamics.screening.pair_geometry import relative_positions_rtn_km
from astrodynamics.screening.population import Population

__all__ = ["SAME_PASSAGE_NS", "approach_columns", "reasons_of"]

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]

SAME_PASSAGE_NS: Final = 1_000_000
"""Two volumes about a pair meet the same minimum of its range: both find it to far less than this."""
_BY_WEIGHT: Final = np.array([TRUNCATED, APPROACH, CONTINUOUS], dtype=np.uint8)
"""Where two reports of a passage differ in kind, the one that knows more of it counts."""


def approach_columns(population: Population, passes: Sequence[Approaches]) -> ApproachColumns:
    """Turn what the engine found in one or more passes to columns, each passage of a pair once, in their order.

    Parameters
    ----------
    population
        That the approaches index.
    passes
        Of the same span; see `assessment.engine_volumes.volume_passes`.

    """
    if not any(len(each) for each in passes):
        return ApproachColumns.empty()
    columns = [each.to_columns() for each in passes]
    every = Approaches.from_columns({name: np.concatenate([each[name] for each in columns]) for name in columns[0]})
    numbers = population.norad_cat_id
    swapped = numbers[every.first] > numbers[every.second]
    low = np.where(swapped, every.second, every.first).astype(np.int64)
    high = np.where(swapped, every.first, every.second).astype(np.int64)
    chosen, begin, end, kind = _one_a_passage(every, low, high, swapped)
    rtn_km = np.stack([every.radial_km, every.in_track_km, every.cross_track_km], axis=1)[chosen]
    low, high, tca, swapped = low[chosen], high[chosen], every.tca_tai_ns[chosen], swapped[chosen]
    rtn_km[swapped] = relative_positions_rtn_km(population, low[swapped], high[swapped], tca[swapped])
    designators = np.array(population.designators, dtype=object)
    return ApproachColumns(
        norad_cat_id_1=numbers[low],
        norad_cat_id_2=numbers[high],
        designator_1=designators[low],
        designator_2=designators[high],
        tca_tai_ns=tca,
        miss_distance_m=every.miss_distance_km[chosen] * 1e3,
        relative_speed_m_s=every.relative_speed_km_s[chosen] * 1e3,
        radial_m=rtn_km[:, 0] * 1e3,
        in_track_m=rtn_km[:, 1] * 1e3,
        cross_track_m=rtn_km[:, 2] * 1e3,
        kind=np.array(KINDS, dtype=object)[kind],
        from_tai_ns=begin,
        to_tai_ns=end,
    ).in_order()


def reasons_of(coverage: Coverage) -> list[str | None]:
    """Why each interval was not screened, for example ``element-set-too-old``; None where it was."""
    return [
        None if code == SCREENED else name.replace("_", "-")
        for code, name in zip(coverage.reason.tolist(), coverage.reason_names(), strict=True)
    ]


def _one_a_passage(
    every: Approaches, low: Rows, high: Rows, swapped: npt.NDArray[np.bool_]
) -> tuple[Rows, Rows, Rows, npt.NDArray[np.uint8]]:
    """For each passage of a pair: the row that stands for it, from, to and kind.

    Where each object was primary with a volume of its own, one passage was found twice. The pair is in a volume as
    long as it is in either.
    """
    order = np.lexsort((every.tca_tai_ns, high, low))
    low, high, tca = low[order], high[order], every.tca_tai_ns[order]
    begins = np.ones(len(order), dtype=bool)
    begins[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1]) | (np.diff(tca) > SAME_PASSAGE_NS)
    starts, passage = np.flatnonzero(begins), np.cumsum(begins) - 1
    as_found_first = np.lexsort((swapped[order], passage))
    weight = np.select([every.kind == CONTINUOUS, every.kind == APPROACH], [2, 1], 0)[order]
    return (
        order[as_found_first[starts]],
        np.minimum.reduceat(every.entry_tai_ns[order], starts),
        np.maximum.reduceat(every.exit_tai_ns[order], starts),
        _BY_WEIGHT[np.maximum.reduceat(weight, starts)],
    )
