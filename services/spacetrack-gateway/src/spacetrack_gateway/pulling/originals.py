"""A CDM in the form in which Space-Track issued it, kept where an emergency had it asked for."""

from typing import Final

from sqlalchemy import select

from records.ingest_api.tables import Document
from records.screening.tables import Cdm
from records.spacetrack_gateway.tables import SpaceTrackCdm
from servicekit.context import Context
from servicekit.objects import ObjectNotFound
from spacetrack_gateway.pulling.rows import read_page

__all__ = ["key_of", "original_of"]

_SOURCE: Final = "space-track"


def key_of(account_id: str, number: int) -> str:
    """Return the key of the object that holds a message, by its CDM_ID."""
    return f"space-track/kvn/{account_id}/{number}.kvn"


async def original_of(ctx: Context, message: Cdm) -> bytes | None:
    """Return a message as it was issued; None where it was not asked for, could not be had, or is not Space-Track's."""
    if message.source != _SOURCE or message.document_id is None:
        return None
    async with ctx.store.read() as session:
        document = await session.get_one(Document, message.document_id)
        pulled = (
            await session.scalars(select(SpaceTrackCdm).where(SpaceTrackCdm.document_id == message.document_id))
        ).all()
    if not pulled:
        return None  # somebody has uploaded it
    try:
        page = read_page(await ctx.objects.get(document.object_key))
        numbers = {row.cdm_id for row in page if str(row.values.get("MESSAGE_ID") or "").strip() == message.message_id}
        if len(numbers) != 1:
            return None
        return await ctx.objects.get(key_of(pulled[0].account_id, numbers.pop()))
    except ObjectNotFound:
        return None
