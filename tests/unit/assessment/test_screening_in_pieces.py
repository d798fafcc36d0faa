"""A screening handed on in pieces is, to the bit, the one that is held in memory."""

import dataclasses

import numpy as np
import pytest
from support.orbits import EPOCH, elements, geostationary_cluster, high_eccentricity, joined, seconds, shell

from assessment import approach_spool, screening_in_pieces
from assessment.approach_columns import ApproachColumns
from assessment.approach_spool import ApproachSpool
from assessment.engine_results import SAME_PASSAGE_NS
from assessment.population_screening import PopulationScreening, SecondaryKind, screen_population
from assessment.screening_in_pieces import screened_in_pieces
from assessment.volumes import parse_volume
from astrodynamics.screening import Population, Request, Volume, screen, states_at
from astrodynamics.trajectories import Ephemeris, EphemerisSegment

START = EPOCH + seconds(10_000)
STOP = START + seconds(20 * 3600)


@pytest.fixture(scope="module")
def population():
    """Crowded orbits, a pair that stays together, one that falls, an old one, and a day's ephemeris with a gap."""
    rng = np.random.default_rng(5)
    docked = elements(mean_anomaly_deg=np.array([200.0, 200.0005]))
    falling = elements(mean_motion_rev_day=16.42, bstar=0.002, eccentricity=0.0005)
    stale = elements(epoch_tai_ns=EPOCH - seconds(29.9 * 86_400))
    catalogue = Population(
        joined(shell(rng, 90), geostationary_cluster(rng, 12), high_eccentricity(rng, 20), docked, falling, stale)
    )
    segments = []
    for first_h, last_h in ((7.0, 9.0), (16.0, 18.0)):
        instants = START + np.arange(first_h * 60, last_h * 60 + 1).astype(np.int64) * seconds(60)
        r, v = states_at(catalogue, 3, instants)
        segments.append(EphemerisSegment(instants, r, v, int(instants[0]), int(instants[-1])))
    own = Ephemeris("own", int(catalogue.norad_cat_id[3]), tuple(segments))
    return Population(catalogue.elements, [own])


def asked(volume, **options):
    return PopulationScreening(
        start_tai_ns=START, stop_tai_ns=STOP, volume=parse_volume(volume), longest_element_age_days=30.0, **options
    )


def assert_same(one, other):
    for field in dataclasses.fields(one):
        np.testing.assert_array_equal(getattr(one, field.name), getattr(other, field.name), err_msg=field.name)


@pytest.mark.parametrize(
    ("volume", "options"),
    [
        ("sphere:30", {}),
        ("box:4,40,40", {}),
        ("early-orbit", {}),
        ("sphere:30", {"kinds": [SecondaryKind(rows=range(40), volume=parse_volume("box:6,60,60"))]}),
    ],
    ids=["sphere", "box", "early orbit", "kinds"],
)
def test_pieces_are_the_whole_to_the_bit(population, volume, options, monkeypatch):
    """Slices of one chunk, blocks of a few rows: every passage is cut somewhere, and nothing shows it."""
    monkeypatch.setattr(screening_in_pieces, "_SLICE_NS", 1)
    monkeypatch.setattr(approach_spool, "_ROWS_OF_A_SLICE", 7)
    monkeypatch.setattr(approach_spool, "_ROWS_IN_MEMORY", 1)
    monkeypatch.setattr(approach_spool, "_ROWS_OF_A_WINDOW", 1)
    whole = screen_population(population, asked(volume, **options))
    told = []
    with screened_in_pieces(population, asked(volume, **options), progress=told.append) as found:
        pieces = list(found.approaches())
    assert len(whole.approaches) > 20
    assert len(pieces) > 2
    assert_same(ApproachColumns.joined(pieces), whole.approaches)
    assert_same(found.coverage, whole.coverage)
    assert found.threads == whole.threads
    assert [now.done for now in told] == list(range(1, told[0].total + 1))


def test_the_file_of_what_waits_is_nowhere_to_be_seen(population, tmp_path):
    with screened_in_pieces(population, asked("sphere:30"), folder=tmp_path) as found:
        assert len(found.spool) > 100
        assert list(tmp_path.iterdir()) == []


def test_what_is_read_back_is_held_in_small_parts(population, monkeypatch):
    monkeypatch.setattr(approach_spool, "_ROWS_OF_A_SLICE", 5)
    monkeypatch.setattr(approach_spool, "_ROWS_IN_MEMORY", 1)
    monkeypatch.setattr(approach_spool, "_ROWS_OF_A_WINDOW", 1)
    found = screen(population, Request(START, STOP, Volume("sphere", 30.0))).approaches
    with ApproachSpool() as spool:
        for number in range(2):
            spool.write(number, found)
        windows = list(spool.windows(SAME_PASSAGE_NS))
    assert sum(len(each) for window in windows for each in window) == 2 * len(found)
    assert max(len(each) for window in windows for each in window) <= 30
    times = [each.tca_tai_ns for window in windows for each in window if len(each)]
    assert all(len(window) == 2 for window in windows), "each row is with its like of the other pass"
    assert np.all(np.diff(np.concatenate(times[::2])) >= 0)
