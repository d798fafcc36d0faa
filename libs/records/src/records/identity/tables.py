"""Organizations, people, tokens, sessions. Written by ingest-api (administration) alone."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from servicekit.store import Base, Id, Json, UtcDateTime

__all__ = ["ApiToken", "Membership", "Organization", "SignInLink", "User", "UserSession"]


class Organization(Base):
    """An operator, or (`is_operations`) the organization that runs this service. Writer: ingest-api."""

    __tablename__ = "organizations"
    __table_args__ = (CheckConstraint("service_level IN ('basic', 'advanced')", name="service_level"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    space_track_title: Mapped[str | None] = mapped_column(String(120))
    gid: Mapped[str | None] = mapped_column(String(40))
    service_level: Mapped[str] = mapped_column(String(10))
    default_profile: Mapped[str | None] = mapped_column(String(20))
    is_operations: Mapped[bool]
    close_approach_addresses: Mapped[list[str]] = mapped_column(Json)
    """Where close-approach notifications go."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    row_version: Mapped[int]


class User(Base):
    """A person. Writer: ingest-api."""

    __tablename__ = "users"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(254), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Membership(Base):
    """A person's role in an organization. Writer: ingest-api."""

    __tablename__ = "memberships"

    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"), primary_key=True)
    organization_id: Mapped[str] = mapped_column(Id, ForeignKey("organizations.id"), primary_key=True, index=True)
    role: Mapped[str] = mapped_column(String(20))


class ApiToken(Base):
    """A credential of a machine; only the hash of its secret is here. Writer: ingest-api."""

    __tablename__ = "api_tokens"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    organization_id: Mapped[str] = mapped_column(Id, ForeignKey("organizations.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    role: Mapped[str] = mapped_column(String(20))
    scopes: Mapped[list[str] | None] = mapped_column(Json)
    """Permissions that the token is limited to; None is all that its role has."""
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    prefix: Mapped[str] = mapped_column(String(16))
    created_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class UserSession(Base):
    """A browser that is signed in. Writer: ingest-api."""

    __tablename__ = "sessions"

    secret_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"))
    organization_id: Mapped[str] = mapped_column(Id, ForeignKey("organizations.id"))
    csrf: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SignInLink(Base):
    """A link that signs one person in, once. Writer: ingest-api."""

    __tablename__ = "sign_in_links"

    secret_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"))
    organization_id: Mapped[str] = mapped_column(Id, ForeignKey("organizations.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
