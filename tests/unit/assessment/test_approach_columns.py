"""Approaches and coverage survive the way through Parquet, and a page is read without the rest."""

import dataclasses

import numpy as np
import pytest

from assessment.approach_columns import (
    CSV_COLUMNS,
    ApproachColumns,
    ApproachWriter,
    CoverageColumns,
    approaches,
    read_approaches,
    read_coverage,
    read_metadata,
    write_approaches,
    write_coverage,
)

TCA = 1_726_574_437_000_000_000  # 2024-09-17T12:00:00Z


def some_approaches(n, *, first_tca=TCA):
    return ApproachColumns(
        norad_cat_id_1=np.full(n, 5),
        norad_cat_id_2=np.arange(1000, 1000 + n),
        designator_1=np.array([None] * n, dtype=object),
        designator_2=np.array(["doc"] * n, dtype=object),
        tca_tai_ns=first_tca + np.arange(n) * 1_000_000_000,
        miss_distance_m=np.linspace(1.0, 5000.0, n) if n else np.empty(0),
        relative_speed_m_s=np.full(n, 12_345.678),
        radial_m=np.full(n, -1.0),
        in_track_m=np.full(n, 2.0),
        cross_track_m=np.full(n, 3.0),
        kind=np.array(["approach"] * n, dtype=object),
        from_tai_ns=first_tca + np.arange(n) * 1_000_000_000,
        to_tai_ns=first_tca + np.arange(n) * 1_000_000_000,
    )


def same(one, other):
    return all(
        np.array_equal(getattr(one, field.name), getattr(other, field.name)) for field in dataclasses.fields(one)
    )


@pytest.mark.parametrize("n", [0, 1, 40_000])
def test_what_is_written_is_read_and_the_same_content_gives_the_same_bytes(n):
    columns = some_approaches(n)
    content = write_approaches(columns, {"run": "r", "is_synthetic": "yes"})
    assert same(read_approaches(content), columns)
    assert read_metadata(content) == {"is_synthetic": "yes", "run": "r"}
    assert content == write_approaches(some_approaches(n), {"is_synthetic": "yes", "run": "r"})


@pytest.mark.parametrize("n", [0, 5, 16_384, 40_000])
@pytest.mark.parametrize("at_a_time", [1000, 20_000])
def test_pieces_make_the_same_file_as_the_whole(n, at_a_time, tmp_path):
    columns = some_approaches(n)
    file = tmp_path / "pieces.parquet"
    with file.open("wb") as target, ApproachWriter(target, {"run": "r"}) as writer:
        for begin in range(0, n, at_a_time):
            writer.write(columns.rows(np.arange(begin, min(n, begin + at_a_time))))
    assert file.read_bytes() == write_approaches(columns, {"run": "r"})


def test_pages_follow_each_other_across_row_groups():
    content = write_approaches(some_approaches(40_000))
    seen, after = [], -1
    while page := [approach for approach, _ in zip(approaches(content, after_row=after), range(7000), strict=False)]:
        seen += [approach.row for approach in page]
        after = page[-1].row
    assert seen == list(range(40_000))


def test_a_filter_leaves_only_what_fits_and_keeps_the_places():
    content = write_approaches(some_approaches(20_000))
    assert [approach.row for approach in approaches(content, norad_cat_id=1234)] == [234]
    near = list(approaches(content, maximum_miss_distance_m=2.0, norad_cat_id=5))
    assert near
    assert all(approach.miss_distance_m <= 2.0 for approach in near)
    assert not list(approaches(content, norad_cat_id=6))


def test_a_row_of_the_table_begins_with_the_columns_of_the_contract():
    row = next(approaches(write_approaches(some_approaches(1)))).csv_row()
    assert len(row) == len(CSV_COLUMNS)
    assert row[:9] == (5, 1000, "2024-09-17T12:00:00.000000Z", 1.0, 12345.678, -1.0, 2.0, 3.0, "approach")
    assert row[11:] == ("", "doc")


def test_rows_of_columns_are_those_of_each_approach():
    columns = some_approaches(3)
    assert list(columns.csv_rows()) == [one.csv_row() for one in approaches(write_approaches(columns))]


def test_joined_slices_come_in_the_order_of_their_tca():
    later, earlier = some_approaches(3, first_tca=TCA + 10**12), some_approaches(3)
    joined = ApproachColumns.joined([later, earlier]).in_order()
    assert (np.diff(joined.tca_tai_ns) > 0).all()
    assert len(joined) == 6
    assert len(ApproachColumns.empty()) == 0


def test_coverage_keeps_reasons_and_their_absence():
    columns = CoverageColumns(
        norad_cat_id=np.array([1, 2]),
        designator=np.array([None, "doc"], dtype=object),
        from_tai_ns=np.array([TCA, TCA]),
        to_tai_ns=np.array([TCA + 1, TCA + 2]),
        reason=np.array([None, "decayed"], dtype=object),
    )
    assert same(read_coverage(write_coverage(columns)), columns)
