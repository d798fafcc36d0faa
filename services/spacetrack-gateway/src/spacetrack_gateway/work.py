"""All the work of the gateway, and one round of it."""

from datetime import timedelta

import httpx

from records.spacetrack_gateway import writes
from servicekit.context import Context
from servicekit.holds import is_outbound_held
from servicekit.ids import derived_id, new_id
from servicekit.settings import read_settings
from spacetrack_gateway.budget.lease import ACTOR
from spacetrack_gateway.gateway import Gateway, Work
from spacetrack_gateway.pulling.operator_files import OPERATOR_FILES
from spacetrack_gateway.pulling.pull import PULL_CDMS
from spacetrack_gateway.pulling.watched_events import WATCH_EVENTS
from spacetrack_gateway.pushing.folders import FOLDERS
from spacetrack_gateway.pushing.following import FOLLOW
from spacetrack_gateway.pushing.push import PushWork
from spacetrack_gateway.pushing.review import review
from spacetrack_gateway.settings import SpaceTrackSettings
from spacetrack_gateway.syncing.celestrak import sync_celestrak
from spacetrack_gateway.syncing.directory import DIRECTORY
from spacetrack_gateway.syncing.elements import ELEMENTS
from spacetrack_gateway.syncing.satcat import SATCAT
from spacetrack_gateway.syncing.satellites import SATELLITES
from spacetrack_gateway.tasks import RecurringWork

__all__ = [
    "TASKS",
    "forget_old_requests",
    "gateway_of",
    "give_leases_back",
    "review_submissions",
    "sync_second_source",
    "work_once",
]

TASKS = (PULL_CDMS, WATCH_EVENTS, FOLDERS, FOLLOW, OPERATOR_FILES, DIRECTORY, SATELLITES, ELEMENTS, SATCAT)
"""What is done with every account from time to time."""

_PROCESS = new_id()


def gateway_of(
    ctx: Context,
    settings: SpaceTrackSettings | None = None,
    *,
    gateway_id: str | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
) -> Gateway:
    """Return the gateway of this process, or one of a name of its own, as tests have several of.

    A folder belongs to one process at a time, so that the gateway of an embedded database keeps its name, and its
    leases, across a restart.
    """
    own = derived_id("gateway", "embedded") if ctx.store.is_sqlite else _PROCESS
    works: tuple[Work, ...] = (RecurringWork(TASKS), PushWork())
    return Gateway(
        ctx,
        settings or read_settings(SpaceTrackSettings),
        works,
        gateway_id=gateway_id or own,
        transport=transport,
    )


async def work_once(ctx: Context) -> None:
    """Do everything that is due now."""
    await gateway_of(ctx).run_due()


async def give_leases_back(ctx: Context) -> None:
    """Give back what this process holds: whoever stands by goes on at once, and not after the end of the lease."""
    await gateway_of(ctx).stop()


async def review_submissions(ctx: Context) -> None:
    """Look again at what has not left: consent, account or folder may be there now."""
    await review(ctx)


async def sync_second_source(ctx: Context) -> None:
    """Ask CelesTrak for the catalogue where Space-Track gives none, unless what leaves is held."""
    if await is_outbound_held(ctx):
        return
    await sync_celestrak(ctx)


async def forget_old_requests(ctx: Context) -> None:
    """Remove old entries of the ledger."""
    days = read_settings(SpaceTrackSettings).kept_requests_days
    async with ctx.store.write(ACTOR) as unit:
        await writes.forget_requests(unit, unit.now - timedelta(days=days))
