"""Holding back what leaves: after a restore nobody outside is told or asked anything until a person says so.

The hold is a row, so that every process sees it at once. While it stands, mails stay queued, the gateway asks and sends
nothing, and no object is swept: what the restored database does not know of may be what it is to be rebuilt from.
"""

from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncSession

from servicekit.context import Context
from servicekit.store import UnitOfWork
from servicekit.store.plumbing import HoldRow

__all__ = ["hold_outbound", "is_outbound_held", "outbound_hold", "release_outbound"]

_OUTBOUND = "outbound"


async def outbound_hold(session: AsyncSession) -> HoldRow | None:
    """Return why and since when everything outbound is held, or None."""
    return await session.get(HoldRow, _OUTBOUND)


async def is_outbound_held(context: Context) -> bool:
    """Whether nothing may leave now."""
    async with context.store.look() as session:
        return await outbound_hold(session) is not None


async def hold_outbound(unit: UnitOfWork, reason: str) -> bool:
    """Hold everything outbound; return False where it is held already."""
    if await outbound_hold(unit.session) is not None:
        return False
    unit.session.add(HoldRow(name=_OUTBOUND, reason=reason, since=unit.now, drops_mails=False))
    unit.audit("outbound.held", "hold", _OUTBOUND, {"reason": reason})
    return True


async def release_outbound(unit: UnitOfWork, *, drop_mails: bool = False) -> bool:
    """Let everything leave again; return False where nothing was held.

    With `drop_mails` the hold stands until the notifier has given up the mails that were held back.
    """
    if drop_mails:
        changed = await unit.session.execute(
            update(HoldRow).where(HoldRow.name == _OUTBOUND).values(drops_mails=True).returning(HoldRow.name)
        )
    else:
        changed = await unit.session.execute(delete(HoldRow).where(HoldRow.name == _OUTBOUND).returning(HoldRow.name))
    if changed.first() is None:
        return False
    unit.audit("outbound.released", "hold", _OUTBOUND, {"drops_mails": drop_mails})
    return True
