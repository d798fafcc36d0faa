"""What a unit of work says beside its rows: events, audit entries, the change feed. It is written at its end."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Text, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from servicekit.store.plumbing import AuditEntry, Change, ChangeAudience, OutboxRow
from servicekit.store.types import UtcDateTime

__all__ = ["Journal"]

_WRITE = text("""
WITH emitted AS (
    INSERT INTO outbox
        (id, topic, payload, trace_id, traceparent, partition_key, partition_ordinal, emitted_at)
    SELECT id, topic, payload, trace_id, traceparent, partition_key, partition_ordinal, :now
    FROM jsonb_to_recordset(CAST(:events AS jsonb)) AS e (
        id text, topic text, payload jsonb, trace_id text, traceparent text, partition_key text,
        partition_ordinal bigint
    )
), noted AS (
    INSERT INTO audit_log
        (id, at, actor_kind, actor_id, organization_id, action, subject_kind, subject_id, detail, trace_id)
    SELECT id, :now, actor_kind, actor_id, organization_id, action, subject_kind, subject_id, detail, trace_id
    FROM jsonb_to_recordset(CAST(:audit AS jsonb)) AS a (
        id text, actor_kind text, actor_id text, organization_id text, action text, subject_kind text,
        subject_id text, detail jsonb, trace_id text
    )
), numbered AS (
    SELECT nextval(pg_get_serial_sequence('changes', 'id')) AS id, c.*
    FROM jsonb_to_recordset(CAST(:changes AS jsonb)) AS c (
        kind text, subject_id text, detail jsonb, audience jsonb
    )
), changed AS (
    INSERT INTO changes (id, transaction_id, at, kind, subject_id, detail)
    SELECT id, CAST(CAST(pg_current_xact_id() AS text) AS bigint), :now, kind, subject_id, detail FROM numbered
)
INSERT INTO change_audience (change_id, organization_id)
SELECT numbered.id, organization_id
FROM numbered CROSS JOIN LATERAL jsonb_array_elements_text(numbered.audience) AS of (organization_id)
""").bindparams(
    bindparam("now", type_=UtcDateTime),
    *(bindparam(name, type_=Text) for name in ("events", "audit", "changes")),
)
"""One round trip for all of them. With SQLite there is nobody to ask, and it is one insert after the other."""


@dataclass
class Journal:
    """Entries that are collected while a unit of work is open: columns of their tables, by name."""

    events: list[dict[str, Any]] = field(default_factory=list)
    audit: list[dict[str, Any]] = field(default_factory=list)
    changes: list[dict[str, Any]] = field(default_factory=list)
    """With the identifiers of the organizations that may see it as *audience*."""

    async def write(self, session: AsyncSession, now: datetime) -> None:
        """Write every entry, in its order, and forget it."""
        if not (self.events or self.audit or self.changes):
            return
        if session.get_bind().dialect.name == "postgresql":
            entries = {"events": self.events, "audit": self.audit, "changes": self.changes}
            await session.execute(_WRITE, {"now": now} | {name: json.dumps(rows) for name, rows in entries.items()})
        else:
            await self._add(session, now)
        self.events, self.audit, self.changes = [], [], []

    async def _add(self, session: AsyncSession, now: datetime) -> None:
        session.add_all(OutboxRow(**row, emitted_at=now) for row in self.events)
        session.add_all(AuditEntry(**row, at=now) for row in self.audit)
        changes = []
        for row in self.changes:
            audience = row["audience"]
            columns = {name: value for name, value in row.items() if name != "audience"}
            changes.append((Change(**columns, at=now, transaction_id=0), audience))
        session.add_all(change for change, _ in changes)
        await session.flush()
        session.add_all(
            ChangeAudience(change_id=change.id, organization_id=organization_id)
            for change, audience in changes
            for organization_id in audience
        )
        await session.flush()
