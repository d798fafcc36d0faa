"""Ephemerides of another operator's satellites, each of which comes past one of the first operator's."""

from datetime import datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray
from support.files import oem

__all__ = ["meeting_oem"]

_MEETS_AT: Final = 15
"""Which state of the file: that in its middle."""
_TURN_RAD: Final = 0.7
"""Angle between the two ways. They cross once more half a revolution later, when both files have ended."""
_LATE_S, _LATER_S = 0.02, 0.003
"""So long after the other it passes the point where the ways cross, and each pair so much later than the one before
it: they miss each other by 140 to 700 m."""

Floats = NDArray[np.float64]


def meeting_oem(ordinal: int, *, object_id: str, start: datetime) -> bytes:
    """Return the ephemeris of what comes past the object of ``oem(start=start)``, a little farther for each ordinal."""
    lines = oem(object_id=object_id, start=start, covariance=True, originator="SOUTH").decode().splitlines()
    places = [number for number, line in enumerate(lines) if _is_state(line)]
    states = np.array([[float(value) for value in lines[place].split()[1:]] for place in places])
    position_km, velocity_km_s = states[_MEETS_AT, :3], states[_MEETS_AT, 3:]
    late_rad = (_LATE_S + _LATER_S * ordinal) * np.linalg.norm(velocity_km_s) / np.linalg.norm(position_km)
    turn = _rotation(position_km, _TURN_RAD) @ _rotation(np.cross(position_km, velocity_km_s), -float(late_rad))
    for place, state in zip(places, states, strict=True):
        values = (*(turn @ state[:3]), *(turn @ state[3:]))
        lines[place] = " ".join([lines[place].split()[0], *(f"{value:.9f}" for value in values)])
    return ("\n".join(lines) + "\n").encode()


def _is_state(line: str) -> bool:
    return line[:1].isdigit() and "T" in line and len(line.split()) == 7


def _rotation(about: Floats, angle_rad: float) -> Floats:
    x, y, z = about / np.linalg.norm(about)
    cross = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    turned: Floats = np.eye(3) + np.sin(angle_rad) * cross + (1 - np.cos(angle_rad)) * cross @ cross
    return turned
