"""Conjunction data messages from outside become rows. Only the validator imports this."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert, select

from records.screening.tables import Cdm
from records.validator.events import CdmsAcceptedV1
from servicekit.store import UnitOfWork

__all__ = ["Added", "Conflict", "add_foreign_cdms", "tell_foreign_cdms"]

_MOST_IN_A_QUERY = 500


@dataclass(frozen=True)
class Conflict:
    """A message whose originator, identifier and recipient are known, with another content: the first one stands."""

    cdm_id: str
    message_id: str
    originator: str


@dataclass(frozen=True)
class Added:
    """What became of the messages of one document."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    """Of the messages that were not there yet."""
    conflicts: list[Conflict] = field(default_factory=list)


async def add_foreign_cdms(unit: UnitOfWork, rows: Sequence[dict[str, Any]]) -> dict[str, Added]:
    """Add the messages that are not there yet, of any number of documents; return what became of each document's.

    Of two rows of one message the first counts. Whoever calls this tells of it by `tell_foreign_cdms`.
    """
    known = await _known(unit, [row["id"] for row in rows])
    added: dict[str, Added] = {}
    new: list[dict[str, Any]] = []
    for values in rows:
        of_document = added.setdefault(values["document_id"], Added())
        sha256 = known.get(values["id"])
        if sha256 is None:
            known[values["id"]] = values["content_sha256"]
            new.append(values | {"run_id": None, "event_id": None})
            of_document.rows.append(values)
        elif sha256 != values["content_sha256"]:
            of_document.conflicts.append(Conflict(values["id"], values["message_id"], values["originator"]))
    if new:
        in_order = sorted(new, key=lambda row: str(row["id"]))  # the same for everybody, so nobody waits in a circle
        await unit.session.execute(insert(Cdm), in_order)
    return added


async def tell_foreign_cdms(unit: UnitOfWork, document_id: str, added: Added) -> None:
    """Tell of the messages that a document has brought, and write down those that contradict one that stands."""
    await unit.change_all(
        "cdm.created",
        [
            (
                row["id"],
                (row["recipient_id"], row["organization_id_1"], row["organization_id_2"]),
                {"run_id": None, "message_id": row["message_id"], "source": row["source"]},
            )
            for row in added.rows
        ],
    )
    for conflict in added.conflicts:
        unit.audit("cdm.conflict", "cdm", conflict.cdm_id, {"document_id": document_id})
    if added.rows:
        unit.emit(CdmsAcceptedV1(document_id=document_id))


async def _known(unit: UnitOfWork, ids: Sequence[str]) -> dict[str, str]:
    """Return which of these messages stand, each with the hash of its content."""
    found: dict[str, str] = {}
    for begin in range(0, len(ids), _MOST_IN_A_QUERY):
        query = select(Cdm.id, Cdm.content_sha256).where(Cdm.id.in_(ids[begin : begin + _MOST_IN_A_QUERY]))
        found |= {row.id: row.content_sha256 for row in await unit.session.execute(query)}
    return found
