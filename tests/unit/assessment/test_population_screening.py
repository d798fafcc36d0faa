"""Populations screened within the handbook's volumes: who is first, what is one approach, who was not screened."""

import numpy as np
import pytest
from support.crossing_orbits import (
    CROSSING,
    DECAYED,
    ELSEWHERE,
    OURS,
    THEIRS,
    UNOWNED,
    crossing_catalogue,
    ephemeris_of,
)

from assessment.population_screening import NO_CLOSED_ORBIT, PopulationScreening, SecondaryKind, screen_population
from assessment.volumes import parse_volume
from astrodynamics.frames import rtn_axes
from astrodynamics.screening import Population, states_at
from astrodynamics.timescales import SECOND_NS, from_datetime
from astrodynamics.trajectories import Ephemeris, EphemerisSegment

START = from_datetime(CROSSING) - 1800 * SECOND_NS
STOP = from_datetime(CROSSING) + 1800 * SECOND_NS
one_millimetre = 1e-3


def screened(population, volume, **asked):
    return screen_population(
        population,
        PopulationScreening(start_tai_ns=START, stop_tai_ns=STOP, volume=parse_volume(volume), **asked),
        threads=1,
    )


def pairs(found):
    columns = found.approaches
    return list(zip(columns.norad_cat_id_1.tolist(), columns.norad_cat_id_2.tolist(), strict=True))


def test_the_smaller_number_is_first_and_components_are_in_its_axes():
    """Theirs is the primary and has the larger number: what the engine calls first comes second."""
    population = Population(crossing_catalogue().elements)
    numbers = population.norad_cat_id.tolist()
    found = screened(population, "sphere:5", primaries=[numbers.index(THEIRS)])
    assert pairs(found)
    assert all(low < high for low, high in pairs(found))
    row = pairs(found).index((OURS, THEIRS))
    columns = found.approaches
    tca = np.array([columns.tca_tai_ns[row]])
    r_ours, v_ours = states_at(population, numbers.index(OURS), tca)
    r_theirs, _ = states_at(population, numbers.index(THEIRS), tca)
    expected_m = 1e3 * rtn_axes(r_ours, v_ours)[0] @ (r_theirs - r_ours)[0]
    given_m = [columns.radial_m[row], columns.in_track_m[row], columns.cross_track_m[row]]
    np.testing.assert_allclose(given_m, expected_m, atol=one_millimetre)
    assert columns.miss_distance_m[row] == pytest.approx(np.linalg.norm(given_m), abs=one_millimetre)


def test_a_passage_within_the_volumes_of_both_is_one_approach():
    """Each of the two has a box of its own; each direction alone finds the same passage."""
    population = Population(crossing_catalogue().elements)
    numbers = population.norad_cat_id.tolist()
    whole = screened(population, "box:3,25,25")
    alone = [
        screened(population, "box:3,25,25", primaries=[numbers.index(number)]) for number in (OURS, THEIRS, UNOWNED)
    ]
    assert pairs(whole)
    assert sorted(pairs(whole)) == sorted({pair for found in alone for pair in pairs(found)})
    assert len(set(pairs(whole))) == len(pairs(whole))


def test_a_kind_of_secondary_may_have_a_volume_of_its_own():
    """Within a metre of debris, within 5 km of everybody else: the pair with the kind is left out, the rest is not."""
    population = Population(crossing_catalogue().elements)
    numbers = population.norad_cat_id.tolist()
    ours = {"primaries": [numbers.index(OURS)]}
    of_a_kind = [SecondaryKind(rows=[numbers.index(THEIRS)], volume=parse_volume("sphere:0.001"))]
    everybody, found = (
        screened(population, "sphere:5", **ours),
        screened(population, "sphere:5", **ours, kinds=of_a_kind),
    )
    assert (OURS, THEIRS) in pairs(everybody)
    assert pairs(found) == [pair for pair in pairs(everybody) if THEIRS not in pair]
    near = [SecondaryKind(rows=[numbers.index(THEIRS)], volume=parse_volume("sphere:5"))]
    only = screened(population, "sphere:0.001", **ours, kinds=near)
    assert pairs(only) == [pair for pair in pairs(everybody) if THEIRS in pair]
    np.testing.assert_array_equal(found.coverage.norad_cat_id, everybody.coverage.norad_cat_id)


def test_each_regime_has_the_shape_of_its_own_volume():
    """Under the handbook's preset the low orbits have boxes and the high one a sphere: two requests, one answer."""
    population = Population(crossing_catalogue().elements)
    told = []
    found = screen_population(
        population,
        PopulationScreening(start_tai_ns=START, stop_tai_ns=STOP, volume=parse_volume("ephemeris")),
        threads=1,
        progress=told.append,
    )
    assert (OURS, THEIRS) in pairs(found)
    assert sorted(set(found.coverage.norad_cat_id.tolist())) == sorted([OURS, UNOWNED, THEIRS, DECAYED, ELSEWHERE])
    dones = [now.done for now in told]
    assert dones == sorted(set(dones))
    assert dones[-1] == told[-1].total == told[0].total


def test_what_was_not_screened_is_said_with_its_reason():
    population = Population(crossing_catalogue().elements)
    coverage = screened(population, "sphere:5").coverage
    reasons = {
        number: reason for number, reason in zip(coverage.norad_cat_id.tolist(), coverage.reason, strict=True) if reason
    }
    assert set(reasons) == {DECAYED}


def test_ephemerides_meet_the_catalogue_and_each_other_but_never_their_own_entry():
    catalogue = crossing_catalogue()
    population = Population(catalogue.elements, [ephemeris_of(OURS), ephemeris_of(THEIRS)])
    found = screened(population, "sphere:5", primaries=[len(catalogue), len(catalogue) + 1])
    columns = found.approaches
    told = set(zip(pairs(found), columns.designator_1, columns.designator_2, strict=True))
    assert ((OURS, THEIRS), f"test-{OURS}", f"test-{THEIRS}") in told
    assert ((OURS, THEIRS), f"test-{OURS}", None) in told
    assert ((OURS, THEIRS), None, f"test-{THEIRS}") in told
    assert all(low != high for low, high in pairs(found))


def test_an_ephemeris_on_no_closed_orbit_takes_no_part():
    tai_ns = np.arange(START, STOP, 60 * SECOND_NS)
    seconds = (tai_ns - START)[:, None] / SECOND_NS
    v_km_s = np.broadcast_to([12.0, 0.0, 0.0], (len(tai_ns), 3))
    segment = EphemerisSegment(tai_ns, [7000.0, 0.0, 0.0] + seconds * v_km_s, v_km_s, int(tai_ns[0]), int(tai_ns[-1]))
    population = Population(crossing_catalogue().elements, [Ephemeris("away", 40000, (segment,))])
    coverage = screened(population, "sphere:5", primaries=[len(population) - 1]).coverage
    (reason,) = coverage.reason[coverage.norad_cat_id == 40000]
    assert reason == NO_CLOSED_ORBIT


def test_nothing_found_is_an_empty_table():
    population = Population(crossing_catalogue().elements)
    numbers = population.norad_cat_id.tolist()
    found = screened(population, "sphere:0.001", primaries=[numbers.index(ELSEWHERE)])
    assert len(found.approaches) == 0
