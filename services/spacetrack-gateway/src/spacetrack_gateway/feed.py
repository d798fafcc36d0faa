"""The feed ``space-track``: not configured, and what is missing."""

from records.spacetrack_gateway import writes
from servicekit.context import Context
from servicekit.settings import read_settings
from servicekit.store import Actor
from spacetrack_gateway.link import missing_for_the_feed
from spacetrack_gateway.settings import SpaceTrackSettings

__all__ = ["FEED", "report_feed"]

FEED = "space-track"


async def report_feed(ctx: Context) -> None:
    """Write down how the feed stands."""
    missing = missing_for_the_feed(read_settings(SpaceTrackSettings))
    async with ctx.store.write(Actor.service("spacetrack-gateway")) as unit:
        await writes.set_feed(unit, FEED, state="not-configured", missing=missing)
