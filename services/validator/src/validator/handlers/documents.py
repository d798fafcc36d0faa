"""A document was received: it is read, decided on, and what was accepted is extracted."""

from records.ingest_api.events import DocumentReceivedV1
from records.ingest_api.tables import Document
from records.validator import reads
from servicekit.bus import Consumer, Delivery
from servicekit.context import Context
from servicekit.settings import read_settings
from servicekit.threads import in_thread
from validator.accepting import record
from validator.asking import question_of
from validator.cdms.accepting import decide_and_record_page
from validator.reading import decide_file
from validator.reconciling import DECIDE
from validator.settings import ValidatorSettings

__all__ = ["CONSUMERS"]


async def on_document_received(ctx: Context, delivery: Delivery[DocumentReceivedV1]) -> None:
    """Give a document its verdict, once."""
    settings = read_settings(ValidatorSettings)
    async with ctx.store.read() as session:
        document = await session.get(Document, delivery.event.document_id)
        if document is None:
            raise LookupError(f"event {delivery.event_id} names the document {delivery.event.document_id}, not there")
        if await reads.verdict(session, document.id) is not None:
            return
        is_page = document.purpose == "cdms"
        question = None if is_page else await question_of(session, document, settings)
    if question is None:
        await decide_and_record_page(ctx, delivery, document, child_above_bytes=settings.child_above_bytes)
        return
    in_child = document.size_bytes > settings.child_above_bytes or document.purpose == "catalogue"
    async with ctx.objects.local_file(document.object_key) as file:
        if in_child:
            decision = await ctx.parsing.run(decide_file, str(file), question)
        else:
            decision = await in_thread(decide_file, str(file), question)
    await record(ctx, delivery, document, decision)


CONSUMERS = (Consumer(name=DECIDE, event=DocumentReceivedV1, handler=on_document_received, concurrency=2),)
