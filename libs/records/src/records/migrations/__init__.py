"""The one Alembic tree, for SQLite and PostgreSQL alike."""

from pathlib import Path

from servicekit.store import Migrations

__all__ = ["MIGRATIONS"]

MIGRATIONS = Migrations(Path(__file__).parent)
