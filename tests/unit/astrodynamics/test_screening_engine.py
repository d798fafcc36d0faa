"""The screening engine: nothing missed, nothing twice, volumes, roles and refusals."""

import numpy as np
import pytest
from support.orbits import (
    dense_minima,
    elements,
    geostationary_cluster,
    high_eccentricity,
    joined,
    propagated,
    seconds,
    shell,
)
from support.screening_cases import START, assert_same_bits, ephemeris_of, mixed_orbits, request, rows

from astrodynamics import screening
from astrodynamics.errors import InvalidRequestError, ScreeningCancelledError
from astrodynamics.frames import rtn_axes
from astrodynamics.screening import Population, Request, Volume, screen, states_at

fifty_millimetres_km = 5e-5
one_metre_km = 1e-3


@pytest.fixture(scope="module")
def mixed():
    return mixed_orbits()


@pytest.mark.parametrize(
    ("name", "step_s", "hours"), [("shell", 10.0, 4.0), ("geostationary", 60.0, 30.0), ("high", 5.0, 3.0)]
)
def test_every_minimum_of_a_dense_search_is_found(name, step_s, hours):
    """Distances alone, sampled densely and refined, know of no approach that the engine does not."""
    rng = np.random.default_rng(21)
    population, radius_km = {
        "shell": lambda: (shell(rng, 140), 40.0),
        "geostationary": lambda: (geostationary_cluster(rng, 16), 25.0),
        "high": lambda: (joined(high_eccentricity(rng, 50), shell(rng, 60, spread=1.0)), 150.0),
    }[name]()
    result = screen(Population(population), request(hours, Volume("sphere", radius_km)), threads=2)
    instants = np.arange(START, START + seconds(3600 * hours) + 1, seconds(step_s))
    expected = dense_minima(propagated(population), instants, radius_km, step_s=step_s)
    assert len(expected) > 15, "the fixture must hold approaches, else the test says nothing"
    ours = result.approaches
    for i, j, tca_tai_ns, range_km in expected:
        same_pair = (ours.first == i) & (ours.second == j)
        flat_s = np.maximum(0.01, 1e-4 / ours.relative_speed_km_s)  # at a metre a second the range says no more
        at_minimum = same_pair & (np.abs(ours.tca_tai_ns - tca_tai_ns) < seconds(1) * flat_s)
        within_continuous = same_pair & (ours.entry_tai_ns <= tca_tai_ns) & (tca_tai_ns <= ours.exit_tai_ns)
        within_continuous &= ours.kind == screening.CONTINUOUS
        assert at_minimum.any() or within_continuous.any() or range_km > radius_km - 1e-3
        if at_minimum.any():
            assert abs(ours.miss_distance_km[at_minimum][0] - range_km) < fifty_millimetres_km
    minima = int(ours.minima.sum())
    assert minima <= len(expected) + 3, (
        "and the engine finds none that is not there (but at the very surface or the ends)"
    )


def test_closest_approach_is_where_the_range_is_least(mixed):
    """To 0.05 ms, against a parabola through distances on either side."""
    approaches = screen(Population(mixed), request(4, Volume("sphere", 30.0))).approaches
    positions = propagated(mixed)
    plain = np.flatnonzero((approaches.kind == screening.APPROACH) & (approaches.relative_speed_km_s > 0.1))
    assert len(plain) > 40
    for row in plain:
        offsets_s = np.linspace(-1, 1, 81) * 0.1 / approaches.relative_speed_km_s[row]
        tca = approaches.tca_tai_ns[row]
        both = positions(
            tca + np.rint(offsets_s * 1e9).astype(np.int64), [approaches.first[row], approaches.second[row]]
        )
        square = np.square(both[0] - both[1]).sum(axis=1)
        fit = np.polyfit(offsets_s, square - square.min(), 3)
        assert abs(fit[2] / (2 * fit[1])) < 50e-6
        assert abs(approaches.miss_distance_km[row] - np.sqrt(square[40])) < fifty_millimetres_km


def test_relative_position_is_in_the_first_objects_rtn(mixed):
    population = Population(mixed)
    approaches = screen(population, request(2, Volume("sphere", 30.0))).approaches
    for row in range(0, len(approaches), 5):
        at = approaches.tca_tai_ns[row : row + 1]
        r1, v1 = states_at(population, approaches.first[row], at)
        r2, v2 = states_at(population, approaches.second[row], at)
        components = rtn_axes(r1[0], v1[0]) @ (r2[0] - r1[0])
        reported = [getattr(approaches, f"{name}_km")[row] for name in ("radial", "in_track", "cross_track")]
        assert np.allclose(components, reported, rtol=0, atol=1e-6)
        assert approaches.relative_speed_km_s[row] == pytest.approx(np.linalg.norm(v2 - v1), rel=1e-6)
        assert approaches.miss_distance_km[row] == pytest.approx(np.linalg.norm(components), abs=1e-7)


