"""A run is cut into tasks that meet on the engine's grid, however it begins."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.embedded import NOON

from astrodynamics.screening.grid import chunk_of, chunk_start_ns
from astrodynamics.timescales import from_datetime
from screening.runs.inputs import PinnedCatalogue, PinnedEphemeris, RunInputs
from screening.runs.slices import core_seconds, slices_tai_ns

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


@given(
    late_us=st.integers(0, 10**9),
    hours=st.floats(0.01, 240),
    longest=st.floats(1, 1000),
    inputs=st.sampled_from([ONE, ALL]),
)
def test_slices_cover_the_span_without_gap_or_overlap_and_meet_on_the_grid(late_us, hours, longest, inputs):
    start = NOON + timedelta(microseconds=late_us)
    stop = start + timedelta(hours=hours)
    slices = slices_tai_ns(inputs, start, stop, longest_core_s=longest)
    assert slices[0][0] == from_datetime(start)
    assert slices[-1][1] == from_datetime(stop)
    assert all(begin < end for begin, end in slices)
    for before, after in pairwise(slices):
        assert before[1] == after[0]
        assert chunk_start_ns(chunk_of(before[1])) == before[1]


def test_an_ephemeris_needs_few_tasks_and_the_whole_catalogue_many():
    week = NOON + timedelta(days=7)
    few = slices_tai_ns(ONE, NOON, week, longest_core_s=30)
    many = slices_tai_ns(ALL, NOON, week, longest_core_s=30)
    assert len(few) < len(many)
    hours_of_longest = max(end - begin for begin, end in many) / 3.6e12
    assert core_seconds(ALL, hours_of_longest) <= 30 + core_seconds(ALL, 2)


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
