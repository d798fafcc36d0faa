"""Documents that stand without a verdict for too long are brought up again."""

from records.ingest_api.events import DocumentReceivedV1
from records.validator import reads
from servicekit.bus.repetition import due_again
from servicekit.context import Context
from servicekit.observability import logger
from servicekit.settings import read_settings
from servicekit.store import Actor
from validator.settings import ValidatorSettings

__all__ = ["DECIDE", "reconcile"]

DECIDE = "validator.decide"
"""Name of the consumer that decides."""

_log = logger(__name__)


async def reconcile(ctx: Context) -> None:
    """Emit again the event of each document that has no verdict and that nobody has in hand.

    It may wait in a broker, where nobody sees it: each time the pause before the next is twice as long.
    """
    settings = read_settings(ValidatorSettings)
    async with ctx.store.read() as session:
        now = ctx.clock.now()
        undecided = await reads.undecided(session, now - settings.reconcile_after, DECIDE)
        forgotten = await due_again(
            session, DocumentReceivedV1, "document_id", undecided, now=now, pause=settings.reconcile_after
        )
    if not forgotten:
        return
    _log.warning("documents without a verdict are brought up again", count=len(forgotten))
    async with ctx.store.write(Actor.service("validator")) as unit:
        for document_id in forgotten:
            unit.emit(DocumentReceivedV1(document_id=document_id))
