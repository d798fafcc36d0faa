"""Documents with what has become of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, select, tuple_, union
from sqlalchemy.ext.asyncio import AsyncSession

from records.identity.visibility import Viewer
from records.ingest_api.tables import Document, DocumentWithdrawal, UndecidedDocument
from records.validator.tables import Catalogue, Ephemeris, Verdict
from servicekit.store.plumbing import DeliveryRow

__all__ = [
    "DocumentFilter",
    "DocumentRecord",
    "DocumentStatus",
    "document",
    "document_ids",
    "documents",
    "has_verdict",
    "just_received",
    "open_withdrawal",
    "same_document",
]


class DocumentStatus(StrEnum):
    """Where a document stands; worked out from the rows of others, never stored."""

    RECEIVED = "received"
    VALIDATING = "validating"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, kw_only=True)
class DocumentRecord:
    """A document, its verdict, and what was made of it."""

    document: Document
    verdict: Verdict | None
    is_withdrawn: bool
    is_being_validated: bool
    ephemeris_id: str | None
    catalogue_id: str | None

    @property
    def status(self) -> DocumentStatus:
        """Return where the document stands."""
        if self.is_withdrawn:
            return DocumentStatus.WITHDRAWN
        if self.verdict is not None:
            return DocumentStatus.ACCEPTED if self.verdict.verdict == "valid" else DocumentStatus.REJECTED
        return DocumentStatus.VALIDATING if self.is_being_validated else DocumentStatus.RECEIVED


@dataclass(frozen=True, kw_only=True)
class DocumentFilter:
    """Which documents; what is None does not matter."""

    kind: str | None = None
    status: DocumentStatus | None = None
    norad_cat_id: int | None = None
    """As the verdict found it, or as the request gave it where there is no verdict yet."""
    purpose: str | None = None
    organization_id: str | None = None
    received_from: datetime | None = None
    received_to: datetime | None = None


_is_withdrawn = (
    select(DocumentWithdrawal.id)
    .where(DocumentWithdrawal.document_id == Document.id, DocumentWithdrawal.restored_at.is_(None))
    .exists()
)
_is_being_validated = (
    select(DeliveryRow.event_id)
    .where(DeliveryRow.event_id == Document.received_event_id, DeliveryRow.state.in_(("running", "begun")))
    .exists()
)
_undecided = Document.id.in_(select(UndecidedDocument.document_id))
_conditions: dict[DocumentStatus, ColumnElement[bool]] = {
    DocumentStatus.WITHDRAWN: _is_withdrawn,
    DocumentStatus.ACCEPTED: and_(~_is_withdrawn, Verdict.verdict == "valid"),
    DocumentStatus.REJECTED: and_(~_is_withdrawn, Verdict.verdict == "invalid"),
    DocumentStatus.VALIDATING: and_(~_is_withdrawn, _undecided, _is_being_validated),
    DocumentStatus.RECEIVED: and_(~_is_withdrawn, _undecided, ~_is_being_validated),
}


def _records() -> Any:
    return (
        select(
            Document,
            Verdict,
            _is_withdrawn.label("is_withdrawn"),
            _is_being_validated.label("is_being_validated"),
            Ephemeris.id,
            Catalogue.id,
        )
        .outerjoin(Verdict, Verdict.document_id == Document.id)
        .outerjoin(Ephemeris, Ephemeris.document_id == Document.id)
        .outerjoin(Catalogue, Catalogue.document_id == Document.id)
    )


def _record(row: Any) -> DocumentRecord:
    found, verdict, is_withdrawn, is_being_validated, ephemeris_id, catalogue_id = row
    return DocumentRecord(
        document=found,
        verdict=verdict,
        is_withdrawn=bool(is_withdrawn),
        is_being_validated=bool(is_being_validated),
        ephemeris_id=ephemeris_id,
        catalogue_id=catalogue_id,
    )


def just_received(row: Document) -> DocumentRecord:
    """Return what there is of a document in the transaction that adds it: nobody has looked at it yet."""
    return DocumentRecord(
        document=row,
        verdict=None,
        is_withdrawn=False,
        is_being_validated=False,
        ephemeris_id=None,
        catalogue_id=None,
    )


async def document(session: AsyncSession, viewer: Viewer, document_id: str) -> DocumentRecord | None:
    """Return one document that `viewer` may see, or None."""
    query = _records().where(Document.id == document_id, viewer.documents())
    row = (await session.execute(query)).one_or_none()
    return None if row is None else _record(row)


async def documents(
    session: AsyncSession,
    viewer: Viewer,
    *,
    which: DocumentFilter,
    after: tuple[datetime, str] | None,
    limit: int,
) -> Sequence[DocumentRecord]:
    """Return documents, the newest first. The key of a row is ``(received_at, id)``."""
    query = _records().where(viewer.documents(), *_filters(which))
    if after is not None:
        query = query.where(tuple_(Document.received_at, Document.id) < after)
    query = query.order_by(Document.received_at.desc(), Document.id.desc()).limit(limit)
    return [_record(row) for row in (await session.execute(query)).all()]


def _filters(which: DocumentFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if which.status is not None:
        conditions.append(_conditions[which.status])
    if which.norad_cat_id is not None:
        decided = select(Verdict.document_id).where(Verdict.norad_cat_id == which.norad_cat_id)
        undecided = (
            select(UndecidedDocument.document_id)
            .join(Document, Document.id == UndecidedDocument.document_id)
            .where(Document.requested_norad_cat_id == which.norad_cat_id)
        )
        conditions.append(Document.id.in_(union(decided, undecided)))
    if which.received_from is not None:
        conditions.append(Document.received_at >= which.received_from)
    if which.received_to is not None:
        conditions.append(Document.received_at <= which.received_to)
    equal = (
        (Verdict.kind, which.kind),
        (Document.purpose, which.purpose),
        (Document.organization_id, which.organization_id),
    )
    conditions.extend(column == value for column, value in equal if value is not None)
    return conditions


async def same_document(session: AsyncSession, organization_id: str, sha256: str, file_name: str) -> Document | None:
    """Return the document with the same bytes under the same name from the same organization, or None."""
    query = select(Document).where(
        Document.organization_id == organization_id, Document.sha256 == sha256, Document.file_name == file_name
    )
    return (await session.scalars(query)).one_or_none()


async def document_ids(session: AsyncSession, candidates: Sequence[str]) -> set[str]:
    """Return those of `candidates` that are documents."""
    return set((await session.scalars(select(Document.id).where(Document.id.in_(candidates)))).all())


async def has_verdict(session: AsyncSession, document_id: str) -> bool:
    """Whether the validator has decided on a document."""
    return await session.get(Verdict, document_id) is not None


async def open_withdrawal(session: AsyncSession, document_id: str) -> DocumentWithdrawal | None:
    """Return the withdrawal that holds now, or None where the document was not taken back, or was restored."""
    query = select(DocumentWithdrawal).where(
        DocumentWithdrawal.document_id == document_id, DocumentWithdrawal.restored_at.is_(None)
    )
    return (await session.scalars(query)).first()
