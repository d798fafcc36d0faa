"""Which database a process uses, and whether its schema is the one that the code expects."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from fairway.errors import CommandError, ExitCode, one_line

if TYPE_CHECKING:
    from servicekit.settings import Settings
    from servicekit.store import Store

__all__ = ["bring_up_to_date", "database_in_use", "database_url"]


def database_url(settings: "Settings") -> str:
    """Return the address that the settings give, or that of the file in the data folder."""
    from servicekit.runtime import DATABASE_FILE
    from servicekit.store.engine import sqlite_url

    if settings.database.url is not None:
        return settings.database.url.get_secret_value()
    settings.data.mkdir(parents=True, exist_ok=True)
    return sqlite_url(settings.data / DATABASE_FILE)


@contextmanager
def database_in_use() -> Iterator[None]:
    """Say in one sentence that the database does not do what it is asked for.

    Raises
    ------
    CommandError
        It does not answer, lets nobody in, or refuses a statement.
    """
    from asyncpg import InterfaceError, PostgresError  # type: ignore[import-untyped]
    from sqlalchemy.exc import SQLAlchemyError

    try:
        yield
    except (OSError, SQLAlchemyError, PostgresError, InterfaceError) as error:
        raise CommandError(
            f"the database cannot be used ({one_line(error)}): check FAIRWAY_DATABASE__URL, and `fairway doctor`",
            ExitCode.UNAVAILABLE,
        ) from error


async def bring_up_to_date(store: "Store") -> None:
    """Migrate the embedded database; a shared one is migrated by ``fairway migrate`` alone, and checked here.

    A revision that this code does not know was made by a newer release, whose migrations only add: during an upgrade,
    and after going back from one, older processes work on it.

    Raises
    ------
    CommandError
        The shared database does not answer, or is at an older revision than the code expects.
    """
    from records.migrations import MIGRATIONS
    from servicekit.observability import logger

    with database_in_use():
        if store.is_sqlite:
            await MIGRATIONS.upgrade(store)
            return
        revision = await MIGRATIONS.current(store)
    if revision is not None and not MIGRATIONS.knows(revision):
        logger(__name__).warning("the database was migrated by a newer release", revision=revision)
        return
    if revision != MIGRATIONS.newest:
        raise CommandError(
            f"the database is at revision {revision or 'none'}, the code expects {MIGRATIONS.newest}: "
            "run `fairway migrate`",
            ExitCode.UNAVAILABLE,
        )