def test_docked_objects_are_one_continuous_approach():
    """The same elements under two numbers, and a third a kilometre ahead."""
    population = Population(elements(mean_anomaly_deg=np.array([10.0, 10.0, 10.0085])))
    result = screen(population, request(5, Volume("sphere", 5.0)))
    assert result.approaches.kind_names() == ["continuous"] * 3
    assert result.approaches.entry_tai_ns.tolist() == [START] * 3
    assert result.approaches.exit_tai_ns.tolist() == [START + seconds(5 * 3600)] * 3
    by_pair = dict(
        zip(
            zip(result.approaches.first.tolist(), result.approaches.second.tolist(), strict=True),
            result.approaches.miss_distance_km,
            strict=True,
        )
    )
    assert by_pair[0, 1] == 0.0
    assert 0.9 < by_pair[0, 2] < 1.1


def test_a_pair_that_leaves_and_returns_has_an_approach_each_time():
    """Two eccentricities of one orbit: within 3 km twice a revolution, 14 km apart between."""
    population = Population(elements(eccentricity=np.array([0.001, 0.002]), arg_of_perigee_deg=30.0))
    result = screen(population, request(4.6, Volume("sphere", 8.0)))
    assert len(result.approaches) >= 4
    assert set(result.approaches.kind_names()) <= {"approach", "truncated"}
    inside = result.approaches.exit_tai_ns - result.approaches.entry_tai_ns
    assert (inside > seconds(100)).all()
    assert (result.approaches.exit_tai_ns[:-1] < result.approaches.entry_tai_ns[1:]).all()


def test_what_is_inside_at_an_end_is_truncated(mixed):
    population, volume = Population(mixed), Volume("sphere", 30.0)
    whole = screen(population, request(3, volume)).approaches
    row = int(np.flatnonzero((whole.kind == screening.APPROACH) & (whole.relative_speed_km_s > 5))[3])
    tca = int(whole.tca_tai_ns[row])
    pair = (whole.first[row], whole.second[row])

    before = screen(population, Request(START, tca - seconds(0.5), volume)).approaches
    last = (before.first == pair[0]) & (before.second == pair[1]) & (before.tca_tai_ns == tca - seconds(0.5))
    assert [screening.KINDS[kind] for kind in before.kind[last]] == ["truncated"]
    expected = np.hypot(whole.miss_distance_km[row], 0.5 * whole.relative_speed_km_s[row])
    assert before.miss_distance_km[last][0] == pytest.approx(expected, rel=1e-3)

    after = screen(population, Request(tca + seconds(0.5), START + seconds(3 * 3600), volume)).approaches
    first = (after.first == pair[0]) & (after.second == pair[1]) & (after.tca_tai_ns == tca + seconds(0.5))
    assert [screening.KINDS[kind] for kind in after.kind[first]] == ["truncated"]


@pytest.mark.parametrize("shape", ["ellipsoid", "box"])
def test_inside_the_volume_at_any_instant_of_the_pass(shape):
    """A thin volume can be entered far from closest approach: the whole pass is compared with a dense sampling."""
    rng = np.random.default_rng(31)
    orbits = shell(rng, 150)
    half_sizes = (2.0, 30.0, 40.0) if shape == "box" else (6.0, 8.0, 60.0)
    population = Population(orbits)
    ours = screen(population, request(3, Volume(shape, *half_sizes))).approaches
    reach = np.linalg.norm(half_sizes) if shape == "box" else max(half_sizes)
    around = screen(population, request(3, Volume("sphere", float(reach)))).approaches
    found = {(a, b): [] for a, b in zip(ours.first.tolist(), ours.second.tolist(), strict=True)}
    for a, b, tca, _ in rows(ours):
        found[a, b].append(tca)
    inside_count = at_least_range_outside = 0
    for row in np.flatnonzero(around.relative_speed_km_s > 1.0):
        i, j, tca = int(around.first[row]), int(around.second[row]), int(around.tca_tai_ns[row])
        half_s = reach / around.relative_speed_km_s[row]
        instants = tca + np.linspace(-half_s, half_s, 1201) * 1e9
        instants = instants[(instants >= START) & (instants < START + seconds(3 * 3600))].astype(np.int64)
        for first, second in ((i, j), (j, i)):
            r1, v1 = states_at(population, first, instants)
            r2, _ = states_at(population, second, instants)
            scaled = np.abs(np.einsum("tij,tj->ti", rtn_axes(r1, v1), r2 - r1)) / half_sizes
            depth = scaled.max(axis=1) if shape == "box" else np.linalg.norm(scaled, axis=1)
            reported = any(abs(tca - other) < seconds(0.01) for other in found.get((first, second), []))
            if depth.min() < 0.995:
                inside_count += 1
                at_least_range_outside += depth[np.argmin(np.linalg.norm(r2 - r1, axis=1))] > 1.0
                assert reported, (first, second, tca, depth.min())
            elif depth.min() > 1.005:
                assert not reported, (first, second, tca, depth.min())
    assert inside_count > 20
    assert at_least_range_outside > 0, "the fixture must hold a pass that is outside at closest approach"


