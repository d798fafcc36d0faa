"""SGP4 and SDP4: the published verification set, the reference implementation, and failures."""

from importlib import resources

import numpy as np
import pytest
from sgp4.api import WGS72, Satrec, SatrecArray
from support.orbits import EPOCH, elements, geostationary_cluster, high_eccentricity, joined, seconds, shell

from astrodynamics.errors import InvalidElementsError
from astrodynamics.sgp4 import ERROR_MEANINGS, ElementArrays, Propagator
from astrodynamics.timescales import DAY_NS, from_tai_ns, to_tai_ns

MINUTE_NS = seconds(60)


def satrec(one: ElementArrays, index: int) -> Satrec:
    """The reference implementation for the same elements."""
    since_1950 = (from_tai_ns(one.epoch_tai_ns[index]) - np.datetime64("1949-12-31T00:00:00", "ns")).astype(np.int64)
    reference = Satrec()
    angles = [
        np.radians(column[index])
        for column in (one.arg_of_perigee_deg, one.inclination_deg, one.mean_anomaly_deg, one.raan_deg)
    ]
    reference.sgp4init(
        WGS72, "i", 1, float(since_1950) / DAY_NS, one.bstar[index], 0.0, 0.0, one.eccentricity[index],
        angles[0], angles[1], angles[2], one.mean_motion_rev_day[index] * 2 * np.pi / 1440, angles[3],
    )  # fmt: skip
    return reference


def verification_set():
    """(catalogue number, elements, reference model, rows of minutes, position, velocity) of AIAA 2006-6753."""
    files = resources.files("sgp4")
    lines = [line for line in (files / "SGP4-VER.TLE").read_text().splitlines() if line.startswith(("1 ", "2 "))]
    by_number = {}
    for first, second in zip(lines[::2], lines[1::2], strict=True):
        model = Satrec.twoline2rv(first[:69], second[:69])
        year = (1900 if model.epochyr >= 57 else 2000) + model.epochyr
        epoch = np.datetime64(f"{year}-01-01", "ns") + np.timedelta64(round((model.epochdays - 1) * DAY_NS), "ns")
        one = ElementArrays(
            np.array([model.satnum]),
            to_tai_ns(np.array([epoch])),
            np.array([model.no_kozai * 1440 / (2 * np.pi)]),
            np.array([model.ecco]),
            *(np.degrees([angle]) for angle in (model.inclo, model.nodeo, model.argpo, model.mo)),
            np.array([model.bstar]),
        )
        by_number.setdefault(model.satnum, (one, model))
    blocks = {}
    for line in (files / "tcppver.out").read_text().splitlines():
        if line.endswith("xx"):
            number = int(line.split()[0])
            blocks.setdefault(number, [])
        else:
            blocks[number].append([float(field) for field in line.split()[:7]])
    return [(number, *by_number[number], np.array(rows)) for number, rows in blocks.items()]


VERIFICATION = verification_set()


@pytest.mark.parametrize(("number", "one", "model", "rows"), VERIFICATION, ids=[str(case[0]) for case in VERIFICATION])
def test_the_published_verification_set(number, one, model, rows):
    """Positions to 1e-7 km and velocities to 1e-9 km/s at every printed time, failures with the reference's number.

    20413 and 23333 are nearly parabolic: their positions hang on the last bits of the elements.
    """
    position_km, velocity_km_s = (1e-5, 1e-8) if number in {20413, 23333} else (1e-7, 1e-9)
    instants = one.epoch_tai_ns[0] + np.rint(rows[:, 0] * MINUTE_NS).astype(np.int64)
    r, v, error = Propagator(one).propagate(instants)
    assert error[0].tolist() == [model.sgp4_tsince(minutes)[0] for minutes in rows[:, 0]]
    alive = error[0] == 0
    assert np.abs(r[0, alive] - rows[alive, 1:4]).max(initial=0.0) < position_km
    assert np.abs(v[0, alive] - rows[alive, 4:7]).max(initial=0.0) < velocity_km_s


def test_the_verification_set_is_whole():
    """32 satellites, one of them twice."""
    assert len(VERIFICATION) == 32
    assert sum(len(rows) for *_, rows in VERIFICATION) == 667


def test_against_the_reference_implementation():
    """Low, geostationary and highly eccentric orbits, 7 days on either side of the epoch."""
    rng = np.random.default_rng(5)
    population = joined(
        shell(rng, 60, spread=1.0, eccentricity=0.05), geostationary_cluster(rng, 20), high_eccentricity(rng, 40)
    )
    instants = EPOCH + np.linspace(-7 * DAY_NS, 7 * DAY_NS, 57).astype(np.int64)
    r, v, error = Propagator(population).propagate(instants)
    for index in range(len(population)):
        reference = satrec(population, index)
        for place, instant in enumerate(instants):
            code, their_r, their_v = reference.sgp4_tsince((instant - EPOCH) / MINUTE_NS)
            assert error[index, place] == code
            if code == 0:
                assert np.abs(r[index, place] - their_r).max() < 1e-6
                assert np.abs(v[index, place] - their_v).max() < 1e-9


