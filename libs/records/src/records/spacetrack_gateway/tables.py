"""Feeds and submissions."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from servicekit.store import Base, Id, Json, UtcDateTime

__all__ = ["Feed", "Submission"]


class Feed(Base):
    """A source or sink outside, and how it stands. Writer: spacetrack-gateway."""

    __tablename__ = "feeds"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    state: Mapped[str] = mapped_column(String(20))
    """``not-configured``, ``working``, ``failing``."""
    missing: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    """What is missing and who must do what."""
    checked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    row_version: Mapped[int]


class Submission(Base):
    """An ephemeris on its way to Space-Track. Writer: spacetrack-gateway."""

    __tablename__ = "submissions"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    ephemeris_id: Mapped[str] = mapped_column(Id, ForeignKey("ephemerides.id"), unique=True)
    organization_id: Mapped[str] = mapped_column(Id, ForeignKey("organizations.id"), index=True)
    state: Mapped[str] = mapped_column(String(20))
    """``held`` (nothing leaves until every reason is gone), ``superseded``, ``withdrawn``."""
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    row_version: Mapped[int]
