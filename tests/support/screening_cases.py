"""Populations and questions for the tests of the screening engine."""

from typing import Any

import numpy as np
from support.orbits import EPOCH, geostationary_cluster, high_eccentricity, joined, seconds, shell

from astrodynamics.screening import Approaches, Population, Request, Volume, states_at
from astrodynamics.sgp4 import ElementArrays
from astrodynamics.trajectories import Ephemeris, EphemerisSegment

__all__ = ["START", "assert_same_bits", "ephemeris_of", "mixed_orbits", "request", "rows"]

START = EPOCH + seconds(10_000)


def mixed_orbits() -> ElementArrays:
    """Low, geostationary and eccentric orbits that often come close."""
    rng = np.random.default_rng(11)
    return joined(shell(rng, 110), geostationary_cluster(rng, 14), high_eccentricity(rng, 30))


def request(hours: float, volume: Volume, **options: Any) -> Request:
    """Some hours from `START` on."""
    return Request(START, START + seconds(3600 * hours), volume, **options)


def rows(approaches: Approaches) -> list[tuple[int, int, int, float]]:
    """First, second, time and distance of each."""
    return list(
        zip(
            approaches.first.tolist(), approaches.second.tolist(), approaches.tca_tai_ns.tolist(),
            approaches.miss_distance_km.tolist(), strict=True,
        )
    )  # fmt: skip


def assert_same_bits(one: Approaches, other: Approaches) -> None:
    """Every column is equal."""
    for name, column in one.to_columns().items():
        assert np.array_equal(column, other.to_columns()[name]), name


def ephemeris_of(
    population: Population,
    index: int,
    *,
    number: int = 90_001,
    first_s: int = 0,
    last_s: int = 4 * 3600,
    step_s: int = 60,
    usable: tuple[int, int] | None = None,
) -> Ephemeris:
    """An object's states as an ephemeris; times count from `START`."""
    instants = START + np.arange(first_s, last_s + 1, step_s) * seconds(1)
    r, v = states_at(population, index, instants)
    begin, end = usable or (first_s, last_s)
    segment = EphemerisSegment(instants, r, v, START + seconds(begin), START + seconds(end))
    return Ephemeris(f"document-{number}", number, (segment,))
