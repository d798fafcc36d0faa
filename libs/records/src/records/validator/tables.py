"""Verdicts, ephemerides, maneuvers and catalogues."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from servicekit.store import Base, Id, Json, UtcDateTime

__all__ = ["Catalogue", "Ephemeris", "Maneuver", "ManeuverNotice", "Verdict"]


class Verdict(Base):
    """What is wrong with a document, and whether that is too much. Writer: validator."""

    __tablename__ = "verdicts"

    document_id: Mapped[str] = mapped_column(Id, ForeignKey("documents.id"), primary_key=True)
    verdict: Mapped[str] = mapped_column(String(10))
    """``valid`` or ``invalid``."""
    kind: Mapped[str] = mapped_column(String(20), index=True)
    format: Mapped[str] = mapped_column(String(10))
    version: Mapped[str | None] = mapped_column(String(10))
    profile: Mapped[str] = mapped_column(String(20))
    norad_cat_id: Mapped[int | None] = mapped_column(index=True)
    findings: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    findings_omitted: Mapped[int]
    error_count: Mapped[int]
    warning_count: Mapped[int]
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Ephemeris(Base):
    """An accepted ephemeris: several segments are one row, from the earliest start to the latest stop, in UTC.

    Writers: the validator inserts and supersedes, ingest-api withdraws and restores.
    """

    __tablename__ = "ephemerides"
    __table_args__ = (
        Index("ix_ephemerides_norad_cat_id_creation", "norad_cat_id", "accepted_at"),
        Index("ix_ephemerides_current", "is_active", "designation", "stop_time"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    document_id: Mapped[str] = mapped_column(Id, ForeignKey("documents.id"), unique=True)
    organization_id: Mapped[str] = mapped_column(Id, ForeignKey("organizations.id"), index=True)
    norad_cat_id: Mapped[int]
    designation: Mapped[str] = mapped_column(String(20))
    """``operational`` or ``special``."""
    is_active: Mapped[bool]
    """Current: neither withdrawn nor superseded."""
    superseded_by: Mapped[str | None] = mapped_column(Id)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    file_name: Mapped[str] = mapped_column(String(255))
    creation_date: Mapped[datetime] = mapped_column(UtcDateTime)
    originator: Mapped[str] = mapped_column(String(120))
    object_name: Mapped[str] = mapped_column(String(120))
    international_designator: Mapped[str] = mapped_column(String(120))
    """OBJECT_ID as given."""
    ref_frame: Mapped[str] = mapped_column(String(40))
    time_system: Mapped[str] = mapped_column(String(20))
    center_name: Mapped[str] = mapped_column(String(60))
    start_time: Mapped[datetime] = mapped_column(UtcDateTime)
    stop_time: Mapped[datetime] = mapped_column(UtcDateTime)
    state_count: Mapped[int]
    segment_count: Mapped[int]
    has_covariance: Mapped[bool]
    columns_key: Mapped[str] = mapped_column(String(200))
    """The object with its states and covariances as columns."""
    columns_sha256: Mapped[str] = mapped_column(String(64))
    regime: Mapped[str | None] = mapped_column(String(20))
    """``near-earth``, ``deep-space``, or ``open`` on no closed orbit, by its first state; None where it was accepted
    before this was recorded."""
    accepted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason_to_keep: Mapped[str | None] = mapped_column(Text)
    row_version: Mapped[int]


class Maneuver(Base):
    """A maneuver as its newest notification has it. Writer: validator.

    One organization, satellite and MAN_ID are one maneuver: predicted, then determined or cancelled. A notification
    without MAN_ID is a maneuver of its own.
    """

    __tablename__ = "maneuvers"
    __table_args__ = (
        Index("ix_maneuvers_norad_cat_id_epoch_ignition", "norad_cat_id", "epoch_ignition"),
        Index("ix_maneuvers_epoch_ignition", "epoch_ignition", "id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    organization_id: Mapped[str] = mapped_column(Id, ForeignKey("organizations.id"), index=True)
    norad_cat_id: Mapped[int]
    man_id: Mapped[str | None] = mapped_column(String(30))
    document_id: Mapped[str] = mapped_column(Id, ForeignKey("documents.id"))
    """The newest notification."""
    notified_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """Its CREATION_DATE."""
    is_public: Mapped[bool]
    """Whether every operator may read it."""
    purpose: Mapped[str] = mapped_column(String(20))
    status: Mapped[str] = mapped_column(String(20))
    """``PREDICTED``, ``DETERMINED`` or ``CANCELLED``."""
    epoch_ignition: Mapped[datetime] = mapped_column(UtcDateTime)
    duration_s: Mapped[float]
    delta_mass_kg: Mapped[float | None]
    ref_frame: Mapped[str] = mapped_column(String(40))
    delta_v_km_s: Mapped[list[float]] = mapped_column(Json)
    dv_overall_km_s: Mapped[float]
    tca: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ephemeris_name: Mapped[str | None] = mapped_column(String(255))
    accepted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    row_version: Mapped[int]


class ManeuverNotice(Base):
    """What one notification said of a maneuver. Immutable. Writer: validator."""

    __tablename__ = "maneuver_notices"

    maneuver_id: Mapped[str] = mapped_column(Id, ForeignKey("maneuvers.id"), primary_key=True)
    document_id: Mapped[str] = mapped_column(Id, ForeignKey("documents.id"), primary_key=True)
    notified_at: Mapped[datetime] = mapped_column(UtcDateTime)
    status: Mapped[str] = mapped_column(String(20))
    said: Mapped[dict[str, Any]] = mapped_column(Json)
    """The values of the maneuver, as in its row; times as text."""
    accepted_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Catalogue(Base):
    """An immutable set of elements that screening may pin. Writer: validator."""

    __tablename__ = "catalogues"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    document_id: Mapped[str] = mapped_column(Id, ForeignKey("documents.id"), unique=True)
    label: Mapped[str] = mapped_column(String(255))
    is_synthetic: Mapped[bool]
    columns_key: Mapped[str] = mapped_column(String(200))
    columns_sha256: Mapped[str] = mapped_column(String(64))
    object_count: Mapped[int]
    refused_count: Mapped[int]
    oldest_epoch: Mapped[datetime] = mapped_column(UtcDateTime)
    newest_epoch: Mapped[datetime] = mapped_column(UtcDateTime)
    accepted_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
