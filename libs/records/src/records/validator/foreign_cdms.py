"""Conjunction data messages from outside become rows. Only the validator imports this."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from records.ingest_api.tables import Document
from records.screening.tables import Cdm
from records.validator.events import CdmsAcceptedV1
from servicekit.store import UnitOfWork

__all__ = ["Conflict", "add_foreign_cdms"]

_MOST_IN_A_QUERY = 500


@dataclass(frozen=True)
class Conflict:
    """A message whose originator, identifier and recipient are known, with another content: the first one stands."""

    cdm_id: str
    message_id: str
    originator: str


async def add_foreign_cdms(unit: UnitOfWork, document: Document, rows: Sequence[dict[str, Any]]) -> list[Conflict]:
    """Add the messages of a document that are not there yet, and tell of them; return those that contradict one."""
    known = await _known(unit, [row["id"] for row in rows])
    new: list[Cdm] = []
    conflicts: list[Conflict] = []
    for values in rows:
        sha256 = known.get(values["id"])
        if sha256 is None:
            known[values["id"]] = values["content_sha256"]
            new.append(Cdm(**values, document_id=document.id, run_id=None, event_id=None))
        elif sha256 != values["content_sha256"]:
            conflicts.append(Conflict(values["id"], values["message_id"], values["originator"]))
    unit.session.add_all(new)
    await unit.session.flush()
    await unit.change_all(
        "cdm.created",
        [
            (
                cdm.id,
                (cdm.recipient_id, cdm.organization_id_1, cdm.organization_id_2),
                {"run_id": None, "message_id": cdm.message_id, "source": cdm.source},
            )
            for cdm in new
        ],
    )
    for conflict in conflicts:
        unit.audit("cdm.conflict", "cdm", conflict.cdm_id, {"document_id": document.id})
    if new:
        unit.emit(CdmsAcceptedV1(document_id=document.id))
    return conflicts


async def _known(unit: UnitOfWork, ids: Sequence[str]) -> dict[str, str]:
    """Return which of these messages stand, each with the hash of its content."""
    found: dict[str, str] = {}
    for begin in range(0, len(ids), _MOST_IN_A_QUERY):
        query = select(Cdm.id, Cdm.content_sha256).where(Cdm.id.in_(ids[begin : begin + _MOST_IN_A_QUERY]))
        found |= {row.id: row.content_sha256 for row in await unit.session.execute(query)}
    return found
