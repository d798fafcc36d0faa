"""What of a batch of documents is decided on together: small ones, and each large one and each page by itself.

Each part has its own transaction. What was handled before ends only its own part, and where the process is to end no
other part begins: what was committed stays, and the rest comes again.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Final

from records.ingest_api.events import DocumentReceivedV1
from records.ingest_api.tables import Document
from servicekit.bus import AlreadyHandled, Batch, Delivery, GivenBack
from servicekit.context import Context
from validator.accepting import record
from validator.asking import PAGE, Asked
from validator.at_once import at_once
from validator.cdms.accepting import decide_and_record_page
from validator.deciding import decide_large, decide_together, is_large, together
from validator.question import Decision

__all__ = ["decide_in_parts"]

Received = Delivery[DocumentReceivedV1]
_PAGES_AT_ONCE: Final = 2


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
    for group in together([(each, document) for each, document in of if not _is_alone(document)]):
        _go_on(group[0])
        document_ids = list(dict.fromkeys(each.event.document_id for each in group))
        decisions = await decide_together(ctx, asked, document_ids, child_above_bytes=child_above_bytes)
        await _record(ctx, group, asked, decisions)
    for delivery, document in of:
        if _is_alone(document) and document.purpose != PAGE:
            _go_on(delivery)
            with delivery.about():
                await _record(ctx, [delivery], asked, {document.id: await decide_large(ctx, asked, document)})

    async def page(given: tuple[Received, Document]) -> None:
        delivery, document = given
        _go_on(delivery)
        with delivery.about(), suppress(AlreadyHandled):
            await decide_and_record_page(ctx, delivery, document, child_above_bytes=child_above_bytes)

    # The rows of a page are written while the child reads the next one.
    await at_once(_PAGES_AT_ONCE, page, [each for each in of if each[1].purpose == PAGE])


def _is_alone(document: Document) -> bool:
    return document.purpose == PAGE or is_large(document)


def _go_on(delivery: Received) -> None:
    if delivery.stopping.is_set():
        raise GivenBack(f"the process ends before document {delivery.event.document_id} has its verdict")


async def _record(
    ctx: Context, deliveries: Sequence[Received], asked: Asked, decisions: Mapping[str, Decision]
) -> None:
    with suppress(AlreadyHandled):
        await record(ctx, Batch(tuple(deliveries)), asked, decisions)
