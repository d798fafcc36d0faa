"""Bringing a database to the newest revision, and saying where it stands."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from servicekit.store.store import Store

__all__ = ["Migrations"]


class Migrations:
    """One Alembic tree, whichever database it is applied to."""

    def __init__(self, folder: Path) -> None:
        self._config = Config()
        self._config.set_main_option("script_location", str(folder))

    @property
    def newest(self) -> str:
        """The revision that the code expects."""
        head = ScriptDirectory.from_config(self._config).get_current_head()
        if head is None:
            raise LookupError(f"no revision in {self._config.get_main_option('script_location')}")
        return head

    def knows(self, revision: str) -> bool:
        """Whether the revision is one of this code's; one that is not was made by a newer release."""
        script = ScriptDirectory.from_config(self._config)
        return any(known.revision == revision for known in script.walk_revisions())

    async def upgrade(self, store: Store, revision: str = "head") -> None:
        """Bring the database to `revision`, in one transaction."""
        async with store.engine.begin() as connection:
            await connection.run_sync(self._run, command.upgrade, revision)

    async def downgrade(self, store: Store, revision: str = "base") -> None:
        """Take the database back to `revision`, in one transaction."""
        async with store.engine.begin() as connection:
            await connection.run_sync(self._run, command.downgrade, revision)

    async def current(self, store: Store) -> str | None:
        """Return the revision of the database, or None where it is empty."""
        async with store.engine.connect() as connection:
            return await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision())

    def _run(self, connection: Connection, action: "object", revision: str) -> None:
        self._config.attributes["connection"] = connection
        action(self._config, revision)  # type: ignore[operator]
