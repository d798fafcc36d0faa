"""Writes of documents, withdrawals, satellites and facts. For ingest-api alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select, update

from records.ingest_api.events import EphemerisWithdrawnV1, SatelliteUpdatedV1, received
from records.ingest_api.tables import (
    Document,
    DocumentWithdrawal,
    KnownPair,
    Satellite,
    SatelliteFact,
    UndecidedDocument,
)
from records.validator.reads import ephemeris_of_document, operational_ephemerides
from records.validator.succession import give_way, tell_superseded
from records.validator.tables import Ephemeris
from servicekit.ids import new_id
from servicekit.store import UnitOfWork, insert_into

__all__ = [
    "NewDocument",
    "add_document",
    "add_known_pair",
    "assign_satellite",
    "lock_document",
    "record_facts",
    "remove_known_pair",
    "replacement_of",
    "restore_document",
    "withdraw_document",
]


@dataclass(frozen=True, kw_only=True)
class NewDocument:
    """A file whose bytes are durable under `object_key`."""

    id: str
    organization_id: str
    source: str
    purpose: str
    file_name: str
    content_type: str | None
    sha256: str
    size_bytes: int
    object_key: str
    requested_norad_cat_id: int | None
    requested_profile: str | None
    requested_designation: str | None


async def add_document(unit: UnitOfWork, new: NewDocument) -> Document | None:
    """Add a document, its event, its audit entry and its change, and return it; None, and nothing, where it is there.

    The same organization, bytes and name are the same document, also when two uploads of it end at one moment. What is
    returned stands by itself: nobody has read it back.
    """
    values = vars(new) | {
        "uploader_kind": unit.actor.kind,
        "uploader_id": unit.actor.id,
        "received_at": unit.now,
        "received_event_id": new_id(),
    }
    row = insert_into(unit.session, Document).values(values)
    inserted = await unit.session.execute(row.on_conflict_do_nothing().returning(Document.id))
    if inserted.first() is None:
        return None
    await unit.session.execute(insert(UndecidedDocument).values(document_id=new.id, received_at=unit.now))
    unit.emit(received(new.purpose, new.id), event_id=values["received_event_id"])
    unit.audit("document.received", "document", new.id, {"file_name": new.file_name, "sha256": new.sha256})
    await unit.change("document.received", new.id, [new.organization_id], {"file_name": new.file_name})
    return Document(**values)


async def withdraw_document(unit: UnitOfWork, document: Document) -> None:
    """Take a document back, with the ephemeris that was made of it."""
    unit.session.add(
        DocumentWithdrawal(
            id=new_id(),
            document_id=document.id,
            withdrawn_at=unit.now,
            withdrawn_by=unit.actor.id,
            restored_at=None,
            restored_by=None,
        )
    )
    unit.audit("document.withdrawn", "document", document.id, {"file_name": document.file_name})
    await unit.change("document.withdrawn", document.id, [document.organization_id], {"file_name": document.file_name})
    await _set_ephemeris(unit, document, "ephemeris.withdrawn", is_active=False, withdrawn_at=unit.now)


async def restore_document(unit: UnitOfWork, document: Document, withdrawal: DocumentWithdrawal) -> None:
    """Put a document back that was withdrawn, with its ephemeris: it is current again, and an older one gives way."""
    await unit.session.execute(
        update(DocumentWithdrawal)
        .where(DocumentWithdrawal.id == withdrawal.id)
        .values(restored_at=unit.now, restored_by=unit.actor.id)
    )
    unit.audit("document.restored", "document", document.id, {"file_name": document.file_name})
    await unit.change("document.restored", document.id, [document.organization_id], {"file_name": document.file_name})
    await _set_ephemeris(unit, document, "ephemeris.restored", is_active=True, withdrawn_at=None, superseded_by=None)
    own = await ephemeris_of_document(unit.session, document.id)
    if own is not None and own.designation == "operational":
        for other, _ in await operational_ephemerides(unit.session, own.organization_id, own.norad_cat_id):
            if other.is_active and other is not own:
                give_way(other, own.id)
                await tell_superseded(unit, other, own.id)


async def _set_ephemeris(unit: UnitOfWork, document: Document, kind: str, **values: Any) -> None:
    changed = await unit.session.execute(
        update(Ephemeris)
        .where(Ephemeris.document_id == document.id)
        .values(**values, row_version=Ephemeris.row_version + 1)
        .returning(Ephemeris.id, Ephemeris.row_version)
    )
    found = changed.first()
    if found is None:
        return
    ephemeris_id, row_version = found
    unit.emit(EphemerisWithdrawnV1(ephemeris_id=ephemeris_id, row_version=row_version))
    await unit.change(kind, ephemeris_id, [document.organization_id], {"document_id": document.id})


async def lock_document(unit: UnitOfWork, document: Document) -> None:
    """Wait for others who decide on this document, or on the satellite of its ephemeris, and keep them waiting.

    The validator touches the document before the satellite too, so that neither waits for the other in turn.
    """
    await unit.session.execute(select(Document.id).where(Document.id == document.id).with_for_update())
    number = select(Ephemeris.norad_cat_id).where(Ephemeris.document_id == document.id).scalar_subquery()
    await unit.session.execute(select(Satellite.norad_cat_id).where(Satellite.norad_cat_id == number).with_for_update())


async def replacement_of(unit: UnitOfWork, document: Document) -> Ephemeris | None:
    """Return the operational ephemeris that has taken the place of this document's, or None where it is current.

    The one whose document came last is current, as the validator puts them in their places.
    """
    own = await ephemeris_of_document(unit.session, document.id)
    if own is None or own.designation != "operational":
        return None
    in_order = await operational_ephemerides(unit.session, own.organization_id, own.norad_cat_id)
    later = [each for each, received_at in in_order if received_at > document.received_at and each.withdrawn_at is None]
    return later[-1] if later else None


async def assign_satellite(unit: UnitOfWork, norad_cat_id: int, organization_id: str | None) -> Satellite:
    """Make a satellite known, and make it the organization's where one is named."""
    row = await unit.session.get(Satellite, norad_cat_id, with_for_update=True)
    if row is None:
        row = Satellite(norad_cat_id=norad_cat_id, organization_id=organization_id, created_at=unit.now, row_version=0)
        unit.session.add(row)
        await unit.session.flush()
        unit.audit("satellite.created", "satellite", str(norad_cat_id), {"organization_id": organization_id})
    elif organization_id is not None and row.organization_id != organization_id:
        detail = {"organization_id": organization_id, "before": row.organization_id}
        unit.audit("satellite.assigned", "satellite", str(norad_cat_id), detail)
        row.organization_id = organization_id
    return row


