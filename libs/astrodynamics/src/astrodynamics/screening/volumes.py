"""Volumes about primaries, compiled: the shape, the frame, and how deep in it a point is."""

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from astrodynamics.jit import inlined, inner
from astrodynamics.sgp4.elements import Floats

SPHERE, ELLIPSOID, BOX = 0, 1, 2


class Volumes(NamedTuple):
    """Shapes (n,), half-sizes (n, 3) and reach (n,) in km of all objects' volumes; zero for one without."""

    shape: npt.NDArray[np.uint8]
    half_sizes_km: Floats
    reach_km: Floats


@inlined
def rtn_components(
    x: float, y: float, z: float, u: float, v: float, w: float, px: float, py: float, pz: float
) -> tuple[float, float, float]:
    """Radial, in-track and cross-track components of a vector p at a state."""
    r = math.sqrt(x * x + y * y + z * z)
    hx, hy, hz = y * w - z * v, z * u - x * w, x * v - y * u
    h = math.sqrt(hx * hx + hy * hy + hz * hz)
    radial = (px * x + py * y + pz * z) / r
    cross_track = (px * hx + py * hy + pz * hz) / h
    tx, ty, tz = (hy * z - hz * y) / (h * r), (hz * x - hx * z) / (h * r), (hx * y - hy * x) / (h * r)
    return radial, px * tx + py * ty + pz * tz, cross_track


@inner
def depth_of(volumes: Volumes, first: int, radial: float, in_track: float, cross_track: float) -> float:
    """Norm in which the volume's surface is 1."""
    a = abs(radial) / volumes.half_sizes_km[first, 0]
    b = abs(in_track) / volumes.half_sizes_km[first, 1]
    c = abs(cross_track) / volumes.half_sizes_km[first, 2]
    return max(a, max(b, c)) if volumes.shape[first] == BOX else math.sqrt(a * a + b * b + c * c)  # noqa: PLW3301 - faster
