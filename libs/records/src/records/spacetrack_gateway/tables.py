"""Accounts at Space-Track, what was asked and answered there, what was pulled, and what is on its way there.

Writer of every table here: spacetrack-gateway.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Double, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from servicekit.store import Base, Id, Json, UtcDateTime

__all__ = [
    "Feed",
    "MetadataDifference",
    "SpaceTrackAccount",
    "SpaceTrackCdm",
    "SpaceTrackDirectoryEntry",
    "SpaceTrackFile",
    "SpaceTrackLink",
    "SpaceTrackRequest",
    "SpaceTrackTask",
    "Submission",
]


class Feed(Base):
    """A source or sink outside, and how it stands. Writer: spacetrack-gateway."""

    __tablename__ = "feeds"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    state: Mapped[str] = mapped_column(String(20))
    """``not-configured``, ``working``, ``failing``."""
    missing: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    """What is missing and who must do what."""
    detail: Mapped[dict[str, Any]] = mapped_column(Json)
    """How it stands in numbers, as of `checked_at`: last pull, remaining budget, whatever the feed has."""
    state_since: Mapped[datetime] = mapped_column(UtcDateTime)
    """Since when it is in this state."""
    checked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    row_version: Mapped[int]


class SpaceTrackAccount(Base):
    """An account of ours at Space-Track. Secrets are sealed; nothing readable of them is here. Writer: the gateway."""

    __tablename__ = "space_track_accounts"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(60), unique=True)
    base_url: Mapped[str] = mapped_column(String(200))
    sealed_identity: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_password: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_cookie: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The session that goes on after a restart."""
    password_set_at: Mapped[datetime] = mapped_column(UtcDateTime)
    granted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """CDMs are read from this moment on; older ones are not."""
    state: Mapped[str] = mapped_column(String(20))
    """``active``, or ``stopped``: nothing is asked until a person has seen to it."""
    stopped_reason: Mapped[str | None] = mapped_column(Text)
    stopped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failures: Mapped[int]
    """Failed requests in a row."""
    failing_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    retry_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Nothing is asked before."""
    last_error: Mapped[str | None] = mapped_column(Text)
    last_ok_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    refused_logins: Mapped[int]
    clock_skew_s: Mapped[float | None] = mapped_column(Double)
    """How far Space-Track's clock was ahead of ours when it last answered; None where it did not say."""
    lease_holder: Mapped[str | None] = mapped_column(Id)
    """The one gateway that may use the account."""
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lease_fence: Mapped[int] = mapped_column(BigInteger)
    """Counts the takings of the lease: who holds an older number has lost it."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    row_version: Mapped[int]


class SpaceTrackRequest(Base):
    """One request to Space-Track, written down before it is sent: the ledger of the budget. Writer: the gateway."""

    __tablename__ = "space_track_requests"
    __table_args__ = (Index("ix_space_track_requests_account_id_at", "account_id", "at"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    account_id: Mapped[str] = mapped_column(Id, ForeignKey("space_track_accounts.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    purpose: Mapped[str] = mapped_column(String(40))
    """``login``, ``cdm``, ``upload``, ``file``, ``gp``, …: what it was for."""
    priority: Mapped[int]
    organization_id: Mapped[str | None] = mapped_column(Id)
    """For whom, where it was for one."""
    method: Mapped[str] = mapped_column(String(8))
    path: Mapped[str] = mapped_column(String(500))
    gateway: Mapped[str] = mapped_column(Id)
    fence: Mapped[int] = mapped_column(BigInteger)
    outcome: Mapped[str | None] = mapped_column(String(30))
    """What came back, see the gateway's `client.replies`; None where no answer was recorded."""
    status: Mapped[int | None]
    size_bytes: Mapped[int | None] = mapped_column(BigInteger)
    duration_s: Mapped[float | None]


