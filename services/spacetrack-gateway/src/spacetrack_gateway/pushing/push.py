"""Pushing as work of the gateway: hands over, looks whether it is there, reads it back, deletes what is to go."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from records.spacetrack_gateway.tables import SpaceTrackLink, Submission
from spacetrack_gateway.desk import Desk
from spacetrack_gateway.gateway import Due
from spacetrack_gateway.pushing.deleting import delete_remote
from spacetrack_gateway.pushing.handing_over import hand_over
from spacetrack_gateway.pushing.pieces import Candidate, next_pieces
from spacetrack_gateway.pushing.proving import look, read_back

__all__ = ["PushWork"]

_MOST = 200
_GOING_ON = ("queued", "sent")


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
            select(Submission, SpaceTrackLink.last_sent_at)
            .outerjoin(SpaceTrackLink, SpaceTrackLink.organization_id == Submission.organization_id)
            .where(
                Submission.account_id == desk.account_id,
                Submission.due_at.is_not(None),
                Submission.state.in_(_GOING_ON) | Submission.result["delete_requested_by"].is_not(None),
                Submission.folder_id.is_not(None),
            )
            .order_by(
                (Submission.designation == "special").desc(),
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
        return [_candidate(row, served_at) for row, served_at in (*special, *others)]


def _candidate(row: Submission, served_at: datetime | None) -> Candidate:
    return Candidate(
        id=row.id,
        organization_id=row.organization_id,
        state=row.state,
        designation=row.designation,
        remote_file_id=row.remote_file_id,
        is_to_be_deleted="delete_requested_by" in row.result,
        due_at=row.due_at or row.created_at,
        created_at=row.created_at,
        served_at=served_at,
    )
