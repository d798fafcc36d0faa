"""One operational ephemeris gives way to another: when a newer one is accepted, and when one is restored."""

from records.validator.tables import Ephemeris
from servicekit.store import UnitOfWork

__all__ = ["give_way"]


async def give_way(unit: UnitOfWork, older: Ephemeris, newer: Ephemeris) -> None:
    """Put `newer` in the place of `older`, and tell of it where `older` was current."""
    was_current = older.is_active
    older.is_active, older.superseded_by = False, newer.id
    if not was_current:
        return
    older.row_version += 1
    detail = {"superseded_by": newer.id, "norad_cat_id": older.norad_cat_id}
    unit.audit("ephemeris.superseded", "ephemeris", older.id, detail)
    await unit.change("ephemeris.superseded", older.id, [older.organization_id], detail)
