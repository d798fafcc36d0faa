"""Reading an upload form while it arrives: the fields first, then the file as a stream.

The file never stands in memory or on a disk of the dashboard; its pieces go on to the API as they come. So the form
puts its fields before its file.
"""

from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from email.message import Message

from python_multipart.multipart import MultipartParser

from servicekit.errors import InvalidRequest

__all__ = ["UploadForm", "read_upload_form"]

LONGEST_FIELD = 4096


@dataclass(slots=True)
class UploadForm:
    """An upload form whose fields have been read and whose file is on its way."""

    fields: dict[str, str]
    file_name: str
    content_type: str
    content: AsyncIterator[bytes]


@dataclass(slots=True)
class _Part:
    header_name: bytearray = field(default_factory=bytearray)
    header_value: bytearray = field(default_factory=bytearray)
    name: str = ""
    file_name: str | None = None
    content_type: str = "application/octet-stream"
    value: bytearray = field(default_factory=bytearray)

    def end_header(self) -> None:
        header, value = self.header_name.decode("latin-1").lower(), self.header_value.decode("utf-8", "replace")
        self.header_name.clear()
        self.header_value.clear()
        if header == "content-disposition":
            message = Message()
            message["content-disposition"] = value
            self.name = str(message.get_param("name", "", "content-disposition"))
            self.file_name = _quoted_file_name(value)
        elif header == "content-type":
            self.content_type = value


def _quoted_file_name(disposition: str) -> str | None:
    """Return the file name as browsers write it: in double quotes, a quote inside as %22, backslashes as they are."""
    _, found, rest = disposition.partition('filename="')
    return rest.partition('"')[0].replace("%22", '"').replace("%0A", "\n").replace("%0D", "\r") if found else None


class _Reader:
    """Turns the parser's callbacks into fields and pieces of the file."""

    def __init__(self, boundary: bytes) -> None:
        self.fields: dict[str, str] = {}
        self.file: _Part | None = None
        self.file_ended = False
        self.pieces: deque[bytes] = deque()
        self._part = _Part()
        self.parser = MultipartParser(
            boundary,
            callbacks={
                "on_part_begin": self._begin,
                "on_header_field": lambda data, start, end: self._part.header_name.extend(data[start:end]),
                "on_header_value": lambda data, start, end: self._part.header_value.extend(data[start:end]),
                "on_header_end": self._header_end,
                "on_headers_finished": self._headers_finished,
                "on_part_data": self._data,
                "on_part_end": self._end,
            },
        )

    def _begin(self) -> None:
        self._part = _Part()

    def _header_end(self) -> None:
        self._part.end_header()

    def _headers_finished(self) -> None:
        if self._part.file_name is not None and self.file is None:
            self.file = self._part

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._part is self.file:
            self.pieces.append(data[start:end])
        elif len(self._part.value) + end - start > LONGEST_FIELD:
            raise InvalidRequest(f"The form's field {self._part.name!r} is longer than {LONGEST_FIELD} bytes")
        else:
            self._part.value += data[start:end]

    def _end(self) -> None:
        if self._part is self.file:
            self.file_ended = True
        elif self.file is None:
            self.fields[self._part.name] = self._part.value.decode("utf-8", "replace").strip()


async def read_upload_form(content_type: str, body: AsyncIterator[bytes]) -> UploadForm:
    """Read the fields of a multipart form up to the beginning of its file.

    Raises
    ------
    InvalidRequest
        The body is no multipart form, or it holds no file.
    """
    message = Message()
    message["content-type"] = content_type
    boundary = message.get_param("boundary")
    if message.get_content_type() != "multipart/form-data" or not isinstance(boundary, str):
        raise InvalidRequest("The upload is not a multipart form")
    reader = _Reader(boundary.encode("latin-1"))
    async for piece in body:
        reader.parser.write(piece)
        if reader.file is not None:
            return UploadForm(
                reader.fields, reader.file.file_name or "", reader.file.content_type, _file_content(reader, body)
            )
    raise InvalidRequest("The upload form holds no file")


async def _file_content(reader: _Reader, body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    while True:
        while reader.pieces:
            yield reader.pieces.popleft()
        if reader.file_ended:
            break
        piece = await anext(body, None)
        if piece is None:
            raise InvalidRequest("The upload broke off before the end of the file")
        reader.parser.write(piece)
    async for _ in body:  # what follows the file is read and left
        pass