class SpaceTrackTask(Base):
    """Something done with an account from time to time, and how far it is. Writer: the gateway."""

    __tablename__ = "space_track_tasks"

    account_id: Mapped[str] = mapped_column(Id, ForeignKey("space_track_accounts.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the run under way, or the last one, began."""
    succeeded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When a run last ended well."""
    failures: Mapped[int]
    last_error: Mapped[str | None] = mapped_column(Text)
    cursor: Mapped[dict[str, Any]] = mapped_column(Json)
    """How far it is: whatever the task keeps."""
    row_version: Mapped[int]


class SpaceTrackLink(Base):
    """What an organization has allowed, and where its things are at Space-Track. Writer: the gateway."""

    __tablename__ = "space_track_links"

    organization_id: Mapped[str] = mapped_column(Id, ForeignKey("organizations.id"), primary_key=True)
    account_id: Mapped[str | None] = mapped_column(Id, ForeignKey("space_track_accounts.id"))
    push_mode: Mapped[str] = mapped_column(String(10))
    """``off``, ``manual``, ``automatic``."""
    push_consented_by: Mapped[str | None] = mapped_column(String(80))
    push_consented_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reads_folder: Mapped[bool]
    """Whether the newest ephemeris in the operator's folder is taken in."""
    reading_consented_by: Mapped[str | None] = mapped_column(String(80))
    reading_consented_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    metadata_policy: Mapped[str] = mapped_column(String(20))
    """``operator-wins`` or ``space-track-wins``."""
    ephemeris_folder_id: Mapped[int | None] = mapped_column(BigInteger)
    maneuver_folder_id: Mapped[int | None] = mapped_column(BigInteger)
    folders_seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    confirmed: Mapped[dict[str, Any]] = mapped_column(Json)
    """Steps of the checklist that only a person can confirm: code to who and when."""
    last_sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When something of the organization was last sent: who was served longest ago is next."""
    last_cdm_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    row_version: Mapped[int]


class SpaceTrackCdm(Base):
    """A row of the class ``cdm`` that was pulled: once for each CDM and organization. Writer: the gateway."""

    __tablename__ = "space_track_cdms"
    __table_args__ = (
        Index("ix_space_track_cdms_document_id", "document_id", "ordinal"),
        Index("ix_space_track_cdms_submission_id", "submission_id"),
    )

    account_id: Mapped[str] = mapped_column(Id, ForeignKey("space_track_accounts.id"), primary_key=True)
    cdm_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    gid: Mapped[str] = mapped_column(String(40), primary_key=True)
    """Whose row it is at Space-Track; empty where the row says none."""
    row_sha256: Mapped[str] = mapped_column(String(64))
    """Of the row's text as it came."""
    document_id: Mapped[str] = mapped_column(Id, ForeignKey("documents.id"))
    """The document that holds the row, and its place in it."""
    ordinal: Mapped[int]
    organization_id: Mapped[str | None] = mapped_column(Id)
    """For whom it is; None where none of our organizations is meant."""
    routed_by: Mapped[str | None] = mapped_column(String(20))
    """``gid``, ``constellation``, ``object``."""
    submission_id: Mapped[str | None] = mapped_column(Id)
    """The upload of ours that EPHEMERIS_NAME names."""
    flags: Mapped[list[str]] = mapped_column(Json)
    """What is unusual about the row: unknown or missing columns, another row under the same number."""
    pulled_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SpaceTrackDirectoryEntry(Base):
    """An organization in Space-Track's directory, as the last sync had it. Writer: the gateway."""

    __tablename__ = "space_track_directory"

    account_id: Mapped[str] = mapped_column(Id, ForeignKey("space_track_accounts.id"), primary_key=True)
    gid: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(255))
    constellation: Mapped[str | None] = mapped_column(String(255))
    contacts: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    """What it lets others know: type, label, value and when it was changed, of each."""
    objects: Mapped[list[int]] = mapped_column(Json)
    """Catalogue numbers of its objects."""
    organization_id: Mapped[str | None] = mapped_column(Id, ForeignKey("organizations.id"), index=True)
    """Which of our organizations it is, by its GID, else by its name."""
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    gone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class MetadataDifference(Base):
    """That Space-Track says something else of a satellite than its operator does. Writer: the gateway."""

    __tablename__ = "metadata_differences"

    norad_cat_id: Mapped[int] = mapped_column(ForeignKey("satellites.norad_cat_id"), primary_key=True)
    attribute: Mapped[str] = mapped_column(String(40), primary_key=True)
    organization_id: Mapped[str] = mapped_column(Id, ForeignKey("organizations.id"), index=True)
    operator_value: Mapped[Any] = mapped_column(Json)
    space_track_value: Mapped[Any] = mapped_column(Json)
    found_at: Mapped[datetime] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_as: Mapped[str | None] = mapped_column(String(20))
    """``agreed``: both say the same now; ``overruled``: the policy gave Space-Track's value precedence."""


class SpaceTrackFile(Base):
    """A file in a folder at Space-Track, as the last listing had it. Writer: the gateway."""

    __tablename__ = "space_track_files"
    __table_args__ = (Index("ix_space_track_files_organization_id", "organization_id", "file_id"),)

    account_id: Mapped[str] = mapped_column(Id, ForeignKey("space_track_accounts.id"), primary_key=True)
    file_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    organization_id: Mapped[str] = mapped_column(Id, ForeignKey("organizations.id"))
    folder_id: Mapped[int] = mapped_column(BigInteger)
    file_name: Mapped[str] = mapped_column(String(255))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    uploaded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sha256: Mapped[str | None] = mapped_column(String(64))
    """Of the content, where it was read."""
    origin: Mapped[str] = mapped_column(String(20))
    """``unread``, ``ours``, ``operator`` (taken in), ``passed-over``."""
    document_id: Mapped[str | None] = mapped_column(Id, ForeignKey("documents.id"))
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    gone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Submission(Base):
    """An ephemeris or a maneuver notification on its way to Space-Track. Writer: spacetrack-gateway."""

    __tablename__ = "submissions"
    __table_args__ = (
        UniqueConstraint("document_id"),
        Index("ix_submissions_state", "state", "kind"),
        Index("ix_submissions_remote_name", "remote_name"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    """``ephemeris`` or ``maneuver``."""
    document_id: Mapped[str] = mapped_column(Id, ForeignKey("documents.id"))
    ephemeris_id: Mapped[str | None] = mapped_column(Id, ForeignKey("ephemerides.id"), unique=True)
    organization_id: Mapped[str] = mapped_column(Id, ForeignKey("organizations.id"), index=True)
    designation: Mapped[str] = mapped_column(String(20))
    """``operational`` or ``special``."""
    state: Mapped[str] = mapped_column(String(20))
    """``held`` (nothing leaves until every reason is gone), ``queued``, ``sent`` (handed over, not proven), ``present``
    (read back and equal), ``screened``, ``not-screened``, ``failed``, ``superseded``, ``withdrawn``, ``deleting``,
    ``deleted``."""
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    """Why it is held, failed or was not screened: each reason with what and who."""
    release_requested_by: Mapped[str | None] = mapped_column(String(80))
    """Who had it sent, where the organization's mode is manual."""
    account_id: Mapped[str | None] = mapped_column(Id)
    folder_id: Mapped[int | None] = mapped_column(BigInteger)
    remote_name: Mapped[str | None] = mapped_column(String(255))
    """The name under which it is sent."""
    content_key: Mapped[str | None] = mapped_column(String(200))
    """The object with the bytes that are sent: the document's own, or a fixed-point copy."""
    content_sha256: Mapped[str | None] = mapped_column(String(64))
    content_size: Mapped[int | None] = mapped_column(BigInteger)
    remote_file_id: Mapped[int | None] = mapped_column(BigInteger)
    attempts: Mapped[int]
    """How often the bytes were handed over."""
    looks: Mapped[int]
    """How often it was looked for since then, and not found."""
    is_acknowledged: Mapped[bool]
    """Whether Space-Track answered the last handing-over with a success."""
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When its next step is due."""
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    present_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    result_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    result: Mapped[dict[str, Any]] = mapped_column(Json)
    """What Space-Track said of its screening, and how many CDMs name it."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    row_version: Mapped[int]
