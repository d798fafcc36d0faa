"""Which database a process uses, and whether its schema is the one that the code expects."""

from typing import TYPE_CHECKING

from fairway.errors import CommandError, ExitCode

if TYPE_CHECKING:
    from servicekit.settings import Settings
    from servicekit.store import Store

__all__ = ["bring_up_to_date", "database_url"]


def database_url(settings: "Settings") -> str:
    """Return the address that the settings give, or that of the file in the data folder."""
    from servicekit.runtime import DATABASE_FILE
    from servicekit.store.engine import sqlite_url

    if settings.database.url is not None:
        return settings.database.url.get_secret_value()
    settings.data.mkdir(parents=True, exist_ok=True)
    return sqlite_url(settings.data / DATABASE_FILE)


async def bring_up_to_date(store: "Store") -> None:
    """Migrate the embedded database; a shared one is migrated by ``fairway migrate`` alone, and checked here.

    Raises
    ------
    CommandError
        The shared database is not at the revision that the code expects.
    """
    from records.migrations import MIGRATIONS

    if store.is_sqlite:
        await MIGRATIONS.upgrade(store)
        return
    revision = await MIGRATIONS.current(store)
    if revision != MIGRATIONS.newest:
        raise CommandError(
            f"the database is at revision {revision or 'none'}, the code expects {MIGRATIONS.newest}: "
            "run `fairway migrate`",
            ExitCode.UNAVAILABLE,
        )
