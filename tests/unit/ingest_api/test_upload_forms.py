"""Multipart bodies: the same parts come out however the bytes arrive."""

import itertools
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest_api.submissions.multipart import PartBegin, PartData, PartEnd, parts
from servicekit.http.problems import MalformedRequest

TYPE = "multipart/form-data; boundary=b0"
BODY = (
    b'--b0\r\nContent-Disposition: form-data; name="norad_cat_id"\r\n\r\n44391\r\n'
    b'--b0\r\nContent-Disposition: form-data; name="file"; filename="caf\xc3\xa9.oem"\r\n'
    b"Content-Type: text/plain\r\n\r\nline 1\r\n--b1 is no boundary\r\nline 3\r\n--b0--\r\n"
)


async def read(pieces: list[bytes], content_type: str = TYPE) -> list[tuple[PartBegin, bytes]]:
    async def body() -> AsyncIterator[bytes]:
        for piece in pieces:
            yield piece

    found: list[tuple[PartBegin, bytes]] = []
    open_part: PartBegin | None = None
    content = b""
    async for event in parts(body(), content_type):
        match event:
            case PartBegin():
                open_part, content = event, b""
            case PartData():
                content += event.content
            case PartEnd():
                assert open_part is not None
                found.append((open_part, content))
    return found


EXPECTED = [
    (PartBegin("norad_cat_id", None, None), b"44391"),
    (PartBegin("file", b"caf\xc3\xa9.oem", "text/plain"), b"line 1\r\n--b1 is no boundary\r\nline 3"),
]


async def test_a_form_has_its_parts() -> None:
    assert await read([BODY]) == EXPECTED


@given(st.lists(st.integers(0, len(BODY)), max_size=12))
async def test_the_parts_do_not_depend_on_where_the_body_is_cut(cuts: list[int]) -> None:
    places = [0, *sorted(cuts), len(BODY)]
    assert await read([BODY[begin:end] for begin, end in itertools.pairwise(places)]) == EXPECTED


@pytest.mark.parametrize("end", range(20, len(BODY) - 4, 7))
async def test_a_form_that_is_cut_off_is_never_taken_for_whole(end: int) -> None:
    with pytest.raises(MalformedRequest):
        await read([BODY[:end]])


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (BODY, "multipart/form-data"),
        (BODY, "multipart/form-data; boundary=" + "x" * 71),
        (BODY, "multipart/form-data; boundary=other"),
        (b'--b0\r\nContent-Disposition: attachment; filename="a"\r\n\r\nx\r\n--b0--\r\n', TYPE),
        (b"--b0\r\n" + b'Content-Disposition: form-data; name="a"\r\n\r\nx\r\n--b0\r\n' * 17 + b"--b0--\r\n", TYPE),
        (b"--b0\r\nX-Long: " + b"x" * 100_000, TYPE),
    ],
)
async def test_what_is_no_form_is_malformed(body: bytes, content_type: str) -> None:
    with pytest.raises(MalformedRequest):
        await read([body], content_type)
