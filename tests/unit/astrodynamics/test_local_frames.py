"""Local orbital frames: where each axis points, on an eccentric orbit on which no two of them agree."""

import numpy as np
import pytest

from astrodynamics.errors import InvalidStateError, UnknownFrameError
from astrodynamics.local_frames import LOCAL_FRAMES, is_local_frame, local_axes

R_KM = np.array([7000.0, 0.0, 0.0])
V_KM_S = np.array([3.0, 4.0, 0.0])
"""Radius along x, momentum along z, velocity (0.6, 0.8, 0)."""

RADIAL, IN_TRACK, MOMENTUM = np.eye(3)
VELOCITY = np.array([0.6, 0.8, 0.0])
OUTWARD = np.array([0.8, -0.6, 0.0])

EXPECTED = {
    "RTN": (RADIAL, IN_TRACK, MOMENTUM),
    "RSW": (RADIAL, IN_TRACK, MOMENTUM),
    "QSW": (RADIAL, IN_TRACK, MOMENTUM),
    "UVW": (RADIAL, IN_TRACK, MOMENTUM),
    "RIC": (RADIAL, IN_TRACK, MOMENTUM),
    "TNW": (VELOCITY, -OUTWARD, MOMENTUM),
    "NTW": (OUTWARD, VELOCITY, MOMENTUM),
    "TVN": (OUTWARD, VELOCITY, MOMENTUM),
    "PTW": (OUTWARD, VELOCITY, MOMENTUM),
    "VNC": (VELOCITY, MOMENTUM, OUTWARD),
    "LVLH": (IN_TRACK, -MOMENTUM, -RADIAL),
}


def test_every_frame_is_specified_here():
    assert set(EXPECTED) == set(LOCAL_FRAMES)


@pytest.mark.parametrize("frame", LOCAL_FRAMES)
def test_axes(frame):
    assert np.allclose(local_axes(frame, R_KM, V_KM_S), EXPECTED[frame], rtol=0, atol=1e-15)


@pytest.mark.parametrize("frame", LOCAL_FRAMES)
def test_axes_are_right_handed_and_orthonormal(frame):
    axes = local_axes(frame, np.array([[7000.0, -1200.0, 300.0]]), np.array([[1.0, 7.0, -0.5]]))[0]
    assert np.allclose(axes @ axes.T, np.eye(3), rtol=0, atol=1e-15)
    assert np.linalg.det(axes) == pytest.approx(1.0)


def test_names_are_read_in_any_case_and_with_the_endings_of_sana():
    assert is_local_frame("rtn")
    assert is_local_frame("TNW_INERTIAL")
    assert is_local_frame("LVLH_ROTATING")
    assert not is_local_frame("ITRF")


def test_an_unknown_frame_is_refused_with_the_known_ones():
    with pytest.raises(UnknownFrameError, match=r"'XYZ' is not known: use one of RTN.*LVLH"):
        local_axes("XYZ", R_KM, V_KM_S)


def test_without_an_orbit_plane_there_are_no_axes():
    with pytest.raises(InvalidStateError, match="no orbit plane"):
        local_axes("TNW", R_KM, np.zeros(3))
