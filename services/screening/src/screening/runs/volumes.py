"""The volumes of a run as the engine takes them: one shape a pass, with half-sizes for each primary."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from assessment.regimes import Orbit
from assessment.volumes import ScreeningVolume, VolumeSpec
from astrodynamics.screening import Volume

__all__ = ["volumes_by_shape"]


def volumes_by_shape(
    spec: VolumeSpec, primaries: npt.NDArray[np.int64], orbits: Sequence[Orbit]
) -> Iterator[tuple[npt.NDArray[np.int64], Volume]]:
    """Give, for each shape, the primaries that have it and their volume.

    A preset may choose by orbit, so that boxes and ellipsoids meet in one run. Half-sizes that are all one come as one
    number, so that the engine can see that a pair has one encounter and not one for each side.
    """
    by_shape: defaultdict[str, list[tuple[int, ScreeningVolume]]] = defaultdict(list)
    for primary, orbit in zip(primaries.tolist(), orbits, strict=True):
        volume = spec.for_orbit(orbit)
        by_shape[_shape(volume)].append((primary, volume))
    for shape in sorted(by_shape):
        chosen = by_shape[shape]
        sizes = np.array([volume.half_sizes_km for _, volume in chosen])
        radial, in_track, cross_track = (_one_or_all(column) for column in sizes.T)
        indices = np.array([primary for primary, _ in chosen], dtype=np.int64)
        if shape == "sphere":
            yield indices, Volume("sphere", radial)
        elif shape == "ellipsoid":
            yield indices, Volume("ellipsoid", radial, in_track, cross_track)
        else:
            yield indices, Volume("box", radial, in_track, cross_track)


def _shape(volume: ScreeningVolume) -> str:
    is_sphere = volume.shape == "ellipsoid" and len(set(volume.half_sizes_km)) == 1
    return "sphere" if is_sphere else volume.shape


def _one_or_all(column: npt.NDArray[np.float64]) -> float | npt.NDArray[np.float64]:
    return float(column[0]) if np.ptp(column) == 0.0 else column
