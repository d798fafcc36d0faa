"""How the accounts, the feeds and what is on its way to Space-Track stand: for metrics."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from records.spacetrack_gateway.tables import Feed, SpaceTrackAccount, SpaceTrackTask, Submission

__all__ = ["AccountFigures", "SubmissionFigures", "account_figures", "feed_states", "submission_figures"]

_UNDER_WAY = ("held", "queued", "sent", "present", "deleting")


@dataclass(frozen=True)
class AccountFigures:
    """An account, and when its tasks last ended well."""

    id: str
    name: str
    is_stopped: bool
    created_at: datetime
    lease_until: datetime | None
    succeeded_at: Mapping[str, datetime | None]
    """By task."""


@dataclass(frozen=True)
class SubmissionFigures:
    """What is on its way to Space-Track."""

    counts: Mapping[str, int]
    """By state, of the states that are not the end."""
    oldest_queued_at: datetime | None


async def account_figures(session: AsyncSession) -> list[AccountFigures]:
    """Return every account, by name."""
    tasks: dict[str, dict[str, datetime | None]] = {}
    for task in await session.scalars(select(SpaceTrackTask)):
        tasks.setdefault(task.account_id, {})[task.name] = task.succeeded_at
    return [
        AccountFigures(
            id=account.id,
            name=account.name,
            is_stopped=account.state == "stopped",
            created_at=account.created_at,
            lease_until=account.lease_until,
            succeeded_at=tasks.get(account.id, {}),
        )
        for account in await session.scalars(select(SpaceTrackAccount).order_by(SpaceTrackAccount.name))
    ]


async def feed_states(session: AsyncSession) -> dict[str, str]:
    """Return the state of each feed, by name."""
    return {feed.name: feed.state for feed in await session.scalars(select(Feed))}


async def submission_figures(session: AsyncSession) -> SubmissionFigures:
    """Return how many files are on their way, by state, and since when the oldest waits to be sent."""
    rows = (
        await session.execute(
            select(Submission.state, func.count(), func.min(Submission.created_at))
            .where(Submission.state.in_(_UNDER_WAY))
            .group_by(Submission.state)
        )
    ).all()
    return SubmissionFigures(
        counts=dict.fromkeys(_UNDER_WAY, 0) | {state: count for state, count, _ in rows},
        oldest_queued_at=next((oldest for state, _, oldest in rows if state == "queued"), None),
    )
