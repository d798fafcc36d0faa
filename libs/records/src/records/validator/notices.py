"""What a maneuver is by the notifications that stand: when one comes, is taken back, or is put back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select

from records.ingest_api.tables import Document, DocumentWithdrawal
from records.validator.tables import Maneuver, ManeuverNotice
from servicekit.store import UnitOfWork

__all__ = ["WITHDRAWN", "settle_maneuvers"]

WITHDRAWN: Final = "WITHDRAWN"
"""Status of a maneuver of which every notification was taken back; its last values stay to be read."""

_TIMES: Final = ("notified_at", "epoch_ignition", "tca")


async def settle_maneuvers(unit: UnitOfWork, document_id: str) -> bool:
    """Set every maneuver that a notification tells of to the newest one that stands; return whether it tells of any."""
    query = select(ManeuverNotice.maneuver_id).where(ManeuverNotice.document_id == document_id)
    ids = (await unit.session.scalars(query.order_by(ManeuverNotice.maneuver_id))).all()
    for maneuver_id in ids:
        row = await unit.session.get_one(Maneuver, maneuver_id, with_for_update=True, populate_existing=True)
        notice = await _newest_standing(unit, maneuver_id)
        before = (row.document_id, row.status)
        if notice is None:
            row.status = WITHDRAWN
        else:
            for name, value in _values(notice.said).items():
                setattr(row, name, value)
            row.document_id = notice.document_id
        if (row.document_id, row.status) != before:
            row.row_version += 1
            detail = {"document_id": row.document_id, "status": row.status}
            unit.audit("maneuver.settled", "maneuver", row.id, detail)
            await unit.change("maneuver.settled", row.id, [row.organization_id], detail)
    return bool(ids)


async def _newest_standing(unit: UnitOfWork, maneuver_id: str) -> ManeuverNotice | None:
    withdrawn = select(DocumentWithdrawal.document_id).where(DocumentWithdrawal.restored_at.is_(None))
    query = (
        select(ManeuverNotice)
        .join(Document, Document.id == ManeuverNotice.document_id)
        .where(ManeuverNotice.maneuver_id == maneuver_id, ManeuverNotice.document_id.not_in(withdrawn))
        .order_by(ManeuverNotice.notified_at.desc(), Document.received_at.desc(), ManeuverNotice.accepted_at.desc())
        .limit(1)
    )
    return (await unit.session.scalars(query)).first()


def _values(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of a maneuver of what a notification said, whose times stand as text."""
    return {
        name: datetime.fromisoformat(value) if name in _TIMES and value is not None else value
        for name, value in said.items()
    }
