"""A file that was handed over is looked for, read back and compared; then it counts as present."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import select

from records.identity.tables import Organization
from records.screening.tables import ConjunctionEvent
from records.spacetrack_gateway import writes
from records.spacetrack_gateway.tables import SpaceTrackFile, SpaceTrackLink, Submission
from records.validator.tables import Ephemeris
from servicekit.observability import logger
from servicekit.store import UnitOfWork
from spacetrack_gateway.budget.admission import Priority
from spacetrack_gateway.budget.lease import ACTOR, held_account
from spacetrack_gateway.client.addresses import delete_of, download_of, query_of
from spacetrack_gateway.client.session import AskFailed
from spacetrack_gateway.desk import Desk
from spacetrack_gateway.link import Step
from spacetrack_gateway.pushing.letters import EventOfInterest, letter
from spacetrack_gateway.pushing.looking import (
    HandedOver,
    Listed,
    Patience,
    Sighting,
    came_after,
    look_for,
    read_listing,
    when_not_found,
)
from spacetrack_gateway.pushing.reasons import NOT_LISTED, abandoned, not_provable, only_withdrawn

__all__ = ["is_there_already", "look", "read_back"]

_log = logger(__name__)
_MOST_NAMES: Final = 20
_LOOK_AGAIN: Final = timedelta(seconds=30)
_LONGEST_PAUSE: Final = timedelta(hours=4)
_LOOKED_FOR: Final = timedelta(days=3)
_UNPROVED: Final = ("sent", "screened")
"""CDMs may name a file before it is proved: that it was screened stands, and its number is still looked for."""


async def look(desk: Desk, submission: Submission) -> None:
    """Ask once for all files of one folder that were handed over, and record what is there."""
    together = await _looked_for_together(desk, submission)
    listing = await _listing(desk, submission, together)
    for each in together:
        await _record_look(desk, each.id, listing)


async def is_there_already(desk: Desk, submission: Submission) -> bool:
    """Whether a file that is to be handed over again has come after all; if so it goes on to be proved.

    Since it was looked for last it may have waited for a folder, for consent or for the budget, and a folder that we
    may not see looks as an empty one does.
    """
    listing = await _listing(desk, submission, [submission])
    async with desk.ctx.store.write(ACTOR) as unit:
        row = await _held(unit, desk, submission.id)
        if row.state != "queued":
            return True
        sighting = await _sighting(unit, desk, row, listing)
        if sighting.kind != "found" or sighting.file is None:
            return False
        await _note(unit, desk, row, sighting.file)
        await writes.change_submission(unit, row, state="sent", remote_file_id=sighting.file.file_id, due_at=unit.now)
        return True


async def _listing(desk: Desk, submission: Submission, wanted: Sequence[Submission]) -> Sequence[Listed]:
    """Ask what stands in a submission's folder under the names of those that are looked for."""
    names = sorted({each.remote_name or "" for each in wanted})
    path = query_of(
        "fileshare",
        "file",
        ("FOLDER_ID", submission.folder_id or 0),
        ("FILE_NAME", ",".join(names)),
        ("orderby", "FILE_ID asc"),
        ("format", "json"),
        ("emptyresult", "show"),
    )
    try:
        rows = await desk.session.rows(
            path, purpose="file", priority=_priority(submission), organization_id=submission.organization_id
        )
    except AskFailed as failed:
        await _put_off(desk, [each.id for each in wanted], failed)
        raise
    return read_listing(rows)


async def read_back(desk: Desk, submission: Submission) -> None:
    """Read a file back that was found, and compare it with what was sent."""
    file_id = submission.remote_file_id or 0
    try:
        sha256 = await desk.session.digest_of(
            download_of(file_id),
            purpose="download",
            priority=_priority(submission),
            organization_id=submission.organization_id,
        )
    except AskFailed as failed:
        if failed.reply.outcome == "refused":
            await _forget_file(desk, submission.id, not_provable(failed.reply.said))
        else:
            await _put_off(desk, [submission.id], failed)
        raise
    if sha256 == submission.content_sha256:
        await _prove(desk, submission.id)
    elif await _was_there_before(desk, submission, file_id, sha256):
        await _forget_file(desk, submission.id)
    else:
        _log.warning("a file at Space-Track is not what was sent", submission_id=submission.id, file_id=file_id)
        await _remove_damaged(desk, submission, file_id)


async def _looked_for_together(desk: Desk, submission: Submission) -> Sequence[Submission]:
    query = (
        select(Submission)
        .where(
            Submission.account_id == desk.account_id,
            Submission.folder_id == submission.folder_id,
            Submission.designation == submission.designation,
            Submission.state.in_(_UNPROVED),
            Submission.remote_file_id.is_(None),
            Submission.due_at <= desk.ctx.clock.now(),
        )
        .order_by(Submission.due_at, Submission.id)
        .limit(_MOST_NAMES)
    )
    async with desk.ctx.store.read() as session:
        found = (await session.scalars(query)).all()
    return found or [submission]


