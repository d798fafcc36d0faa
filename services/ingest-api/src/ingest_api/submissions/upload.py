"""From a request's body to a durable object, without ever holding the file in memory."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from starlette.requests import Request

from ingest_api.submissions.errors import ContentEncodingUnsupported, EmptyDocument, FileMissing, FileNameMissing
from ingest_api.submissions.file_names import checked_file_name, file_name_from_header
from ingest_api.submissions.multipart import PartBegin, PartData, parts
from servicekit.errors import InvalidRequest, TooLarge, UnsupportedMediaType
from servicekit.objects import ObjectStore, ObjectWriter

__all__ = ["ReceivedFile", "check_is_form", "receive"]

_LARGEST_FIELD_BYTES = 1024
_ACCEPTED = re.compile(
    r"text/.+|application/(octet-stream|json|xml|gzip|x-gzip|[a-z0-9.+-]*ccsds[a-z0-9.+-]*)", re.IGNORECASE
)
ACCEPTED_TYPES = (
    "text/plain (and other text types), application/octet-stream, application/json, application/xml, application/gzip, "
    "the CCSDS types, or multipart/form-data"
)


@dataclass(frozen=True, kw_only=True)
class ReceivedFile:
    """A file whose bytes are durable under `object_key`, and what came with it."""

    object_key: str
    file_name: str
    content_type: str | None
    sha256: str
    size_bytes: int
    fields: dict[str, str] = field(default_factory=dict)
    """The other parts of a multipart form."""


async def receive(request: Request, objects: ObjectStore, object_key: str, *, max_bytes: int) -> ReceivedFile:
    """Stream the request's file into an object and return what came. When this raises, nothing is kept.

    Raises
    ------
    UnsupportedMediaType
        The content type is none for orbit files, or the body is compressed on the way.
    TooLarge
        The file has more than `max_bytes`.
    EmptyDocument, FileMissing, FileNameMissing, FileNameInvalid, MalformedRequest, InvalidRequest
        As they say.
    StorageFull
        There is no room for the object.
    """
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding != "identity":
        raise ContentEncodingUnsupported(f"The body has Content-Encoding: {encoding[:40]}")
    content_type = request.headers.get("content-type", "application/octet-stream")
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type == "multipart/form-data":
        async with objects.create(object_key, once=True) as writer:
            return await _receive_form(request.stream(), content_type, _Limited(writer, max_bytes))
    _check_media_type(media_type)
    file_name = file_name_from_header(request.headers.get("x-file-name"))
    async with objects.create(object_key, once=True) as writer:
        limited = _Limited(writer, max_bytes)
        async for chunk in request.stream():
            await limited.write(chunk)
        return limited.finished(file_name, media_type, {})


def check_is_form(request: Request) -> None:
    """Refuse a body that is no multipart form.

    Raises
    ------
    UnsupportedMediaType
        It is something else.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "multipart/form-data":
        raise UnsupportedMediaType("This route takes multipart/form-data only; POST /v1/documents takes raw bodies")


class _Limited:
    """A writer that refuses more than the largest file."""

    def __init__(self, writer: ObjectWriter, max_bytes: int) -> None:
        self._writer = writer
        self._max_bytes = max_bytes

    async def write(self, chunk: bytes) -> None:
        if self._writer.size + len(chunk) > self._max_bytes:
            raise TooLarge(f"A file may have at most {self._max_bytes} bytes", limit_bytes=self._max_bytes)
        if chunk:
            await self._writer.write(chunk)

    def finished(self, file_name: str, content_type: str | None, fields: dict[str, str]) -> ReceivedFile:
        if self._writer.size == 0:
            raise EmptyDocument(f"{file_name} has no bytes")
        return ReceivedFile(
            object_key=self._writer.key,
            file_name=file_name,
            content_type=content_type,
            sha256=self._writer.sha256,
            size_bytes=self._writer.size,
            fields=fields,
        )


async def _receive_form(body: AsyncIterator[bytes], content_type: str, writer: _Limited) -> ReceivedFile:
    fields: dict[str, str] = {}
    file_name: str | None = None
    media_type: str | None = None
    part: PartBegin | None = None
    value = b""
    async for event in parts(body, content_type):
        if isinstance(event, PartBegin):
            part, value = event, b""
            if part.name == "file":
                if file_name is not None:
                    raise FileMissing("The form has more than one part named `file`")
                file_name, media_type = _file_part(part)
        elif part is None:
            continue
        elif isinstance(event, PartData):
            if part.name == "file":
                await writer.write(event.content)
            else:
                value = _field_value(part.name, value + event.content)
        elif part.name != "file":
            if part.name in fields:
                raise InvalidRequest(f"The form field {part.name[:40]!r} stands there twice")
            fields[part.name] = _text(part.name, value)
    if file_name is None:
        raise FileMissing("The form has no part named `file`")
    return writer.finished(file_name, media_type, fields)


def _file_part(part: PartBegin) -> tuple[str, str | None]:
    if part.file_name is None:
        raise FileNameMissing
    media_type = (part.content_type or "application/octet-stream").partition(";")[0].strip().lower()
    _check_media_type(media_type)
    return checked_file_name(part.file_name), media_type


def _check_media_type(media_type: str) -> None:
    if _ACCEPTED.fullmatch(media_type) is None or len(media_type) > 120:
        raise UnsupportedMediaType(f"{media_type[:80]!r} is no content type of an orbit file; send {ACCEPTED_TYPES}")


def _field_value(name: str, value: bytes) -> bytes:
    if len(value) > _LARGEST_FIELD_BYTES:
        raise InvalidRequest(f"The form field {name[:40]!r} is longer than {_LARGEST_FIELD_BYTES} bytes")
    return value


def _text(name: str, value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        raise InvalidRequest(f"The form field {name[:40]!r} is not UTF-8") from None
