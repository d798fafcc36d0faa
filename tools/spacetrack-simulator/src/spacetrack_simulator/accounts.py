"""Accounts, what they may see, and their sessions."""

import secrets
from dataclasses import dataclass

from spacetrack_simulator.clock import Clock, sql_time
from spacetrack_simulator.query.operators import normal_time
from spacetrack_simulator.query.selection import Scope
from spacetrack_simulator.store import Store

__all__ = ["Account", "Accounts"]


@dataclass(frozen=True, slots=True)
class Account:
    """An account; `locked` says why it may do nothing."""

    identity: str
    locked: str | None


class Accounts:
    """The accounts of the site."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def add(self, identity: str, password: str) -> None:
        """Add an account, or give it another password."""
        self._store.execute(
            "INSERT INTO accounts (identity, password) VALUES (?, ?)"
            " ON CONFLICT (identity) DO UPDATE SET password = excluded.password",
            (identity, password),
        )

    def join(self, identity: str, gid: int) -> None:
        """Let an account see an organization's data, from now on: what is older stays hidden."""
        self._store.execute(
            "INSERT INTO memberships (identity, gid, granted_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            (identity, gid, sql_time(self._clock.now())),
        )

    def leave(self, identity: str, gid: int) -> None:
        """Take an organization's data away from an account."""
        self._store.execute("DELETE FROM memberships WHERE identity = ? AND gid = ?", (identity, gid))

    def lock(self, identity: str, reason: str) -> None:
        """Lock an account; its sessions end."""
        self._store.execute("UPDATE accounts SET locked = ? WHERE identity = ?", (reason, identity))
        self.end_sessions(identity)

    def unlock(self, identity: str) -> None:
        """Open an account again and forget its strikes."""
        self._store.execute("UPDATE accounts SET locked = NULL, strikes = 0 WHERE identity = ?", (identity,))

    def strike(self, identity: str) -> int:
        """Count one more strike against an account; give their number."""
        self._store.execute("UPDATE accounts SET strikes = strikes + 1 WHERE identity = ?", (identity,))
        return int(self._store.value("SELECT strikes FROM accounts WHERE identity = ?", (identity,)) or 0)

    def find(self, identity: str) -> Account | None:
        """Find an account."""
        row = self._store.one("SELECT identity, locked FROM accounts WHERE identity = ?", (identity,))
        return None if row is None else Account(row["identity"], row["locked"])

    def login(self, identity: str, password: str) -> str | None:
        """Open a session; give its cookie, or None where the password is wrong."""
        known = self._store.value("SELECT password FROM accounts WHERE identity = ?", (identity,))
        if known is None or not secrets.compare_digest(str(known).encode(), password.encode()):
            return None
        cookie = secrets.token_hex(16)
        self._store.execute(
            "INSERT INTO sessions (cookie, identity, last_used_at) VALUES (?, ?, ?)",
            (cookie, identity, sql_time(self._clock.now())),
        )
        return cookie

    def owner_of(self, cookie: str | None) -> str | None:
        """Whose cookie it is or was."""
        found = self._store.value("SELECT identity FROM sessions WHERE cookie = ?", (cookie,)) if cookie else None
        return None if found is None else str(found)

    def use_session(self, cookie: str | None, idle_timeout_s: float) -> Account | None:
        """Find who a session belongs to and extend it; None where it has ended."""
        row = self._store.one("SELECT identity, last_used_at FROM sessions WHERE cookie = ?", (cookie or "",))
        now = self._clock.now()
        oldest = normal_time(f"now-{idle_timeout_s / 86400:.9f}", now)
        if row is None or row["last_used_at"] < oldest:
            return None
        self._store.execute("UPDATE sessions SET last_used_at = ? WHERE cookie = ?", (sql_time(now), cookie))
        return self.find(row["identity"])

    def logout(self, cookie: str | None) -> None:
        """End a session."""
        self._store.execute("DELETE FROM sessions WHERE cookie = ?", (cookie or "",))

    def end_sessions(self, identity: str | None = None) -> int:
        """End the sessions of an account, or all of them; give their number."""
        if identity is None:
            return self._store.execute("UPDATE sessions SET last_used_at = ''")
        return self._store.execute("UPDATE sessions SET last_used_at = '' WHERE identity = ?", (identity,))

    def scopes(self, identity: str) -> list[Scope]:
        """What an account may read beside what everyone may."""
        organizations = self._store.select("SELECT gid, granted_at FROM memberships WHERE identity = ?", (identity,))
        folders = self._store.select("SELECT folder_id FROM folder_grants WHERE identity = ?", (identity,))
        return [
            Scope(f"user:{identity}"),
            *(Scope(f"organization:{row['gid']}", row["granted_at"]) for row in organizations),
            *(Scope(f"operator:{row['gid']}") for row in organizations),
            *(Scope(f"folder:{row['folder_id']}") for row in folders),
        ]
