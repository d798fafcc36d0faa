"""The operator's own folder, read with its consent: what lies in it is listed, and its newest ephemeris taken in.

Files of ours are recognised by their SHA-256 and left alone.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import select

import ccsds
from records.spacetrack_gateway import writes
from records.spacetrack_gateway.tables import SpaceTrackFile, SpaceTrackLink, SpaceTrackTask, Submission
from servicekit.observability import logger
from spacetrack_gateway.budget.admission import Priority
from spacetrack_gateway.budget.cadence import every
from spacetrack_gateway.budget.lease import ACTOR, held_account
from spacetrack_gateway.client.addresses import download_of, query_of
from spacetrack_gateway.client.session import AskFailed
from spacetrack_gateway.desk import Desk
from spacetrack_gateway.documents import Pulled, put_document
from spacetrack_gateway.pushing.looking import Listed, read_listing
from spacetrack_gateway.recurring import RecurringTask

__all__ = ["OPERATOR_FILES", "newest_of_each"]

_log = logger(__name__)
_INTERVAL: Final = timedelta(hours=4)
_LONGEST_DELAY: Final = timedelta(minutes=20)
_MOST_FILES: Final = 10_000
_FOLDERS_IN_A_QUERY: Final = 100


def newest_of_each(files: Iterable[Listed]) -> list[Listed]:
    """Return the newest file of each object and designation, by the names; a name that says no object is left out."""
    newest: dict[tuple[int, str], Listed] = {}
    for file in files:
        name = ccsds.parse_file_name(file.file_name)
        if name.norad_cat_id is None:
            continue
        key = (name.norad_cat_id, name.designation or "special")
        if key not in newest or file.file_id > newest[key].file_id:
            newest[key] = file
    return sorted(newest.values(), key=lambda file: file.file_id)


async def read_folders(desk: Desk, task: SpaceTrackTask) -> bool:
    """List all folders in one query, or take the files of one organization in; say whether all is done."""
    todo: list[str] = list(task.cursor.get("run", {}).get("organizations", ()))
    if not todo:
        links = await _links(desk)
        for begin in range(0, len(links), _FOLDERS_IN_A_QUERY):
            await _list(desk, links[begin : begin + _FOLDERS_IN_A_QUERY])
        todo = [link.organization_id for link in links if link.reads_folder]
        await _keep(desk, todo)
        return not todo
    async with desk.ctx.store.read() as session:
        link = await session.get_one(SpaceTrackLink, todo[0])
    if link.reads_folder:
        for file in newest_of_each(await _listed(desk, link)):
            await _take_in(desk, link, file)
    await _keep(desk, todo[1:])
    return len(todo) == 1


async def _links(desk: Desk) -> Sequence[SpaceTrackLink]:
    query = select(SpaceTrackLink).where(
        SpaceTrackLink.account_id == desk.account_id,
        SpaceTrackLink.ephemeris_folder_id.is_not(None),
        SpaceTrackLink.reads_folder.is_(True) | (SpaceTrackLink.push_mode != "off"),
    )
    async with desk.ctx.store.read() as session:
        return (await session.scalars(query.order_by(SpaceTrackLink.organization_id))).all()


async def _list(desk: Desk, links: Sequence[SpaceTrackLink]) -> None:
    """Ask what lies in some folders, newest first, and note it: one query for all of them, as Space-Track asks for."""
    path = query_of(
        "fileshare",
        "file",
        ("FOLDER_ID", ",".join(str(link.ephemeris_folder_id) for link in links)),
        ("orderby", "FILE_ID desc"),
        ("limit", _MOST_FILES),
        ("format", "json"),
        ("emptyresult", "show"),
    )
    rows = read_listing(await desk.session.rows(path, purpose="file", priority=Priority.SYNC))
    for link in links:
        listing = [file for file in rows if file.folder_id == link.ephemeris_folder_id]
        await _note(desk, link, listing, is_whole=len(rows) < _MOST_FILES)


async def _note(desk: Desk, link: SpaceTrackLink, listing: Sequence[Listed], *, is_whole: bool) -> None:
    query = select(SpaceTrackFile).where(
        SpaceTrackFile.account_id == desk.account_id,
        SpaceTrackFile.folder_id == link.ephemeris_folder_id,
        SpaceTrackFile.gone_at.is_(None),
    )
    async with desk.ctx.store.read() as session:
        noted = {(row.file_id, row.file_name, row.size_bytes) for row in await session.scalars(query)}
    if noted == {(file.file_id, file.file_name, file.size_bytes) for file in listing}:
        return
    async with desk.ctx.store.write(ACTOR) as unit:
        await held_account(unit, desk.lease)
        known = {row.file_id: row for row in await unit.session.scalars(query)}
        for file in listing:
            row = known.pop(file.file_id, None)
            await writes.put_file(
                unit,
                desk.account_id,
                file.file_id,
                organization_id=link.organization_id,
                folder_id=file.folder_id,
                file_name=file.file_name,
                size_bytes=file.size_bytes,
                uploaded_at=file.uploaded_at,
                origin="unread" if row is None else row.origin,
                gone_at=None,
            )
        if is_whole:
            for row in known.values():
                row.gone_at = unit.now


async def _listed(desk: Desk, link: SpaceTrackLink) -> list[Listed]:
    """Return what lies in an organization's folder, as the last listing had it."""
    query = select(SpaceTrackFile).where(
        SpaceTrackFile.account_id == desk.account_id,
        SpaceTrackFile.folder_id == link.ephemeris_folder_id,
        SpaceTrackFile.gone_at.is_(None),
    )
    async with desk.ctx.store.read() as session:
        rows = (await session.scalars(query)).all()
    return [
        Listed(
            file_id=row.file_id,
            folder_id=row.folder_id,
            file_name=row.file_name,
            size_bytes=row.size_bytes,
            uploaded_at=row.uploaded_at,
        )
        for row in rows
    ]


