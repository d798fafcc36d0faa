"""Changes to feeds."""

from collections.abc import Mapping, Sequence
from typing import Any

from records.spacetrack_gateway.events import FeedUpdatedV1
from records.spacetrack_gateway.feed_names import organization_of
from records.spacetrack_gateway.tables import Feed
from servicekit.store import UnitOfWork

__all__ = ["locked_feed", "set_feed"]


async def locked_feed(unit: UnitOfWork, name: str) -> Feed | None:
    """Return a feed as it stands, which nobody else changes until this unit ends; None where there is none."""
    return await unit.session.get(Feed, name, with_for_update=True, populate_existing=True)


async def set_feed(
    unit: UnitOfWork,
    name: str,
    *,
    state: str,
    missing: Sequence[dict[str, Any]],
    detail: Mapping[str, Any] | None = None,
) -> bool:
    """Record how a feed stands, and tell of it where that is news; return whether it is. Its `detail` never is."""
    feed = await unit.session.get(Feed, name)
    if feed is not None and feed.state == state and feed.missing == list(missing):
        feed.checked_at = unit.now
        feed.detail = dict(detail or {})
        return False
    if feed is None:
        feed = Feed(
            name=name,
            state=state,
            state_since=unit.now,
            missing=list(missing),
            detail=dict(detail or {}),
            checked_at=unit.now,
            row_version=1,
        )
        unit.session.add(feed)
    else:
        if feed.state != state:
            feed.state, feed.state_since = state, unit.now
        feed.missing = list(missing)
        feed.detail = dict(detail or {})
        feed.checked_at = unit.now
        feed.row_version += 1
    unit.emit(FeedUpdatedV1(name=name, row_version=feed.row_version, state=state))
    unit.audit("feed.updated", "feed", name, {"state": state})
    owner = organization_of(name)
    await unit.change("feed.updated", name, [] if owner is None else [owner], {"state": state})
    return True
