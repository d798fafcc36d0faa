"""Changes to verdicts, maneuvers and catalogues. Only the validator imports this."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from records.ingest_api.tables import Document, DocumentWithdrawal, UndecidedDocument
from records.validator.events import DocumentValidatedV1, ElementsAcceptedV1
from records.validator.notices import WITHDRAWN, settle_maneuvers
from records.validator.tables import Catalogue, Maneuver, ManeuverNotice, Verdict
from servicekit.store import UnitOfWork, insert_into

__all__ = ["add_catalogue", "add_maneuver", "add_verdict", "add_verdicts", "tell_verdict"]


async def add_verdict(unit: UnitOfWork, document: Document, values: dict[str, Any]) -> bool:
    """Record the verdict on a document and tell of it; return False, and do nothing, where one stands already."""
    if not await add_verdicts(unit, {document.id: values}):
        return False
    await tell_verdict(unit, document, values)
    return True


async def add_verdicts(unit: UnitOfWork, verdicts: Mapping[str, Mapping[str, Any]]) -> set[str]:
    """Record the verdicts on documents, and return on which there was none yet. `tell_verdict` tells of each."""
    rows = [{"document_id": key, "decided_at": unit.now, **verdicts[key]} for key in sorted(verdicts)]  # one lock order
    table = Verdict.__table__
    add = insert_into(unit.session, table).on_conflict_do_nothing().returning(table.c.document_id)
    new = set(await (await unit.session.connection()).scalars(add, rows))
    if new:
        await unit.session.execute(delete(UndecidedDocument).where(UndecidedDocument.document_id.in_(sorted(new))))
    return new


async def tell_verdict(unit: UnitOfWork, document: Document, values: Mapping[str, Any]) -> None:
    """Tell of the verdict on a document."""
    verdict = values["verdict"]
    unit.emit(DocumentValidatedV1(document_id=document.id, verdict=verdict))
    unit.audit("document.validated", "document", document.id, {"verdict": verdict, "profile": values["profile"]})
    told = {name: values[name] for name in ("verdict", "kind", "error_count", "warning_count")}
    await unit.change(
        "document.validated", document.id, [document.organization_id], told | {"file_name": document.file_name}
    )


async def add_catalogue(unit: UnitOfWork, document: Document, values: dict[str, Any]) -> None:
    """Add the catalogue that was made of a document, and tell of it."""
    row = Catalogue(document_id=document.id, label=document.file_name, accepted_at=unit.now, **values)
    unit.session.add(row)
    await unit.session.flush()
    unit.emit(ElementsAcceptedV1(catalogue_id=row.id))
    unit.audit("catalogue.accepted", "catalogue", row.id, {"document_id": document.id})
    detail = {"document_id": document.id, "label": row.label, "object_count": row.object_count}
    await unit.change("catalogue.accepted", row.id, [document.organization_id], detail)


async def add_maneuver(unit: UnitOfWork, document: Document, maneuver_id: str, values: dict[str, Any]) -> None:
    """Record what a notification says of a maneuver. The notification made last is the maneuver as it stands.

    Notifications may be decided on in any order; each stays as history.
    """
    said = {name: _as_text(value) for name, value in values.items()}
    row = await unit.session.get(Maneuver, maneuver_id, with_for_update=True)
    if row is None:
        row = Maneuver(
            id=maneuver_id,
            organization_id=document.organization_id,
            document_id=document.id,
            accepted_at=unit.now,
            row_version=1,
            **values,
        )
        unit.session.add(row)
    elif (values["notified_at"], document.received_at) >= (row.notified_at, await _received_at(unit, row)):
        for name, value in values.items():
            setattr(row, name, value)
        row.document_id, row.accepted_at = document.id, unit.now
        row.row_version += 1
    unit.session.add(
        ManeuverNotice(
            maneuver_id=maneuver_id,
            document_id=document.id,
            notified_at=values["notified_at"],
            status=values["status"],
            said=said,
            accepted_at=unit.now,
        )
    )
    await unit.session.flush()
    unit.audit("maneuver.accepted", "maneuver", row.id, {"document_id": document.id, "status": values["status"]})
    detail = {
        "document_id": document.id,
        "norad_cat_id": row.norad_cat_id,
        "man_id": row.man_id,
        "status": values["status"],
    }
    await unit.change("maneuver.accepted", row.id, [document.organization_id], detail)
    if row.status == WITHDRAWN or await _withdrawal(unit, document) is not None:
        await settle_maneuvers(unit, document.id)


async def _withdrawal(unit: UnitOfWork, document: Document) -> DocumentWithdrawal | None:
    """The withdrawal of a document that holds now."""
    query = select(DocumentWithdrawal).where(
        DocumentWithdrawal.document_id == document.id, DocumentWithdrawal.restored_at.is_(None)
    )
    return (await unit.session.scalars(query)).first()


def _as_text(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value


async def _received_at(unit: UnitOfWork, row: Maneuver) -> datetime:
    """When the notification came that a maneuver stands by."""
    return (await unit.session.get_one(Document, row.document_id)).received_at
