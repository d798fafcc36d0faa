"""CelesTrak's general-perturbations data: asked for gently, kept in a cache.

CelesTrak asks for one request per data set and update, and updates every two hours
(https://celestrak.org/usage-policy.php); who asks more is locked out. Its default format is CSV since 2026-05-09; it
gives catalogue numbers above 99,999 in OMM formats only.
"""

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from fairway.errors import CommandError, ExitCode
from fairway.whole_files import write_whole

if TYPE_CHECKING:
    import httpx

__all__ = ["ADDRESS", "Fetched", "fetch"]

ADDRESS = "https://celestrak.org/NORAD/elements/gp.php"
_ONCE_IN = timedelta(hours=2)
_LONGEST_ANSWER = 64 * 1024 * 1024
_HEADER = b"OBJECT_NAME,OBJECT_ID,EPOCH"


@dataclass(frozen=True)
class Fetched:
    """A catalogue in the cache."""

    path: Path
    fetched_at: datetime
    was_cached: bool


async def fetch(
    group: str, cache: Path, *, transport: "httpx.AsyncBaseTransport | None" = None, now: datetime | None = None
) -> Fetched:
    """Return the catalogue of `group` as OMM in CSV, from the cache where that is younger than two hours.

    An answer that is no catalogue counts as a request too: it is not asked again before two hours have passed.

    Raises
    ------
    CommandError
        CelesTrak does not answer, or answers something else than a catalogue; an older cached one is left alone.
    """
    if not group.replace("-", "").isalnum() or not group.isascii():
        raise CommandError(f"{group!r} is not the name of a group: use one like active or starlink")
    now = now or datetime.now(UTC)
    path, asked = cache / f"celestrak-{group}.csv", cache / f"celestrak-{group}.asked"
    fetched_at = _moment(path)
    if fetched_at is not None and now - fetched_at < _ONCE_IN:
        return Fetched(path, fetched_at, was_cached=True)
    asked_at = _moment(asked)
    if asked_at is not None and now - asked_at < _ONCE_IN:
        raise CommandError(
            f"CelesTrak gave no catalogue of {group!r} at {asked_at:%H:%M} UTC: ask again after "
            f"{asked_at + _ONCE_IN:%H:%M} UTC, or load a file with `fairway catalog load`",
            ExitCode.UNAVAILABLE,
        )
    try:
        cache.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CommandError(f"{cache} cannot be made ({error.strerror}): choose another folder with --cache") from error
    data = await _ask(group, transport, asked, now)
    write_whole(path, [data])
    _set_moment(path, now)
    return Fetched(path, now, was_cached=False)


async def _ask(group: str, transport: "httpx.AsyncBaseTransport | None", asked: Path, now: datetime) -> bytes:
    import httpx

    try:
        async with (
            httpx.AsyncClient(transport=transport, timeout=60.0, follow_redirects=True) as client,
            client.stream("GET", ADDRESS, params={"GROUP": group, "FORMAT": "csv"}) as response,
        ):
            _set_moment(asked, now)
            data = await _limited(response)
    except (httpx.ConnectError, httpx.ConnectTimeout) as error:  # nothing was asked yet
        raise _unanswered(error) from error
    except httpx.HTTPError as error:
        _set_moment(asked, now)
        raise _unanswered(error) from error
    if response.is_error:
        raise CommandError(
            f"CelesTrak answers {response.status_code} {response.reason_phrase}: wait two hours before you ask again",
            ExitCode.UNAVAILABLE,
        )
    if len(data) > _LONGEST_ANSWER or not data.startswith(_HEADER):
        beginning = data[:60].decode("ascii", "replace").strip()
        raise CommandError(
            f"CelesTrak's answer for {group!r} is no catalogue ({beginning!r}): check the group's name",
            ExitCode.UNAVAILABLE,
        )
    return data


async def _limited(response: "httpx.Response") -> bytes:
    """The body, or a little more than the longest answer of it."""
    data = bytearray()
    async for piece in response.aiter_bytes():
        data += piece
        if len(data) > _LONGEST_ANSWER:
            break
    return bytes(data)


def _unanswered(error: Exception) -> CommandError:
    return CommandError(
        f"CelesTrak does not answer ({str(error) or type(error).__name__}): load a file with `fairway catalog load`",
        ExitCode.UNAVAILABLE,
    )


def _moment(file: Path) -> datetime | None:
    return datetime.fromtimestamp(file.stat().st_mtime, UTC) if file.exists() else None


def _set_moment(file: Path, moment: datetime) -> None:
    file.touch()
    os.utime(file, (moment.timestamp(), moment.timestamp()))
