"""The database: one unit of work, one base for all tables, the tables of the plumbing."""

from servicekit.store.base import Base
from servicekit.store.inserting import insert_into
from servicekit.store.migrations import Migrations
from servicekit.store.store import Actor, Store, UnitOfWork
from servicekit.store.types import Id, Json, UtcDateTime

__all__ = ["Actor", "Base", "Id", "Json", "Migrations", "Store", "UnitOfWork", "UtcDateTime", "insert_into"]
