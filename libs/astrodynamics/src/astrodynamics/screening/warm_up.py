"""Compiling every kernel of a screening ahead of time."""

import numpy as np

from astrodynamics.screening.engine import screen
from astrodynamics.screening.population import Population, states_at
from astrodynamics.screening.request import Request, Volume
from astrodynamics.sgp4 import ElementArrays
from astrodynamics.timescales import DAY_NS, SECOND_NS
from astrodynamics.trajectories import Ephemeris, EphemerisSegment


def warm_up() -> None:
    """Compile, or load from the cache, every kernel that screening and propagation use.

    Done by screening half an hour of three small orbits and an ephemeris, which uses them all with the types that
    they always have.
    """
    epoch = np.full(3, 20_000 * DAY_NS)
    elements = ElementArrays(
        norad_cat_id=np.array([1, 2, 3]),
        epoch_tai_ns=epoch,
        mean_motion_rev_day=np.array([15.0, 15.0, 2.0]),
        eccentricity=np.array([0.001, 0.15, 0.7]),
        inclination_deg=np.array([51.6, 98.0, 63.4]),
        raan_deg=np.zeros(3),
        arg_of_perigee_deg=np.zeros(3),
        mean_anomaly_deg=np.array([0.0, 10.0, 20.0]),
        bstar=np.zeros(3),
    )
    population = Population(elements)
    instants = epoch[0] + np.arange(0, 3600, 60) * SECOND_NS
    r_gcrf_km, v_gcrf_km_s = states_at(population, 0, instants)
    segment = EphemerisSegment(instants, r_gcrf_km, v_gcrf_km_s, int(instants[0]), int(instants[-1]))
    population = Population(elements, [Ephemeris("warm-up", 4, (segment,))])
    population.propagator.init_error  # noqa: B018 - compiles the kernel behind it
    for volume in (Volume("sphere", 5.0), Volume("box", 1.0, 5.0, 5.0)):
        screen(population, Request(int(epoch[0]), int(epoch[0]) + 1800 * SECOND_NS, volume), threads=1)
