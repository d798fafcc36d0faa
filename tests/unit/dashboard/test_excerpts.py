"""The lines around a finding."""

from collections.abc import AsyncIterator

from hypothesis import given
from hypothesis import strategies as st

from dashboard.excerpts import LONGEST_LINE, MOST_BYTES, Line, lines_around, lines_to_show, read_lines


async def stream(*pieces: bytes) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


def test_two_lines_before_and_after_are_shown_and_none_before_the_first() -> None:
    assert lines_to_show([1, 10]) == {1, 2, 3, 8, 9, 10, 11, 12}


async def test_lines_are_found_across_pieces_and_line_ends() -> None:
    found = await read_lines(stream(b"one\r", b"\ntw", b"o\nthr", b"ee"), {1, 2, 3})
    assert {number: line.text for number, line in found.items()} == {1: "one", 2: "two", 3: "three"}


@given(st.lists(st.binary(max_size=20), max_size=8), st.sets(st.integers(1, 30)))
async def test_reading_in_pieces_is_the_same_as_splitting_the_whole(pieces: list[bytes], wanted: set[int]) -> None:
    whole = b"".join(pieces).split(b"\n")
    found = await read_lines(stream(*pieces), wanted)
    for number in wanted:
        if number < len(whole) or (number == len(whole) and whole[-1]):
            assert found[number].raw == whole[number - 1].removesuffix(b"\r")
        else:
            assert number not in found


async def test_reading_stops_behind_the_last_wanted_line() -> None:
    pieces_read = []

    async def endless() -> AsyncIterator[bytes]:
        for number in range(1_000):
            pieces_read.append(number)
            yield b"line\n"

    await read_lines(endless(), {2, 3})
    assert len(pieces_read) == 3


async def test_a_line_far_into_a_large_file_is_left_out() -> None:
    piece = b"x" * (1024 * 1024 - 1) + b"\n"

    async def large() -> AsyncIterator[bytes]:
        for _ in range(2 * MOST_BYTES // len(piece)):
            yield piece

    found = await read_lines(large(), {1, 2 * MOST_BYTES // len(piece)})
    assert list(found) == [1]
    assert len(found[1].raw) < 10_000


def test_the_caret_stands_under_the_column_which_counts_bytes() -> None:
    line = Line(1, "NAME = Zoë 1,5".encode())
    column = line.raw.index(b",") + 1
    window = line.window(column)
    assert window.caret is not None
    assert window.text[window.caret] == ","


def test_a_long_line_is_cut_so_that_the_column_is_in_it() -> None:
    line = Line(1, b"a" * 500 + b"!" + b"b" * 500)
    window = line.window(501)
    assert window.caret is not None
    assert window.text[window.caret] == "!"
    assert len(window.text) == LONGEST_LINE + 2
    assert window.text[0] == window.text[-1] == "…"


def test_control_characters_keep_their_place_and_are_visible() -> None:
    assert Line(1, b"a\0b\x1bc\td\xff").text == "a␀b␛c d�"


def test_a_line_that_was_not_read_has_no_excerpt() -> None:
    assert lines_around(7, {6: Line(6, b"x")}) == []
