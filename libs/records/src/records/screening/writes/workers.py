"""Changes to what is known of the processes that compute slices."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete

from records.screening.tables import ScreeningWorker
from servicekit.store import UnitOfWork, insert_into

__all__ = ["forget_workers", "put_worker"]


async def put_worker(unit: UnitOfWork, *, silence: timedelta, **columns: Any) -> None:
    """Say how a worker stands; `columns` are those of `ScreeningWorker` without its last two.

    When it says nothing more for as long as `silence`, it is taken for gone.
    """
    columns |= {"seen_at": unit.now, "alive_until": unit.now + silence}
    row = insert_into(unit.session, ScreeningWorker).values(columns)
    changed = {name: value for name, value in columns.items() if name != "name"}
    await unit.session.execute(row.on_conflict_do_update(index_elements=["name"], set_=changed))


async def forget_workers(unit: UnitOfWork, *, gone_since: datetime) -> None:
    """Forget workers that have been gone since then."""
    await unit.session.execute(delete(ScreeningWorker).where(ScreeningWorker.alive_until < gone_since))
