"""Propagation of mean elements, many objects and instants at a time."""

from typing import Final

import numpy as np
import numpy.typing as npt

from astrodynamics.sgp4.constants import EARTH_RADIUS_KM, TWO_PI
from astrodynamics.sgp4.elements import ElementArrays, Floats, Integers
from astrodynamics.sgp4.initialisation import Coefficients, initialise

ERROR_MEANINGS: Final = {
    1: "mean eccentricity outside 0 to 1",
    2: "mean motion not positive",
    3: "perturbed eccentricity outside 0 to 1",
    4: "semi-latus rectum negative",
    6: "decayed",
}
"""Error numbers as in AIAA 2006-6753; 0 is none."""


class Propagator:
    """SGP4 and SDP4 for a set of elements.

    Attributes
    ----------
    elements
        As given.
    is_deep_space
        Shape (n,): period of 225 minutes or more, propagated by SDP4.
    perigee_km, apogee_km
        Mean heights above the equator's radius at the epoch, shape (n,).
    period_min
        Brouwer period at the epoch, shape (n,).
    coefficients
        What initialisation leaves for the kernels.
    """

    def __init__(self, elements: ElementArrays) -> None:
        self.elements = elements
        self.coefficients: Coefficients = initialise(elements)
        self.is_deep_space = self.coefficients.is_deep_space
        semi_major_axis = self._of_all("ao")
        with np.errstate(all="ignore"):
            self.period_min: Floats = TWO_PI / self._of_all("no_unkozai")
        self.perigee_km: Floats = (semi_major_axis * (1.0 - elements.eccentricity) - 1.0) * EARTH_RADIUS_KM
        self.apogee_km: Floats = (semi_major_axis * (1.0 + elements.eccentricity) - 1.0) * EARTH_RADIUS_KM

    @property
    def init_error(self) -> npt.NDArray[np.uint8]:
        """Error number at the epoch itself, shape (n,); 0 where the elements are sound."""
        from astrodynamics.sgp4.batch import errors_at_epoch  # noqa: PLC0415 - at first use

        errors = np.empty(len(self.elements), dtype=np.uint8)
        near_earth, deep_space = errors_at_epoch(self.coefficients.near_earth, self.coefficients.deep_space)
        errors[~self.is_deep_space], errors[self.is_deep_space] = near_earth, deep_space
        return errors

    def propagate(
        self, tai_ns: Integers, indices: npt.ArrayLike | None = None
    ) -> tuple[Floats, Floats, npt.NDArray[np.uint8]]:
        """States of objects at instants.

        Parameters
        ----------
        tai_ns
            Shape (t,), increasing for speed.
        indices
            Which objects, shape (n,); all where None.

        Returns
        -------
        Position (km) and velocity (km/s) in TEME, shape (n, t, 3), NaN where SGP4 fails, and its error numbers
        (`ERROR_MEANINGS`), shape (n, t). Nothing raises for one object's failure.
        """
        from astrodynamics.sgp4.batch import propagate_deep_space, propagate_near_earth  # noqa: PLC0415 - at first use

        instants = np.ascontiguousarray(np.atleast_1d(tai_ns), dtype=np.int64)
        chosen = np.arange(len(self.elements)) if indices is None else np.asarray(indices)
        if chosen.dtype == bool:
            chosen = np.flatnonzero(chosen)
        shape = (len(chosen), len(instants))
        r, v, error = np.empty((*shape, 3)), np.empty((*shape, 3)), np.empty(shape, dtype=np.uint8)
        rank = self._rank_in_kind()
        epochs = self.elements.epoch_tai_ns
        for deep, records, propagate in (
            (False, self.coefficients.near_earth, propagate_near_earth),
            (True, self.coefficients.deep_space, propagate_deep_space),
        ):
            rows = np.flatnonzero(self.is_deep_space[chosen] == deep)
            of_kind = chosen[rows]
            propagate(records[rank[of_kind]], epochs[of_kind], rows, instants, r, v, error)
        return r, v, error

    def _rank_in_kind(self) -> npt.NDArray[np.int64]:
        """Position of each object's record among those of its kind."""
        return np.where(self.is_deep_space, np.cumsum(self.is_deep_space), np.cumsum(~self.is_deep_space)) - 1

    def _of_all(self, name: str) -> Floats:
        values = np.empty(len(self.elements))
        values[~self.is_deep_space] = self.coefficients.near_earth[name]
        values[self.is_deep_space] = self.coefficients.deep_space[name]
        return values
