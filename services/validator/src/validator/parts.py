"""What of a batch of documents is decided on together: small ones, and each large one by itself.

Each part has its own transaction. What was handled before ends only its own part, and where the process is to end no
other part begins: what was committed stays, and the rest comes again.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress

from records.ingest_api.events import DocumentReceivedV1
from servicekit.bus import AlreadyHandled, Batch, Delivery, GivenBack
from servicekit.context import Context
from validator.accepting import record
from validator.asking import Asked
from validator.deciding import decide_large, decide_together, is_large, together
from validator.question import Decision

__all__ = ["decide_in_parts"]

Received = Delivery[DocumentReceivedV1]


async def decide_in_parts(
    ctx: Context, deliveries: Sequence[Received], asked: Asked, *, child_above_bytes: int
) -> None:
    """Give the documents that were asked about their verdicts, and record what follows from these.

    Raises
    ------
    GivenBack
        The process is to end, and some of them have no verdict yet.
    """
    of = [
        (each, asked.documents[each.event.document_id])
        for each in deliveries
        if each.event.document_id in asked.documents
    ]
    for group in together([(each, document) for each, document in of if not is_large(document)]):
        _go_on(group[0])
        document_ids = list(dict.fromkeys(each.event.document_id for each in group))
        decisions = await decide_together(ctx, asked, document_ids, child_above_bytes=child_above_bytes)
        await _record(ctx, group, asked, decisions)
    for delivery, document in of:
        if is_large(document):
            _go_on(delivery)
            with delivery.about():
                await _record(ctx, [delivery], asked, {document.id: await decide_large(ctx, asked, document)})


def _go_on(delivery: Received) -> None:
    if delivery.stopping.is_set():
        raise GivenBack(f"the process ends before document {delivery.event.document_id} has its verdict")


async def _record(
    ctx: Context, deliveries: Sequence[Received], asked: Asked, decisions: Mapping[str, Decision]
) -> None:
    with suppress(AlreadyHandled):
        await record(ctx, Batch(tuple(deliveries)), asked, decisions)
