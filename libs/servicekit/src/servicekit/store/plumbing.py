"""The tables that every service writes: outbox, inbox, deliveries, audit log, change feed, idempotency keys."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from servicekit.store.base import Base
from servicekit.store.types import Id, Json, UtcDateTime

__all__ = [
    "AuditEntry",
    "Change",
    "ChangeAudience",
    "DeliveryRow",
    "HoldRow",
    "IdempotencyKey",
    "InboxRow",
    "OutboxRow",
    "SubscriptionRow",
]

_row_id = BigInteger().with_variant(Integer(), "sqlite")  # SQLite counts up only an INTEGER primary key


class OutboxRow(Base):
    """An event, written in the transaction of the change that it tells of."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_unpublished", "id", postgresql_where="published_at IS NULL"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    topic: Mapped[str] = mapped_column(String(80))
    payload: Mapped[dict[str, Any]] = mapped_column(Json)
    trace_id: Mapped[str] = mapped_column(String(64))
    traceparent: Mapped[str | None] = mapped_column(String(55))
    """The trace and the span that the event comes from, as W3C Trace Context writes it."""
    partition_key: Mapped[str | None] = mapped_column(String(200))
    """Events of one key are put into one partition, where the bus has partitions."""
    partition_ordinal: Mapped[int | None] = mapped_column(BigInteger)
    """The partition by its remainder; it goes before the key."""
    emitted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)


class SubscriptionRow(Base):
    """Which consumer wants which topic: the relay gives each its own delivery."""

    __tablename__ = "subscriptions_to_events"

    consumer: Mapped[str] = mapped_column(String(80), primary_key=True)
    topic: Mapped[str] = mapped_column(String(80), primary_key=True)


class DeliveryRow(Base):
    """One event for one consumer: *pending*, *running*, *done*, *dead* (a dead letter), or *begun*.

    *Begun* counts the processes that died over an event which a broker delivers: it is not for others to take.
    """

    __tablename__ = "deliveries"
    __table_args__ = (Index("ix_deliveries_due", "consumer", "state", "due_at"),)

    event_id: Mapped[str] = mapped_column(Id, primary_key=True)
    consumer: Mapped[str] = mapped_column(String(80), primary_key=True)
    topic: Mapped[str] = mapped_column(String(80))
    payload: Mapped[dict[str, Any]] = mapped_column(Json)
    trace_id: Mapped[str] = mapped_column(String(64))
    traceparent: Mapped[str | None] = mapped_column(String(55))
    """The trace and the span that the event comes from, as W3C Trace Context writes it."""
    emitted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(10))
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    claimed_by: Mapped[str | None] = mapped_column(Id)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str | None] = mapped_column(Text)
    error_kind: Mapped[str | None] = mapped_column(String(120))


class InboxRow(Base):
    """That a consumer's effect of an event has been committed."""

    __tablename__ = "inbox"

    consumer: Mapped[str] = mapped_column(String(80), primary_key=True)
    event_id: Mapped[str] = mapped_column(Id, primary_key=True)
    handled_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AuditEntry(Base):
    """Who changed what, and when."""

    __tablename__ = "audit_log"
    __table_args__ = (Index("ix_audit_log_subject", "subject_kind", "subject_id"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    actor_kind: Mapped[str] = mapped_column(String(10))
    actor_id: Mapped[str] = mapped_column(String(80))
    organization_id: Mapped[str | None] = mapped_column(Id)
    action: Mapped[str] = mapped_column(String(80))
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[str] = mapped_column(String(80))
    detail: Mapped[dict[str, Any]] = mapped_column(Json)
    trace_id: Mapped[str] = mapped_column(String(64))


class Change(Base):
    """One entry of the change feed. Readers go by (transaction, number)."""

    __tablename__ = "changes"
    __table_args__ = (Index("ix_changes_transaction_id_id", "transaction_id", "id"),)

    id: Mapped[int] = mapped_column(_row_id, primary_key=True, autoincrement=True)
    transaction_id: Mapped[int] = mapped_column(BigInteger)
    """The writing transaction on PostgreSQL, where commits come in another order than numbers; 0 on SQLite."""
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    kind: Mapped[str] = mapped_column(String(80))
    subject_id: Mapped[str] = mapped_column(String(80))
    detail: Mapped[dict[str, Any]] = mapped_column(Json)


class ChangeAudience(Base):
    """An organization that may see a change; staff may see all."""

    __tablename__ = "change_audience"
    __table_args__ = (Index("ix_change_audience_organization_id_change_id", "organization_id", "change_id"),)

    change_id: Mapped[int] = mapped_column(_row_id, ForeignKey("changes.id"), primary_key=True)
    organization_id: Mapped[str] = mapped_column(Id, primary_key=True)


class IdempotencyKey(Base):
    """The answer that was given to a request, for whoever sends the same again."""

    __tablename__ = "idempotency_keys"

    scope: Mapped[str] = mapped_column(String(200), primary_key=True)
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    request_hash: Mapped[str] = mapped_column(String(64))
    status: Mapped[int | None] = mapped_column(Integer)
    headers: Mapped[dict[str, Any]] = mapped_column(Json)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class HoldRow(Base):
    """That something is held back until a person releases it. See `servicekit.holds`."""

    __tablename__ = "holds"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    reason: Mapped[str] = mapped_column(Text)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    drops_mails: Mapped[bool]
    """Whether the mails that were held back are given up before anything leaves again."""
