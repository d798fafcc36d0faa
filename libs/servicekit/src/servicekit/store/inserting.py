"""An INSERT that may meet a row that is there: both databases say it alike, SQLAlchemy has one for each."""

from typing import Any, cast

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

__all__ = ["insert_into"]


def insert_into(session: AsyncSession, table: Any) -> postgresql.Insert:
    """Return an INSERT into a table or a mapped class whose `on_conflict_…` the database of `session` understands."""
    if session.get_bind().dialect.name == "sqlite":
        return cast("postgresql.Insert", sqlite.insert(table))  # the same methods
    return postgresql.insert(table)
