"""Ephemerides in the screening engine, and what each run says it has covered."""

import numpy as np
import pytest
from support.orbits import EPOCH, elements, joined, seconds
from support.screening_cases import START, ephemeris_of, mixed_orbits, request, rows

from astrodynamics import screening
from astrodynamics.screening import Population, Request, Volume, screen, states_at
from astrodynamics.trajectories import Ephemeris, EphemerisSegment

one_metre_km = 1e-3


@pytest.fixture(scope="module")
def mixed():
    return mixed_orbits()


def test_an_ephemeris_meets_the_catalogue_as_its_elements_do(mixed):
    """Interpolated natively, turned from GCRF to TEME: as near as SGP4's velocities, which Hermite takes, allow."""
    catalogue = Population(mixed)
    volume = Volume("sphere", 40.0)
    expected = screen(catalogue, request(4, volume)).approaches
    busiest = int(np.bincount(expected.first[expected.relative_speed_km_s > 1.0]).argmax())
    population = Population(mixed, [ephemeris_of(catalogue, busiest, number=mixed.norad_cat_id[busiest])])
    primary = len(population) - 1
    ours = screen(population, request(4, volume, primaries=[primary])).approaches
    involved = (expected.first == busiest) | (expected.second == busiest)
    assert involved.sum() >= 2
    for a, b, tca, miss in rows(expected.take(involved)):
        same = (ours.second == (b if a == busiest else a)) & (np.abs(ours.tca_tai_ns - tca) < seconds(1e-3))
        assert same.sum() == 1
        assert ours.miss_distance_km[same][0] == pytest.approx(miss, abs=one_metre_km)
    assert len(ours) == involved.sum()
    assert not (ours.second == busiest).any(), "its own catalogue entry has the same number"
    assert population.designators[primary] == f"document-{mixed.norad_cat_id[busiest]}"


def test_ephemerides_against_ephemerides(mixed):
    catalogue, volume = Population(mixed), Volume("sphere", 40.0)
    expected = rows(
        screen(catalogue, request(4, volume, primaries=np.arange(40), secondaries=np.arange(40))).approaches
    )
    files = Population(None, [ephemeris_of(catalogue, index, number=90_000 + index) for index in range(40)])
    ours = rows(screen(files, request(4, volume)).approaches)
    assert len(expected) > 3
    assert [row[:2] for row in ours] == [row[:2] for row in expected]
    assert np.allclose([row[2] for row in ours], [row[2] for row in expected], rtol=0, atol=seconds(1e-3))
    assert np.allclose([row[3] for row in ours], [row[3] for row in expected], rtol=0, atol=one_metre_km)


def test_a_manoeuvre_is_not_missed():
    """Half a kilometre a second at once: beyond any bound from the states before it."""
    base = elements(mean_anomaly_deg=np.array([0.0]))
    catalogue = Population(base)
    instants = START + np.arange(0, 1801, 10) * seconds(1)
    r, v = states_at(catalogue, 0, instants)
    meeting = 95
    ahead_r, ahead_v = r.copy(), v.copy()
    kick = np.cross(r[80], v[80]) / np.linalg.norm(np.cross(r[80], v[80])) * 0.5
    elapsed = (instants[80:] - instants[80])[:, None] / seconds(1)
    ahead_r[80:] += kick * elapsed
    ahead_v[80:] += kick
    offset = kick * elapsed[meeting - 80]
    target_r = r + offset
    parts = (slice(0, 81), slice(80, None))
    before = EphemerisSegment(instants[parts[0]], r[parts[0]], v[parts[0]], int(instants[0]), int(instants[80]))
    after = EphemerisSegment(
        instants[parts[1]], ahead_r[parts[1]], ahead_v[parts[1]], int(instants[80]), int(instants[-1])
    )
    moving = Ephemeris("moving", 1, (before, after))
    standing = Ephemeris("standing", 2, (EphemerisSegment(instants, target_r, v, int(instants[0]), int(instants[-1])),))
    wanted = Request(START, START + seconds(1800), Volume("sphere", 1.0))
    ours = screen(Population(None, [moving, standing]), wanted).approaches
    assert len(ours) == 1
    assert abs(ours.tca_tai_ns[0] - instants[meeting]) < seconds(1e-3)
    assert ours.miss_distance_km[0] < 1e-3


def test_nothing_is_screened_outside_the_usable_interval(mixed):
    catalogue, volume = Population(mixed), Volume("sphere", 40.0)
    everything = screen(catalogue, request(4, volume, primaries=[5])).approaches
    usable = (4000, 9000)
    population = Population(mixed, [ephemeris_of(catalogue, 5, number=mixed.norad_cat_id[5], usable=usable)])
    result = screen(population, request(4, volume, primaries=[len(mixed)]))
    begin, end = (START + seconds(second) for second in usable)
    expected = [row for row in rows(everything) if begin <= row[2] <= end]
    plain = rows(result.approaches.take(result.approaches.kind == screening.APPROACH))
    assert [row[1] for row in plain] == [row[1] for row in expected]
    own = result.coverage.take(np.flatnonzero(result.coverage.index == len(mixed)))
    assert own.reason_names() == ["outside_ephemeris", "screened", "outside_ephemeris"]
    assert own.from_tai_ns.tolist() == [START, begin, end]
    assert own.to_tai_ns.tolist() == [begin, end, START + seconds(4 * 3600)]


def test_coverage_names_every_object_and_reason(mixed):
    catalogue = Population(mixed)
    falling = elements(mean_motion_rev_day=16.42, bstar=0.002, eccentricity=0.0005)
    stale = elements(epoch_tai_ns=EPOCH - seconds(40 * 86_400))
    population = Population(
        joined(mixed, falling, stale),
        [
            ephemeris_of(catalogue, 0, number=1, first_s=-7200, last_s=-60),
            ephemeris_of(catalogue, 0, number=2, first_s=8 * 86_400, last_s=8 * 86_400 + 3600),
        ],
    )
    result = screen(population, request(24, Volume("sphere", 5.0), max_element_age_days=30.0))
    n = len(mixed)
    assert set(result.coverage.index.tolist()) == set(range(n + 4))
    reasons = {
        index: result.coverage.take(np.flatnonzero(result.coverage.index == index)).reason_names()
        for index in range(n, n + 4)
    }
    assert reasons[n][-1] == "decayed"
    assert reasons[n + 1] == ["element_set_too_old"]
    assert reasons[n + 2] == ["wholly_in_past"]
    assert reasons[n + 3] == ["starts_beyond_span"]
    for index in range(n + 4):
        own = result.coverage.take(np.flatnonzero(result.coverage.index == index))
        assert own.from_tai_ns[0] == START
        assert own.to_tai_ns[-1] == START + seconds(86_400)
        assert (own.to_tai_ns[:-1] == own.from_tai_ns[1:]).all()
    assert (result.coverage.screened().index < n + 1).all()
    assert {n, n + 1, n + 2, n + 3} <= set(result.coverage.not_screened().index.tolist())


def test_failing_objects_do_not_disturb_the_rest(mixed):
    doomed = joined(mixed, elements(mean_motion_rev_day=np.array([17.2, 16.42]), bstar=np.array([0.0, 0.5])))
    volume = Volume("sphere", 30.0)
    alone = rows(screen(Population(mixed), request(4, volume)).approaches)
    among = rows(screen(Population(doomed), request(4, volume)).approaches)
    assert [row for row in among if max(row[:2]) < len(mixed)] == alone
