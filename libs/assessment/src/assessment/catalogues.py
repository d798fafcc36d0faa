"""Catalogues: mean element sets of many objects as one immutable object, and single objects of it as trajectories."""

from dataclasses import dataclass, field, fields

import numpy as np
import numpy.typing as npt

from assessment.columns import column, pack, unpack
from assessment.errors import InvalidColumnsError, UnusableTrajectoryError
from assessment.regimes import Orbit, orbit_from_mean_elements
from astrodynamics import frames, timescales
from astrodynamics.errors import AstrodynamicsError
from astrodynamics.sgp4 import ElementArrays, Propagator
from ccsds import ElementSets

Floats = npt.NDArray[np.float64]

_COLUMNS_KIND = "fairway catalogue 1"


@dataclass(frozen=True, eq=False)
class Catalogue:
    """One element set per object.

    Attributes
    ----------
    elements
        Columns of n objects.
    object_names, object_ids
        Name and international designator of each, empty text where the source has none.
    """

    elements: ElementArrays
    object_names: tuple[str, ...]
    object_ids: tuple[str, ...]
    _rows: dict[int, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        rows = {int(number): row for row, number in enumerate(self.elements.norad_cat_id)}
        object.__setattr__(self, "_rows", rows)

    def __len__(self) -> int:
        return len(self.elements)

    def __contains__(self, norad_cat_id: int) -> bool:
        return norad_cat_id in self._rows

    def row_of(self, norad_cat_id: int) -> int:
        """Row of an object.

        Raises
        ------
        UnusableTrajectoryError
            The catalogue does not hold it.

        """
        try:
            return self._rows[norad_cat_id]
        except KeyError:
            raise UnusableTrajectoryError(f"The catalogue has no element set of object {norad_cat_id}.") from None

    def orbit_of(self, norad_cat_id: int) -> Orbit:
        """Mean orbit of an object: it decides the regime."""
        row = self.row_of(norad_cat_id)
        return orbit_from_mean_elements(
            float(self.elements.mean_motion_rev_day[row]),
            float(self.elements.eccentricity[row]),
            float(self.elements.inclination_deg[row]),
        )

    def trajectory_of(self, norad_cat_id: int) -> "ElementSetTrajectory":
        """Trajectory of an object, by SGP4.

        Raises
        ------
        UnusableTrajectoryError
            The catalogue does not hold it.

        """
        return ElementSetTrajectory(self.elements.take([self.row_of(norad_cat_id)]))


class ElementSetTrajectory:
    """One element set as a trajectory in GCRF; it has no covariance of its own.

    Attributes
    ----------
    elements
        Columns of the one object.
    """

    def __init__(self, elements: ElementArrays) -> None:
        self.elements = elements
        self._propagator = Propagator(elements)

    def state(self, tai_ns: npt.NDArray[np.int64]) -> tuple[Floats, Floats, npt.NDArray[np.bool_]]:
        """Position (km) and velocity (km/s) in GCRF, shape (t, 3), and where SGP4 gives a state, shape (t,)."""
        instants = np.atleast_1d(np.asarray(tai_ns, dtype=np.int64))
        r_teme_km, v_teme_km_s, error = self._propagator.propagate(instants)
        r_km, v_km_s = frames.to_gcrf(r_teme_km[0], v_teme_km_s[0], "TEME", instants)
        return r_km, v_km_s, np.asarray(error[0] == 0)

    def covariance(self, tai_ns: int) -> None:
        """None: general perturbations come without one."""


def elements_from_sets(sets: ElementSets) -> ElementArrays:
    """Element sets of a document as columns for SGP4.

    Raises
    ------
    UnusableTrajectoryError
        A column holds values that no propagation can use.

    """
    try:
        return ElementArrays(
            norad_cat_id=sets.norad_cat_id,
            epoch_tai_ns=timescales.to_tai_ns(sets.epoch, "UTC"),
            mean_motion_rev_day=sets.mean_motion_rev_day,
            eccentricity=sets.eccentricity,
            inclination_deg=sets.inclination_deg,
            raan_deg=sets.ra_of_asc_node_deg,
            arg_of_perigee_deg=sets.arg_of_pericenter_deg,
            mean_anomaly_deg=sets.mean_anomaly_deg,
            bstar=sets.bstar,
        )
    except AstrodynamicsError as error:
        raise UnusableTrajectoryError(f"The element sets can't be used: {error}.") from error


def catalogue_from_sets(sets: ElementSets) -> Catalogue:
    """A catalogue of a document: the newest element set of each object, sorted by catalogue number."""
    elements = elements_from_sets(sets)
    order = np.lexsort((elements.epoch_tai_ns, elements.norad_cat_id))
    numbers = elements.norad_cat_id[order]
    newest = order[np.append(numbers[1:] != numbers[:-1], True)] if len(order) else order
    return Catalogue(
        elements.take(newest),
        tuple(sets.object_name[row] for row in newest),
        tuple(sets.object_id[row] for row in newest),
    )


def catalogue_to_columns(catalogue: Catalogue | ElementSets) -> bytes:
    """Store a catalogue: the same catalogue gives the same bytes."""
    stored = catalogue if isinstance(catalogue, Catalogue) else catalogue_from_sets(catalogue)
    columns = {entry.name: getattr(stored.elements, entry.name) for entry in fields(stored.elements)}
    columns["object_names"] = np.array(stored.object_names, dtype=np.str_)
    columns["object_ids"] = np.array(stored.object_ids, dtype=np.str_)
    return pack(_COLUMNS_KIND, columns)


def catalogue_from_columns(content: bytes) -> Catalogue:
    """Read back what `catalogue_to_columns` wrote.

    Raises
    ------
    InvalidColumnsError
        The bytes are damaged or hold something else.

    """
    columns = unpack(_COLUMNS_KIND, content)
    try:
        elements = ElementArrays(**{entry.name: column(columns, entry.name) for entry in fields(ElementArrays)})
    except AstrodynamicsError as error:
        raise InvalidColumnsError(f"The columns form no catalogue: {error}.") from error
    names, ids = (tuple(column(columns, name).tolist()) for name in ("object_names", "object_ids"))
    if not len(names) == len(ids) == len(elements):
        raise InvalidColumnsError("The columns form no catalogue: names and element sets differ in number.")
    return Catalogue(elements, names, ids)
