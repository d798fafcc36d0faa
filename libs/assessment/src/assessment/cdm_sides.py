"""The two objects of a conjunction data message, in one set of non-rotating axes."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assessment.covariance_model import MODELLED_COVARIANCE
from assessment.covariance_sentinel import is_usable
from assessment.errors import UnusableCdmError, UnusableTrajectoryError
from assessment.regimes import Orbit, orbit_from_state
from astrodynamics import frames, timescales
from astrodynamics.errors import AstrodynamicsError
from ccsds import Cdm, CdmObject, CdmObjectAnnotations

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False, slots=True)
class CdmSide:
    """One object of the message, in non-rotating axes that both have in common.

    Attributes
    ----------
    norad_cat_id
        None where the designator is no number.
    position_km, velocity_km_s
        At TCA; inertial components. Where both objects are given in one frame these are its axes, those of a frame that
        turns held fixed at TCA, so that no earth orientation is needed; else the axes are those of GCRF.
    covariance_km2
        Shape (6, 6), in the axes of the state; None where it is absent, a placeholder or marked as modelled. One with a
        negative variance of position stays in the axes of the message, so that no method takes it; one with a negative
        variance of velocity is the positions' alone, shape (3, 3).
    orbit
        None where the state is on no closed orbit.
    density_uncertainty
        Standard deviation of the relative error of the atmosphere's density (comment ``DCP Density Forecast
        Uncertainty``); None where the message has none.
    density_sensitivity_km
        Change of the position for a relative density error of one, in the axes of the state, shape (3,).
    """

    name: str
    designator: str
    norad_cat_id: int | None
    position_km: Floats
    velocity_km_s: Floats
    covariance_km2: Floats | None
    orbit: Orbit | None
    density_uncertainty: float | None = None
    density_sensitivity_km: Floats | None = None


def sides_of(cdm: Cdm) -> tuple[CdmSide, CdmSide]:
    """OBJECT1 and OBJECT2.

    States are taken in any frame that `astrodynamics.frames` knows: EME2000, GCRF, TEME, ITRF and their kin.

    Raises
    ------
    UnusableCdmError
        A frame is not known, or the two frames differ and the earth's orientation at TCA is not known.

    """
    first, second = cdm.objects
    try:
        names = [frames.canonical_frame(item.metadata.ref_frame) for item in cdm.objects]
        if names[0] == names[1]:
            states = [_inertial_in_own_axes(item, names[0]) for item in cdm.objects]
        else:
            tca = np.atleast_1d(timescales.to_tai_ns(np.array([cdm.relative.tca]), "UTC"))
            states = [_in_gcrf(item, name, tca) for item, name in zip(cdm.objects, names, strict=True)]
    except AstrodynamicsError as error:
        raise UnusableCdmError(f"{cdm.header.message_id}: {error}") from error
    said = cdm.annotations.objects
    return _side(first, said[0], *states[0]), _side(second, said[1], *states[1])


def _inertial_in_own_axes(item: CdmObject, frame: str) -> tuple[Floats, Floats]:
    velocity = item.velocity_km_s
    if frame in frames.EARTH_FIXED_FRAMES:
        velocity = velocity + np.cross([0.0, 0.0, frames.EARTH_ROTATION_RAD_S], item.position_km)
    return item.position_km, velocity


def _in_gcrf(item: CdmObject, frame: str, tca_tai_ns: npt.NDArray[np.int64]) -> tuple[Floats, Floats]:
    position, velocity = frames.to_gcrf(item.position_km[None], item.velocity_km_s[None], frame, tca_tai_ns)
    return position[0], velocity[0]


def _side(item: CdmObject, said: CdmObjectAnnotations, position_km: Floats, velocity_km_s: Floats) -> CdmSide:
    to_inertial = np.swapaxes(frames.rtn_axes(position_km, velocity_km_s), -1, -2)
    sensitivity_m = said.dcp_sensitivity_position_rtn_m
    designator = item.metadata.object_designator.strip()
    return CdmSide(
        name=item.metadata.object_name,
        designator=designator,
        norad_cat_id=int(designator) if designator.isascii() and designator.isdigit() else None,
        position_km=position_km,
        velocity_km_s=velocity_km_s,
        covariance_km2=None if is_modelled(item) else _covariance_km2(item.covariance_rtn_m2, to_inertial),
        orbit=_orbit(position_km, velocity_km_s),
        density_uncertainty=said.dcp_density_forecast_uncertainty,
        density_sensitivity_km=None if sensitivity_m is None else to_inertial @ sensitivity_m * 1e-3,
    )


def is_modelled(item: CdmObject) -> bool:
    """Whether an object's covariance is marked as one of `assessment.covariance_model`: nobody has determined it."""
    return any(comment.startswith(MODELLED_COVARIANCE) for comment in item.covariance_comments)


def _covariance_km2(covariance_rtn_m2: Floats | None, to_inertial: Floats) -> Floats | None:
    """The covariance in inertial axes; one with a negative variance of position as it stands.

    Turned, the negative variance would be spread over three positive ones, and the gate of the probability, which looks
    at the diagonal, would let it pass. A negative variance of velocity takes the velocities' part out.
    """
    if covariance_rtn_m2 is None or not is_usable(covariance_rtn_m2):
        return None
    covariance_km2 = covariance_rtn_m2[:6, :6] * 1e-6
    negative = np.diagonal(covariance_km2) < 0.0
    if np.any(negative[:3]):
        return covariance_km2
    turned = frames.rotate_covariance(covariance_km2, to_inertial)
    return turned[:3, :3] if np.any(negative[3:]) else turned


def _orbit(position_km: Floats, velocity_km_s: Floats) -> Orbit | None:
    try:
        return orbit_from_state(position_km, velocity_km_s)
    except UnusableTrajectoryError:
        return None