async def _record_look(desk: Desk, submission_id: str, listing: Sequence[Listed]) -> None:
    async with desk.ctx.store.write(ACTOR) as unit:
        row = await _held(unit, desk, submission_id)
        if row.state not in _UNPROVED:
            return
        sighting = await _sighting(unit, desk, row, listing)
        if sighting.file is None:
            await _not_there(unit, desk, row)
        else:
            row.remote_file_id, row.due_at = sighting.file.file_id, unit.now
            await _note(unit, desk, row, sighting.file)


async def _sighting(unit: UnitOfWork, desk: Desk, row: Submission, listing: Sequence[Listed]) -> Sighting:
    if row.remote_name is None or row.content_size is None or row.sent_at is None:
        raise LookupError(f"submission {row.id} was handed over, and what was sent is not on record")
    wanted = HandedOver(file_name=row.remote_name, size_bytes=row.content_size, sent_at=row.sent_at)
    return look_for(wanted, listing, await _claimed(unit, desk, row, listing))


async def _claimed(unit: UnitOfWork, desk: Desk, row: Submission, listing: Sequence[Listed]) -> frozenset[int]:
    """Return the files of a listing that are another submission's, or are known to hold something else."""
    numbers = [file.file_id for file in listing]
    others = select(Submission.remote_file_id).where(
        Submission.remote_file_id.in_(numbers), Submission.id != row.id, Submission.account_id == desk.account_id
    )
    different = select(SpaceTrackFile.file_id).where(
        SpaceTrackFile.account_id == desk.account_id,
        SpaceTrackFile.file_id.in_(numbers),
        SpaceTrackFile.sha256.is_not(None),
        SpaceTrackFile.sha256 != row.content_sha256,
    )
    found = [*(await unit.session.scalars(others)), *(await unit.session.scalars(different))]
    return frozenset(number for number in found if number is not None)


async def _note(unit: UnitOfWork, desk: Desk, row: Submission, file: Listed) -> None:
    known = await unit.session.get(SpaceTrackFile, (desk.account_id, file.file_id))
    await writes.put_file(
        unit,
        desk.account_id,
        file.file_id,
        organization_id=row.organization_id,
        folder_id=file.folder_id,
        file_name=file.file_name,
        size_bytes=file.size_bytes,
        uploaded_at=file.uploaded_at,
        origin="unread" if known is None else known.origin,
        gone_at=None,
    )


async def _not_there(unit: UnitOfWork, desk: Desk, row: Submission) -> None:
    if row.state == "screened":
        await _screened_not_there(unit, row)
        return
    row.looks += 1
    patience = Patience(
        first=timedelta(seconds=desk.settings.look_after_s),
        looks=desk.settings.looks,
        attempts=desk.settings.upload_attempts,
    )
    follows = when_not_found(row.looks, row.attempts, is_acknowledged=row.is_acknowledged, patience=patience)
    if follows == "send-again":
        await writes.change_submission(unit, row, state="queued", due_at=unit.now)
    elif follows == "give-up":
        reasons = [abandoned(row.attempts).as_data()]
        await writes.change_submission(unit, row, state="failed", reasons=reasons, due_at=None, result_at=unit.now)
    else:
        row.due_at = unit.now + follows


async def _screened_not_there(unit: UnitOfWork, row: Submission) -> None:
    """Look again, but never send it again: it has arrived, for CDMs name it."""
    if row.sent_at is not None and row.sent_at < unit.now - _LOOKED_FOR:
        reasons = [*only_withdrawn(row.reasons), NOT_LISTED.as_data()]
        await writes.change_submission(unit, row, reasons=reasons, due_at=None)
        return
    row.looks += 1
    row.due_at = unit.now + min(_LOOK_AGAIN * 2 ** min(row.looks, 20), _LONGEST_PAUSE)


async def _prove(desk: Desk, submission_id: str) -> None:
    async with desk.ctx.store.write(ACTOR) as unit:
        row = await _held(unit, desk, submission_id)
        result = dict(row.result)
        prepared = await _letter(unit, desk, row)
        if prepared is not None:
            result["letter"] = prepared
        await writes.put_file(
            unit,
            desk.account_id,
            row.remote_file_id or 0,
            organization_id=row.organization_id,
            folder_id=row.folder_id,
            file_name=row.remote_name,
            size_bytes=row.content_size,
            uploaded_at=row.sent_at,
            sha256=row.content_sha256,
            origin="ours",
            document_id=row.document_id,
            gone_at=None,
        )
        await writes.change_submission(
            unit,
            row,
            state="screened" if row.state == "screened" else "present",
            reasons=only_withdrawn(row.reasons),
            result=result,
            present_at=unit.now,
            due_at=None,
        )


