"""Changes to verdicts, ephemerides, maneuvers and catalogues. Only the validator imports this."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from records.ingest_api.tables import Document, DocumentWithdrawal, Satellite, UndecidedDocument
from records.validator import reads
from records.validator.events import DocumentValidatedV1, ElementsAcceptedV1, EphemerisAcceptedV1
from records.validator.notices import WITHDRAWN, settle_maneuvers
from records.validator.succession import give_way
from records.validator.tables import Catalogue, Ephemeris, Maneuver, ManeuverNotice, Verdict
from servicekit.store import UnitOfWork

__all__ = ["add_catalogue", "add_ephemeris", "add_maneuver", "add_verdict"]


async def add_verdict(unit: UnitOfWork, document: Document, values: dict[str, Any]) -> bool:
    """Record the verdict on a document and tell of it; return False, and do nothing, where one stands already."""
    if await unit.session.get(Verdict, document.id) is not None:
        return False
    row = Verdict(document_id=document.id, decided_at=unit.now, **values)
    unit.session.add(row)
    await unit.session.execute(delete(UndecidedDocument).where(UndecidedDocument.document_id == document.id))
    await unit.session.flush()
    unit.emit(DocumentValidatedV1(document_id=document.id, verdict=row.verdict))
    unit.audit("document.validated", "document", document.id, {"verdict": row.verdict, "profile": row.profile})
    await unit.change(
        "document.validated",
        document.id,
        [document.organization_id],
        {
            "verdict": row.verdict,
            "kind": row.kind,
            "file_name": document.file_name,
            "error_count": row.error_count,
            "warning_count": row.warning_count,
        },
    )
    return True


async def add_catalogue(unit: UnitOfWork, document: Document, values: dict[str, Any]) -> None:
    """Add the catalogue that was made of a document, and tell of it."""
    row = Catalogue(document_id=document.id, label=document.file_name, accepted_at=unit.now, **values)
    unit.session.add(row)
    await unit.session.flush()
    unit.emit(ElementsAcceptedV1(catalogue_id=row.id))
    unit.audit("catalogue.accepted", "catalogue", row.id, {"document_id": document.id})
    detail = {"document_id": document.id, "label": row.label, "object_count": row.object_count}
    await unit.change("catalogue.accepted", row.id, [document.organization_id], detail)


async def add_ephemeris(unit: UnitOfWork, document: Document, values: dict[str, Any]) -> None:
    """Add the ephemeris that was made of a document, put it in its place among the others, and tell of it.

    The operational ephemeris whose document came last is current, in whatever order the documents were decided on.
    A document that was withdrawn in the meantime gives an ephemeris that is withdrawn, and supersedes none.
    """
    withdrawal = await _withdrawal(unit, document)
    row = Ephemeris(
        document_id=document.id,
        organization_id=document.organization_id,
        file_name=document.file_name,
        is_active=withdrawal is None,
        superseded_by=None,
        withdrawn_at=None if withdrawal is None else withdrawal.withdrawn_at,
        accepted_at=unit.now,
        expires_at=None,
        reason_to_keep=None,
        row_version=1,
        **values,
    )
    # Two files of one satellite are put in their places one after the other.
    await unit.session.get(Satellite, row.norad_cat_id, with_for_update=True)
    unit.session.add(row)
    await unit.session.flush()
    if row.designation == "operational":
        await _supersede(unit, row)
    unit.emit(EphemerisAcceptedV1(ephemeris_id=row.id, row_version=row.row_version))
    unit.audit("ephemeris.accepted", "ephemeris", row.id, {"document_id": document.id})
    await unit.change(
        "ephemeris.accepted",
        row.id,
        [document.organization_id],
        {"document_id": document.id, "norad_cat_id": row.norad_cat_id, "designation": row.designation},
    )


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


async def _supersede(unit: UnitOfWork, new: Ephemeris) -> None:
    """Put a new operational ephemeris in its place; one that is withdrawn takes nobody's and leaves nobody behind."""
    in_order = [
        ephemeris
        for ephemeris, _ in await reads.operational_ephemerides(unit.session, new.organization_id, new.norad_cat_id)
        if ephemeris.withdrawn_at is None
    ]
    if new not in in_order:
        return
    place = in_order.index(new)
    for older in in_order[:place]:
        if older.is_active or older is in_order[place - 1]:
            await give_way(unit, older, new)
    if place + 1 < len(in_order):
        new.is_active, new.superseded_by = False, in_order[place + 1].id
