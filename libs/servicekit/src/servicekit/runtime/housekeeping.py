"""What every process does for the tables of the plumbing and its objects: forget what nobody will ask for again."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import and_, delete, exists

from servicekit.context import Context
from servicekit.runtime.module import Job
from servicekit.store import Actor
from servicekit.store.plumbing import DeliveryRow, IdempotencyKey, InboxRow, OutboxRow

__all__ = ["HOUSEKEEPING", "forget"]

_ACTOR = Actor("system", "runtime.housekeeping")


async def forget(context: Context) -> None:
    """Remove old idempotency keys, settled events with deliveries and inbox rows, and objects never finished."""
    retention = context.settings.retention
    async with context.store.write(_ACTOR) as unit:
        keys_until = unit.now - timedelta(hours=retention.idempotency_hours)
        events_until = unit.now - timedelta(days=retention.settled_delivery_days)
        await unit.session.execute(delete(IdempotencyKey).where(IdempotencyKey.created_at < keys_until))
        await unit.session.execute(
            delete(DeliveryRow).where(DeliveryRow.state == "done", DeliveryRow.settled_at < events_until)
        )
        await unit.session.execute(
            delete(DeliveryRow).where(DeliveryRow.state == "begun", DeliveryRow.due_at < events_until)
        )
        await unit.session.execute(delete(OutboxRow).where(OutboxRow.published_at < events_until))
        unsettled = exists().where(
            and_(DeliveryRow.event_id == InboxRow.event_id, DeliveryRow.consumer == InboxRow.consumer)
        )
        await unit.session.execute(delete(InboxRow).where(InboxRow.handled_at < events_until, ~unsettled))
    # an object's age is told by the clock of its store, also in a replay
    await context.objects.remove_unfinished(datetime.now(UTC) - timedelta(hours=retention.unclaimed_object_hours))


HOUSEKEEPING = Job(name="runtime.housekeeping", every=timedelta(hours=1), run=forget, at_start=False)
