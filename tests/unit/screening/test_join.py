"""Slices of a run become one whole: nothing twice, nothing lost, and what was not screened is said."""

import json
from hashlib import sha256

import numpy as np

from assessment.approach_columns import ApproachColumns, read_approaches, read_coverage, write_approaches
from screening.pinned_files import PinnedFile
from screening.runs.inputs import PinnedEphemeris, RunInputs
from screening.runs.join import (
    Gap,
    JoinOrder,
    SliceFile,
    Watched,
    join_run,
    joined_approaches,
    joined_gaps,
)

HOUR = 3_600_000_000_000


def pinned(norad_cat_id, name):
    return PinnedEphemeris(
        id=name,
        key="k",
        sha256="s",
        norad_cat_id=norad_cat_id,
        organization_id="o",
        designation="operational",
        file_name=f"{name}.oem",
        object_name=name,
    )


def rows(*given):
    """Each: numbers, kind, from, TCA, to (hours), miss distance."""
    return ApproachColumns(
        norad_cat_id_1=np.array([row[0] for row in given], dtype=np.int64),
        norad_cat_id_2=np.array([row[1] for row in given], dtype=np.int64),
        designator_1=np.array(["one" if row[0] == 5 else None for row in given], dtype=object),
        designator_2=np.array([None] * len(given), dtype=object),
        tca_tai_ns=np.array([row[4] * HOUR for row in given]).astype(np.int64),
        miss_distance_m=np.array([row[6] for row in given], dtype=np.float64),
        relative_speed_m_s=np.full(len(given), 1.0),
        radial_m=np.full(len(given), 0.0),
        in_track_m=np.full(len(given), 0.0),
        cross_track_m=np.full(len(given), 0.0),
        kind=np.array([row[2] for row in given], dtype=object),
        from_tai_ns=np.array([row[3] * HOUR for row in given]).astype(np.int64),
        to_tai_ns=np.array([row[5] * HOUR for row in given]).astype(np.int64),
    )


def told(columns):
    return [
        (int(one), int(two), kind, begin / HOUR, tca / HOUR, end / HOUR, miss)
        for one, two, kind, begin, tca, end, miss in zip(
            columns.norad_cat_id_1,
            columns.norad_cat_id_2,
            columns.kind,
            columns.from_tai_ns,
            columns.tca_tai_ns,
            columns.to_tai_ns,
            columns.miss_distance_m,
            strict=True,
        )
    ]


def test_a_stay_that_goes_over_borders_is_one_with_its_smallest_distance():
    slices = [
        rows((5, 9, "continuous", 1, 2, 2, 30.0), (5, 7, "approach", 1, 1, 1, 1.0)),
        rows((5, 9, "continuous", 2, 2.5, 4, 20.0)),
        rows((5, 9, "continuous", 4, 5, 6, 25.0), (5, 8, "approach", 5, 5, 5, 2.0)),
    ]
    assert told(joined_approaches(slices, [2 * HOUR, 4 * HOUR])) == [
        (5, 7, "approach", 1, 1, 1, 1.0),
        (5, 9, "continuous", 1, 2.5, 6, 20.0),
        (5, 8, "approach", 5, 5, 5, 2.0),
    ]


def test_stays_of_one_pair_that_do_not_touch_remain_two():
    slices = [rows((5, 9, "continuous", 0, 1, 2, 30.0)), rows((5, 9, "continuous", 3, 3, 4, 20.0))]
    assert len(joined_approaches(slices, [2 * HOUR])) == 2


def test_gaps_that_touch_and_have_one_reason_are_one():
    gaps = [
        Gap(7, "", 2, 4, "decayed"),
        Gap(7, "", 0, 2, "decayed"),
        Gap(7, "", 4, 5, "lost"),
        Gap(8, "", 2, 4, "decayed"),
    ]
    assert joined_gaps(gaps) == [Gap(7, "", 0, 4, "decayed"), Gap(7, "", 4, 5, "lost"), Gap(8, "", 2, 4, "decayed")]


def slice_file(folder, name, columns, gaps, begin, end):
    content = write_approaches(columns, {"gaps": json.dumps([list(vars(gap).values()) for gap in gaps])})
    (folder / name).write_bytes(content)
    return SliceFile(PinnedFile(folder / name, sha256(content).hexdigest()), begin * HOUR, end * HOUR)


def an_order(folder, *, gaps=(), found=(), watched=(), parties=frozenset({5})):
    inputs = RunInputs(
        catalogue=None,
        primary=pinned(5, "one"),
        against="ephemerides",
        secondary_ephemerides=(pinned(8, "eight"), pinned(9, "nine")),
    )
    return JoinOrder(
        run_id="r",
        inputs=inputs,
        catalogue=None,
        slices=(
            slice_file(folder, "0", rows(*found), gaps, 0, 2),
            slice_file(folder, "1", rows(), [], 2, 10),
        ),
        parties=parties,
        watched=watched,
        most_gaps=1,
    )


def test_everybody_has_coverage_and_what_was_missed_is_counted_by_reason(tmp_path):
    gaps = [Gap(9, "nine", 0, HOUR, "outside-ephemeris"), Gap(8, "eight", 0, 2 * HOUR, "outside-ephemeris")]
    joined = join_run(an_order(tmp_path, gaps=gaps))
    coverage = read_coverage(joined.coverage)
    assert list(
        zip(coverage.designator, coverage.from_tai_ns / HOUR, coverage.to_tai_ns / HOUR, coverage.reason, strict=True)
    ) == [
        ("eight", 0, 2, "outside-ephemeris"),
        ("eight", 2, 10, None),
        ("nine", 0, 1, "outside-ephemeris"),
        ("nine", 1, 10, None),
    ]
    assert (joined.object_count, joined.screened_count, joined.not_screened_count) == (2, 0, 2)
    assert joined.gap_counts == {"outside-ephemeris": 2}
    assert len(joined.gaps) == 1  # the rows are limited, the coverage file is not


def test_a_primary_that_was_nowhere_leaves_nothing_screened(tmp_path):
    joined = join_run(an_order(tmp_path, gaps=[Gap(5, "one", 0, 10 * HOUR, "outside-ephemeris")]))
    assert joined.screened_count == 0
    assert join_run(an_order(tmp_path, gaps=[Gap(5, "one", 0, 1 * HOUR, "outside-ephemeris")])).screened_count == 2


def test_only_approaches_of_the_parties_may_become_messages(tmp_path):
    found = [(5, 9, "approach", 1, 1, 1, 3.0), (8, 9, "approach", 1, 1, 1, 4.0)]
    joined = join_run(an_order(tmp_path, found=found))
    assert [each.norad_cat_id_1 for each in joined.candidates] == [5]
    assert joined.approach_count == 2
    assert len(read_approaches(joined.approaches)) == 2


def test_a_pair_with_an_event_is_clear_only_where_it_was_screened_and_nothing_was_there(tmp_path):
    clear, found, missed, never, later = (
        Watched(5, 8, 5 * HOUR),
        Watched(5, 9, 1 * HOUR),
        Watched(5, 8, 1 * HOUR),
        Watched(8, 9, 5 * HOUR),
        Watched(5, 9, 11 * HOUR),
    )
    order = an_order(
        tmp_path,
        gaps=[Gap(8, "eight", 0, 2 * HOUR, "outside-ephemeris")],
        found=[(5, 9, "approach", 1, 1, 1, 3.0)],
        watched=(clear, found, missed, never, later),
    )
    assert join_run(order).found_nothing == (clear,)
