"""Which database a process uses."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from servicekit.settings import Settings

__all__ = ["database_url"]


def database_url(settings: "Settings") -> str:
    """Return the address that the settings give, or that of the file in the data folder."""
    from servicekit.store.engine import sqlite_url

    if settings.database.url is not None:
        return settings.database.url.get_secret_value()
    settings.data.mkdir(parents=True, exist_ok=True)
    return sqlite_url(settings.data / "state.db")
