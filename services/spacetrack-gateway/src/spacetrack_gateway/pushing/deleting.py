"""A file of ours at Space-Track is deleted where its owner asks for it."""

from datetime import timedelta
from typing import Final

from records.spacetrack_gateway import writes
from records.spacetrack_gateway.tables import SpaceTrackFile, Submission
from servicekit.errors import Conflict
from servicekit.store import UnitOfWork
from spacetrack_gateway.budget.admission import Priority
from spacetrack_gateway.budget.lease import ACTOR, held_account
from spacetrack_gateway.client.addresses import delete_of
from spacetrack_gateway.client.session import AskFailed
from spacetrack_gateway.desk import Desk

__all__ = ["NothingToDelete", "delete_remote", "request_deletion"]

_AGAIN: Final = timedelta(minutes=5)


class NothingToDelete(Conflict):
    """The submission has no file at Space-Track."""

    code = "nothing-to-delete"
    title = "No file at Space-Track"
    remedy = "Withdraw the document instead: what has not been sent will not be."


async def request_deletion(unit: UnitOfWork, submission: Submission, requested_by: str) -> None:
    """Have the file of a submission deleted at Space-Track.

    Raises
    ------
    NothingToDelete
        There is none.
    """
    if submission.remote_file_id is None or submission.state in ("deleting", "deleted"):
        raise NothingToDelete(f"Submission {submission.id} has no file at Space-Track")
    result = submission.result | {"delete_requested_by": requested_by}
    await writes.change_submission(unit, submission, state="deleting", result=result, due_at=unit.now)


async def delete_remote(desk: Desk, submission: Submission) -> None:
    """Delete the file; one that is gone already counts as deleted."""
    file_id = submission.remote_file_id or 0
    try:
        await desk.session.ask(
            delete_of(file_id),
            "acknowledgement",
            purpose="delete",
            priority=Priority.OPERATIONAL,
            organization_id=submission.organization_id,
        )
    except AskFailed as failed:
        if failed.reply.outcome != "refused":
            async with desk.ctx.store.write(ACTOR) as unit:
                await held_account(unit, desk.lease)
                row = await unit.session.get_one(Submission, submission.id)
                row.due_at = unit.now + _AGAIN
            raise
    async with desk.ctx.store.write(ACTOR) as unit:
        await held_account(unit, desk.lease)
        row = await unit.session.get_one(Submission, submission.id, with_for_update=True)
        file = await unit.session.get(SpaceTrackFile, (desk.account_id, file_id))
        if file is not None:
            file.gone_at = unit.now
        await writes.change_submission(unit, row, state="deleted", reasons=[], due_at=None)
