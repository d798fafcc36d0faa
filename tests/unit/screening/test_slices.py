"""A run is cut into tasks that meet on the engine's grid, are short enough, and are enough for every worker."""

from datetime import timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.dense_shell import shell_elements
from support.embedded import NOON

from astrodynamics.screening import Population, Request, Volume, plan_slices, screen
from astrodynamics.screening.approaches import Approaches
from astrodynamics.screening.grid import CHUNK_NS, HALF_STEP_NS, STEP_NS, chunk_of, chunk_start_ns
from astrodynamics.timescales import from_datetime
from screening.runs.costs import core_seconds, measured_factor
from screening.runs.inputs import PinnedCatalogue, PinnedEphemeris, RunInputs
from screening.runs.slices import Cutting, cut_again, slices_tai_ns

CATALOGUE = PinnedCatalogue(id="c", key="k", sha256="s", label="l", is_synthetic=True, object_count=27_000)
EPHEMERIS = PinnedEphemeris(
    id="e",
    key="k",
    sha256="s",
    norad_cat_id=5,
    organization_id="o",
    designation="operational",
    file_name="f",
    object_name="n",
)
ONE = RunInputs(catalogue=CATALOGUE, primary=EPHEMERIS, against="catalogue")
ALL = RunInputs(catalogue=CATALOGUE, against="catalogue")
DAY, WEEK = timedelta(days=1), timedelta(days=7)


@given(
    late_us=st.integers(0, 10**9),
    hours=st.floats(0.01, 240),
    aim_s=st.floats(0.1, 1000),
    workers=st.integers(1, 100),
    inputs=st.sampled_from([ONE, ALL]),
)
def test_slices_cover_the_span_without_gap_or_overlap_and_meet_on_the_grid(late_us, hours, aim_s, workers, inputs):
    start = NOON + timedelta(microseconds=late_us)
    stop = start + timedelta(hours=hours)
    slices = slices_tai_ns(inputs, start, stop, volume="hac", cutting=Cutting(aim_s=aim_s, workers=workers))
    assert slices[0][0] == from_datetime(start)
    assert slices[-1][1] == from_datetime(stop)
    assert all(begin < end for begin, end in slices)
    for before, after in pairwise(slices):
        assert before[1] == after[0]
        assert (before[1] + HALF_STEP_NS) % STEP_NS == 0


@given(late_ns=st.integers(0, 10**14), chunks=st.integers(1, 60), pieces=st.integers(1, 60))
def test_slices_of_whole_chunks_differ_by_one_chunk_at_most(late_ns, chunks, pieces):
    first = chunk_start_ns(chunk_of(late_ns))
    slices = cut_again(first, first + chunks * CHUNK_NS, min(pieces, chunks))
    sizes = {(end - begin) // CHUNK_NS for begin, end in slices}
    assert len(slices) == min(pieces, chunks)
    assert max(sizes) - min(sizes) <= 1
    assert all(chunk_start_ns(chunk_of(begin)) == begin for begin, _ in slices)


def test_a_chunk_that_is_too_much_for_a_task_is_cut_at_its_steps():
    first = chunk_start_ns(1000)
    slices = cut_again(first, first + 2 * CHUNK_NS, 8)
    assert [(end - begin) // STEP_NS for begin, end in slices] == [12] * 8


def test_no_task_is_estimated_to_take_longer_than_it_should():
    for inputs, volume, span in ((ALL, "hac", WEEK), (ALL, "sphere:50", WEEK), (ONE, "ephemeris", WEEK)):
        cutting = Cutting(aim_s=10.0, threads=2, factor=3.0)
        slices = slices_tai_ns(inputs, NOON, NOON + span, volume=volume, cutting=cutting)
        core_s = cutting.factor * core_seconds(inputs, max(end - begin for begin, end in slices) / 3.6e12, volume)
        a_chunk_s = cutting.factor * core_seconds(inputs, CHUNK_NS / 3.6e12, volume)
        assert core_s / cutting.threads <= cutting.aim_s + a_chunk_s / cutting.threads


@pytest.mark.parametrize(
    ("more", "than"),
    [
        ({"factor": 4.0}, {}),
        ({}, {"threads": 2}),
        ({}, {"aim_s": 30.0}),
        ({"workers": 8}, {}),
    ],
)
def test_what_costs_more_or_is_shared_by_more_is_cut_finer(more, than):
    def count(changes):
        return len(
            slices_tai_ns(ALL, NOON, NOON + DAY, volume="sphere:50", cutting=Cutting(**{"aim_s": 10.0} | changes))
        )

    assert count(more) > count(than)


def test_an_ephemeris_needs_one_task_however_many_workers_there_are():
    assert len(slices_tai_ns(ONE, NOON, NOON + WEEK, volume="ephemeris", cutting=Cutting(aim_s=10.0, workers=50))) == 1


def test_work_that_two_workers_share_is_cut_so_that_neither_waits_long_for_the_other():
    slices = slices_tai_ns(ALL, NOON, NOON + DAY, volume="hac", cutting=Cutting(aim_s=10.0, workers=2))
    assert len(slices) >= 8


def test_a_larger_volume_and_a_larger_catalogue_cost_more():
    twice = RunInputs(catalogue=CATALOGUE.model_copy(update={"object_count": 54_000}), against="catalogue")
    assert core_seconds(ALL, 24, "sphere:5") < core_seconds(ALL, 24, "hac") < core_seconds(ALL, 24, "sphere:50")
    assert core_seconds(twice, 24, "hac") > 2 * core_seconds(ALL, 24, "hac")
    assert core_seconds(ONE, 24, "ephemeris") < 0.1 * core_seconds(ALL, 24, "ephemeris")


def test_the_model_is_corrected_by_the_median_of_what_was_measured_within_reason():
    assert measured_factor([]) == 1.0
    assert measured_factor([(20.0, 10.0), (30.0, 10.0), (500.0, 10.0)]) == 3.0
    assert measured_factor([(1e9, 1.0)]) == 100.0
    assert measured_factor([(5.0, 0.0)]) == 1.0


@pytest.mark.parametrize(
    ("inputs", "objects"),
    [
        (ONE, 27_001),
        (ALL, 27_000),
        (RunInputs(catalogue=CATALOGUE, primary_numbers=(5,), against="catalogue", secondary_numbers=(6, 7)), 3),
        (RunInputs(catalogue=None, primary=EPHEMERIS, against="ephemerides", secondary_ephemerides=(EPHEMERIS,)), 2),
    ],
)
def test_the_number_of_objects_is_what_the_engine_follows(inputs, objects):
    assert inputs.objects == objects


def test_slices_cut_at_steps_and_at_chunks_join_to_the_same_bits():
    population = Population(shell_elements(300, NOON))
    first = from_datetime(NOON + timedelta(minutes=7))
    last = first + 2 * CHUNK_NS

    def joined(slices):
        found = [screen(population, Request(*each, Volume("sphere", 30.0)), threads=1).approaches for each in slices]
        return Approaches.joined(found, slices).to_columns()

    whole = joined([(first, last)])
    chunks = joined(plan_slices(first, last, CHUNK_NS))
    steps = joined(cut_again(first, last, 16))
    assert len(whole["tca_tai_ns"]) > 20
    for name, column in whole.items():
        np.testing.assert_array_equal(column, chunks[name], err_msg=name)
        np.testing.assert_array_equal(column, steps[name], err_msg=name)
