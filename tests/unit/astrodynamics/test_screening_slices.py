"""Slices of a span: joined they are the whole, to the bit, approaches and coverage alike."""

from itertools import pairwise

import numpy as np
import pytest
from support.orbits import EPOCH, elements, joined, seconds
from support.screening_cases import START, assert_same_bits, ephemeris_of, mixed_orbits, request, rows

from astrodynamics import screening
from astrodynamics.errors import InvalidRequestError
from astrodynamics.screening import Population, Request, Volume, join, plan_slices, screen


@pytest.fixture(scope="module")
def mixed():
    return mixed_orbits()


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