async def _letter(unit: UnitOfWork, desk: Desk, row: Submission) -> dict[str, object] | None:
    """Return the mail to the crew where the handbook asks for one: a special file, or one for an emergency."""
    if row.ephemeris_id is None:
        return None
    ephemeris = await unit.session.get_one(Ephemeris, row.ephemeris_id)
    number = ephemeris.norad_cat_id
    query = select(ConjunctionEvent).where(
        ConjunctionEvent.state == "active",
        ConjunctionEvent.redirect_to.is_(None),
        ConjunctionEvent.level == "emergency",
        (ConjunctionEvent.norad_cat_id_low == number) | (ConjunctionEvent.norad_cat_id_high == number),
        ConjunctionEvent.tca >= unit.now,
    )
    events = (await unit.session.scalars(query.order_by(ConjunctionEvent.tca).limit(5))).all()
    if row.designation != "special" and not events:
        return None
    organization = await unit.session.get_one(Organization, row.organization_id)
    link = await unit.session.get(SpaceTrackLink, row.organization_id)
    return letter(
        desk.settings,
        organization=organization.space_track_title or organization.name,
        norad_cat_id=number,
        file_name=row.remote_name or "",
        designation=row.designation,
        events=[_event(event, number) for event in events],
        has_agreement=link is not None and "sharing-agreement" in link.confirmed,
    )


def _event(event: ConjunctionEvent, number: int) -> EventOfInterest:
    is_low = event.norad_cat_id_low == number
    messages = [entry["message_id"] for entry in event.history if entry.get("message_id")]
    return EventOfInterest(
        other_norad_cat_id=event.norad_cat_id_high if is_low else event.norad_cat_id_low,
        other_name=event.object_name_high if is_low else event.object_name_low,
        tca=event.tca,
        cdm_ids=tuple(messages[-1:]),
    )


async def _was_there_before(desk: Desk, submission: Submission, file_id: int, sha256: str) -> bool:
    """Whether the file is older than our sending, so that it is somebody else's; it is noted, and left alone."""
    async with desk.ctx.store.write(ACTOR) as unit:
        await held_account(unit, desk.lease)
        file = await unit.session.get(SpaceTrackFile, (desk.account_id, file_id))
        if file is None or file.uploaded_at is None or submission.sent_at is None:
            return False
        if came_after(file.uploaded_at, submission.sent_at):
            return False
        file.sha256, file.origin = sha256, "operator"
        return True


async def _remove_damaged(desk: Desk, submission: Submission, file_id: int) -> None:
    """Take away what arrived of our own upload and is not what was sent; then it is sent again."""
    await desk.session.ask(
        delete_of(file_id),
        "acknowledgement",
        purpose="delete",
        priority=_priority(submission),
        organization_id=submission.organization_id,
    )
    async with desk.ctx.store.write(ACTOR) as unit:
        row = await _held(unit, desk, submission.id)
        unit.audit("submission.damaged-removed", "submission", row.id, {"file_id": file_id})
        row.remote_file_id = None
        if row.attempts < desk.settings.upload_attempts:
            await writes.change_submission(unit, row, state="queued", due_at=unit.now)
        else:
            reasons = [abandoned(row.attempts).as_data()]
            await writes.change_submission(unit, row, state="failed", reasons=reasons, due_at=None)


async def _forget_file(desk: Desk, submission_id: str, reason: Step | None = None) -> None:
    """The file that was found is not ours, or cannot be read: look again."""
    async with desk.ctx.store.write(ACTOR) as unit:
        row = await _held(unit, desk, submission_id)
        row.remote_file_id = None
        if reason is None:
            row.due_at = unit.now + _LOOK_AGAIN
        else:
            await _wait_longer(unit, row, reason)


async def _put_off(desk: Desk, submission_ids: Sequence[str], failed: AskFailed) -> None:
    """Look again: soon where the account rests anyway, later each time where this alone is what we may not ask."""
    async with desk.ctx.store.write(ACTOR) as unit:
        for submission_id in submission_ids:
            row = await _held(unit, desk, submission_id)
            if failed.reply.is_of_the_request:
                await _wait_longer(unit, row, not_provable(failed.reply.said))
            else:
                row.due_at = unit.now + _LOOK_AGAIN


async def _wait_longer(unit: UnitOfWork, row: Submission, reason: Step) -> None:
    """Look again after a pause that doubles up to hours: what is refused for long would use up the budget of all."""
    row.looks += 1
    pause = min(_LOOK_AGAIN * 2 ** min(row.looks, 20), _LONGEST_PAUSE)
    reasons = [*only_withdrawn(row.reasons), reason.as_data()]
    await writes.change_submission(unit, row, reasons=reasons, due_at=unit.now + pause)


async def _held(unit: UnitOfWork, desk: Desk, submission_id: str) -> Submission:
    await held_account(unit, desk.lease)
    return await unit.session.get_one(Submission, submission_id, with_for_update=True, populate_existing=True)


def _priority(submission: Submission) -> Priority:
    return Priority.SPECIAL if submission.designation == "special" else Priority.OPERATIONAL