async def _take_in(desk: Desk, link: SpaceTrackLink, file: Listed) -> None:
    """Read a file that nobody has read yet; where it is not ours it becomes the operator's document."""
    async with desk.ctx.store.read() as session:
        row = await session.get(SpaceTrackFile, (desk.account_id, file.file_id))
    if row is None or row.origin != "unread":
        return
    try:
        reply = await desk.session.ask(
            download_of(file.file_id),
            "content",
            purpose="download",
            priority=Priority.SYNC,
            organization_id=link.organization_id,
        )
    except AskFailed as failed:
        if not failed.reply.is_of_the_request:
            raise
        # It may be gone since it was listed, or not ours to read: the others are taken in all the same.
        if failed.reply.outcome == "too-long":
            await _pass_over(desk, file)
        return
    pulled = Pulled(
        organization_id=link.organization_id,
        purpose="operator",
        file_name=file.file_name,
        content_type="text/plain",
        content=reply.body,
    )
    document = await put_document(desk.ctx.objects, pulled, desk.ctx.clock.now())
    async with desk.ctx.store.write(ACTOR) as unit:
        await held_account(unit, desk.lease)
        ours = select(Submission.id).where(
            Submission.organization_id == link.organization_id, Submission.content_sha256 == document.sha256
        )
        is_ours = (await unit.session.scalars(ours)).first() is not None
        taken = await unit.session.get_one(SpaceTrackFile, (desk.account_id, file.file_id))
        taken.sha256, taken.origin = document.sha256, "ours" if is_ours else "operator"
        if not is_ours:
            is_new = await writes.add_document(unit, document)
            taken.document_id = document.id if is_new else None


async def _pass_over(desk: Desk, file: Listed) -> None:
    """Leave a file alone from now on that is longer than what is read of one."""
    _log.warning("a file in an operator's folder is too long to be taken in", file_name=file.file_name)
    async with desk.ctx.store.write(ACTOR) as unit:
        await held_account(unit, desk.lease)
        (await unit.session.get_one(SpaceTrackFile, (desk.account_id, file.file_id))).origin = "passed-over"


async def _keep(desk: Desk, todo: list[str]) -> None:
    async with desk.ctx.store.write(ACTOR) as unit:
        await held_account(unit, desk.lease)
        row = await writes.task_of(unit, desk.account_id, OPERATOR_FILES.name)
        row.cursor = {"run": {"organizations": todo}} if todo else {}


OPERATOR_FILES = RecurringTask(
    name="operator-files", priority=Priority.SYNC, cadence=every(_INTERVAL, _LONGEST_DELAY), step=read_folders
)
