"""How many mails wait, and since when: for metrics."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from records.notifier.tables import Notification

__all__ = ["MailFigures", "mail_figures"]


@dataclass(frozen=True)
class MailFigures:
    """Mails that have not gone out."""

    queued: int
    sending: int
    failed: int
    """Given up since the time that was asked for."""
    oldest_at: datetime | None
    """When the one was made that has waited longest to be sent."""


async def mail_figures(session: AsyncSession, failed_since: datetime) -> MailFigures:
    """Return how many mails stand in which state; given-up ones only those made after a time."""
    waiting = (
        await session.execute(
            select(Notification.state, func.count(), func.min(Notification.created_at))
            .where(Notification.state.in_(("queued", "sending")))
            .group_by(Notification.state)
        )
    ).all()
    failed = await session.scalar(
        select(func.count()).where(Notification.state == "failed", Notification.created_at > failed_since)
    )
    counts = {state: count for state, count, _ in waiting}
    return MailFigures(
        queued=counts.get("queued", 0),
        sending=counts.get("sending", 0),
        failed=failed or 0,
        oldest_at=min((oldest for _, _, oldest in waiting), default=None),
    )