def test_orbits_near_the_equator_use_lyddane_variables():
    population = elements(
        mean_motion_rev_day=1.0027,
        eccentricity=0.0003,
        inclination_deg=np.array([0.0, 1e-4, 0.5, 5.0, 11.4, 11.5, 11.6]),
        mean_anomaly_deg=120.0,
        raan_deg=359.9,
    )
    instants = EPOCH + np.linspace(0, 10 * DAY_NS, 41).astype(np.int64)
    r, _, error = Propagator(population).propagate(instants)
    assert not error.any()
    for index in range(len(population)):
        reference = satrec(population, index)
        theirs = [reference.sgp4_tsince((instant - EPOCH) / MINUTE_NS)[1] for instant in instants]
        assert np.abs(r[index] - theirs).max() < 1e-6


def test_what_fails_says_so_and_spares_the_rest():
    population = elements(
        mean_motion_rev_day=np.array([15.5, 16.4, 15.5]),
        eccentricity=np.array([0.001, 0.001, 0.5]),
        bstar=np.array([1e-4, 0.5, 0.0]),
    )
    instants = EPOCH + np.arange(0, 30, 5) * DAY_NS
    r, v, error = Propagator(population).propagate(instants)
    assert not error[0].any()
    assert np.isfinite(r[0]).all()
    assert error[1, -1] in ERROR_MEANINGS
    assert (error[2] == 6).any(), "the perigee lies inside the earth"
    assert np.isnan(r[error != 0]).all()
    assert np.isnan(v[error != 0]).all()


def test_error_at_the_epoch():
    population = elements(eccentricity=np.array([0.001, 0.9999]), mean_anomaly_deg=0.0)
    assert Propagator(population).init_error.tolist() == [0, 4]


def test_one_object_gives_the_same_bits_alone_and_among_others():
    rng = np.random.default_rng(6)
    population = joined(shell(rng, 9), geostationary_cluster(rng, 5), high_eccentricity(rng, 6))
    instants = EPOCH + np.arange(48) * 2 * MINUTE_NS
    together = Propagator(population).propagate(instants)[0]
    for index in range(len(population)):
        assert np.array_equal(Propagator(population.take([index])).propagate(instants)[0][0], together[index])
    chosen = Propagator(population).propagate(instants, [17, 2, 11])[0]
    assert np.array_equal(chosen, together[[17, 2, 11]])


def test_shape_of_orbits():
    propagator = Propagator(
        elements(mean_motion_rev_day=np.array([15.5, 1.0027, 2.006]), eccentricity=np.array([0.001, 0.0002, 0.7]))
    )
    assert propagator.is_deep_space.tolist() == [False, True, True]
    assert propagator.period_min == pytest.approx([92.9, 1436.1, 717.9], abs=0.2)
    assert propagator.perigee_km == pytest.approx([412, 35_780, 1600], abs=25)
    assert propagator.apogee_km == pytest.approx([426, 35_795, 38_800], abs=60)


def test_a_leap_second_is_a_second_of_flight():
    one = elements(epoch_tai_ns=to_tai_ns(np.array(["2016-12-31T23:59:00"], "datetime64[ns]")))
    instant = to_tai_ns(np.array(["2017-01-01T00:01:00"], "datetime64[ns]"))
    r = Propagator(one).propagate(instant)[0][0, 0]
    assert np.abs(r - satrec(one, 0).sgp4_tsince(121 / 60)[1]).max() < 1e-6


def test_elements_are_columns_of_one_length():
    one = elements(mean_anomaly_deg=np.arange(5.0))
    assert len(one.take([3, 1])) == 2
    assert one.take([3, 1]).mean_anomaly_deg.tolist() == [3.0, 1.0]
    with pytest.raises(InvalidElementsError, match="bstar"):
        ElementArrays(**{**vars(one), "bstar": np.zeros(4)})
    with pytest.raises(InvalidElementsError, match="eccentricity"):
        ElementArrays(**{**vars(one), "eccentricity": np.full(5, np.nan)})


def test_the_reference_agrees_for_a_batch_over_an_hour():
    """Array against array, as a whole catalogue is propagated."""
    population = shell(np.random.default_rng(7), 200, spread=0.5)
    instants = EPOCH + np.arange(60) * MINUTE_NS
    r = Propagator(population).propagate(instants)[0]
    reference = SatrecArray([satrec(population, index) for index in range(len(population))])
    days = np.full(60, 2_460_570.5)
    error, theirs, _ = reference.sgp4(days, np.arange(60) / 1440)
    assert not error.any()
    assert np.abs(r - theirs).max() < 1e-6
