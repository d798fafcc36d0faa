"""Pushing as work of the gateway: hands over, looks whether it is there, reads it back, deletes what is to go."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import func, select

from records.spacetrack_gateway.tables import SpaceTrackLink, Submission
from servicekit.errors import StorageFull
from servicekit.objects import ObjectNotFound
from servicekit.observability import logger
from spacetrack_gateway.budget.lease import ACTOR, held_account
from spacetrack_gateway.desk import Desk
from spacetrack_gateway.gateway import Due
from spacetrack_gateway.pushing.deleting import delete_remote
from spacetrack_gateway.pushing.handing_over import hand_over
from spacetrack_gateway.pushing.pieces import Candidate, next_pieces
from spacetrack_gateway.pushing.proving import look, read_back

__all__ = ["PushWork"]

_log = logger(__name__)
_MOST = 60
_AGAIN = timedelta(minutes=15)
_GOING_ON = ("queued", "sent", "screened", "deleting")
"""What was screened is proved all the same, where CDMs named it first: without its number it could not be deleted."""


class PushWork:
    """Offers what is next of the submissions of an account."""

    name = "push"

    async def offers(self, desk: Desk) -> Sequence[Due]:
        """Return the next piece of each priority."""
        return next_pieces(await self._candidates(desk), desk.ctx.clock.now())

    async def do(self, desk: Desk, due: Due) -> None:
        """Do one step of one submission."""
        piece, _, submission_id = due.key.partition(":")
        async with desk.ctx.store.read() as session:
            submission = await session.get_one(Submission, submission_id)
        step = {"hand-over": hand_over, "look": look, "read-back": read_back, "delete": delete_remote}[piece]
        try:
            await step(desk, submission)
        except (ObjectNotFound, StorageFull, LookupError, ValueError):
            # One file that cannot be read or recorded does not keep the others from going on.
            _log.exception("a submission cannot go on; it is tried again later", submission_id=submission_id)
            async with desk.ctx.store.write(ACTOR) as unit:
                await held_account(unit, desk.lease)
                row = await unit.session.get_one(Submission, submission_id)
                row.due_at = unit.now + _AGAIN

    async def _candidates(self, desk: Desk) -> Sequence[Candidate]:
        """Return what has something due, the urgent and the long unserved first; so many that nobody is passed over."""
        query = (
            select(
                Submission.id,
                Submission.organization_id,
                Submission.state,
                Submission.designation,
                Submission.remote_file_id,
                func.coalesce(Submission.due_at, Submission.created_at),
                Submission.created_at,
                SpaceTrackLink.last_sent_at,
            )
            .outerjoin(SpaceTrackLink, SpaceTrackLink.organization_id == Submission.organization_id)
            .where(
                Submission.account_id == desk.account_id,
                Submission.due_at.is_not(None),
                Submission.state.in_(_GOING_ON),
                Submission.folder_id.is_not(None),
            )
            .order_by(
                (Submission.due_at <= desk.ctx.clock.now()).desc(),
                (Submission.state == "queued"),
                SpaceTrackLink.last_sent_at.is_not(None),
                SpaceTrackLink.last_sent_at,
                Submission.created_at,
                Submission.id,
            )
        )
        async with desk.ctx.store.read() as session:
            special = (await session.execute(query.where(Submission.designation == "special").limit(_MOST))).all()
            others = (await session.execute(query.where(Submission.designation != "special").limit(_MOST))).all()
        return [Candidate(*row) for row in (*special, *others)]
