"""Multipart bodies, piece by piece: a file of any size passes without being kept anywhere on its way."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from servicekit.http.problems import MalformedRequest

__all__ = ["PartBegin", "PartData", "PartEnd", "parts"]

_LARGEST_BOUNDARY = 70  # RFC 2046, section 5.1.1
_MOST_PARTS = 16


@dataclass(frozen=True)
class PartBegin:
    """A part begins: its name, and its file name as raw bytes where it has one."""

    name: str
    file_name: bytes | None
    content_type: str | None


@dataclass(frozen=True)
class PartData:
    """Some bytes of the part that began last."""

    content: bytes


@dataclass(frozen=True)
class PartEnd:
    """The part has ended."""


_Event = PartBegin | PartData | PartEnd


async def parts(body: AsyncIterator[bytes], content_type: str) -> AsyncIterator[_Event]:
    """Give the parts of a multipart/form-data body as they arrive.

    Raises
    ------
    MalformedRequest
        There is no boundary, the body does not follow it, or it ends before its last boundary.
    """
    _, options = parse_options_header(content_type)
    boundary = options.get(b"boundary", b"")
    if not 0 < len(boundary) <= _LARGEST_BOUNDARY:
        raise MalformedRequest("The Content-Type multipart/form-data names no usable boundary")
    collector = _Collector(boundary)
    async for chunk in body:
        for event in collector.feed(chunk):
            yield event
    collector.finish()


class _Collector:
    def __init__(self, boundary: bytes) -> None:
        self._events: list[_Event] = []
        self._headers: dict[bytes, bytes] = {}
        self._field = b""
        self._value = b""
        self._count = 0
        self._has_ended = False
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._on_part_begin,
                "on_header_field": self._on_header_field,
                "on_header_value": self._on_header_value,
                "on_header_end": self._on_header_end,
                "on_headers_finished": self._on_headers_finished,
                "on_part_data": self._on_part_data,
                "on_part_end": self._on_part_end,
                "on_end": self._on_end,
            },
        )

    def feed(self, chunk: bytes) -> list[_Event]:
        try:
            self._parser.write(chunk)
        except FormParserError as error:
            raise MalformedRequest(f"The multipart body is broken: {error}") from error
        events, self._events = self._events, []
        return events

    def finish(self) -> None:
        if not self._has_ended:
            raise MalformedRequest("The multipart body ends before its last boundary")

    def _on_part_begin(self) -> None:
        self._headers = {}
        self._count += 1
        if self._count > _MOST_PARTS:
            raise MalformedRequest(f"The multipart body has more than {_MOST_PARTS} parts")

    def _on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._field += data[start:end]

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _on_header_end(self) -> None:
        self._headers[self._field.lower()] = self._value
        self._field = self._value = b""

    def _on_headers_finished(self) -> None:
        kind, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        if kind != b"form-data" or b"name" not in options:
            raise MalformedRequest("A part of the multipart body has no Content-Disposition: form-data with a name")
        name = options[b"name"].decode("utf-8", errors="replace")
        media = self._headers.get(b"content-type")
        self._events.append(PartBegin(name, options.get(b"filename"), media.decode("latin-1") if media else None))

    def _on_part_data(self, data: bytes, start: int, end: int) -> None:
        self._events.append(PartData(data[start:end]))

    def _on_part_end(self) -> None:
        self._events.append(PartEnd())

    def _on_end(self) -> None:
        self._has_ended = True
