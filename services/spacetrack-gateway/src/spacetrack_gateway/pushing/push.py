"""Pushing as work of the gateway: hands over, looks whether it is there, reads it back, deletes what is to go."""

from collections.abc import Sequence

from sqlalchemy import func, select

from records.spacetrack_gateway.tables import SpaceTrackLink, Submission
from spacetrack_gateway.desk import Desk
from spacetrack_gateway.gateway import Due
from spacetrack_gateway.pushing.deleting import delete_remote
from spacetrack_gateway.pushing.handing_over import hand_over
from spacetrack_gateway.pushing.pieces import Candidate, next_pieces
from spacetrack_gateway.pushing.proving import look, read_back

__all__ = ["PushWork"]

_MOST = 60
_GOING_ON = ("queued", "sent", "deleting")


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
        await step(desk, submission)

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
