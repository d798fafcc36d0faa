"""Queries on feeds, accounts, what was pulled and submissions, for anyone.

Lists are read by keyset: ``after`` is the key of the last row.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from records.identity.visibility import Viewer
from records.ingest_api.tables import Document
from records.spacetrack_gateway.feed_names import LINKS, feed_of_link
from records.spacetrack_gateway.tables import (
    Feed,
    MetadataDifference,
    SpaceTrackAccount,
    SpaceTrackCdm,
    SpaceTrackDirectoryEntry,
    SpaceTrackFile,
    SpaceTrackLink,
    SpaceTrackRequest,
    SpaceTrackTask,
    Submission,
)
from records.validator.tables import Ephemeris

__all__ = [
    "accounts",
    "answered_at",
    "differences",
    "directory_entries",
    "feed",
    "feeds",
    "files",
    "link",
    "links",
    "pulled_rows",
    "request_times",
    "requests",
    "submission_of_ephemeris",
    "submissions",
    "submissions_that_follow_from",
    "tasks",
]


async def feeds(session: AsyncSession, viewer: Viewer) -> Sequence[Feed]:
    """Return the feeds that `viewer` may see, by name: the service's, and of the links its own; staff see all."""
    query = select(Feed).order_by(Feed.name)
    if not viewer.is_staff:
        own = feed_of_link(viewer.organization_id or "")
        query = query.where(Feed.name.not_like(f"{LINKS}%") | (Feed.name == own))
    return (await session.scalars(query)).all()


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


async def submissions_that_follow_from(
    session: AsyncSession, ephemeris: Ephemeris
) -> Sequence[tuple[Ephemeris, Submission | None]]:
    """Return an ephemeris and those that its coming or going bears on, each with its submission, as they were accepted.

    Of its satellite these are the ones in use, and those whose place it has taken; a satellite's earlier ones are as
    many as it has had files. What was taken from Space-Track is left out: it stands there already.
    """
    query = (
        select(Ephemeris, Submission)
        .join(Document, Document.id == Ephemeris.document_id)
        .outerjoin(Submission, Submission.ephemeris_id == Ephemeris.id)
        .where(
            Ephemeris.organization_id == ephemeris.organization_id,
            Ephemeris.norad_cat_id == ephemeris.norad_cat_id,
            or_(
                Ephemeris.id == ephemeris.id,
                Ephemeris.superseded_by == ephemeris.id,
                and_(Ephemeris.is_active, Ephemeris.designation == "operational"),
            ),
            Document.source != "space-track",
        )
        .order_by(Ephemeris.accepted_at, Ephemeris.id)
    )
    return [(each, submission) for each, submission in (await session.execute(query)).all()]


async def accounts(session: AsyncSession) -> Sequence[SpaceTrackAccount]:
    """Return every account of ours at Space-Track, by name. Their secrets are sealed."""
    return (await session.scalars(select(SpaceTrackAccount).order_by(SpaceTrackAccount.name))).all()


async def link(session: AsyncSession, organization_id: str) -> SpaceTrackLink | None:
    """Return what an organization has allowed and where its things are, or None where it has said nothing."""
    return await session.get(SpaceTrackLink, organization_id)


async def links(session: AsyncSession) -> Sequence[SpaceTrackLink]:
    """Return every organization's link."""
    return (await session.scalars(select(SpaceTrackLink).order_by(SpaceTrackLink.organization_id))).all()


async def tasks(session: AsyncSession, account_id: str) -> Sequence[SpaceTrackTask]:
    """Return what is done with an account from time to time, and how far it is."""
    query = select(SpaceTrackTask).where(SpaceTrackTask.account_id == account_id)
    return (await session.scalars(query.order_by(SpaceTrackTask.name))).all()


async def request_times(session: AsyncSession, account_id: str, since: datetime) -> Sequence[datetime]:
    """Return when requests were made with an account after `since`, the oldest first."""
    query = select(SpaceTrackRequest.at).where(SpaceTrackRequest.account_id == account_id, SpaceTrackRequest.at > since)
    return (await session.scalars(query.order_by(SpaceTrackRequest.at))).all()


async def answered_at(session: AsyncSession, account_id: str, path: str, since: datetime) -> Sequence[datetime]:
    """Return when a path was asked after `since` and answered, or may have been, the oldest first."""
    query = select(SpaceTrackRequest.at).where(
        SpaceTrackRequest.account_id == account_id,
        SpaceTrackRequest.at > since,
        SpaceTrackRequest.path == path,
        SpaceTrackRequest.outcome.is_(None) | SpaceTrackRequest.outcome.in_(("ok", "empty")),
    )
    return (await session.scalars(query.order_by(SpaceTrackRequest.at))).all()


async def requests(
    session: AsyncSession, account_id: str, *, after: tuple[datetime, str] | None = None, limit: int = 50
) -> Sequence[SpaceTrackRequest]:
    """Return entries of the ledger, the newest first. The key of a row is ``(at, id)``."""
    query = select(SpaceTrackRequest).where(SpaceTrackRequest.account_id == account_id)
    if after is not None:
        query = query.where(tuple_(SpaceTrackRequest.at, SpaceTrackRequest.id) < after)
    query = query.order_by(SpaceTrackRequest.at.desc(), SpaceTrackRequest.id.desc()).limit(limit)
    return (await session.scalars(query)).all()


async def pulled_rows(session: AsyncSession, document_id: str) -> Sequence[SpaceTrackCdm]:
    """Return the rows of CDMs that a document holds, in their order in it."""
    query = select(SpaceTrackCdm).where(SpaceTrackCdm.document_id == document_id).order_by(SpaceTrackCdm.ordinal)
    return (await session.scalars(query)).all()


async def files(
    session: AsyncSession, organization_id: str, *, after: int | None = None, limit: int = 50
) -> Sequence[SpaceTrackFile]:
    """Return files in an organization's folders as the last listing had them, the newest first: by `file_id`."""
    query = select(SpaceTrackFile).where(
        SpaceTrackFile.organization_id == organization_id, SpaceTrackFile.gone_at.is_(None)
    )
    if after is not None:
        query = query.where(SpaceTrackFile.file_id < after)
    return (await session.scalars(query.order_by(SpaceTrackFile.file_id.desc()).limit(limit))).all()


async def differences(session: AsyncSession, organization_id: str) -> Sequence[MetadataDifference]:
    """Return where Space-Track says something else of an organization's satellites than it does itself."""
    query = select(MetadataDifference).where(
        MetadataDifference.organization_id == organization_id, MetadataDifference.settled_at.is_(None)
    )
    return (await session.scalars(query.order_by(MetadataDifference.norad_cat_id, MetadataDifference.attribute))).all()


async def directory_entries(session: AsyncSession, organization_id: str) -> Sequence[SpaceTrackDirectoryEntry]:
    """Return what Space-Track's directory says of one of our organizations."""
    query = select(SpaceTrackDirectoryEntry).where(
        SpaceTrackDirectoryEntry.organization_id == organization_id, SpaceTrackDirectoryEntry.gone_at.is_(None)
    )
    return (await session.scalars(query.order_by(SpaceTrackDirectoryEntry.gid))).all()
