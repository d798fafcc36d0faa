"""Queries on feeds and submissions, for anyone. Lists are read by keyset: ``after`` is the key of the last row."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from records.identity.visibility import Viewer
from records.spacetrack_gateway.tables import Feed, Submission
from records.validator.tables import Ephemeris

__all__ = ["feed", "feeds", "submission_of_ephemeris", "submissions", "submissions_of_satellite"]


async def feeds(session: AsyncSession) -> Sequence[Feed]:
    """Return every feed, by name."""
    return (await session.scalars(select(Feed).order_by(Feed.name))).all()


async def feed(session: AsyncSession, name: str) -> Feed | None:
    """Return one feed, or None."""
    return await session.get(Feed, name)


async def submissions(
    session: AsyncSession,
    viewer: Viewer,
    *,
    state: str | None = None,
    after: tuple[datetime, str] | None = None,
    limit: int = 50,
) -> Sequence[Submission]:
    """Return submissions, the newest first. The key of a row is ``(created_at, id)``."""
    query = select(Submission).where(viewer.submissions())
    if state is not None:
        query = query.where(Submission.state == state)
    if after is not None:
        query = query.where(tuple_(Submission.created_at, Submission.id) < after)
    query = query.order_by(Submission.created_at.desc(), Submission.id.desc()).limit(limit)
    return (await session.scalars(query)).all()


async def submission_of_ephemeris(session: AsyncSession, ephemeris_id: str, viewer: Viewer) -> Submission | None:
    """Return the submission of an ephemeris, or None."""
    query = select(Submission).where(Submission.ephemeris_id == ephemeris_id, viewer.submissions())
    return (await session.scalars(query)).first()


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
