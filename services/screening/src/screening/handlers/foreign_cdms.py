"""Conjunction data messages came from outside: they join the events of their pairs, each originator's thread apart."""

from sqlalchemy import select

from records.screening.tables import Cdm
from records.validator.events import CdmsAcceptedV1
from screening.conjunctions.regroup import regroup
from servicekit.bus import Consumer, Delivery
from servicekit.context import Context

__all__ = ["CONSUMERS"]


async def on_cdms_accepted(_ctx: Context, delivery: Delivery[CdmsAcceptedV1]) -> None:
    """Compute the events of every pair that the document has a message about."""
    async with delivery.transaction() as unit:
        query = select(Cdm.norad_cat_id_low, Cdm.norad_cat_id_high).where(Cdm.document_id == delivery.event.document_id)
        pairs = [(low, high) for low, high in await unit.session.execute(query.distinct())]
        await regroup(unit, pairs)


CONSUMERS = (Consumer(name="screening.foreign-cdms", event=CdmsAcceptedV1, handler=on_cdms_accepted),)
