"""What a file may be called. The name is kept as it came: it carries type, satellite and designation."""

import re
import unicodedata
from urllib.parse import unquote_to_bytes

from ingest_api.submissions.errors import FileNameInvalid, FileNameMissing

__all__ = ["checked_file_name", "file_name_from_header"]

LONGEST_NAME_BYTES = 255
_EXTENDED = re.compile(rb"(?i:utf-8)'[A-Za-z0-9-]*'(?P<value>.*)", re.DOTALL)


def file_name_from_header(value: str | None) -> str:
    """Return the name in an X-File-Name header: plain, percent-encoded, or in the form of RFC 8187.

    Raises
    ------
    FileNameMissing
        There is no header, or nothing in it.
    FileNameInvalid
        See `checked_file_name`.
    """
    if value is None or not value.strip():
        raise FileNameMissing
    raw = value.encode("latin-1", errors="replace")  # the bytes as they came: servers decode headers as Latin-1
    extended = _EXTENDED.fullmatch(raw)
    return checked_file_name(unquote_to_bytes(extended["value"] if extended else raw))


def checked_file_name(raw: bytes) -> str:
    """Return a file name that can be kept, as text.

    Raises
    ------
    FileNameMissing
        It is empty.
    FileNameInvalid
        It is not UTF-8, has path parts or control characters, or is too long. The message says which.
    """
    try:
        name = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise FileNameInvalid("The file name is not UTF-8") from None
    if not name.strip():
        raise FileNameMissing
    if len(raw) > LONGEST_NAME_BYTES:
        raise FileNameInvalid(f"The file name has {len(raw)} bytes; {LONGEST_NAME_BYTES} are possible")
    if "/" in name or "\\" in name or name in {".", ".."}:
        raise FileNameInvalid("The file name has path parts")
    if any(unicodedata.category(character) in {"Cc", "Cf", "Zl", "Zp"} for character in name):
        raise FileNameInvalid("The file name has control characters")
    return name
