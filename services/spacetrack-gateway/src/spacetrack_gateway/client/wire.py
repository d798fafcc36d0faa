"""One HTTP exchange, within limits of time and length."""

import asyncio
import hashlib
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.cookies import CookieError, SimpleCookie
from typing import BinaryIO, Final

import httpx

from servicekit import durability
from spacetrack_gateway.settings import SpaceTrackSettings

__all__ = ["Answer", "Upload", "Wire", "WireFault", "open_wire"]

_KEPT_BYTES: Final = 64 * 1024
"""So much of an answer is kept where its digest is enough: an error that stands in its place is shorter."""
_AGENT: Final = "Fairway (conjunction assessment)"


@dataclass(frozen=True)
class Upload:
    """A file to be handed over; it is read while it is sent."""

    file_name: str
    file: BinaryIO


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back."""

    status: int
    body: bytes = field(repr=False)
    """The whole of it, or its beginning where no more was to be kept."""
    size_bytes: int
    sha256: str
    """Of the whole body."""
    cookies: Mapping[str, str] = field(repr=False)
    duration_s: float
    date: datetime | None = None
    """What time the server says it is."""


class WireFault(Exception):
    """No whole answer came: no connection, an end in the middle, too late, or too long."""

    def __init__(self, kind: str, size_bytes: int, duration_s: float) -> None:
        super().__init__(kind)
        self.kind = kind
        """``no-answer`` or ``too-long``."""
        self.size_bytes = size_bytes
        self.duration_s = duration_s


class Wire:
    """Exchanges with one server."""

    def __init__(self, client: httpx.AsyncClient, *, timeout_s: float, max_bytes: int, max_digested_bytes: int) -> None:
        self._client = client
        self._timeout_s = timeout_s
        self._max_bytes = max_bytes
        self._max_digested_bytes = max_digested_bytes

    async def exchange(
        self,
        method: str,
        path: str,
        *,
        cookies: Mapping[str, str],
        form: Mapping[str, str] | None = None,
        upload: Upload | None = None,
        is_digest_enough: bool = False,
    ) -> Answer:
        """Send one request and read its whole answer. Redirects are not followed, nothing is repeated.

        Where its digest is enough the answer may be as long as a file that is sent, and only its beginning is kept.

        Raises
        ------
        WireFault
            There is no whole answer; whether the request was carried out is open.
        """
        begun = time.perf_counter()
        body, size_bytes, digest = bytearray(), 0, hashlib.sha256()
        most = self._max_digested_bytes if is_digest_enough else self._max_bytes
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())} if cookies else {}
        files = None if upload is None else {"file": (upload.file_name, upload.file, "text/plain")}
        durability.step("request:before")
        try:
            async with (
                asyncio.timeout(self._timeout_s),
                self._client.stream(method, path, headers=headers, data=form, files=files) as response,
            ):
                async for chunk in response.aiter_bytes():
                    size_bytes += len(chunk)
                    digest.update(chunk)
                    if not is_digest_enough or len(body) < _KEPT_BYTES:
                        body += chunk
                    if size_bytes > most:
                        raise WireFault("too-long", size_bytes, time.perf_counter() - begun)
        except (httpx.HTTPError, TimeoutError, OSError) as fault:
            raise WireFault("no-answer", size_bytes, time.perf_counter() - begun) from fault
        durability.step("request:after")
        return Answer(
            status=response.status_code,
            body=bytes(body),
            size_bytes=size_bytes,
            sha256=digest.hexdigest(),
            cookies=_cookies(response),
            duration_s=time.perf_counter() - begun,
            date=_date(response),
        )


@asynccontextmanager
async def open_wire(
    settings: SpaceTrackSettings, base_url: str, transport: httpx.AsyncBaseTransport | None = None
) -> AsyncIterator[Wire]:
    """Give a wire to the server at `base_url`; through `transport` where one is given, as tests do."""
    timeout = httpx.Timeout(settings.request_timeout_s, connect=settings.connect_timeout_s)
    async with httpx.AsyncClient(
        base_url=base_url,
        timeout=timeout,
        transport=transport,
        headers={"User-Agent": _AGENT},
        follow_redirects=False,
        trust_env=transport is None,
    ) as client:
        yield Wire(
            client,
            timeout_s=settings.request_timeout_s,
            max_bytes=settings.answer_max_bytes,
            max_digested_bytes=max(settings.push_max_bytes, settings.answer_max_bytes),
        )


def _date(response: httpx.Response) -> datetime | None:
    """The time in the header ``Date`` (RFC 9110), where it is one."""
    try:
        return parsedate_to_datetime(response.headers.get("date", "")).astimezone(UTC)
    except (TypeError, ValueError):
        return None


def _cookies(response: httpx.Response) -> dict[str, str]:
    """The cookies that the answer sets, whatever their attributes: a simulator on plain http marks them secure too."""
    found: dict[str, str] = {}
    for header in response.headers.get_list("set-cookie"):
        try:
            found |= {name: morsel.value for name, morsel in SimpleCookie(header).items()}
        except CookieError:
            continue
    return found
