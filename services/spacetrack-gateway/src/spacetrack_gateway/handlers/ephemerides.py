"""An ephemeris was accepted, taken back or restored; so was a maneuver notification."""

from sqlalchemy import select

from records.ingest_api.events import EphemerisWithdrawnV1, ManeuverNoticeWithdrawnV1
from records.ingest_api.tables import Document
from records.spacetrack_gateway import reads, writes
from records.spacetrack_gateway.tables import Submission
from records.validator.events import DocumentValidatedV1, EphemerisAcceptedV1
from records.validator.tables import Ephemeris, ManeuverNotice, Verdict
from servicekit.bus import Consumer, Delivery
from servicekit.context import Context
from servicekit.ids import derived_id
from spacetrack_gateway.pushing.review import settle_ephemeris, settle_maneuver

__all__ = ["CONSUMERS"]


async def on_ephemeris_accepted(ctx: Context, delivery: Delivery[EphemerisAcceptedV1]) -> None:
    """Record how the new ephemeris stands on its way, and that those which it superseded are not going to be sent."""
    await _settle(ctx, delivery, delivery.event.ephemeris_id)


async def on_ephemeris_withdrawn(ctx: Context, delivery: Delivery[EphemerisWithdrawnV1]) -> None:
    """Record that an ephemeris is not going to be sent, or that it may be again."""
    await _settle(ctx, delivery, delivery.event.ephemeris_id)


async def on_document_validated(ctx: Context, delivery: Delivery[DocumentValidatedV1]) -> None:
    """Record a valid maneuver notification of an operator as a submission."""
    async with ctx.store.read() as session:
        document = await session.get_one(Document, delivery.event.document_id)
        verdict = await session.get_one(Verdict, document.id)
        notices = select(ManeuverNotice.document_id).where(ManeuverNotice.document_id == document.id)
        is_notification = (await session.scalars(notices)).first() is not None
    if not is_notification or verdict.verdict != "valid" or document.source == "space-track":
        return
    async with delivery.transaction() as unit:
        submission = await unit.session.get(Submission, derived_id("submission", document.id))
        if submission is None:
            submission = await writes.add_submission(
                unit,
                kind="maneuver",
                document_id=document.id,
                ephemeris_id=None,
                organization_id=document.organization_id,
                designation="special",
            )
        await settle_maneuver(unit, submission, replay=ctx.replay)


async def on_notice_withdrawn(ctx: Context, delivery: Delivery[ManeuverNoticeWithdrawnV1]) -> None:
    """Record that a maneuver notification is not going to be sent, or that it may be again."""
    async with delivery.transaction() as unit:
        submission = await unit.session.get(Submission, derived_id("submission", delivery.event.document_id))
        if submission is not None:
            await settle_maneuver(unit, submission, replay=ctx.replay)


async def _settle(
    ctx: Context, delivery: Delivery[EphemerisAcceptedV1] | Delivery[EphemerisWithdrawnV1], ephemeris_id: str
) -> None:
    # Every submission follows from its ephemeris' row as it stands now, so the order of events does not matter.
    async with delivery.transaction() as unit:
        ephemeris = await unit.session.get(Ephemeris, ephemeris_id)
        if ephemeris is None:
            raise LookupError(f"event {delivery.event_id} names the ephemeris {ephemeris_id}, which is not there")
        for each, submission in await reads.submissions_that_follow_from(unit.session, ephemeris):
            await settle_ephemeris(unit, each, submission, replay=ctx.replay)


CONSUMERS = (
    Consumer(name="spacetrack-gateway.hold", event=EphemerisAcceptedV1, handler=on_ephemeris_accepted),
    Consumer(name="spacetrack-gateway.withdraw", event=EphemerisWithdrawnV1, handler=on_ephemeris_withdrawn),
    Consumer(name="spacetrack-gateway.withdraw-notices", event=ManeuverNoticeWithdrawnV1, handler=on_notice_withdrawn),
    Consumer(name="spacetrack-gateway.maneuvers", event=DocumentValidatedV1, handler=on_document_validated),
)
