"""Local orbital frames: axes that an object carries with it.

Names and definitions are those of the SANA registry "Orbit-Relative Reference Frames" and of the handbook's table 8:

=======================  =======================================================================================
RTN, RSW, QSW, UVW, RIC  radial outward; in-track, completing; cross-track along the angular momentum
TNW                      tangential along the velocity; in-plane normal, completing (inward); along the momentum
NTW                      in-plane normal (outward); tangential along the velocity; along the momentum, completing
TVN                      transverse, completing (outward); along the velocity; normal along the momentum
PTW                      CALIPER's: the same axes as NTW
VNC                      along the velocity; normal along the momentum; completing (outward)
LVLH                     local horizontal, completing; against the momentum; local vertical downward
=======================  =======================================================================================

All are taken as axes held fixed at their instant: velocities and covariances turn by the rotation alone, as CCSDS
508.0-B-1 and the handbook have it.
"""

from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from astrodynamics.errors import InvalidStateError, UnknownFrameError
from astrodynamics.frames import RTN_SYNONYMS, rtn_axes

Floats: TypeAlias = npt.NDArray[np.float64]

LOCAL_FRAMES: Final = (*RTN_SYNONYMS, "TNW", "NTW", "TVN", "PTW", "VNC", "LVLH")


def is_local_frame(frame: str) -> bool:
    """Whether a name is one of `LOCAL_FRAMES`, in any case, also with the SANA endings _INERTIAL and _ROTATING."""
    return _plain(frame) in LOCAL_FRAMES


def local_axes(frame: str, r_km: Floats, v_km_s: Floats) -> Floats:
    """Axes of a local frame.

    Parameters
    ----------
    frame
        One of `LOCAL_FRAMES`, in any case.
    r_km, v_km_s
        Inertial states, shape (..., 3).

    Returns
    -------
    Shape (..., 3, 3); the rows are the unit vectors, so that ``axes @ vector`` gives the local components and
    ``rotate_covariance(covariance, axes)`` the local covariance.

    Raises
    ------
    UnknownFrameError
        Another name.
    InvalidStateError
        Position and velocity are parallel or zero: there is no orbit plane.
    """
    name = _plain(frame)
    if name not in LOCAL_FRAMES:
        raise UnknownFrameError(f"The local frame {frame!r} is not known: use one of {', '.join(LOCAL_FRAMES)}")
    radial, in_track, momentum = np.moveaxis(rtn_axes(r_km, v_km_s), -2, 0)
    if name in RTN_SYNONYMS:
        return np.stack([radial, in_track, momentum], axis=-2)
    if name == "LVLH":
        return np.stack([in_track, -momentum, -radial], axis=-2)
    velocity = _unit(np.asarray(v_km_s, dtype=np.float64))
    outward = np.cross(velocity, momentum)
    match name:
        case "TNW":
            rows = (velocity, -outward, momentum)
        case "VNC":
            rows = (velocity, momentum, outward)
        case _:
            rows = (outward, velocity, momentum)
    return np.stack(rows, axis=-2)


def _plain(frame: str) -> str:
    return frame.strip().upper().removesuffix("_INERTIAL").removesuffix("_ROTATING")


def _unit(vector: Floats) -> Floats:
    length = np.linalg.norm(vector, axis=-1, keepdims=True)
    if not np.all(length > 0.0):
        raise InvalidStateError("The velocity is zero: there is no direction of flight")
    unit: Floats = vector / length
    return unit
