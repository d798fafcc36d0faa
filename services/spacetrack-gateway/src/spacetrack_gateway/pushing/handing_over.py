"""A file is handed over: that it is going to be is written down first, so that a crash leaves a question and no doubt.

Space-Track stores the same file twice where it is sent twice. So after anything but a clear refusal the file counts as
sent, and is looked for before it is sent again.
"""

from datetime import timedelta
from typing import Final

from records.identity.tables import Organization
from records.spacetrack_gateway import writes
from records.spacetrack_gateway.tables import Submission
from records.validator.tables import Ephemeris
from servicekit.store import UnitOfWork
from spacetrack_gateway.budget.admission import Priority
from spacetrack_gateway.budget.lease import ACTOR, held_account
from spacetrack_gateway.budget.ledger import BudgetWait
from spacetrack_gateway.client.replies import Reply
from spacetrack_gateway.client.session import AskFailed
from spacetrack_gateway.client.wire import Upload
from spacetrack_gateway.desk import Desk
from spacetrack_gateway.link import Step
from spacetrack_gateway.pushing.content import CannotPrepareError, Prepared, prepare
from spacetrack_gateway.pushing.proving import is_there_already
from spacetrack_gateway.pushing.reasons import NO_FOLDER, refused, too_large, unreadable
from spacetrack_gateway.pushing.review import settle_ephemeris, settle_maneuver

__all__ = ["hand_over"]

_TURNED_AWAY: Final = 503


async def hand_over(desk: Desk, submission: Submission) -> None:
    """Send a queued file; one that was handed over before is looked for once more."""
    if submission.attempts and await is_there_already(desk, submission):
        return
    prepared = await _prepared(desk, submission)
    if prepared is None or not await _announce(desk, submission.id, prepared):
        return
    try:
        async with desk.ctx.objects.local_file(prepared.key) as file:
            await desk.session.upload(
                submission.folder_id or 0,
                lambda: Upload(prepared.remote_name, file.open("rb")),
                priority=_priority(submission),
                organization_id=submission.organization_id,
            )
    except BudgetWait:
        await _take_back(desk, submission.id)
        raise
    except AskFailed as failed:
        await _not_taken(desk, submission.id, failed)
        raise
    async with desk.ctx.store.write(ACTOR) as unit:
        row = await _held(unit, desk, submission.id)
        if row.state in ("sent", "screened"):
            row.is_acknowledged = True


async def _prepared(desk: Desk, submission: Submission) -> Prepared | None:
    """Return the bytes to be sent; where there are none, the submission has failed with the reason."""
    if submission.content_key and submission.content_sha256 and submission.content_size and submission.remote_name:
        return Prepared(
            submission.content_key, submission.content_sha256, submission.content_size, submission.remote_name
        )
    async with desk.ctx.store.read() as session:
        organization = await session.get_one(Organization, submission.organization_id)
    try:
        prepared = await prepare(desk.ctx, submission, organization.space_track_title or organization.name)
    except CannotPrepareError as error:
        await _fail(desk, submission.id, unreadable(str(error)))
        return None
    if prepared.size > desk.settings.push_max_bytes:
        await _fail(desk, submission.id, too_large(prepared.size, desk.settings.push_max_bytes))
        return None
    return prepared


async def _announce(desk: Desk, submission_id: str, prepared: Prepared) -> bool:
    """Write down that the file is being handed over; return whether it still is to be."""
    async with desk.ctx.store.write(ACTOR) as unit:
        row = await _held(unit, desk, submission_id)
        if row.ephemeris_id is not None:
            ephemeris = await unit.session.get_one(Ephemeris, row.ephemeris_id, populate_existing=True)
            await settle_ephemeris(unit, ephemeris, row, replay=desk.ctx.replay)
        else:
            await settle_maneuver(unit, row, replay=desk.ctx.replay)
        if row.state != "queued":
            return False
        await writes.change_submission(
            unit,
            row,
            **prepared.as_columns(),
            state="sent",
            attempts=row.attempts + 1,
            looks=0,
            is_acknowledged=False,
            sent_at=row.sent_at or unit.now,
            due_at=unit.now + timedelta(seconds=desk.settings.look_after_s),
        )
        await writes.put_link(unit, row.organization_id, last_sent_at=unit.now)
        return True


async def _take_back(desk: Desk, submission_id: str) -> None:
    """Nothing was sent: the budget had no room."""
    async with desk.ctx.store.write(ACTOR) as unit:
        row = await _held(unit, desk, submission_id)
        await _unsent(unit, row, timedelta(0))


async def _not_taken(desk: Desk, submission_id: str, failed: AskFailed) -> None:
    """Record what follows from an answer that is no success."""
    reply: Reply = failed.reply
    async with desk.ctx.store.write(ACTOR) as unit:
        row = await _held(unit, desk, submission_id)
        if failed.purpose == "login" or reply.outcome == "not-signed-in":
            await _unsent(unit, row, timedelta(seconds=desk.settings.look_after_s))
        elif reply.outcome == "not-permitted":
            link = {"maneuver_folder_id": None} if row.kind == "maneuver" else {"ephemeris_folder_id": None}
            await writes.put_link(unit, row.organization_id, **link)
            await writes.change_submission(
                unit, row, state="held", reasons=[NO_FOLDER.as_data()], folder_id=None, due_at=None
            )
        elif reply.outcome == "refused":
            await writes.change_submission(
                unit, row, state="failed", reasons=[refused(reply.said).as_data()], due_at=None, result_at=unit.now
            )
        elif reply.outcome == "rate-limited" or reply.status == _TURNED_AWAY:
            row.looks = desk.settings.looks - 1  # it was turned away at the door: one look is enough
        # Everything else leaves open whether it was stored: it stays sent, and is looked for.


async def _unsent(unit: UnitOfWork, row: Submission, pause: timedelta) -> None:
    """Take back that the file was handed over, for it certainly was not."""
    attempts = row.attempts - 1
    await writes.change_submission(
        unit,
        row,
        state="queued",
        attempts=attempts,
        sent_at=row.sent_at if attempts else None,
        due_at=unit.now + pause,
    )


async def _fail(desk: Desk, submission_id: str, reason: Step) -> None:
    async with desk.ctx.store.write(ACTOR) as unit:
        row = await _held(unit, desk, submission_id)
        await writes.change_submission(
            unit, row, state="failed", reasons=[reason.as_data()], due_at=None, result_at=unit.now
        )


async def _held(unit: UnitOfWork, desk: Desk, submission_id: str) -> Submission:
    await held_account(unit, desk.lease)
    return await unit.session.get_one(Submission, submission_id, with_for_update=True, populate_existing=True)


def _priority(submission: Submission) -> Priority:
    return Priority.SPECIAL if submission.designation == "special" else Priority.OPERATIONAL
