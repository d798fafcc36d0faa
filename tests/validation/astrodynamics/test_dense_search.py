"""Subsets of a real catalogue, searched densely with python-sgp4 and distances alone: the engine misses nothing.

The search shares no code with the engine: positions are the reference implementation's, every few seconds, and minima
are refined on ever finer grids.
"""

import numpy as np
import pytest
from scipy.spatial import cKDTree
from sgp4.api import SatrecArray
from support.orbits import dense_minima, seconds
from support.real_catalogue import AS_OF, elements_of, line_pairs, models_of

from astrodynamics.screening import CONTINUOUS, Population, Request, Volume, screen, states_at
from astrodynamics.timescales import DAY_NS, parse_iso_utc, utc_julian_dates
from astrodynamics.trajectories import Ephemeris, EphemerisSegment

pytestmark = [pytest.mark.corpus, pytest.mark.slow]

START = parse_iso_utc(AS_OF)
fifty_millimetres_km = 5e-5
ten_metres_km = 0.01


@pytest.fixture(scope="module")
def lines(corpus):
    return line_pairs(corpus)


@pytest.fixture(scope="module")
def models(lines):
    return models_of(lines)


@pytest.fixture(scope="module")
def catalogue(lines, models):
    return elements_of(lines, models)


def reference_positions(models, chosen):
    """Positions of some objects by python-sgp4, as `dense_minima` asks for them."""

    def positions(instants, indices=None):
        array = SatrecArray([models[chosen[i]] for i in (range(len(chosen)) if indices is None else indices)])
        return array.sgp4(*utc_julian_dates(np.atleast_1d(instants)))[1]

    return positions


def sound(models, indices):
    """Those with a state at both ends of a day."""
    day, fraction = utc_julian_dates(np.array([START, START + DAY_NS]))
    error, r, _ = SatrecArray([models[i] for i in indices]).sgp4(day, fraction)
    return indices[((error == 0) & np.isfinite(r).all(axis=2)).all(axis=1)]


def near_geostationary(catalogue, rng):
    return rng.choice(np.flatnonzero(np.abs(catalogue.mean_motion_rev_day - 1.0027) < 0.002), 220, replace=False)


def eccentric_and_low(catalogue, rng):
    eccentric = rng.choice(np.flatnonzero(catalogue.eccentricity > 0.3), 150, replace=False)
    low = rng.choice(np.flatnonzero(catalogue.mean_motion_rev_day > 14.0), 100, replace=False)
    return np.concatenate([eccentric, low])


def one_shell(catalogue, rng):
    """Neighbours in planes of one constellation: many meet at less than a kilometre a second."""
    shell = np.flatnonzero(
        (np.abs(catalogue.inclination_deg - 53.05) < 0.15) & (np.abs(catalogue.mean_motion_rev_day - 15.06) < 0.05)
    )
    return rng.choice(shell, 240, replace=False)


def companions(models, _rng):
    """Objects with a neighbour that moves along: docked, tethered, in formation, listed twice."""
    error, r, v = SatrecArray(models).sgp4(*utc_julian_dates(np.array([START])))
    there = np.flatnonzero((error[:, 0] == 0) & np.isfinite(r[:, 0]).all(axis=1))
    pairs = there[cKDTree(r[there, 0]).query_pairs(40.0, output_type="ndarray")]
    apart = np.linalg.norm(v[pairs[:, 0], 0] - v[pairs[:, 1], 0], axis=1)
    slow = pairs[(apart < 0.06) & (apart > 1e-6)]
    return np.unique(slow)[:160]


CASES = {
    "geostationary": (near_geostationary, 20.0, 60.0, 24.0),
    "eccentric": (eccentric_and_low, 100.0, 5.0, 6.0),
    "one shell": (one_shell, 25.0, 10.0, 6.0),
    "companions": (companions, 25.0, 10.0, 6.0),
}


def found_or_within(approaches, first, second, tca_tai_ns):
    """Rows of a pair that have their closest approach there, and whether a continuous one holds the instant."""
    of_pair = (np.minimum(approaches.first, approaches.second) == min(first, second)) & (
        np.maximum(approaches.first, approaches.second) == max(first, second)
    )
    flat_s = np.maximum(0.01, 2e-4 / np.maximum(approaches.relative_speed_km_s, 1e-9))
    there = of_pair & (np.abs(approaches.tca_tai_ns - tca_tai_ns) < 1e9 * flat_s)
    inside = (approaches.entry_tai_ns <= tca_tai_ns) & (tca_tai_ns <= approaches.exit_tai_ns)
    return np.flatnonzero(there), bool((of_pair & inside & (approaches.kind == CONTINUOUS)).any())


@pytest.mark.parametrize("name", CASES)
def test_nothing_of_a_dense_search_is_missed(models, catalogue, name):
    choose, radius_km, step_s, hours = CASES[name]
    chosen = sound(models, choose(models if choose is companions else catalogue, np.random.default_rng(17)))
    stop = START + seconds(3600 * hours)
    approaches = screen(
        Population(catalogue.take(chosen)), Request(START, stop, Volume("sphere", radius_km))
    ).approaches
    instants = np.arange(START, stop + 1, seconds(step_s))
    expected = dense_minima(reference_positions(models, chosen), instants, radius_km - 1e-3, step_s=step_s)
    assert len(expected) > 10, "the subset must hold approaches, else the test says nothing"
    numbers = catalogue.norad_cat_id[chosen]
    for first, second, tca_tai_ns, range_km in expected:
        if numbers[first] == numbers[second]:
            continue
        rows, continuous = found_or_within(approaches, first, second, tca_tai_ns)
        assert len(rows) == 1 or continuous, (numbers[first], numbers[second], tca_tai_ns, range_km)
        if len(rows) == 1 and not continuous:
            assert abs(approaches.miss_distance_km[rows[0]] - range_km) < fifty_millimetres_km


def test_nothing_is_missed_about_an_ephemeris(models, catalogue):
    """Four satellites as ephemerides of a minute's step, against a shell and against each other."""
    chosen = sound(models, one_shell(catalogue, np.random.default_rng(18)))
    own, others = chosen[:4], chosen[4:]
    elements = Population(catalogue.take(chosen))
    instants = np.arange(START - seconds(600), START + seconds(6 * 3600 + 600), seconds(60))
    ephemerides = []
    for index in range(len(own)):
        r_gcrf_km, v_gcrf_km_s = states_at(elements, index, instants)
        segment = EphemerisSegment(instants, r_gcrf_km, v_gcrf_km_s, int(instants[0]), int(instants[-1]))
        ephemerides.append(Ephemeris(f"own-{index}", int(catalogue.norad_cat_id[own[index]]), (segment,)))
    population = Population(catalogue.take(others), ephemerides)
    primaries = np.arange(len(others), len(population))
    stop, radius_km = START + seconds(6 * 3600), 60.0
    wanted = Request(START, stop, Volume("sphere", radius_km), primaries=primaries)
    approaches = screen(population, wanted).approaches
    order = np.concatenate([others, own])
    expected = [
        row
        for row in dense_minima(
            reference_positions(models, order), np.arange(START, stop + 1, seconds(10)), radius_km - 0.05, step_s=10.0
        )
        if row[1] >= len(others)
    ]
    assert len(expected) > 10
    for first, second, tca_tai_ns, range_km in expected:
        rows, continuous = found_or_within(approaches, first, second, tca_tai_ns)
        assert len(rows) == 1 or continuous, (first, second, tca_tai_ns, range_km)
        if len(rows) == 1 and not continuous:
            assert abs(approaches.miss_distance_km[rows[0]] - range_km) < ten_metres_km
