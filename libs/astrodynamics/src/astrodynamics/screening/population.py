"""The objects of a screening: mean elements first, then ephemerides."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from astrodynamics.errors import InvalidRequestError
from astrodynamics.frames import hourly_rotations_to_gcrf, to_gcrf
from astrodynamics.sgp4 import ElementArrays, Propagator
from astrodynamics.timescales import SECOND_NS
from astrodynamics.trajectories import Ephemeris

if TYPE_CHECKING:
    from astrodynamics.screening.states import Trajectories

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

_KNOT_NS = 3600 * SECOND_NS
_MARGIN_KNOTS = 30
"""Beyond the span: passes are followed to their closest approach for up to a day."""


class Population:
    """Objects by index: the elements in their order, then the ephemerides in theirs.

    Attributes
    ----------
    elements, ephemerides
        As given; no elements are an empty set.
    norad_cat_id
        Shape (n,). Objects of the same number are never paired.
    designators
        One per object: an ephemeris' own, None for elements.
    propagator
        SGP4 of the elements.
    """

    def __init__(self, elements: ElementArrays | None, ephemerides: Sequence[Ephemeris] = ()) -> None:
        self.elements = elements if elements is not None else _no_elements()
        self.ephemerides = tuple(ephemerides)
        self.propagator = Propagator(self.elements)
        own = np.array([ephemeris.norad_cat_id for ephemeris in self.ephemerides], dtype=np.int64)
        self.norad_cat_id: Integers = np.concatenate([self.elements.norad_cat_id, own])
        self.designators: tuple[str | None, ...] = (
            *(None for _ in range(len(self.elements))),
            *(ephemeris.designator for ephemeris in self.ephemerides),
        )

    def __len__(self) -> int:
        return len(self.norad_cat_id)

    def is_ephemeris(self, index: int) -> bool:
        """Whether an object is given by an ephemeris."""
        return index >= len(self.elements)

    def trajectories(self, start_tai_ns: int, stop_tai_ns: int) -> "Trajectories":
        """What the compiled propagators need for instants within a span (and a day around it)."""
        from astrodynamics.screening import states  # noqa: PLC0415 - at first use

        segments = [segment for ephemeris in self.ephemerides for segment in ephemeris.segments]
        ends = np.cumsum([len(ephemeris.segments) for ephemeris in self.ephemerides], dtype=np.int64)
        counts = [segment.tai_ns.size for segment in segments]
        sample_ends = np.cumsum(counts, dtype=np.int64)
        first_knot = start_tai_ns // _KNOT_NS - _MARGIN_KNOTS
        knots = stop_tai_ns // _KNOT_NS + _MARGIN_KNOTS - first_knot if segments else 0
        deep = self.propagator.is_deep_space
        within_kind = np.where(deep, np.cumsum(deep), np.cumsum(~deep)) - 1
        return states.Trajectories(
            kind=np.concatenate([deep.astype(np.uint8), np.full(len(self.ephemerides), states.EPHEMERIS, np.uint8)]),
            record=np.concatenate([within_kind, np.arange(len(self.ephemerides))]).astype(np.int64),
            epoch_tai_ns=np.concatenate([self.elements.epoch_tai_ns, np.zeros(len(self.ephemerides), np.int64)]),
            near_earth=self.propagator.coefficients.near_earth,
            deep_space=self.propagator.coefficients.deep_space,
            segments=np.stack([np.concatenate([[0], ends[:-1]]), ends], axis=1).astype(np.int64)
            if self.ephemerides
            else np.zeros((0, 2), np.int64),
            usable_ns=np.array(
                [(segment.usable_start_tai_ns, segment.usable_stop_tai_ns) for segment in segments], np.int64
            ).reshape(-1, 2),
            samples=np.stack([sample_ends - np.array(counts, np.int64), sample_ends], axis=1).astype(np.int64),
            method=np.array([0 if segment.method == "HERMITE" else 1 for segment in segments], np.int64),
            points=np.array([segment.points for segment in segments], np.int64),
            sample_tai_ns=np.concatenate([np.zeros(0, np.int64), *(segment.tai_ns for segment in segments)]),
            sample_r_km=np.concatenate([np.zeros((0, 3)), *(segment.r_gcrf_km for segment in segments)]),
            sample_v_km_s=np.concatenate([np.zeros((0, 3)), *(segment.v_gcrf_km_s for segment in segments)]),
            first_knot=int(first_knot),
            teme_from_gcrf=np.ascontiguousarray(
                np.swapaxes(hourly_rotations_to_gcrf("TEME", int(first_knot), int(knots)), -1, -2)
            ),
        )


def states_at(population: Population, index: int, tai_ns: Integers) -> tuple[Floats, Floats]:
    """States of one object by its own propagator.

    Parameters
    ----------
    population, index
        The object.
    tai_ns
        Instants, shape (t,).

    Returns
    -------
    Position (km) and velocity (km/s), shape (t, 3), GCRF; NaN where the object has no state.
    """
    if not 0 <= index < len(population):
        raise InvalidRequestError(
            f"There is no object {index} among {len(population)}: give an index of the population"
        )
    instants = np.atleast_1d(np.asarray(tai_ns, dtype=np.int64))
    if population.is_ephemeris(index):
        r, v, _ = population.ephemerides[index - len(population.elements)].state(instants)
        return r, v
    r_teme, v_teme, _ = population.propagator.propagate(instants, [index])
    return to_gcrf(r_teme[0], v_teme[0], "TEME", instants)


def _no_elements() -> ElementArrays:
    nothing = np.zeros(0)
    none = np.zeros(0, dtype=np.int64)
    return ElementArrays(none, none, nothing, nothing, nothing, nothing, nothing, nothing, nothing)
