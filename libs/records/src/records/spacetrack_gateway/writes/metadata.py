"""Changes to what Space-Track says of organizations and satellites."""

from typing import Any

from records.ingest_api.writes import record_facts
from records.spacetrack_gateway.tables import MetadataDifference, SpaceTrackDirectoryEntry
from servicekit.store import UnitOfWork

__all__ = ["open_difference", "put_directory_entry", "record_facts", "settle_difference"]


async def put_directory_entry(unit: UnitOfWork, account_id: str, gid: str, **values: Any) -> bool:
    """Record an organization of the directory; return whether anything about it is new."""
    entry = await unit.session.get(SpaceTrackDirectoryEntry, (account_id, gid))
    if entry is not None and all(getattr(entry, name) == value for name, value in values.items()):
        return False
    if entry is None:
        entry = SpaceTrackDirectoryEntry(account_id=account_id, gid=gid)
        unit.session.add(entry)
    for name, value in values.items():
        setattr(entry, name, value)
    entry.changed_at = unit.now
    await unit.session.flush()
    return True


async def open_difference(
    unit: UnitOfWork,
    norad_cat_id: int,
    attribute: str,
    *,
    organization_id: str,
    operator_value: Any,
    space_track_value: Any,
) -> bool:
    """Record that two values differ, in an audit row too where that is news; return whether it is."""
    row = await unit.session.get(MetadataDifference, (norad_cat_id, attribute))
    values = {
        "organization_id": organization_id,
        "operator_value": operator_value,
        "space_track_value": space_track_value,
    }
    if row is not None and row.settled_at is None and all(getattr(row, key) == value for key, value in values.items()):
        return False
    if row is None:
        row = MetadataDifference(norad_cat_id=norad_cat_id, attribute=attribute)
        unit.session.add(row)
    for name, value in values.items():
        setattr(row, name, value)
    row.found_at, row.settled_at, row.settled_as = unit.now, None, None
    detail = {"attribute": attribute, "operator": operator_value, "space_track": space_track_value}
    unit.audit("satellite.metadata-differs", "satellite", str(norad_cat_id), detail)
    await unit.change("satellite.metadata-differs", str(norad_cat_id), [organization_id], detail)
    await unit.session.flush()
    return True


async def settle_difference(unit: UnitOfWork, norad_cat_id: int, attribute: str, *, settled_as: str) -> None:
    """Record that there is no difference any more, where there was one."""
    row = await unit.session.get(MetadataDifference, (norad_cat_id, attribute))
    if row is None or row.settled_at is not None:
        return
    row.settled_at, row.settled_as = unit.now, settled_as
    detail = {"attribute": attribute, "settled_as": settled_as}
    unit.audit("satellite.metadata-difference-settled", "satellite", str(norad_cat_id), detail)
    await unit.change("satellite.metadata-difference-settled", str(norad_cat_id), [row.organization_id], detail)
