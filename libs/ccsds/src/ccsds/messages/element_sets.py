"""A catalogue of mean element sets for SGP4, columnar: what TLE and OMM carry alike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ccsds.messages.value import SourcedValue

__all__ = ["ElementSets"]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False, kw_only=True)
class ElementSets(SourcedValue):
    """Element sets in the order of the document; every array has shape (n,).

    Attributes
    ----------
    norad_cat_id
        Up to nine digits; Alpha-5 is decoded.
    object_name, object_id
        Name and international designator (`1998-067A`); empty text where the record has none.
    epoch
        datetime64[ns] UTC.
    mean_motion_rev_day, eccentricity, inclination_deg, ra_of_asc_node_deg, arg_of_pericenter_deg, mean_anomaly_deg
        Mean elements of SGP4 in TEME.
    bstar
        Drag term, 1/earth radii.
    mean_motion_dot, mean_motion_ddot
        As TLE and OMM print them: half the first derivative (rev/day²), a sixth of the second (rev/day³).
    ephemeris_type, element_set_no, rev_at_epoch
        As printed; 0 where the record has none.
    classification
        `U`, `C` or `S`.
    """

    norad_cat_id: Integers
    object_name: tuple[str, ...]
    object_id: tuple[str, ...]
    epoch: npt.NDArray[np.datetime64]
    mean_motion_rev_day: Floats
    eccentricity: Floats
    inclination_deg: Floats
    ra_of_asc_node_deg: Floats
    arg_of_pericenter_deg: Floats
    mean_anomaly_deg: Floats
    bstar: Floats
    mean_motion_dot: Floats
    mean_motion_ddot: Floats
    ephemeris_type: Integers
    classification: npt.NDArray[np.str_]
    element_set_no: Integers
    rev_at_epoch: Integers

    def designators(self) -> dict[str, int]:
        """International designator to catalogue number, for the sets that have one; for `ccsds.validate`."""
        numbers = self.norad_cat_id.tolist()
        return {designator: number for designator, number in zip(self.object_id, numbers, strict=True) if designator}

    def __len__(self) -> int:
        return self.norad_cat_id.size
