"""What was pulled: documents from Space-Track, rows of CDMs, files in folders."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert

from records.ingest_api.writes import NewDocument, add_document
from records.spacetrack_gateway.tables import SpaceTrackCdm, SpaceTrackFile
from servicekit.store import UnitOfWork

__all__ = ["NewDocument", "add_cdm_rows", "add_document", "put_file"]


async def add_cdm_rows(unit: UnitOfWork, rows: Sequence[dict[str, Any]]) -> None:
    """Add rows of CDMs, all at once."""
    if rows:
        await unit.session.execute(insert(SpaceTrackCdm), list(rows))


async def put_file(unit: UnitOfWork, account_id: str, file_id: int, **values: Any) -> SpaceTrackFile:
    """Record a file in a folder as the newest listing has it."""
    file = await unit.session.get(SpaceTrackFile, (account_id, file_id))
    if file is None:
        file = SpaceTrackFile(account_id=account_id, file_id=file_id, seen_at=unit.now)
        unit.session.add(file)
    for name, value in values.items():
        setattr(file, name, value)
    file.seen_at = unit.now
    return file
