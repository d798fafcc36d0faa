"""Documents, satellites and the facts about them."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from servicekit.store import Base, Id, Json, UtcDateTime

__all__ = ["Document", "DocumentWithdrawal", "KnownPair", "Satellite", "SatelliteFact", "UndecidedDocument"]


class Document(Base):
    """A file as it came. Immutable. Writers: ingest-api and spacetrack-gateway, insert only."""

    __tablename__ = "documents"
    __table_args__ = (
        UniqueConstraint("organization_id", "sha256", "file_name"),  # the designation lives in the name
        Index("ix_documents_organization_id_received_at", "organization_id", "received_at"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    organization_id: Mapped[str] = mapped_column(Id, ForeignKey("organizations.id"))
    uploader_kind: Mapped[str] = mapped_column(String(10))
    uploader_id: Mapped[str] = mapped_column(String(80))
    source: Mapped[str] = mapped_column(String(20))
    """How it came: ``api``, ``dashboard``, ``space-track``."""
    purpose: Mapped[str] = mapped_column(String(20))
    """``operator``, ``catalogue``, or ``cdms``: a page of messages from Space-Track."""
    file_name: Mapped[str] = mapped_column(String(255))
    content_type: Mapped[str | None] = mapped_column(String(120))
    sha256: Mapped[str] = mapped_column(String(64))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    object_key: Mapped[str] = mapped_column(String(200))
    requested_norad_cat_id: Mapped[int | None]
    requested_profile: Mapped[str | None] = mapped_column(String(20))
    requested_designation: Mapped[str | None] = mapped_column(String(20))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    received_event_id: Mapped[str] = mapped_column(Id)
    """The event that told of it: where its delivery is in hand, the document is being validated."""


class UndecidedDocument(Base):
    """That a document has no verdict yet: few are, and nobody looks for them among all.

    Writers: whoever inserts the document, in the same transaction; the validator takes the row away with its verdict.
    """

    __tablename__ = "undecided_documents"

    document_id: Mapped[str] = mapped_column(Id, ForeignKey("documents.id"), primary_key=True)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class DocumentWithdrawal(Base):
    """That a document was taken back, and perhaps restored. Writer: ingest-api."""

    __tablename__ = "document_withdrawals"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    document_id: Mapped[str] = mapped_column(Id, ForeignKey("documents.id"), index=True)
    withdrawn_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_by: Mapped[str] = mapped_column(String(80))
    restored_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    restored_by: Mapped[str | None] = mapped_column(String(80))


class Satellite(Base):
    """An object that we know, and whose it is. Writers: ingest-api and spacetrack-gateway."""

    __tablename__ = "satellites"

    norad_cat_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    organization_id: Mapped[str | None] = mapped_column(Id, ForeignKey("organizations.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    row_version: Mapped[int]


class SatelliteFact(Base):
    """One value of one attribute, from one source, at one time. Append only.

    Writers: ingest-api and spacetrack-gateway.
    """

    __tablename__ = "satellite_facts"
    __table_args__ = (Index("ix_satellite_facts_norad_cat_id_attribute", "norad_cat_id", "attribute", "recorded_at"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    norad_cat_id: Mapped[int] = mapped_column(ForeignKey("satellites.norad_cat_id"))
    attribute: Mapped[str] = mapped_column(String(40))
    """``name``, ``international_designator``, ``object_type``, ``status``, ``maneuverable``, ``hard_body_radius_m``."""
    value: Mapped[Any] = mapped_column(Json, nullable=True)
    """None: the source takes its value back."""
    source: Mapped[str] = mapped_column(String(20))
    """``operator``, ``space-track``, ``catalogue``, ``admin``."""
    recorded_by: Mapped[str] = mapped_column(String(80))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class KnownPair(Base):
    """Two objects that stay together, docked or listed twice, and are not screened against each other.

    Writer: ingest-api. One that is taken back stays as a record.
    """

    __tablename__ = "known_pairs"
    __table_args__ = (Index("ix_known_pairs_numbers", "norad_cat_id_low", "norad_cat_id_high"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    norad_cat_id_low: Mapped[int]
    norad_cat_id_high: Mapped[int]
    reason: Mapped[str] = mapped_column(String(200))
    added_by: Mapped[str] = mapped_column(String(80))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    removed_by: Mapped[str | None] = mapped_column(String(80))
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
