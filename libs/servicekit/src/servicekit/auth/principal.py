"""The caller of a request, and the port that finds out who it is."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from servicekit.store import Actor

__all__ = ["Authenticator", "Principal"]


@dataclass(frozen=True, kw_only=True)
class Principal:
    """Who calls, and what they may do."""

    subject_id: str
    """The user of a session, or the token itself."""
    kind: Literal["token", "session"]
    name: str
    """What people know the caller by."""
    organization_id: str | None
    role: str
    permissions: frozenset[str]
    is_staff: bool
    """Whether the caller sees every organization's things (analysts and administrators)."""
    csrf: str | None = None
    """What a session's writes must bring in the header X-CSRF-Token."""

    @property
    def actor(self) -> Actor:
        """The caller as the audit log names it."""
        return Actor("token" if self.kind == "token" else "user", self.subject_id, self.organization_id)

    def may(self, permission: str) -> bool:
        """Whether the caller has `permission`."""
        return permission in self.permissions


class Authenticator(Protocol):
    """Knows tokens and sessions. Both methods answer None for what is unknown, expired or revoked."""

    async def authenticate_token(self, session: AsyncSession, secret: str, now: datetime) -> Principal | None:
        """Return whose token `secret` is."""

    async def authenticate_session(self, session: AsyncSession, cookie: str, now: datetime) -> Principal | None:
        """Return whose session the value of the session cookie names."""
