"""Conjunction data messages came from outside: they join the events of their pairs, each originator's thread apart."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from typing import Final

from sqlalchemy import select

from records.screening.tables import Cdm
from records.validator.events import CdmsAcceptedV1
from screening.conjunctions.regroup import Pair, regroup
from servicekit.bus import AlreadyHandled, Batch, Consumer, Delivery
from servicekit.context import Context

__all__ = ["CONSUMERS"]

_BATCH: Final = 32
_MOST_PAIRS: Final = 500
"""So many pairs at most are locked for more than one document: PostgreSQL has room for some thousands of locks."""

Accepted = Delivery[CdmsAcceptedV1]


async def on_cdms_accepted(ctx: Context, batch: Batch[CdmsAcceptedV1]) -> None:
    """Compute the events of every pair that the documents have a message about: few documents' in one transaction."""
    document_ids = {each.event.document_id for each in batch.deliveries}
    query = select(Cdm.document_id, Cdm.norad_cat_id_low, Cdm.norad_cat_id_high).where(
        Cdm.document_id.in_(document_ids)
    )
    pairs: dict[str, set[Pair]] = {document_id: set() for document_id in document_ids}
    async with ctx.store.look() as session:
        for document_id, low, high in await session.execute(query.distinct()):
            pairs[document_id or ""].add((low, high))
    for some in _together(batch.deliveries, {key: len(found) for key, found in pairs.items()}):
        with suppress(AlreadyHandled):
            await _regroup(some, pairs)


def _together(deliveries: Sequence[Accepted], sizes: dict[str, int]) -> Iterator[list[Accepted]]:
    some: list[Accepted] = []
    for delivery in deliveries:
        if some and sum(sizes[each.event.document_id] for each in [*some, delivery]) > _MOST_PAIRS:
            yield some
            some = []
        some.append(delivery)
    if some:
        yield some


async def _regroup(deliveries: Sequence[Accepted], pairs: dict[str, set[Pair]]) -> None:
    async with Batch(tuple(deliveries)).transaction() as (unit, fresh):
        of_pair = {pair: each for each in reversed(fresh) for pair in pairs[each.event.document_id]}

        def about(pair: Pair) -> AbstractContextManager[None]:
            """What becomes of a pair belongs to the first document that has a message about it."""
            return of_pair[pair].about()

        await regroup(unit, of_pair, about)


CONSUMERS = (
    Consumer(name="screening.foreign-cdms", event=CdmsAcceptedV1, batch_handler=on_cdms_accepted, batch=_BATCH),
)
