"""Documents were received: they are read, decided on, and what was accepted is extracted."""

from records.ingest_api.events import DocumentReceivedV1
from servicekit.bus import Batch, Consumer
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
    await decide_in_parts(ctx, batch.deliveries, asked, child_above_bytes=settings.child_above_bytes)


CONSUMERS = (
    Consumer(name=DECIDE, event=DocumentReceivedV1, batch_handler=on_documents_received, batch=16, concurrency=2),
)
