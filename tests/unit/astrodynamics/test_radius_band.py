"""The filter by radius, for few primaries: sound."""

import numpy as np
import pytest
from support.orbits import EPOCH, elements, geostationary_cluster, high_eccentricity, joined, seconds, shell

from astrodynamics.screening import Population, Request, Volume, screen, states_at
from astrodynamics.screening import engine as engine_module
from astrodynamics.screening.participants import choose_participants
from astrodynamics.screening.radius_band import element_bands_km, ephemeris_band_km
from astrodynamics.sgp4 import Propagator
from astrodynamics.timescales import DAY_NS
from astrodynamics.trajectories import Ephemeris, EphemerisSegment


@pytest.fixture(scope="module")
def orbits():
    rng = np.random.default_rng(41)
    decaying = elements(mean_motion_rev_day=rng.uniform(15.8, 16.3, 20), bstar=rng.uniform(1e-4, 2e-3, 20))
    return joined(
        shell(rng, 80, spread=3.0, eccentricity=0.1),
        geostationary_cluster(rng, 10),
        high_eccentricity(rng, 60),
        decaying,
    )


def test_no_object_leaves_its_band(orbits):
    start, stop = EPOCH + 2 * DAY_NS, EPOCH + 9 * DAY_NS
    low, high = element_bands_km(Population(orbits), start, stop)
    r, _, error = Propagator(orbits).propagate(np.arange(start, stop, seconds(97)))
    radius = np.linalg.norm(r, axis=2)
    sound = (error == 0).all(axis=1)
    assert sound.sum() > 100
    assert (radius[sound].min(axis=1) >= low[sound]).all()
    assert (radius[sound].max(axis=1) <= high[sound]).all()
    assert (low[~sound] <= np.nanmin(np.where(error[~sound] == 0, radius[~sound], np.inf), axis=1)).all()


def test_an_ephemeris_stays_in_its_band(orbits):
    instants = EPOCH + np.arange(0, 7200, 60) * seconds(1)
    index = 95
    r, v = states_at(Population(orbits), index, instants)
    file = Ephemeris("file", 1, (EphemerisSegment(instants, r, v, int(instants[0]), int(instants[-1])),))
    low, high = ephemeris_band_km(Population(orbits, [file]), len(orbits), int(instants[5]), int(instants[-5]))
    finer = np.arange(instants[5], instants[-5], seconds(1))
    radius = np.linalg.norm(states_at(Population(orbits), index, finer)[0], axis=1)
    assert low <= radius.min()
    assert radius.max() <= high


def test_the_filter_changes_nothing_but_the_work(orbits, monkeypatch):
    population = Population(orbits)
    request = Request(EPOCH, EPOCH + seconds(12 * 3600), Volume("sphere", 60.0), primaries=[81, 84, 88])
    filtered = screen(population, request)
    monkeypatch.setattr(
        engine_module, "choose_participants", lambda *given: choose_participants(*given, radius_filter=False)
    )
    unfiltered = screen(population, request)
    assert filtered.statistics.propagations < unfiltered.statistics.propagations
    assert len(filtered.approaches) > 3
    for name, column in filtered.approaches.to_columns().items():
        assert np.array_equal(column, unfiltered.approaches.to_columns()[name]), name
