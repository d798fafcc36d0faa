"""Accepted ephemerides become rows, as many at a time as come together. Only the validator imports this."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import bindparam, insert, select, update

from records.ingest_api.tables import Document, DocumentWithdrawal, Satellite
from records.validator.events import EphemerisAcceptedV1
from records.validator.succession import Place, SatelliteOf, places, take_place, tell_superseded
from records.validator.tables import Ephemeris
from servicekit.store import UnitOfWork

__all__ = ["Accepted", "add_ephemerides", "tell_ephemeris"]

_FIRST_VERSION: Final = 1


@dataclass(frozen=True)
class Accepted:
    """An ephemeris that was made of a document: the columns of its row that the document decides."""

    document: Document
    values: dict[str, Any]

    @property
    def satellite(self) -> SatelliteOf:
        """Whose ephemeris it is, and of what."""
        return self.document.organization_id, self.values["norad_cat_id"]

    @property
    def came(self) -> tuple[Any, str]:
        """When its document was received, and the document's identifier."""
        return self.document.received_at, self.document.id


async def add_ephemerides(unit: UnitOfWork, accepted: Sequence[Accepted]) -> list[list[Place]]:
    """Add ephemerides and put each in its place among the others, as if one came after the other.

    Returns for each the current ones that have given way to it; `tell_ephemeris` tells of both.

    The operational ephemeris whose document came last is current, in whatever order the documents were decided on.
    A document that was withdrawn in the meantime gives an ephemeris that is withdrawn, and supersedes none.
    """
    if not accepted:
        return []
    numbers = sorted({each.values["norad_cat_id"] for each in accepted})
    # Files of one satellite are put in their places one after the other; everybody locks in this order.
    locked = select(Satellite.norad_cat_id).where(Satellite.norad_cat_id.in_(numbers)).order_by(Satellite.norad_cat_id)
    await unit.session.execute(locked.with_for_update())
    withdrawn_at = await _withdrawn_at(unit, [each.document.id for each in accepted])
    standing = [each for each in accepted if each.document.id not in withdrawn_at]
    first: dict[SatelliteOf, Any] = {}
    for each in (each for each in standing if each.values["designation"] == "operational"):
        first[each.satellite] = min(first.get(each.satellite, each.came), each.came)
    lines = await places(unit.session, first)
    new: dict[str, Place] = {}
    gave_way: list[list[Place]] = []
    for each in accepted:
        place = _place(each, is_active=each.document.id not in withdrawn_at)
        is_in_line = place.is_active and each.values["designation"] == "operational"
        gave_way.append(take_place(lines[each.satellite], place) if is_in_line else [])
        new[place.id] = place
    rows = [
        _row(unit, each, new[each.values["id"]], withdrawn_at.get(each.document.id), ordinal)
        for ordinal, each in enumerate(sorted(accepted, key=attrgetter("came")))
    ]
    await (await unit.session.connection()).execute(insert(Ephemeris), rows)
    await _change(unit, [each for line in lines.values() for each in line if each.has_changed and each.id not in new])
    return gave_way


async def tell_ephemeris(unit: UnitOfWork, accepted: Accepted, gave_way: Sequence[Place]) -> None:
    """Tell of an ephemeris that was added, and of those that have given way to it."""
    ephemeris_id, document = accepted.values["id"], accepted.document
    for older in gave_way:
        await tell_superseded(unit, older, ephemeris_id)
    unit.emit(EphemerisAcceptedV1(ephemeris_id=ephemeris_id, row_version=_FIRST_VERSION))
    unit.audit("ephemeris.accepted", "ephemeris", ephemeris_id, {"document_id": document.id})
    told = {"document_id": document.id} | {name: accepted.values[name] for name in ("norad_cat_id", "designation")}
    await unit.change("ephemeris.accepted", ephemeris_id, [document.organization_id], told)


async def _withdrawn_at(unit: UnitOfWork, document_ids: Sequence[str]) -> dict[str, Any]:
    """Since when documents are withdrawn, of those that are."""
    query = select(DocumentWithdrawal.document_id, DocumentWithdrawal.withdrawn_at).where(
        DocumentWithdrawal.document_id.in_(document_ids), DocumentWithdrawal.restored_at.is_(None)
    )
    return {row.document_id: row.withdrawn_at for row in await unit.session.execute(query)}


def _place(accepted: Accepted, *, is_active: bool) -> Place:
    organization_id, norad_cat_id = accepted.satellite
    return Place(
        id=accepted.values["id"],
        organization_id=organization_id,
        norad_cat_id=norad_cat_id,
        came=accepted.came,
        is_active=is_active,
        superseded_by=None,
        row_version=_FIRST_VERSION,
    )


def _row(unit: UnitOfWork, accepted: Accepted, place: Place, withdrawn_at: object, ordinal: int) -> dict[str, Any]:
    return accepted.values | {
        "document_id": accepted.document.id,
        "organization_id": accepted.document.organization_id,
        "file_name": accepted.document.file_name,
        "is_active": place.is_active,
        "superseded_by": place.superseded_by,
        "withdrawn_at": withdrawn_at,
        # No two at the same moment, in the order in which the documents came: of two of one satellite the later one
        # counts, also for who asks by this time.
        "accepted_at": unit.now + timedelta(microseconds=ordinal),
        "expires_at": None,
        "reason_to_keep": None,
        "row_version": place.row_version,
    }


async def _change(unit: UnitOfWork, places_: Sequence[Place]) -> None:
    if not places_:
        return
    change = (
        update(Ephemeris)
        .where(Ephemeris.id == bindparam("changed"))
        .values(is_active=bindparam("active"), superseded_by=bindparam("newer"), row_version=bindparam("version"))
    )
    rows = [
        {"changed": each.id, "active": each.is_active, "newer": each.superseded_by, "version": each.row_version}
        for each in places_
    ]
    await (await unit.session.connection()).execute(change, rows)
