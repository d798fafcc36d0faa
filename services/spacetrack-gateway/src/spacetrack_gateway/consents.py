"""What an organization allows: sending its files, reading its folder. Each consent is on record with who and when."""

from typing import Literal

from records.spacetrack_gateway import writes
from records.spacetrack_gateway.tables import SpaceTrackLink, Submission
from servicekit.context import Context
from servicekit.errors import Conflict, NotFound
from servicekit.store import Actor
from spacetrack_gateway.pushing.deleting import request_deletion
from spacetrack_gateway.pushing.reasons import never_arrived
from spacetrack_gateway.pushing.review import review

__all__ = [
    "NotHeldForRelease",
    "PushMode",
    "SubmissionNotFound",
    "allow_reading",
    "confirm_step",
    "delete_at_space_track",
    "release",
    "set_metadata_policy",
    "set_push_mode",
]

PushMode = Literal["off", "manual", "automatic"]
MetadataPolicy = Literal["operator-wins", "space-track-wins"]


class SubmissionNotFound(NotFound):
    """There is no such submission, or the caller may not see it."""

    code = "submission-not-found"
    title = "No such submission"


class NotHeldForRelease(Conflict):
    """The submission does not wait for anybody to release it."""

    code = "not-held-for-release"
    title = "Nothing to release"
    remedy = "Only what is held, or never arrived, can be sent by hand; upload anew what Space-Track refused."


async def set_push_mode(ctx: Context, actor: Actor, organization_id: str, mode: PushMode) -> SpaceTrackLink:
    """Record whether, and how, an organization's files are sent; anything but ``off`` is its consent, on record."""
    async with ctx.store.write(actor) as unit:
        consent = {} if mode == "off" else {"push_consented_by": actor.id, "push_consented_at": unit.now}
        link = await writes.put_link(unit, organization_id, push_mode=mode, **consent)
        detail = {"mode": mode, "is_consent": mode != "off"}
        unit.audit("space-track.push-mode", "organization", organization_id, detail)
        await unit.change("space-track.link-updated", organization_id, [organization_id], detail)
    await review(ctx)
    return link


async def allow_reading(ctx: Context, actor: Actor, organization_id: str, *, allowed: bool) -> SpaceTrackLink:
    """Record whether the gateway may read an organization's folder and take its newest ephemerides in."""
    async with ctx.store.write(actor) as unit:
        consent = {"reading_consented_by": actor.id, "reading_consented_at": unit.now} if allowed else {}
        link = await writes.put_link(unit, organization_id, reads_folder=allowed, **consent)
        detail = {"reads_folder": allowed}
        unit.audit("space-track.folder-reading", "organization", organization_id, detail)
        await unit.change("space-track.link-updated", organization_id, [organization_id], detail)
    return link


async def set_metadata_policy(
    ctx: Context, actor: Actor, organization_id: str, policy: MetadataPolicy
) -> SpaceTrackLink:
    """Record what happens where Space-Track's metadata differ from the operator's."""
    async with ctx.store.write(actor) as unit:
        link = await writes.put_link(unit, organization_id, metadata_policy=policy)
        unit.audit("space-track.metadata-policy", "organization", organization_id, {"policy": policy})
    return link


async def confirm_step(
    ctx: Context, actor: Actor, organization_id: str, code: str, *, confirmed: bool
) -> SpaceTrackLink:
    """Record that a person has confirmed a step of the checklist that no machine can see, or takes it back."""
    async with ctx.store.write(actor) as unit:
        link = await writes.put_link(unit, organization_id)
        rest = {name: value for name, value in link.confirmed.items() if name != code}
        entry = {code: {"by": actor.id, "at": unit.now.isoformat()}} if confirmed else {}
        link.confirmed = rest | entry
        unit.audit("space-track.step", "organization", organization_id, {"step": code, "confirmed": confirmed})
    return link


async def release(ctx: Context, actor: Actor, submission_id: str) -> None:
    """Have a held submission sent, or one that never arrived sent again: somebody of the organization says so.

    Raises
    ------
    SubmissionNotFound, NotHeldForRelease
    """
    async with ctx.store.write(actor) as unit:
        row = await unit.session.get(Submission, submission_id, with_for_update=True)
        if row is None:
            raise SubmissionNotFound(f"There is no submission {submission_id}")
        if row.state != "held" and not never_arrived(row):
            raise NotHeldForRelease(f"Submission {submission_id} is {row.state}")
        row.release_requested_by = actor.id
        unit.audit("submission.released", "submission", submission_id)
        if row.state == "failed":
            # It may have come since: it is looked for first, and handed over again where it is not there.
            again = {"state": "sent", "reasons": [], "attempts": 1, "looks": 0, "is_acknowledged": False}
            await writes.change_submission(unit, row, **again, remote_file_id=None, due_at=unit.now)
    await review(ctx)


async def delete_at_space_track(ctx: Context, actor: Actor, submission_id: str) -> None:
    """Have the file of a submission deleted at Space-Track.

    Raises
    ------
    SubmissionNotFound, NothingToDelete
    """
    async with ctx.store.write(actor) as unit:
        row = await unit.session.get(Submission, submission_id, with_for_update=True)
        if row is None:
            raise SubmissionNotFound(f"There is no submission {submission_id}")
        await request_deletion(unit, row, actor.id)
        unit.audit("submission.deletion-requested", "submission", submission_id)
