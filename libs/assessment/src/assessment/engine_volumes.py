"""Screening volumes in the engine's words: one shape, and half-sizes for each primary."""

from collections.abc import Sequence

import numpy as np

from assessment.errors import InvalidVolumeError
from assessment.volumes import ScreeningVolume
from astrodynamics.screening.request import Shape, Volume


def engine_shape(volume: ScreeningVolume) -> Shape:
    """The engine's name of the shape; an ellipsoid of equal half-sizes is a sphere to it."""
    if volume.shape == "ellipsoid" and len(set(volume.half_sizes_km)) == 1:
        return "sphere"
    return volume.shape


def engine_volume(volumes: Sequence[ScreeningVolume]) -> Volume:
    """The engine's volume for primaries in the given order; one entry serves all primaries alike.

    Raises
    ------
    InvalidVolumeError
        The shapes differ: primaries of different shapes are screened by requests of their own.

    """
    shapes = {engine_shape(volume) for volume in volumes}
    if len(shapes) != 1:
        raise InvalidVolumeError(
            f"One request of the engine has one shape, not {len(shapes)}: group the primaries by their volume's shape."
        )
    if len(volumes) == 1:
        return Volume(shapes.pop(), *volumes[0].half_sizes_km)
    sizes = np.array([volume.half_sizes_km for volume in volumes])
    return Volume(shapes.pop(), sizes[:, 0], sizes[:, 1], sizes[:, 2])
