"""Which folders our account has, and whose they are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import select

from records.identity.tables import Organization
from records.spacetrack_gateway import reads, writes
from records.spacetrack_gateway.tables import SpaceTrackTask
from spacetrack_gateway.budget.admission import Priority
from spacetrack_gateway.budget.cadence import every
from spacetrack_gateway.budget.lease import ACTOR, held_account
from spacetrack_gateway.client.addresses import query_of
from spacetrack_gateway.desk import Desk
from spacetrack_gateway.pushing.review import account_of, review
from spacetrack_gateway.recurring import RecurringTask

__all__ = ["FOLDERS", "Folders", "folders_of"]

_INTERVAL: Final = timedelta(hours=6)
_LONGEST_DELAY: Final = timedelta(minutes=30)


@dataclass(frozen=True)
class Folders:
    """An organization's folders, as far as our account may write in them."""

    ephemerides: int | None
    maneuvers: int | None


def folders_of(rows: Iterable[Mapping[str, Any]], names: Iterable[str]) -> Folders:
    """Return the folders of an organization, which bear its name, as Space-Track has it, in their path."""
    wanted = {name.strip().casefold() for name in names if name and name.strip()}
    ephemerides: list[int] = []
    maneuvers: list[int] = []
    for row in rows:
        values = {str(key).lower(): str(value or "").strip() for key, value in row.items()}
        path = f"{values.get('folder_path', '')}/{values.get('folder_name', '')}"
        parts = [part.casefold() for part in path.split("/") if part]
        permissions = values.get("permissions", "").lower()
        may_write = not permissions or any(letter in permissions for letter in ("w", "upload", "all"))
        if not wanted & set(parts) or not values.get("folder_id", "").isdigit() or not may_write:
            continue
        is_for_maneuvers = any("maneuver" in part or "manoeuvre" in part for part in parts)
        (maneuvers if is_for_maneuvers else ephemerides).append(int(values["folder_id"]))
    return Folders(min(ephemerides, default=None), min(maneuvers, default=None))


async def find_folders(desk: Desk, _task: SpaceTrackTask) -> bool:
    """Ask for the folders and record whose they are; what waited for a folder goes on, what has lost it is held."""
    path = query_of("fileshare", "folder", ("format", "json"), ("emptyresult", "show"))
    rows = await desk.session.rows(path, purpose="folder", priority=Priority.SYNC)
    async with desk.ctx.store.write(ACTOR) as unit:
        await held_account(unit, desk.lease)
        accounts = await reads.accounts(unit.session)
        organizations = await unit.session.scalars(select(Organization).where(Organization.is_operations.is_(False)))
        for organization in organizations.all():
            link = await reads.link(unit.session, organization.id)
            account = account_of(link, accounts)
            if account is None or account.id != desk.account_id:
                continue
            found = folders_of(rows, (organization.space_track_title or organization.name,))
            known = None if link is None else Folders(link.ephemeris_folder_id, link.maneuver_folder_id)
            if link is None and found == Folders(None, None):
                continue
            await writes.put_link(
                unit,
                organization.id,
                account_id=desk.account_id,
                ephemeris_folder_id=found.ephemerides,
                maneuver_folder_id=found.maneuvers,
                folders_seen_at=unit.now,
            )
            if found != known:
                unit.audit("space-track.folders-changed", "organization", organization.id, vars(found))
    await review(desk.ctx)
    return True


FOLDERS = RecurringTask(
    name="folders", priority=Priority.SYNC, cadence=every(_INTERVAL, _LONGEST_DELAY), step=find_folders
)
