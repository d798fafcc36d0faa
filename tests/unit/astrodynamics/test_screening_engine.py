"""The screening engine: nothing missed, nothing twice, the same bits however the work is cut."""

from itertools import pairwise

import numpy as np
import pytest
from support.orbits import (
    EPOCH,
    dense_minima,
    elements,
    geostationary_cluster,
    high_eccentricity,
    joined,
    propagated,
    seconds,
    shell,
)

from astrodynamics import screening
from astrodynamics.errors import InvalidRequestError, ScreeningCancelledError
from astrodynamics.frames import rtn_axes
from astrodynamics.screening import Population, Request, Volume, join, plan_slices, screen, states_at
from astrodynamics.trajectories import Ephemeris, EphemerisSegment

START = EPOCH + seconds(10_000)
fifty_millimetres_km = 5e-5
one_metre_km = 1e-3


def request(hours, volume, **options):
    return Request(START, START + seconds(3600 * hours), volume, **options)


def rows(approaches):
    return list(
        zip(
            approaches.first.tolist(), approaches.second.tolist(), approaches.tca_tai_ns.tolist(),
            approaches.miss_distance_km.tolist(), strict=True,
        )
    )  # fmt: skip


def assert_same_bits(one, other):
    for name, column in one.to_columns().items():
        assert np.array_equal(column, other.to_columns()[name]), name


@pytest.fixture(scope="module")
def mixed():
    rng = np.random.default_rng(11)
    return joined(shell(rng, 110), geostationary_cluster(rng, 14), high_eccentricity(rng, 30))


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


def test_threads_do_not_change_a_bit(mixed):
    population, wanted = Population(mixed), request(9, Volume("sphere", 30.0))
    assert_same_bits(screen(population, wanted, threads=1).approaches, screen(population, wanted, threads=2).approaches)


@pytest.mark.parametrize("volume", [Volume("sphere", 30.0), Volume("box", 5.0, 40.0, 40.0)], ids=["sphere", "box"])
@pytest.mark.parametrize("longest_hours", [1.6, 4.8])
def test_slices_join_without_loss_or_doubling(mixed, volume, longest_hours):
    population, whole = Population(mixed), request(9, volume)
    slices = plan_slices(whole.start_tai_ns, whole.stop_tai_ns, seconds(3600 * longest_hours))
    assert len(slices) > 1
    together = join([screen(population, Request(*one, volume)) for one in reversed(slices)])
    expected = screen(population, whole)
    assert_same_bits(together.approaches, expected.approaches)
    assert together.spans == expected.spans
    for name, column in together.coverage.to_columns().items():
        assert np.array_equal(column, expected.coverage.to_columns()[name]), name


@pytest.mark.parametrize("volume", [Volume("sphere", 30.0), Volume("box", 4.0, 40.0, 40.0)], ids=["sphere", "box"])
def test_a_stream_hands_on_what_the_whole_finds(mixed, volume):
    """Slice by slice, with a pair that stays together over every cut: the same rows, each once it is complete."""
    docked = elements(mean_anomaly_deg=np.array([200.0, 200.0005]))
    population, wanted = Population(joined(mixed, docked)), request(7, volume)
    whole = screen(population, wanted).approaches
    parts = [part.approaches for part in screening.screen_in_slices(population, wanted, seconds(2 * 3600))]
    assert len(parts) > 3
    assert all(len(part) for part in parts)
    together = {row for part in parts for row in zip(*(c.tolist() for c in part.to_columns().values()), strict=True)}
    assert sum(len(part) for part in parts) == len(together)
    assert together == set(zip(*(column.tolist() for column in whole.to_columns().values()), strict=True))
    of_the_pair = [int(((part.first == len(mixed)) & (part.second == len(mixed) + 1)).sum()) for part in parts]
    assert of_the_pair == [0] * (len(parts) - 1) + [1]


def test_slices_may_be_cut_anywhere(mixed):
    """Not on the engine's grid either: cuts a second before, at and after a closest approach."""
    population, volume = Population(mixed), Volume("sphere", 30.0)
    whole = screen(population, request(3, volume))
    middle = int(whole.approaches.tca_tai_ns[len(whole.approaches) // 2])
    for cut in (middle - seconds(1), middle, middle + 1, middle + seconds(1)):
        parts = [
            screen(population, Request(START, cut, volume)),
            screen(population, Request(cut, START + seconds(3 * 3600), volume)),
        ]
        assert rows(join(parts).approaches) == rows(whole.approaches)


def test_slices_fill_the_span():
    slices = plan_slices(START, START + seconds(86_400), seconds(4 * 3600))
    assert slices[0][0] == START
    assert slices[-1][1] == START + seconds(86_400)
    assert all(one[1] == following[0] for one, following in pairwise(slices))
    assert max(stop - start for start, stop in slices) <= seconds(4 * 3600)
    with pytest.raises(InvalidRequestError, match="empty"):
        plan_slices(START, START, seconds(60))


def test_results_that_overlap_do_not_join(mixed):
    result = screen(Population(mixed), request(0.1, Volume("sphere", 1.0)))
    with pytest.raises(InvalidRequestError, match="overlap"):
        join([result, result])


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


def ephemeris_of(population, index, *, number=90_001, first_s=0, last_s=4 * 3600, step_s=60, usable=None):
    instants = START + np.arange(first_s, last_s + 1, step_s) * seconds(1)
    r, v = states_at(population, index, instants)
    begin, end = usable or (first_s, last_s)
    segment = EphemerisSegment(instants, r, v, START + seconds(begin), START + seconds(end))
    return Ephemeris(f"document-{number}", number, (segment,))


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


def test_coverage_of_slices_says_what_that_of_the_whole_says(mixed):
    """Of an ephemeris that begins and ends within the span, elements that grow too old in it, one that comes down."""
    catalogue = Population(mixed)
    growing_old = elements(epoch_tai_ns=EPOCH - seconds(29.8 * 86_400))
    falling = elements(mean_motion_rev_day=16.42, bstar=0.002, eccentricity=0.0005)
    hour_s = 3600
    own = ephemeris_of(catalogue, 0, number=1, first_s=9 * hour_s, last_s=11 * hour_s)
    population = Population(joined(mixed, growing_old, falling), [own])
    wanted = request(24, Volume("sphere", 5.0), max_element_age_days=30.0)
    expected = screen(population, wanted).coverage
    parts = [part.coverage for part in screening.screen_in_slices(population, wanted, seconds(2 * hour_s))]
    assert len(parts) > 10
    assert {"outside_ephemeris", "screened", "decayed"} == set(expected.reason_names())
    one_by_one = parts[0]
    for part in parts[1:]:
        one_by_one = screening.Coverage.joined([one_by_one, part])
    for coverage in (screening.Coverage.joined(parts[::-1]), one_by_one):
        for name, column in coverage.to_columns().items():
            np.testing.assert_array_equal(column, expected.to_columns()[name], err_msg=name)


def test_failing_objects_do_not_disturb_the_rest(mixed):
    doomed = joined(mixed, elements(mean_motion_rev_day=np.array([17.2, 16.42]), bstar=np.array([0.0, 0.5])))
    volume = Volume("sphere", 30.0)
    alone = rows(screen(Population(mixed), request(4, volume)).approaches)
    among = rows(screen(Population(doomed), request(4, volume)).approaches)
    assert [row for row in among if max(row[:2]) < len(mixed)] == alone


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
