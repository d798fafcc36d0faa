"""The feed ``space-track``: not configured, working or failing, and what is missing."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from records.spacetrack_gateway import reads, writes
from records.spacetrack_gateway.tables import SpaceTrackAccount, SpaceTrackTask
from servicekit.context import Context
from servicekit.settings import read_settings
from spacetrack_gateway.budget.lease import ACTOR
from spacetrack_gateway.inspection import budget_of
from spacetrack_gateway.link import Step, missing_for_the_feed
from spacetrack_gateway.pulling.storing import TASK
from spacetrack_gateway.settings import SpaceTrackSettings

__all__ = ["FEED", "faults_of", "report_feed"]

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
        faults: list[dict[str, Any]] = []
        standings: list[dict[str, Any]] = []
        for account in accounts:
            tasks = await reads.tasks(unit.session, account.id)
            faults += [step.as_data() for step in faults_of(account, tasks, unit.now)]
            budget = await budget_of(unit.session, account.id, unit.now, settings)
            standings.append(_standing(account, tasks, budget, settings))
        state = "failing" if faults else "working"
        await writes.set_feed(unit, FEED, state=state, missing=faults, detail={"accounts": standings})


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


def faults_of(account: SpaceTrackAccount, tasks: Sequence[SpaceTrackTask], now: datetime) -> list[Step]:
    """Return what is wrong with an account: stopped, or no successful pull for too long."""
    if account.state == "stopped":
        return [
            Step(
                "account-stopped",
                f"The account {account.name} is not used any more: {account.stopped_reason}",
                "An administrator of Fairway clears it up with Space-Track, and lets the account go on.",
            )
        ]
    pulled = next((task.succeeded_at for task in tasks if task.name == TASK), None)
    if now - (pulled or account.created_at) <= STALE_AFTER:
        return []
    return [
        Step(
            "no-recent-pull",
            f"No pull of CDMs with the account {account.name} was successful for {STALE_AFTER.seconds // 3600} h.",
            "An administrator of Fairway looks at the last error of the account and at Space-Track's announcements.",
        )
    ]
