"""CelesTrak's general-perturbations data: asked for gently, kept in a cache.

CelesTrak asks for one request per data set and update, and updates every two hours
(https://celestrak.org/usage-policy.php). Its default format is CSV since 2026-05-09; it gives catalogue numbers
above 99,999 in OMM formats only.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from fairway.errors import CommandError, ExitCode

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
    group: str, cache: Path, *, transport: httpx.AsyncBaseTransport | None = None, now: datetime | None = None
) -> Fetched:
    """Return the catalogue of `group` as OMM in CSV, from the cache where that is younger than two hours.

    Raises
    ------
    CommandError
        CelesTrak does not answer, or answers something else than a catalogue; an older cached one is left alone.
    """
    if not group.replace("-", "").isalnum():
        raise CommandError(f"{group!r} is not the name of a group: use one like active or starlink")
    now = now or datetime.now(UTC)
    path = cache / f"celestrak-{group}.csv"
    if path.exists():
        fetched_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        if now - fetched_at < _ONCE_IN:
            return Fetched(path, fetched_at, was_cached=True)
    data = await _ask(group, transport)
    cache.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_bytes(data)
    partial.replace(path)
    return Fetched(path, now, was_cached=False)


async def _ask(group: str, transport: httpx.AsyncBaseTransport | None) -> bytes:
    try:
        async with httpx.AsyncClient(transport=transport, timeout=60.0, follow_redirects=True) as client:
            response = await client.get(ADDRESS, params={"GROUP": group, "FORMAT": "csv"})
    except httpx.HTTPError as error:
        raise CommandError(
            f"CelesTrak does not answer ({str(error) or type(error).__name__}): use `fairway catalog load FILE`",
            ExitCode.UNAVAILABLE,
        ) from error
    if response.is_error:
        raise CommandError(
            f"CelesTrak answers {response.status_code} {response.reason_phrase}: wait two hours before you ask again",
            ExitCode.UNAVAILABLE,
        )
    data = response.content
    if len(data) > _LONGEST_ANSWER or not data.startswith(_HEADER):
        beginning = data[:60].decode("ascii", "replace").strip()
        raise CommandError(
            f"CelesTrak's answer for {group!r} is no catalogue ({beginning!r}): check the group's name",
            ExitCode.UNAVAILABLE,
        )
    return data
