"""Slices of a run become one whole: nothing twice, nothing lost, and what was not screened is said."""

from hashlib import sha256

import numpy as np
import pytest
from support.crossing_orbits import OURS, THEIRS, UNOWNED, ephemeris_of

from assessment.approach_columns import approaches, read_coverage
from assessment.trajectories import ephemeris_to_columns
from astrodynamics.screening import REASONS, Approaches, Coverage
from screening.pinned_files import PinnedFile, PinnedObjectChangedError
from screening.runs.gaps import Gap, added, joined_gaps, of_the_whole
from screening.runs.inputs import PinnedEphemeris, RunInputs
from screening.runs.join import JoinOrder, SliceFile, join_run
from screening.runs.slice_files import read_slice, write_slice
from screening.runs.watched import Watched

HOUR = 3_600_000_000_000
OPEN_ENTRY, OPEN_EXIT, LEAST_AT_ENTRY, LEAST_AT_EXIT = 1, 2, 4, 8
OUTSIDE = REASONS.index("outside_ephemeris")
NUMBERS = (OURS, UNOWNED, THEIRS)


def pieces(*given):
    """Each: indices, entry, TCA, exit (hours), miss distance (km), minima, flags."""
    columns = {
        "first": [row[0] for row in given],
        "second": [row[1] for row in given],
        "entry_tai_ns": [int(row[2] * HOUR) for row in given],
        "tca_tai_ns": [int(row[3] * HOUR) for row in given],
        "exit_tai_ns": [int(row[4] * HOUR) for row in given],
        "miss_distance_km": [row[5] for row in given],
        "minima": [row[6] for row in given],
        "flags": [row[7] for row in given],
        "kind": [0] * len(given),
    } | {name: [1.0] * len(given) for name in ("relative_speed_km_s", "radial_km", "in_track_km", "cross_track_km")}
    return Approaches.from_columns({name: np.array(values) for name, values in columns.items()})


def gaps(*given):
    """Each: index, from, to (hours)."""
    rows = np.array(given, dtype=np.float64).reshape(-1, 3)
    return Coverage(
        rows[:, 0].astype(np.int64),
        (rows[:, 1] * HOUR).astype(np.int64),
        (rows[:, 2] * HOUR).astype(np.int64),
        np.full(len(rows), OUTSIDE, dtype=np.uint8),
    )


@pytest.fixture
def order(tmp_path):
    """The order to join two slices, [0, 2) and [2, 10) hours, of one ephemeris against two others."""

    def file(name, content):
        (tmp_path / name).write_bytes(content)
        return PinnedFile(tmp_path / name, sha256(content).hexdigest())

    def build(first=(), second=(), *, missed=(), watched=(), parties=(OURS,), most_gaps=100, known_pairs=()):
        files = [file(f"{number}.npz", ephemeris_to_columns(ephemeris_of(number))) for number in NUMBERS]
        pinned = [
            PinnedEphemeris(
                id=f"e{number}",
                key="k",
                sha256=each.sha256,
                norad_cat_id=number,
                organization_id="o",
                designation="operational",
                file_name="f",
                object_name="n",
            )
            for number, each in zip(NUMBERS, files, strict=True)
        ]
        return JoinOrder(
            run_id="r",
            inputs=RunInputs(
                catalogue=None,
                primary=pinned[0],
                against="ephemerides",
                secondary_ephemerides=tuple(pinned[1:]),
                known_pairs=known_pairs,
            ),
            catalogue=None,
            ephemerides=tuple(files),
            slices=(
                SliceFile(file("0", write_slice([pieces(*first)], gaps(*missed))), 0, 2 * HOUR),
                SliceFile(file("1", write_slice([pieces(*second)], gaps())), 2 * HOUR, 10 * HOUR),
            ),
            parties=frozenset(parties),
            watched=watched,
            most_gaps=most_gaps,
            folder=tmp_path,
        )

    return build


def told(joined):
    return [
        (each.norad_cat_id_2, each.kind, each.from_tai_ns / HOUR, each.tca_tai_ns / HOUR, each.to_tai_ns / HOUR)
        for each in approaches(joined.approaches)
    ]


def test_a_slice_survives_its_way_through_a_file_and_gives_the_same_bytes():
    passes = [pieces((0, 1, 1, 1.5, 2, 3.0, 1, 0)), pieces()]
    content = write_slice(passes, gaps((1, 0, 2)), {"run": "r"})
    read, missed = read_slice(content)
    assert [len(each) for each in read] == [1, 0]
    assert read[0].tca_tai_ns.tolist() == [int(1.5 * HOUR)]
    assert (missed.index.tolist(), missed.reason_names()) == ([1], ["outside_ephemeris"])
    assert content == write_slice(passes, gaps((1, 0, 2)), {"run": "r"})


def test_a_stay_that_goes_over_a_border_is_one_with_its_smallest_distance(order):
    joined = join_run(
        order(
            [(0, 1, 1, 2, 2, 30.0, 0, OPEN_EXIT | LEAST_AT_EXIT), (0, 2, 1, 1, 1, 1.0, 1, 0)],
            [(0, 1, 2, 2.5, 4, 20.0, 1, OPEN_ENTRY)],
        )
    )
    assert told(joined) == [(THEIRS, "approach", 1, 1, 1), (UNOWNED, "approach", 1, 2.5, 4)]


