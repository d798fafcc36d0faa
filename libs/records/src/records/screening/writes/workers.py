"""Changes to what is known of the processes that compute slices."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from records.screening.tables import ScreeningWorker
from servicekit.store import UnitOfWork

__all__ = ["forget_workers", "put_worker", "remove_worker"]


async def put_worker(unit: UnitOfWork, **columns: Any) -> None:
    """Say how a worker stands; `columns` are those of `ScreeningWorker` but ``seen_at``, which is now."""
    insert: Any = insert_postgresql if unit.session.get_bind().dialect.name == "postgresql" else insert_sqlite
    columns["seen_at"] = unit.now
    row = insert(ScreeningWorker).values(columns)
    changed = {name: value for name, value in columns.items() if name != "name"}
    await unit.session.execute(row.on_conflict_do_update(index_elements=["name"], set_=changed))


async def remove_worker(unit: UnitOfWork, name: str) -> None:
    """Forget a worker that stops."""
    await unit.session.execute(delete(ScreeningWorker).where(ScreeningWorker.name == name))


async def forget_workers(unit: UnitOfWork, *, seen_before: datetime) -> None:
    """Forget workers that have not been heard of since a time."""
    await unit.session.execute(delete(ScreeningWorker).where(ScreeningWorker.seen_at < seen_before))
