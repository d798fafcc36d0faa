"""Queries on feeds and submissions, for anyone."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from records.spacetrack_gateway.tables import Feed, Submission
from records.validator.tables import Ephemeris

__all__ = ["select_feeds", "select_submissions", "submissions_of_satellite"]


def select_feeds() -> Select[Feed]:
    """Return the query for every feed, by name."""
    return select(Feed).order_by(Feed.name)


def select_submissions(
    *, organization_id: str | None = None, state: str | None = None, before: tuple[datetime, str] | None = None
) -> Select[Submission]:
    """Return the query for submissions, newest first, of one organization or of all.

    `before` is the pair (created_at, id) of the last row of the page before.
    """
    query = select(Submission).order_by(Submission.created_at.desc(), Submission.id.desc())
    if organization_id is not None:
        query = query.where(Submission.organization_id == organization_id)
    if state is not None:
        query = query.where(Submission.state == state)
    if before is not None:
        at, row_id = before
        query = query.where(or_(Submission.created_at < at, and_(Submission.created_at == at, Submission.id < row_id)))
    return query


async def submissions_of_satellite(
    session: AsyncSession, organization_id: str, norad_cat_id: int
) -> Sequence[tuple[Ephemeris, Submission | None]]:
    """Return each ephemeris of an organization's satellite with its submission, in the order of acceptance."""
    query = (
        select(Ephemeris, Submission)
        .outerjoin(Submission, Submission.ephemeris_id == Ephemeris.id)
        .where(Ephemeris.organization_id == organization_id, Ephemeris.norad_cat_id == norad_cat_id)
        .order_by(Ephemeris.accepted_at, Ephemeris.id)
    )
    return [(ephemeris, submission) for ephemeris, submission in (await session.execute(query)).all()]