def test_who_never_leaves_is_continuous(order):
    joined = join_run(
        order(
            [(0, 1, 0, 1, 2, 30.0, 1, OPEN_ENTRY | OPEN_EXIT)],
            [(0, 1, 2, 2.5, 10, 20.0, 2, OPEN_ENTRY | OPEN_EXIT)],
        )
    )
    assert told(joined) == [(UNOWNED, "continuous", 0, 2.5, 10)]


def test_what_several_passes_of_the_engine_missed_alike_is_told_once_however_many_slices_there_are():
    told = gaps()
    for hour in range(5):
        told = added(told, gaps((1, hour, hour + 1), (1, hour, hour + 1)))
    assert (told.index.tolist(), told.to_tai_ns.tolist()) == ([1], [5 * HOUR])


def test_gaps_that_touch_and_have_one_reason_are_one():
    given = [
        Gap(7, "", 2, 4, "decayed"),
        Gap(7, "", 0, 2, "decayed"),
        Gap(7, "", 0, 2, "decayed"),
        Gap(7, "", 4, 5, "lost"),
        Gap(8, "", 2, 4, "decayed"),
    ]
    assert joined_gaps(given) == [Gap(7, "", 0, 4, "decayed"), Gap(7, "", 4, 5, "lost"), Gap(8, "", 2, 4, "decayed")]


def test_everybody_has_coverage_and_what_was_missed_is_counted_by_reason(order):
    joined = join_run(order(missed=[(2, 0, 1), (1, 0, 2)], most_gaps=1))
    coverage = read_coverage(joined.coverage)
    assert list(
        zip(coverage.norad_cat_id, coverage.from_tai_ns / HOUR, coverage.to_tai_ns / HOUR, coverage.reason, strict=True)
    ) == [
        (UNOWNED, 0, 2, "outside-ephemeris"),
        (UNOWNED, 2, 10, None),
        (THEIRS, 0, 1, "outside-ephemeris"),
        (THEIRS, 1, 10, None),
    ]
    assert (joined.object_count, joined.screened_count, joined.not_screened_count) == (2, 0, 2)
    assert joined.gap_counts == {"outside-ephemeris": 2}
    assert len(joined.gaps) == 1  # the rows are limited, the coverage file is not


def test_a_primary_that_was_nowhere_leaves_nothing_screened(order):
    assert join_run(order(missed=[(0, 0, 10)])).screened_count == 0
    partly = join_run(order(missed=[(0, 0, 1)]))
    assert (partly.screened_count, partly.not_screened_count) == (2, 1)


def test_only_approaches_of_the_parties_may_become_messages(order):
    found = [(0, 2, 1, 1, 1, 3.0, 1, 0), (0, 1, 1, 1, 1, 4.0, 1, 0)]
    joined = join_run(order(found, parties=(THEIRS,)))
    assert [each.norad_cat_id_2 for each in approaches(joined.candidates)] == [THEIRS]
    assert joined.candidate_numbers == {OURS, THEIRS}
    assert joined.approach_count == 2


def test_approaches_of_known_pairs_are_counted_and_nothing_else(order):
    """Nor is a known pair's event answered: that a pair is left out on purpose does not make it clear."""
    found = [(0, 2, 1, 1, 1, 3.0, 1, 0), (0, 1, 1, 1, 1, 4.0, 1, 0)]
    pair = (min(OURS, THEIRS), max(OURS, THEIRS))
    joined = join_run(order(found, known_pairs=(pair,), watched=(Watched(*pair, 5 * HOUR),)))
    assert told(joined) == [(UNOWNED, "approach", 1, 1, 1)]
    assert joined.candidate_numbers == {OURS, UNOWNED}
    assert (joined.approach_count, joined.known_pair_approach_count) == (1, 1)
    assert joined.found_nothing == ()


def test_a_pair_with_an_event_is_clear_only_where_it_was_screened_and_nothing_was_there(order):
    clear, found, missed, never, later = (
        Watched(OURS, UNOWNED, 5 * HOUR),
        Watched(OURS, THEIRS, 1 * HOUR),
        Watched(OURS, UNOWNED, 1 * HOUR),
        Watched(UNOWNED, THEIRS, 5 * HOUR),
        Watched(OURS, THEIRS, 11 * HOUR),
    )
    joined = join_run(
        order([(0, 2, 1, 1, 1, 3.0, 1, 0)], missed=[(1, 0, 2)], watched=(clear, found, missed, never, later))
    )
    assert joined.found_nothing == (clear,)


def test_a_slice_that_is_not_what_was_recorded_is_refused(order):
    built = order()
    built.slices[0].file.path.write_bytes(b"changed")
    with pytest.raises(PinnedObjectChangedError):
        join_run(built)


def test_an_ephemeris_that_begins_late_is_not_beyond_the_span_of_the_run():
    """It has no states in the first slice and some in the second; another one begins after both."""
    beyond = REASONS.index("starts_beyond_span")
    first = Coverage(np.array([0, 1]), np.array([0, 0]), np.array([HOUR, HOUR]), np.array([beyond, beyond], np.uint8))
    second = Coverage(np.array([1]), np.array([HOUR]), np.array([2 * HOUR]), np.array([beyond], np.uint8))
    told = of_the_whole(added(first, second), 0, 2 * HOUR)
    assert told.index.tolist() == [0, 1]
    assert told.reason_names() == ["outside_ephemeris", "starts_beyond_span"]
    assert told.to_tai_ns.tolist() == [HOUR, 2 * HOUR]