async def record_facts(unit: UnitOfWork, satellite: Satellite, values: Mapping[str, Any], source: str) -> None:
    """Append new values from one source, raise the row's version, and tell everybody who may know."""
    for attribute, value in values.items():
        unit.session.add(
            SatelliteFact(
                id=new_id(),
                norad_cat_id=satellite.norad_cat_id,
                attribute=attribute,
                value=value,
                source=source,
                recorded_by=unit.actor.id,
                recorded_at=unit.now,
            )
        )
    satellite.row_version += 1
    await unit.session.flush()
    subject = str(satellite.norad_cat_id)
    if values:
        unit.audit("satellite.facts-recorded", "satellite", subject, {"source": source, "values": dict(values)})
    unit.emit(SatelliteUpdatedV1(norad_cat_id=satellite.norad_cat_id, row_version=satellite.row_version))
    await unit.change("satellite.updated", subject, [satellite.organization_id], {"row_version": satellite.row_version})


async def add_known_pair(unit: UnitOfWork, low: int, high: int, reason: str) -> KnownPair:
    """Leave a pair out of the runs to come; one that is left out already stays as it is."""
    query = select(KnownPair).where(
        KnownPair.norad_cat_id_low == low, KnownPair.norad_cat_id_high == high, KnownPair.removed_at.is_(None)
    )
    row = (await unit.session.scalars(query)).first()
    if row is not None:
        return row
    row = KnownPair(
        id=new_id(),
        norad_cat_id_low=low,
        norad_cat_id_high=high,
        reason=reason,
        added_by=unit.actor.id,
        added_at=unit.now,
        removed_by=None,
        removed_at=None,
    )
    unit.session.add(row)
    detail = {"norad_cat_ids": [low, high], "reason": reason}
    unit.audit("known-pair.added", "known-pair", row.id, detail)
    return row


async def remove_known_pair(unit: UnitOfWork, row: KnownPair) -> None:
    """Screen a pair again from the next run on."""
    row.removed_by, row.removed_at = unit.actor.id, unit.now
    unit.audit(
        "known-pair.removed", "known-pair", row.id, {"norad_cat_ids": [row.norad_cat_id_low, row.norad_cat_id_high]}
    )
