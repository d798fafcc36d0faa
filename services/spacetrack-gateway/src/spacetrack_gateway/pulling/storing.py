"""A page of CDMs is stored: its bytes first, then rows, document, event and watermark in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from records.identity.reads import operations_organization
from records.identity.tables import Organization
from records.ingest_api.events import PAGE
from records.ingest_api.tables import Satellite
from records.spacetrack_gateway import writes
from records.spacetrack_gateway.tables import SpaceTrackCdm, SpaceTrackLink, Submission
from servicekit.observability import logger
from servicekit.store import UnitOfWork
from spacetrack_gateway.budget.lease import ACTOR, held_account
from spacetrack_gateway.desk import Desk
from spacetrack_gateway.documents import Pulled, put_document
from spacetrack_gateway.pulling.cursor import Cursor, Run
from spacetrack_gateway.pulling.routing import Directory, Member, directory_of
from spacetrack_gateway.pulling.rows import PulledRow, as_document, ephemeris_names
from spacetrack_gateway.pushing.naming_cdms import count_cdms

__all__ = ["TASK", "Page", "directory", "store_page"]

TASK = "cdm"
_MOST_IN_A_QUERY = 500
_log = logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Page:
    """An answer of class ``cdm``, and where it belongs in the pull. `run` is None for rows asked for beside it."""

    rows: Sequence[PulledRow]
    is_last: bool
    run: Run | None


async def directory(session: AsyncSession) -> Directory:
    """Return who is who, as the database has it now."""
    organizations = (await session.scalars(select(Organization).where(Organization.is_operations.is_(False)))).all()
    satellites = (await session.scalars(select(Satellite).where(Satellite.organization_id.is_not(None)))).all()
    members = [
        Member(organization_id=row.id, gid=row.gid, names=(row.space_track_title or "", row.name))
        for row in organizations
    ]
    return directory_of(members, {row.norad_cat_id: row.organization_id or "" for row in satellites})


async def store_page(desk: Desk, page: Page) -> int:
    """Store a page and return how many of its rows were new. Kill it anywhere: the page comes again, each row once."""
    async with desk.ctx.store.read() as session:
        known = await _known(session, desk.account_id, page.rows)
        who = await directory(session)
        operations = await operations_organization(session)
    if operations is None:
        raise LookupError("there is no organization that runs this service: start ingest-api once")
    new = [row for row in _first_of_each(page.rows) if row.key not in known]
    conflicts = [row for row in page.rows if known.get(row.key, row.sha256) != row.sha256]
    await _keep_conflicts(desk, conflicts)
    document = None
    if new:
        numbers = [row.cdm_id for row in new]
        pulled = Pulled(
            organization_id=operations.id,
            purpose=PAGE,
            file_name=f"space-track-cdm-{min(numbers)}-{max(numbers)}.json",
            content_type="application/json",
            content=as_document(new),
        )
        document = await put_document(desk.ctx.objects, pulled, desk.ctx.clock.now())
    async with desk.ctx.store.write(ACTOR) as unit:
        await held_account(unit, desk.lease)
        if document is not None and await writes.add_document(unit, document):
            await _add_rows(unit, desk.account_id, document.id, new, who)
        await _move(unit, desk, page, new, conflicts)
    return len(new)


async def _add_rows(
    unit: UnitOfWork, account_id: str, document_id: str, new: Sequence[PulledRow], who: Directory
) -> None:
    uploads = await _uploads_named(unit, account_id, new)
    named: dict[str, int] = {}
    rows = []
    served: set[str] = set()
    for ordinal, row in enumerate(new):
        route = who.route(row.values)
        submission_id = next((uploads[name] for name in ephemeris_names(row.values) if name in uploads), None)
        if submission_id is not None:
            named[submission_id] = named.get(submission_id, 0) + 1
        if route.organization_id is not None:
            served.add(route.organization_id)
        rows.append(
            {
                "account_id": account_id,
                "cdm_id": row.cdm_id,
                "gid": row.gid,
                "row_sha256": row.sha256,
                "document_id": document_id,
                "ordinal": ordinal,
                "organization_id": route.organization_id,
                "routed_by": route.by,
                "submission_id": submission_id,
                "flags": list(row.flags),
                "pulled_at": unit.now,
            }
        )
    await writes.add_cdm_rows(unit, rows)
    await count_cdms(unit, named)
    for organization_id in sorted(served):
        link = await unit.session.get(SpaceTrackLink, organization_id)
        if link is None:
            await writes.put_link(unit, organization_id, last_cdm_at=unit.now, account_id=account_id)
        else:
            link.last_cdm_at = unit.now


async def _move(
    unit: UnitOfWork, desk: Desk, page: Page, new: Sequence[PulledRow], conflicts: Sequence[PulledRow]
) -> None:
    """Move the watermark: the page is in this transaction."""
    task = await writes.task_of(unit, desk.account_id, TASK)
    cursor = Cursor.of(task.cursor)
    columns = tuple(sorted({flag for row in page.rows for flag in row.flags}))[:50]
    if page.rows and columns != cursor.columns:
        unit.audit("space-track.columns-changed", "space-track-account", desk.account_id, {"flags": list(columns)})
        _log.warning("the columns of class cdm have changed at Space-Track", flags=columns)
        cursor = replace(cursor, columns=columns)
    cursor = replace(cursor, conflicts=cursor.conflicts + len(conflicts))
    if page.run is not None:
        highest = max((row.cdm_id for row in page.rows), default=None)
        if cursor.watermark is None and cursor.run is None:
            unit.audit(
                "space-track.first-pull",
                "space-track-account",
                desk.account_id,
                {"rows": len(new), "says": "CDMs are read from the moment that access was granted; older ones are not"},
            )
        cursor = cursor.after_page(page.run, highest, len(page.rows), len(new), is_last=page.is_last, now=unit.now)
    task.cursor = cursor.as_data()
    task.row_version += 1


async def _uploads_named(unit: UnitOfWork, account_id: str, rows: Sequence[PulledRow]) -> dict[str, str]:
    """Return our submissions by the names that these rows give their ephemerides; the newest that was sent counts."""
    names = sorted({name for row in rows for name in ephemeris_names(row.values)})
    found: dict[str, str] = {}
    for begin in range(0, len(names), _MOST_IN_A_QUERY):
        some = names[begin : begin + _MOST_IN_A_QUERY]
        query = select(Submission.remote_name, Submission.id).where(
            Submission.remote_name.in_(some), Submission.account_id == account_id, Submission.sent_at.is_not(None)
        )
        query = query.order_by(Submission.sent_at, Submission.id)
        found |= {name: submission_id for name, submission_id in (await unit.session.execute(query)).all() if name}
    return found


async def _known(session: AsyncSession, account_id: str, rows: Sequence[PulledRow]) -> dict[tuple[int, str], str]:
    """Return which of these rows are stored, each with the SHA-256 that it was stored with."""
    numbers = sorted({row.cdm_id for row in rows})
    found: dict[tuple[int, str], str] = {}
    for begin in range(0, len(numbers), _MOST_IN_A_QUERY):
        some = numbers[begin : begin + _MOST_IN_A_QUERY]
        query = select(SpaceTrackCdm.cdm_id, SpaceTrackCdm.gid, SpaceTrackCdm.row_sha256).where(
            SpaceTrackCdm.account_id == account_id, SpaceTrackCdm.cdm_id.in_(some)
        )
        found |= {(cdm_id, gid): sha256 for cdm_id, gid, sha256 in (await session.execute(query)).all()}
    return found


def _first_of_each(rows: Sequence[PulledRow]) -> list[PulledRow]:
    firsts: dict[tuple[int, str], PulledRow] = {}
    for row in rows:
        firsts.setdefault(row.key, row)
    return list(firsts.values())


async def _keep_conflicts(desk: Desk, rows: Sequence[PulledRow]) -> None:
    """Keep rows that came again with another content; the first one stands, and a person may compare."""
    for row in rows:
        key = f"space-track/conflicts/{desk.account_id}/{row.cdm_id}-{row.sha256[:16]}.json"
        if not await desk.ctx.objects.exists(key):
            await desk.ctx.objects.put(key, row.text.encode(), "application/json")
            _log.warning("a CDM came again with another content; the first one stands", cdm_id=row.cdm_id)
