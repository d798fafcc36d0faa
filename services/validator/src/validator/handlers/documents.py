"""Documents were received: they are read, decided on, and what was accepted is extracted."""

from contextlib import suppress

from records.ingest_api.events import CdmPageReceivedV1, DocumentReceivedV1
from servicekit.bus import AlreadyHandled, Batch, Consumer, Delivery
from servicekit.context import Context
from servicekit.settings import read_settings
from validator.asking import ask
from validator.parts import decide_in_parts
from validator.reconciling import DECIDE
from validator.settings import ValidatorSettings

__all__ = ["CONSUMERS", "on_documents_received"]


async def on_documents_received(ctx: Context, batch: Batch[DocumentReceivedV1]) -> None:
    """Give documents their verdicts, each once."""
    settings = read_settings(ValidatorSettings)
    asked = await ask(ctx, {each.event.document_id for each in batch.deliveries}, settings)
    for delivery in (each for each in batch.deliveries if each.event.document_id in asked.pages):
        await _pass_on(delivery)
    await decide_in_parts(ctx, batch.deliveries, asked, child_above_bytes=settings.child_above_bytes)


async def _pass_on(delivery: Delivery[DocumentReceivedV1]) -> None:
    """Give a page the event of its own: releases before that event, and dead letters of theirs, tell of it here."""
    with delivery.about(), suppress(AlreadyHandled):
        async with delivery.transaction() as unit:
            unit.emit(CdmPageReceivedV1(document_id=delivery.event.document_id))


CONSUMERS = (
    Consumer(name=DECIDE, event=DocumentReceivedV1, batch_handler=on_documents_received, batch=16, concurrency=2),
)
