"""Reading an upload form while it arrives."""

from collections.abc import AsyncIterator

import pytest

from dashboard.multipart_upload import UploadForm, read_upload_form
from servicekit.errors import InvalidRequest

TYPE = "multipart/form-data; boundary=XX"


def form(*parts: bytes) -> bytes:
    return b"".join(b"--XX\r\n" + part + b"\r\n" for part in parts) + b"--XX--\r\n"


def text(name: str, value: str) -> bytes:
    return f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}'.encode()


def file(content: bytes, name: str = "a.oem") -> bytes:
    head = f'Content-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: text/plain\r\n\r\n'
    return head.encode() + content


async def pieces(body: bytes, size: int) -> AsyncIterator[bytes]:
    for start in range(0, len(body), size):
        yield body[start : start + size]


async def content(upload: UploadForm) -> bytes:
    return b"".join([piece async for piece in upload.content])


@pytest.mark.parametrize("size", [1, 7, 100_000])
async def test_fields_and_file_are_read_however_the_body_is_cut(size: int) -> None:
    raw = b"CCSDS_OEM_VERS = 2.0\r\n--XY\r\n" * 50
    body = form(text("csrf", "t"), text("norad_cat_id", " 44391 "), file(raw))
    upload = await read_upload_form(TYPE, pieces(body, size))
    assert upload.fields == {"csrf": "t", "norad_cat_id": "44391"}
    assert (upload.file_name, upload.content_type) == ("a.oem", "text/plain")
    assert await content(upload) == raw


async def test_the_file_is_passed_on_before_all_of_it_has_come() -> None:
    body = form(text("csrf", "t"), file(b"x" * 10_000))
    read = 0

    async def counted() -> AsyncIterator[bytes]:
        nonlocal read
        async for piece in pieces(body, 500):
            read += len(piece)
            yield piece

    upload = await read_upload_form(TYPE, counted())
    await anext(upload.content)
    assert read < 2_000


@pytest.mark.parametrize("name", ["../../etc/passwd", "C:\\temp\\a.oem", "Zoë [1].oem", "<script>.oem"])
async def test_a_file_name_is_passed_on_as_it_is_for_the_api_to_judge(name: str) -> None:
    upload = await read_upload_form(TYPE, pieces(form(file(b"x", name)), 50))
    assert upload.file_name == name


async def test_a_quote_in_a_file_name_comes_as_browsers_write_it() -> None:
    upload = await read_upload_form(TYPE, pieces(form(file(b"x", "a%22b.oem")), 50))
    assert upload.file_name == 'a"b.oem'


async def test_an_upload_that_breaks_off_is_an_error_and_not_a_shorter_file() -> None:
    body = form(file(b"x" * 1000))[:600]
    upload = await read_upload_form(TYPE, pieces(body, 100))
    with pytest.raises(InvalidRequest, match="broke off"):
        await content(upload)


@pytest.mark.parametrize(
    ("content_type", "body", "message"),
    [
        ("text/plain", b"x", "not a multipart form"),
        ("multipart/form-data", b"x", "not a multipart form"),
        (TYPE, form(text("csrf", "t")), "holds no file"),
        (TYPE, form(text("profile", "x" * 5000), file(b"x")), "longer than"),
    ],
)
async def test_what_is_no_upload_form_is_refused(content_type: str, body: bytes, message: str) -> None:
    with pytest.raises(InvalidRequest, match=message):
        await read_upload_form(content_type, pieces(body, 64))
