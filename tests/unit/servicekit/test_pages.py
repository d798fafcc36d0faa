"""Pages and their cursors."""

import base64
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.http import PageRequest, decode_cursor, encode_cursor
from servicekit.http.pages import InvalidCursor

TCA = datetime(2024, 9, 17, 12, 0, 0, 123456, tzinfo=UTC)
MOMENTS = st.datetimes(timezones=st.just(UTC))


TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
INTEGERS = st.integers(-(2**63) + 1, 2**63 - 1)


@given(MOMENTS, TEXTS, INTEGERS, st.floats(allow_nan=False, allow_infinity=False))
def test_a_cursor_gives_back_what_went_in(moment: datetime, text: str, number: int, ratio: float) -> None:
    cursor = encode_cursor(moment, text, number, ratio)
    assert decode_cursor(cursor, datetime, str, int, float) == (moment, text, number, ratio)
    assert cursor.isascii()
    assert not set(cursor) & set("+/=& ")


@given(st.text(max_size=60))
def test_what_is_no_cursor_is_refused_and_nothing_else_happens(text: str) -> None:
    try:
        values = decode_cursor(text, str)
    except InvalidCursor:
        return
    assert isinstance(values[0], str)


@pytest.mark.parametrize(
    "content",
    ["[]", '["a"]', '["a",1]', '[{"t":"yesterday"},"a"]', '[{"x":1},"a"]', "7", "{}", '[true,"a"]', "[" * 9000],
)
def test_a_cursor_of_another_list_is_refused(content: str) -> None:
    cursor = base64.urlsafe_b64encode(content.encode()).decode().rstrip("=")
    with pytest.raises(InvalidCursor):
        decode_cursor(cursor, datetime, str)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ('[{"t":"2024-09-17T12:00:00"}]', datetime),
        ('[{"t":"0001-01-01T00:00:00+14:00"}]', datetime),
        ('[{"t":"9999-12-31T23:59:59-14:00"}]', datetime),
        ("[1e999]", float),
        ("[NaN]", float),
        (f"[{2**63}]", int),
        (f"[-{10**400}]", int),
        ('["a\\u0000"]', str),
        ('["\\ud800"]', str),
    ],
)
def test_what_no_database_can_compare_with_is_refused(content: str, kind: type) -> None:
    cursor = base64.urlsafe_b64encode(content.encode()).decode().rstrip("=")
    with pytest.raises(InvalidCursor):
        decode_cursor(cursor, kind)


def test_one_row_more_than_the_limit_means_that_there_is_a_next_page() -> None:
    request = PageRequest(limit=2)
    page = request.page([3, 4, 5], render=str, key=lambda number: (number,))
    assert page.items == ["3", "4"]
    assert page.next_cursor is not None
    assert PageRequest(limit=2, cursor=page.next_cursor).after(int) == (4,)
    last = request.page([3, 4], render=str, key=lambda number: (number,))
    assert last.next_cursor is None
    assert request.page([], render=str, key=lambda number: (number,)).items == []


def test_the_first_page_comes_after_nothing() -> None:
    assert PageRequest().after(datetime, str) is None
    assert PageRequest(cursor=encode_cursor(TCA, "x")).after(datetime, str) == (TCA, "x")
