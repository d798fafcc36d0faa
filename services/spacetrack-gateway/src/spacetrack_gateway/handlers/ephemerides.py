"""An ephemeris was accepted, taken back or restored."""

from records.ingest_api.events import EphemerisWithdrawnV1
from records.spacetrack_gateway import reads, writes
from records.validator.events import EphemerisAcceptedV1
from records.validator.tables import Ephemeris
from servicekit.bus import Consumer, Delivery
from servicekit.context import Context
from spacetrack_gateway.holding import reasons_to_hold, state_of

__all__ = ["CONSUMERS"]


async def on_ephemeris_accepted(ctx: Context, delivery: Delivery[EphemerisAcceptedV1]) -> None:
    """Record the new ephemeris as held, and that those which it superseded are not going to be sent."""
    await _settle(ctx, delivery, delivery.event.ephemeris_id)


async def on_ephemeris_withdrawn(ctx: Context, delivery: Delivery[EphemerisWithdrawnV1]) -> None:
    """Record that an ephemeris is not going to be sent, or that it is held again."""
    await _settle(ctx, delivery, delivery.event.ephemeris_id)


async def _settle(
    ctx: Context, delivery: Delivery[EphemerisAcceptedV1] | Delivery[EphemerisWithdrawnV1], ephemeris_id: str
) -> None:
    # Every submission of the satellite follows from its ephemeris' row as it stands now, so the order of events
    # does not matter.
    async with delivery.transaction() as unit:
        ephemeris = await unit.session.get(Ephemeris, ephemeris_id)
        if ephemeris is None:
            raise LookupError(f"event {delivery.event_id} names the ephemeris {ephemeris_id}, which is not there")
        for each, submission in await reads.submissions_of_satellite(
            unit.session, ephemeris.organization_id, ephemeris.norad_cat_id
        ):
            await writes.put_submission(
                unit,
                each,
                submission,
                state=state_of(each),
                reasons=reasons_to_hold(each, replay=ctx.replay),
            )


CONSUMERS = (
    Consumer(name="spacetrack-gateway.hold", event=EphemerisAcceptedV1, handler=on_ephemeris_accepted),
    Consumer(name="spacetrack-gateway.withdraw", event=EphemerisWithdrawnV1, handler=on_ephemeris_withdrawn),
)
