"""The feeds of Space-Track: how our accounts stand, and how each organization's link does; with what is wrong.

The notifier tells of each fault once, and once of its end.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select

from records.identity.tables import Organization
from records.spacetrack_gateway import reads, writes
from records.spacetrack_gateway.feed_names import feed_of_link
from records.spacetrack_gateway.tables import SpaceTrackAccount, SpaceTrackTask
from servicekit.context import Context
from servicekit.settings import read_settings
from spacetrack_gateway.budget.lease import ACTOR
from spacetrack_gateway.checklist import SKEW_S, SYNC_STALE_AFTER
from spacetrack_gateway.inspection import Inspection, budget_of, inspect
from spacetrack_gateway.link import Step, missing_for_the_feed
from spacetrack_gateway.pulling.storing import TASK
from spacetrack_gateway.settings import SpaceTrackSettings
from spacetrack_gateway.syncing.satellites import TASK as SYNC
from spacetrack_gateway.turning import since_then, turned

__all__ = ["FEED", "faults_of", "report_feed", "report_links"]

FEED = "space-track"
STALE_AFTER: Final = timedelta(hours=9)
"""A pull is due every eight hours."""


async def report_feed(ctx: Context) -> None:
    """Write down how the feed stands."""
    settings = read_settings(SpaceTrackSettings)
    async with ctx.store.write(ACTOR) as unit:
        accounts = await reads.accounts(unit.session)
        if not accounts:
            missing = missing_for_the_feed(settings)
            await writes.set_feed(unit, FEED, state="not-configured", missing=missing)
            return
        faults: list[Step] = []
        standings: list[dict[str, Any]] = []
        for account in accounts:
            tasks = await reads.tasks(unit.session, account.id)
            faults += faults_of(account, tasks, unit.now, is_replay=ctx.replay)
            budget = await budget_of(unit.session, account.id, unit.now, settings)
            standings.append(_standing(account, tasks, budget, settings))
        before = await writes.locked_feed(unit, FEED)
        missing = since_then(faults, [] if before is None else before.missing, unit.now)
        state = "failing" if faults else "working"
        await writes.set_feed(unit, FEED, state=state, missing=missing, detail={"accounts": standings})


async def report_links(ctx: Context) -> None:
    """Write down how each organization's link stands: what of it was good, and is not any more."""
    settings = read_settings(SpaceTrackSettings)
    query = select(Organization).where(Organization.is_operations.is_(False)).order_by(Organization.id)
    async with ctx.store.read() as session:
        if not await reads.accounts(session):
            return
        organizations = (await session.scalars(query)).all()
    for organization in organizations:
        async with ctx.store.read() as session:
            found = await inspect(session, organization, settings, ctx.clock.now(), is_replay=ctx.replay)
        await _report(ctx, feed_of_link(organization.id), found)


async def _report(ctx: Context, name: str, found: Inspection) -> None:
    satellites = {satellite.norad_cat_id: satellite.items for satellite in found.satellites}
    async with ctx.store.write(ACTOR) as unit:
        feed = await writes.locked_feed(unit, name)
        before, once_good = ([], ()) if feed is None else (feed.missing, feed.detail["once_good"])
        now = turned(found.items, satellites, once_good)
        missing = since_then(now.bad, before, unit.now)
        state = "failing" if now.bad else "working"
        await writes.set_feed(unit, name, state=state, missing=missing, detail={"once_good": sorted(now.once_good)})


def _standing(
    account: SpaceTrackAccount,
    tasks: Sequence[SpaceTrackTask],
    budget: tuple[int, int],
    settings: SpaceTrackSettings,
) -> dict[str, Any]:
    """Return an account in numbers, for the page of the feed. Nothing of its secrets is in it."""
    minute, hour = budget
    return {
        "name": account.name,
        "state": account.state,
        "last_ok_at": _iso(account.last_ok_at),
        "last_error": account.last_error if account.failing_since is not None else None,
        "budget": {
            "left_this_minute": minute,
            "left_this_hour": hour,
            "a_minute": settings.requests_a_minute,
            "an_hour": settings.requests_an_hour,
        },
        "tasks": [
            {
                "name": task.name,
                "succeeded_at": _iso(task.succeeded_at),
                "due_at": _iso(task.due_at),
                "last_error": task.last_error,
            }
            for task in tasks
        ],
    }


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def faults_of(
    account: SpaceTrackAccount, tasks: Sequence[SpaceTrackTask], now: datetime, *, is_replay: bool
) -> list[Step]:
    """Return what is wrong with an account: stopped, no successful pull or sync for too long, columns, the clock."""
    if account.state == "stopped":
        return [
            Step(
                "account-stopped",
                f"The account {account.name} is not used any more: {account.stopped_reason}",
                "An administrator of Fairway clears it up with Space-Track, and lets the account go on.",
            )
        ]
    by_name = {task.name: task for task in tasks}
    return [
        *_of_the_pull(account, by_name.get(TASK), now),
        *_of_the_sync(account, by_name.get(SYNC), now),
        *([] if is_replay else _of_the_clock(account)),
    ]


def _of_the_pull(account: SpaceTrackAccount, task: SpaceTrackTask | None, now: datetime) -> list[Step]:
    pulled = None if task is None else task.succeeded_at
    if now - (pulled or account.created_at) <= STALE_AFTER:
        return []
    return [
        Step(
            "no-recent-pull",
            f"No pull of CDMs with the account {account.name} was successful for {STALE_AFTER.seconds // 3600} h.",
            "An administrator of Fairway looks at the last error of the account and at Space-Track's announcements.",
        )
    ]


def _of_the_sync(account: SpaceTrackAccount, task: SpaceTrackTask | None, now: datetime) -> list[Step]:
    missing = () if task is None else task.cursor.get("missing", ())
    found = []
    if missing:
        found.append(
            Step(
                "columns-missing",
                f"Class satellite has no column for {', '.join(missing)} that the account {account.name} may read.",
                "An administrator of Fairway looks at the class's columns, and names the new ones in the settings.",
            )
        )
    synchronized = None if task is None else task.succeeded_at
    if now - (synchronized or account.created_at) > SYNC_STALE_AFTER:
        hours = SYNC_STALE_AFTER.total_seconds() / 3600
        found.append(
            Step(
                "no-recent-sync",
                f"No sync of satellites with the account {account.name} was successful for {hours:.0f} h.",
                "An administrator of Fairway looks at the last error of the sync.",
            )
        )
    return found


def _of_the_clock(account: SpaceTrackAccount) -> list[Step]:
    skew_s = account.clock_skew_s
    if skew_s is None or abs(skew_s) <= SKEW_S:
        return []
    return [
        Step(
            "clock",
            f"Our clock is more than {SKEW_S:g} s {'behind' if skew_s > 0 else 'ahead of'} Space-Track's.",
            "An administrator of Fairway sets the clock of the machine by NTP.",
        )
    ]
