"""The simulator's own small database: one table per class, and one per kind of record beside them."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from threading import RLock
from typing import Any

from spacetrack_simulator.classes import CLASSES, ClassDefinition

__all__ = ["EVERYONE", "Row", "Store"]

Row = dict[str, Any]

EVERYONE = ""
"""Scope of what any account may read.

Else `organization:N` (its history from the grant on), `operator:N` (what holds now), `folder:N` or `user:NAME`.
"""

_RECORDS = """
CREATE TABLE IF NOT EXISTS organizations (
    gid INTEGER PRIMARY KEY, name TEXT NOT NULL, constellation TEXT NOT NULL, service_level TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS accounts (
    identity TEXT PRIMARY KEY, password TEXT NOT NULL, locked TEXT, strikes INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS memberships (
    identity TEXT NOT NULL, gid INTEGER NOT NULL, granted_at TEXT NOT NULL, PRIMARY KEY (identity, gid));
CREATE TABLE IF NOT EXISTS folders (
    folder_id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, gid INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS folder_grants (
    identity TEXT NOT NULL, folder_id INTEGER NOT NULL, permissions TEXT NOT NULL, PRIMARY KEY (identity, folder_id));
CREATE TABLE IF NOT EXISTS sessions (
    cookie TEXT PRIMARY KEY, identity TEXT NOT NULL, last_used_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS contents (file_id INTEGER PRIMARY KEY, sha256 TEXT NOT NULL, content BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS requests (
    number INTEGER PRIMARY KEY, at TEXT NOT NULL, account TEXT, method TEXT NOT NULL, path TEXT NOT NULL,
    class TEXT, status INTEGER, outcome TEXT, rows INTEGER, bytes INTEGER);
CREATE INDEX IF NOT EXISTS requests_of_account ON requests (account, at);
CREATE TABLE IF NOT EXISTS pulls (
    account TEXT NOT NULL, rule TEXT NOT NULL, subject TEXT NOT NULL, started_at TEXT NOT NULL,
    unfinished INTEGER NOT NULL, path TEXT NOT NULL, repeats INTEGER NOT NULL, PRIMARY KEY (account, rule, subject));
CREATE TABLE IF NOT EXISTS mails (
    number INTEGER PRIMARY KEY, at TEXT NOT NULL, account TEXT NOT NULL, rule TEXT NOT NULL, text TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS screenings (
    file_id INTEGER PRIMARY KEY, due_at TEXT NOT NULL, designation TEXT NOT NULL, norad_cat_id INTEGER NOT NULL,
    gid INTEGER NOT NULL, done_at TEXT);
"""


class Store:
    """The database, in memory or in a file; one thread at a time.

    A class's table has three columns that the interface never shows: `_scope` (who may read the row),
    `_visible_from` (when it came to be readable) and `_row` (its number).
    """

    def __init__(self, database: str | None = None) -> None:
        self._lock = RLock()
        self._connection = sqlite3.connect(database or ":memory:", check_same_thread=False, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = OFF")
        self._connection.executescript(_RECORDS)
        for definition in CLASSES.values():
            if definition.columns:
                self._make_table(definition)

    def _make_table(self, definition: ClassDefinition) -> None:
        columns = ", ".join(
            f'"{column.name}" {"INTEGER" if column.sort == "integer" else "TEXT"}' for column in definition.columns
        )
        table = definition.table
        self._connection.execute(
            f"CREATE TABLE IF NOT EXISTS {table}"
            f" (_row INTEGER PRIMARY KEY, _scope TEXT NOT NULL, _visible_from TEXT NOT NULL, {columns})"
        )
        self._connection.execute(f"CREATE INDEX IF NOT EXISTS {table}_scope ON {table} (_scope)")
        key = next((column.name for column in definition.columns if column.key), None)
        if key is not None:
            self._connection.execute(f'CREATE INDEX IF NOT EXISTS {table}_key ON {table} ("{key}")')

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            self._connection.close()

    def execute(self, statement: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> int:
        """Run a statement; give the number of rows that it changed."""
        with self._lock:
            return self._connection.execute(statement, values).rowcount

    def insert(self, statement: str, values: Sequence[Any]) -> int:
        """Run an insertion; give the number of the new row."""
        with self._lock:
            return int(self._connection.execute(statement, values).lastrowid or 0)

    def select(self, statement: str, values: Sequence[Any] = ()) -> list[Row]:
        """Read rows."""
        with self._lock:
            return [dict(row) for row in self._connection.execute(statement, values)]

    def one(self, statement: str, values: Sequence[Any] = ()) -> Row | None:
        """Read the first row, if there is one."""
        rows = self.select(statement, values)
        return rows[0] if rows else None

    def value(self, statement: str, values: Sequence[Any] = ()) -> Any:
        """Read one value; None where there is no row."""
        with self._lock:
            row = self._connection.execute(statement, values).fetchone()
        return None if row is None else row[0]

    def add_rows(
        self, definition: ClassDefinition, rows: Iterable[Mapping[str, Any]], *, scope: str, visible_from: str
    ) -> None:
        """Add rows of a class; what a row does not name is null."""
        names = [column.name for column in definition.columns]
        columns = ", ".join(f'"{name}"' for name in names)
        marks = ", ".join("?" for _ in range(len(names) + 2))
        statement = f"INSERT INTO {definition.table} (_scope, _visible_from, {columns}) VALUES ({marks})"  # noqa: S608 - names from our own registry
        with self._lock:
            self._connection.execute("BEGIN")
            self._connection.executemany(
                statement, ([scope, visible_from, *(row.get(name) for name in names)] for row in rows)
            )
            self._connection.execute("COMMIT")
