"""Documents that stand without a verdict for too long are brought up again."""

from records.ingest_api.events import CdmPageReceivedV1, DocumentReceivedV1
from records.validator import reads
from servicekit.bus.repetition import due_again
from servicekit.context import Context
from servicekit.observability import logger
from servicekit.settings import read_settings
from servicekit.store import Actor
from validator.settings import ValidatorSettings

__all__ = ["DECIDE", "DECIDE_PAGE", "reconcile"]

DECIDE = "validator.decide"
"""Name of the consumer that decides on files."""
DECIDE_PAGE = "validator.decide-page"
"""Name of the consumer that decides on pages of messages."""

_log = logger(__name__)


async def reconcile(ctx: Context) -> None:
    """Emit again the event of each document that has no verdict and that nobody has in hand.

    It may wait in a broker, where nobody sees it: each time the pause before the next is twice as long.
    """
    await _bring_up(ctx, DocumentReceivedV1, DECIDE, are_pages=False)
    await _bring_up(ctx, CdmPageReceivedV1, DECIDE_PAGE, are_pages=True)


async def _bring_up(
    ctx: Context, event: type[DocumentReceivedV1 | CdmPageReceivedV1], consumer: str, *, are_pages: bool
) -> None:
    pause, now = read_settings(ValidatorSettings).reconcile_after, ctx.clock.now()
    async with ctx.store.read() as session:
        undecided = await reads.undecided(session, now - pause, consumer, are_pages=are_pages)
        forgotten = await due_again(session, event, "document_id", undecided, now=now, pause=pause)
    if not forgotten:
        return
    _log.warning("documents without a verdict are brought up again", consumer=consumer, count=len(forgotten))
    async with ctx.store.write(Actor.service("validator")) as unit:
        for document_id in forgotten:
            unit.emit(event(document_id=document_id))
