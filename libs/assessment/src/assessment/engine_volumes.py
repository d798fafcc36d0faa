"""Screening volumes in the engine's words: a shape and half-sizes for each primary."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from assessment.errors import UnusableTrajectoryError
from assessment.regimes import Orbit, orbit_from_mean_elements, orbit_from_state
from assessment.volumes import ScreeningVolume, VolumeSpec
from astrodynamics.screening.population import Population
from astrodynamics.screening.request import Shape, Volume
from astrodynamics.trajectories import Ephemeris

__all__ = ["VolumePass", "engine_shape", "engine_volume", "orbit_of_ephemeris", "volume_passes"]

Rows = npt.NDArray[np.int64]


class VolumePass(NamedTuple):
    """Primaries and their volumes: one request of the engine.

    Attributes
    ----------
    primaries
        Rows of the population, shape (p,).
    volume
        About each of them, in their order.
    """

    primaries: Rows
    volume: Volume


def volume_passes(
    population: Population, primaries: npt.ArrayLike, spec: VolumeSpec
) -> tuple[tuple[VolumePass, ...], Rows]:
    """Choose each primary's volume by its orbit.

    Parameters
    ----------
    population
        Everybody; mean elements decide by their mean orbit, an ephemeris by its first state.
    primaries
        Rows of the population.
    spec
        A preset may choose by orbit, so that boxes and ellipsoids meet in one screening.

    Returns
    -------
    The passes, one or (without primaries that have a volume) none; and the rows of primaries on no closed orbit, for
    which no volume can be chosen.

    """
    chosen: list[int] = []
    volumes: list[ScreeningVolume] = []
    without_orbit = []
    for row in np.asarray(primaries, dtype=np.int64).tolist():
        try:
            volumes.append(spec.for_orbit(_orbit_of(population, row)))
        except UnusableTrajectoryError:
            without_orbit.append(row)
            continue
        chosen.append(row)
    passes = (VolumePass(np.array(chosen, dtype=np.int64), engine_volume(volumes)),) if chosen else ()
    return passes, np.array(without_orbit, dtype=np.int64)


def orbit_of_ephemeris(ephemeris: Ephemeris) -> Orbit:
    """Osculating orbit of the first state: it decides the volume and the regime.

    Raises
    ------
    UnusableTrajectoryError
        The state is on no closed orbit.

    """
    segment = ephemeris.segments[0]
    return orbit_from_state(segment.r_gcrf_km[0], segment.v_gcrf_km_s[0])


def engine_shape(volume: ScreeningVolume) -> Shape:
    """The engine's name of the shape; an ellipsoid of equal half-sizes is a sphere to it."""
    if volume.shape == "ellipsoid" and len(set(volume.half_sizes_km)) == 1:
        return "sphere"
    return volume.shape


def engine_volume(volumes: Sequence[ScreeningVolume]) -> Volume:
    """The engine's volume for primaries in the given order; one entry serves all primaries alike."""
    shapes = tuple(engine_shape(volume) for volume in volumes)
    shape = shapes[0] if len(set(shapes)) == 1 else shapes
    sizes = np.array([volume.half_sizes_km for volume in volumes])
    if len(np.unique(sizes, axis=0)) == 1 and isinstance(shape, str):
        return Volume(shape, *volumes[0].half_sizes_km)
    return Volume(shape, sizes[:, 0], sizes[:, 1], sizes[:, 2])


def _orbit_of(population: Population, row: int) -> Orbit:
    elements = population.elements
    if population.is_ephemeris(row):
        return orbit_of_ephemeris(population.ephemerides[row - len(elements)])
    return orbit_from_mean_elements(
        float(elements.mean_motion_rev_day[row]),
        float(elements.eccentricity[row]),
        float(elements.inclination_deg[row]),
    )
