"""File names: kept as they come, or refused with a reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest_api.submissions.errors import FileNameInvalid, FileNameMissing
from ingest_api.submissions.file_names import checked_file_name, file_name_from_header


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("MEME_44391_NORTH1_2611200_operational_unclassified.oem",) * 2,
        ("a%20b%5B1%5D.oem", "a b[1].oem"),
        ("%C3%89toile.oem", "Étoile.oem"),
        ("UTF-8''%C3%89toile.oem", "Étoile.oem"),
        ("utf-8'fr'%C3%89toile.oem", "Étoile.oem"),
        ("Étoile.oem".encode().decode("latin-1"), "Étoile.oem"),  # bytes of UTF-8 sent as they are
        ("..oem", "..oem"),
        ("a" * 255, "a" * 255),
    ],
)
def test_names_are_read_in_every_form_that_clients_send(header: str, name: str) -> None:
    assert file_name_from_header(header) == name


@pytest.mark.parametrize("header", [None, "", "   ", "%20"])
def test_no_name_is_missing(header: str | None) -> None:
    with pytest.raises(FileNameMissing):
        file_name_from_header(header)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"../etc/passwd", "path parts"),
        (b"C:\\file.oem", "path parts"),
        (b".", "path parts"),
        (b"..", "path parts"),
        (b"a\x00.oem", "control characters"),
        (b"a\r\nb.oem", "control characters"),
        ("a\u202eb.oem".encode(), "control characters"),  # turns the reading direction round
        (b"\xff.oem", "not UTF-8"),
        ("é".encode() * 128, "256 bytes"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_its_reason(raw: bytes, reason: str) -> None:
    with pytest.raises(FileNameInvalid, match=reason):
        checked_file_name(raw)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_harmless_name_or_refused(raw: bytes) -> None:
    try:
        name = checked_file_name(raw)
    except (FileNameInvalid, FileNameMissing):
        return
    assert name.encode() == raw
    assert not set(name) & {"/", "\\", "\0", "\r", "\n"}
