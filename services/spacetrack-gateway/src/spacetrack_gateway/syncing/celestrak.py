"""CelesTrak as the second source of the catalogue, while Space-Track gives none; only where a group of it is set.

CelesTrak asks for one request per data set and update, and updates every two hours
(https://celestrak.org/usage-policy.php). When it was last asked is kept in the feed ``celestrak``, before it is asked.
"""

from datetime import datetime, timedelta
from typing import Any, Final

import httpx
from sqlalchemy import func, select

from records.ingest_api.tables import Document
from records.spacetrack_gateway import reads, writes
from records.validator.tables import Catalogue
from servicekit.context import Context
from servicekit.observability import logger
from servicekit.settings import read_settings
from spacetrack_gateway.budget.lease import ACTOR
from spacetrack_gateway.link import Step
from spacetrack_gateway.settings import SpaceTrackSettings
from spacetrack_gateway.syncing.elements import packed, put_catalogue

__all__ = ["FEED", "sync_celestrak"]

_log = logger(__name__)
FEED: Final = "celestrak"
_ONCE_IN: Final = timedelta(hours=2)
_LONGEST_ANSWER: Final = 64 * 1024 * 1024
_TIMEOUT_S: Final = 60.0
_HEADER: Final = b"OBJECT_NAME,OBJECT_ID,EPOCH"


async def sync_celestrak(
    ctx: Context, settings: SpaceTrackSettings | None = None, transport: httpx.AsyncBaseTransport | None = None
) -> bool:
    """Take the catalogue from CelesTrak where it is due; return whether it was asked."""
    settings = settings or read_settings(SpaceTrackSettings)
    if settings.celestrak_group is None or ctx.replay:
        return False
    if not await _may_ask(ctx, timedelta(hours=settings.celestrak_after_h)):
        return False
    try:
        body = await _fetch(settings, transport)
    except (httpx.HTTPError, ValueError) as error:
        _log.warning("CelesTrak gave no catalogue", error=str(error))
        missing = Step(
            "no-answer",
            f"CelesTrak gave no catalogue of {settings.celestrak_group!r}: {error}",
            "Nobody, if it is the first time: it is asked again after two hours. Else an administrator of Fairway "
            "checks the name of the group and the network.",
        )
        await _record(ctx, state="failing", missing=[missing.as_data()])
        return True
    name = f"celestrak-{settings.celestrak_group}-{ctx.clock.now():%Y%m%dT%H%M}.csv.gz"
    await put_catalogue(ctx, name, packed(body), source=FEED)
    await _record(ctx, state="working", missing=[])
    return True


async def _may_ask(ctx: Context, after: timedelta) -> bool:
    """Whether the newest catalogue is old enough and CelesTrak was not asked lately; if so, that it is asked now."""
    async with ctx.store.write(ACTOR) as unit:
        feed = await reads.feed(unit.session, FEED)
        detail: dict[str, Any] = {} if feed is None else dict(feed.detail)
        asked_at = detail.get("asked_at")
        if asked_at is not None and unit.now - datetime.fromisoformat(asked_at) < _ONCE_IN:
            return False
        newest = await unit.session.scalar(select(func.max(Catalogue.accepted_at)))
        from_elsewhere = await unit.session.scalar(
            select(func.max(Catalogue.accepted_at))
            .join(Document, Document.id == Catalogue.document_id)
            .where(Document.source != FEED)
        )
        is_stale = from_elsewhere is None or unit.now - from_elsewhere > after
        if not is_stale or (newest is not None and unit.now - newest < _ONCE_IN):
            return False
        state = "working" if feed is None else feed.state
        missing = [] if feed is None else feed.missing
        await writes.set_feed(unit, FEED, state=state, missing=missing, detail={"asked_at": unit.now.isoformat()})
    return True


async def _record(ctx: Context, *, state: str, missing: list[dict[str, Any]]) -> None:
    async with ctx.store.write(ACTOR) as unit:
        feed = await reads.feed(unit.session, FEED)
        detail = {} if feed is None else feed.detail
        await writes.set_feed(unit, FEED, state=state, missing=missing, detail=detail)


async def _fetch(settings: SpaceTrackSettings, transport: httpx.AsyncBaseTransport | None) -> bytes:
    """Return the group as OMM in CSV.

    Raises
    ------
    ValueError
        The answer is no catalogue.
    """
    body = bytearray()
    query = {"GROUP": settings.celestrak_group or "", "FORMAT": "csv"}
    async with (
        httpx.AsyncClient(transport=transport, timeout=_TIMEOUT_S, follow_redirects=True) as client,
        client.stream("GET", settings.celestrak_url, params=query) as response,
    ):
        response.raise_for_status()
        async for piece in response.aiter_bytes():
            body += piece
            if len(body) > _LONGEST_ANSWER:
                raise ValueError(f"the answer is longer than {_LONGEST_ANSWER} bytes")
    if not body.startswith(_HEADER):
        raise ValueError(f"the answer is no catalogue ({bytes(body[:60]).decode('ascii', 'replace').strip()!r})")
    return bytes(body)
