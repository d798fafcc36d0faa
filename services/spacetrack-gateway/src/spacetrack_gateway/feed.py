"""The feed ``space-track``: not configured, working or failing, and what is missing."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from records.spacetrack_gateway import reads, writes
from records.spacetrack_gateway.tables import SpaceTrackAccount, SpaceTrackTask
from servicekit.context import Context
from servicekit.settings import read_settings
from spacetrack_gateway.budget.lease import ACTOR
from spacetrack_gateway.link import Step, missing_for_the_feed
from spacetrack_gateway.pulling.storing import TASK
from spacetrack_gateway.settings import SpaceTrackSettings

__all__ = ["FEED", "faults_of", "report_feed"]

FEED = "space-track"
STALE_AFTER: Final = timedelta(hours=9)
"""A pull is due every eight hours."""


async def report_feed(ctx: Context) -> None:
    """Write down how the feed stands."""
    async with ctx.store.write(ACTOR) as unit:
        accounts = await reads.accounts(unit.session)
        if not accounts:
            missing = missing_for_the_feed(read_settings(SpaceTrackSettings))
            await writes.set_feed(unit, FEED, state="not-configured", missing=missing)
            return
        faults: list[dict[str, Any]] = []
        for account in accounts:
            tasks = await reads.tasks(unit.session, account.id)
            faults += [step.as_data() for step in faults_of(account, tasks, unit.now)]
        await writes.set_feed(unit, FEED, state="failing" if faults else "working", missing=faults)


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
