"""Pages of Space-Track's messages were received: their messages become rows, apart from what operators upload."""

from records.ingest_api.events import CdmPageReceivedV1
from records.validator import reads
from servicekit.bus import Consumer, Delivery
from servicekit.context import Context
from servicekit.settings import read_settings
from validator.cdms.accepting import decide_and_record_page
from validator.reconciling import DECIDE_PAGE
from validator.settings import ValidatorSettings

__all__ = ["CONSUMERS", "on_cdm_page_received"]


async def on_cdm_page_received(ctx: Context, delivery: Delivery[CdmPageReceivedV1]) -> None:
    """Read a page, and record its messages once."""
    async with ctx.store.look() as session:
        document, is_decided = await reads.page(session, delivery.event.document_id)
    if not is_decided:
        above = read_settings(ValidatorSettings).child_above_bytes
        await decide_and_record_page(ctx, delivery, document, child_above_bytes=above)


# The rows of a page are written while the child reads the next one.
CONSUMERS = (Consumer(name=DECIDE_PAGE, event=CdmPageReceivedV1, handler=on_cdm_page_received, concurrency=2),)
