"""Mean elements of many objects, as columns."""

from dataclasses import dataclass, fields
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from astrodynamics.errors import InvalidElementsError

Floats: TypeAlias = npt.NDArray[np.float64]
Integers: TypeAlias = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class ElementArrays:
    """General-perturbations elements (TLE, OMM) of n objects; every column has the shape (n,).

    Attributes
    ----------
    norad_cat_id
        Catalogue numbers, up to nine digits.
    epoch_tai_ns
        Epochs, nanoseconds of TAI since 1970.
    mean_motion_rev_day
        Brouwer mean motion in the sense of Kozai, as TLE and OMM give it.
    eccentricity, inclination_deg, raan_deg, arg_of_perigee_deg, mean_anomaly_deg
        Mean elements in TEME of the epoch.
    bstar
        Drag term, per earth radius.

    Raises
    ------
    InvalidElementsError
        Columns of different lengths or with values that are not finite.
    """

    norad_cat_id: Integers
    epoch_tai_ns: Integers
    mean_motion_rev_day: Floats
    eccentricity: Floats
    inclination_deg: Floats
    raan_deg: Floats
    arg_of_perigee_deg: Floats
    mean_anomaly_deg: Floats
    bstar: Floats

    def __post_init__(self) -> None:
        for column in fields(self):
            kind = np.int64 if column.name in {"norad_cat_id", "epoch_tai_ns"} else np.float64
            values = np.ascontiguousarray(getattr(self, column.name), dtype=kind)
            if values.ndim != 1 or values.shape != np.shape(self.norad_cat_id):
                raise InvalidElementsError(
                    f"The column {column.name} has not one value per object: give all columns one length"
                )
            if not np.isfinite(values).all():
                raise InvalidElementsError(
                    f"The column {column.name} holds a value that is not finite: leave that object out"
                )
            object.__setattr__(self, column.name, values)

    def __len__(self) -> int:
        return len(self.norad_cat_id)

    def take(self, indices: npt.ArrayLike) -> "ElementArrays":
        """Elements of some of the objects, in the order of ``indices`` (integers or a mask)."""
        chosen = np.asarray(indices)
        return ElementArrays(**{column.name: getattr(self, column.name)[chosen] for column in fields(self)})
