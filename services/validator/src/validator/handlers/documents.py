"""Documents were received: they are read, decided on, and what was accepted is extracted."""

from contextlib import suppress
from typing import Final

from records.ingest_api.events import DocumentReceivedV1
from records.ingest_api.tables import Document
from servicekit.bus import AlreadyHandled, Batch, Consumer, Delivery
from servicekit.context import Context
from servicekit.settings import read_settings
from validator.accepting import record
from validator.asking import PAGE, ask
from validator.at_once import at_once
from validator.cdms.accepting import decide_and_record_page
from validator.deciding import decide_large, decide_together, is_large, together
from validator.reconciling import DECIDE
from validator.settings import ValidatorSettings

__all__ = ["CONSUMERS", "on_documents_received"]

Received = Delivery[DocumentReceivedV1]
_PAGES_AT_ONCE: Final = 2


async def on_documents_received(ctx: Context, batch: Batch[DocumentReceivedV1]) -> None:
    """Give documents their verdicts, each once: small ones together, then each large one and each page by itself.

    Each of these parts has its own transaction, and what was handled before ends only its own part.
    """
    settings = read_settings(ValidatorSettings)
    asked = await ask(ctx, {each.event.document_id for each in batch.deliveries}, settings)
    of = [
        (each, asked.documents[each.event.document_id])
        for each in batch.deliveries
        if each.event.document_id in asked.documents
    ]
    small = [(each, document) for each, document in of if not _is_alone(document)]
    for group in together(small):
        document_ids = list(dict.fromkeys(each.event.document_id for each in group))
        decisions = await decide_together(ctx, asked, document_ids, child_above_bytes=settings.child_above_bytes)
        with suppress(AlreadyHandled):
            await record(ctx, Batch(tuple(group)), asked, decisions)
    for delivery, document in of:
        if _is_alone(document) and document.purpose != PAGE:
            with delivery.about(), suppress(AlreadyHandled):
                await record(ctx, Batch((delivery,)), asked, {document.id: await decide_large(ctx, asked, document)})

    async def page(given: tuple[Received, Document]) -> None:
        delivery, document = given
        with delivery.about(), suppress(AlreadyHandled):
            await decide_and_record_page(ctx, delivery, document, child_above_bytes=settings.child_above_bytes)

    # The rows of a page are written while the child reads the next one.
    await at_once(_PAGES_AT_ONCE, page, [each for each in of if each[1].purpose == PAGE])


def _is_alone(document: Document) -> bool:
    return document.purpose == PAGE or is_large(document)


CONSUMERS = (
    Consumer(name=DECIDE, event=DocumentReceivedV1, batch_handler=on_documents_received, batch=16, concurrency=2),
)