def test_each_primary_has_its_own_volume(mixed):
    """With spheres of two sizes a pair may be inside the larger one only: reported with its owner first."""
    radius = np.where(np.arange(len(mixed)) < 60, 40.0, 10.0)
    ours = screen(Population(mixed), request(3, Volume("sphere", radius))).approaches
    uniform = screen(Population(mixed), request(3, Volume("sphere", 40.0))).approaches
    expected = set()
    for a, b, tca, miss in rows(uniform):
        expected |= {(first, second, tca // seconds(1)) for first, second in ((a, b), (b, a)) if miss < radius[first]}
    got = {(a, b, tca // seconds(1)) for a, b, tca, _ in rows(ours)}
    plain = {(a, b, tca // seconds(1)) for a, b, tca, _ in rows(uniform.take(uniform.kind == screening.APPROACH))}
    slow = {pair[:2] for pair in expected if pair not in plain and (pair[1], pair[0], pair[2]) not in plain}
    assert {row for row in expected if row[:2] not in slow} <= got
    assert any((b, a) not in {row[:2] for row in got} for a, b, _ in got)


@pytest.mark.parametrize("count", [3, 90], ids=["one by one", "over cells"])
def test_chosen_primaries_against_all(mixed, count):
    population, volume = Population(mixed), Volume("sphere", 30.0)
    primaries = np.random.default_rng(3).permutation(len(mixed))[:count]
    ours = screen(population, request(5, volume, primaries=primaries)).approaches
    everything = rows(screen(population, request(5, volume)).approaches)
    chosen = set(primaries.tolist())
    expected = {(*((a, b) if a in chosen else (b, a)), tca, miss) for a, b, tca, miss in everything if chosen & {a, b}}
    assert set(rows(ours)) == expected
    assert expected


def test_secondaries_may_be_chosen_too(mixed):
    population, volume = Population(mixed), Volume("sphere", 30.0)
    everything = rows(screen(population, request(5, volume)).approaches)
    a, b = everything[0][:2]
    one_against_one = screen(population, request(5, volume, primaries=[b], secondaries=[a])).approaches
    assert {row[:2] for row in rows(one_against_one)} == {(b, a)}
    assert {row[2] for row in rows(one_against_one)} == {row[2] for row in everything if row[:2] == (a, b)}


def test_known_pairs_are_kept_out():
    population = Population(elements(mean_anomaly_deg=np.array([10.0, 10.0, 10.002])))
    known = {frozenset((10_001, 10_002)), (10_003, 10_001)}
    approaches = screen(population, request(1, Volume("sphere", 5.0), known_pairs=known)).approaches
    assert [row[:2] for row in rows(approaches)] == [(1, 2)]


def test_columns_and_back(mixed):
    result = screen(Population(mixed), request(2, Volume("sphere", 30.0)))
    again = screening.Approaches.from_columns(result.approaches.to_columns())
    assert_same_bits(again, result.approaches)
    coverage = screening.Coverage.from_columns(result.coverage.to_columns())
    assert coverage.reason_names() == result.coverage.reason_names()


def test_progress_and_statistics(mixed):
    told = []
    result = screen(Population(mixed), request(8, Volume("sphere", 30.0)), threads=2, progress=told.append)
    assert [one.done for one in told] == list(range(1, told[-1].total + 1))
    statistics = result.statistics
    assert statistics.propagations == told[-1].total * 48 * len(mixed)
    assert statistics.pairs_compared > statistics.pairs_near > statistics.candidates >= len(result.approaches)
    assert statistics.threads == 2
    assert statistics.wall_s > 0.0


def test_cancelling_leaves_no_partial_result(mixed):
    with pytest.raises(ScreeningCancelledError, match="1 of"):
        screen(Population(mixed), request(24, Volume("sphere", 30.0)), threads=1, cancelled=lambda: True)


@pytest.mark.parametrize(
    ("options", "what"),
    [
        ({"primaries": [999]}, "among"),
        ({"primaries": [1, 1]}, "twice"),
        ({"known_pairs": [(1, 2, 3)]}, "two catalogue numbers"),
    ],
)
def test_a_request_that_does_not_fit_is_refused(mixed, options, what):
    with pytest.raises(InvalidRequestError, match=what):
        screen(Population(mixed), request(1, Volume("sphere", 5.0), **options))


@pytest.mark.parametrize(
    "volume", [("cylinder", 1.0), ("sphere", 0.0), ("sphere", np.nan), ("box", 1.0), ("box", 1.0, -2.0, 1.0)]
)
def test_a_volume_that_is_none_is_refused(volume):
    with pytest.raises(InvalidRequestError):
        Volume(*volume)


def test_an_empty_population_is_screened_to_nothing():
    result = screen(Population(None), request(1, Volume("sphere", 5.0)))
    assert len(result.approaches) == 0
    assert len(result.coverage) == 0


def test_states_of_any_object_in_gcrf(mixed):
    catalogue = Population(mixed)
    population = Population(mixed, [ephemeris_of(catalogue, 3)])
    at = START + np.arange(5) * seconds(61)
    assert np.allclose(
        states_at(population, 3, at)[0], states_at(population, len(mixed), at)[0], rtol=0, atol=one_metre_km
    )
    with pytest.raises(InvalidRequestError, match="no object"):
        states_at(population, len(mixed) + 1, at)
