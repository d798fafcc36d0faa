"""The line that a finding is about, as a compiler shows it."""

import pytest

from fairway.finding_excerpts import excerpt


@pytest.mark.parametrize(
    ("line", "column", "under"),
    [
        (b"OBJECT_NAME = X", 1, "O"),
        (b"OBJECT_NAME = X", 15, "X"),
        ("NAME = Müller!".encode(), 15, "!"),  # ü has two bytes and one place
        (b"A\tB = C", 3, "B"),  # a tab is shown as an escape of two places
        (b"x" * 400 + b"!" + b"y" * 400, 401, "!"),
        (b"A = \xff\xfe B", 8, "B"),  # bytes that are no UTF-8 have a place each
    ],
)
def test_the_caret_stands_under_the_column(line, column, under):
    shown = excerpt(line, column)
    assert shown.indent is not None
    assert shown.text[shown.indent] == under


def test_a_place_behind_the_end_has_its_caret_behind_the_line():
    shown = excerpt(b"EPOCH =", 8)
    assert shown.text == "EPOCH ="
    assert shown.indent == 7


def test_a_long_line_is_cut_around_the_place():
    shown = excerpt(b"x" * 1000 + b"!" + b"y" * 1000, 1001)
    assert len(shown.text) < 130
    assert shown.text.startswith("…")
    assert shown.text.endswith("…")


def test_without_a_column_the_line_stands_alone():
    assert excerpt(b"META_START", None).indent is None


def test_control_characters_are_shown_and_not_sent_to_the_terminal():
    shown = excerpt(b"NAME = \x1b[31mred\x07\x7f", 8)
    assert "\x1b" not in shown.text
    assert "\x07" not in shown.text
    assert "\x7f" not in shown.text
    assert "\\u001b[31mred" in shown.text
