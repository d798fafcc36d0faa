"""The directory of organizations: who is who at Space-Track, how to reach them, and which objects are theirs."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import select

from records.identity.tables import Organization
from records.spacetrack_gateway import writes
from records.spacetrack_gateway.tables import SpaceTrackDirectoryEntry, SpaceTrackTask
from spacetrack_gateway.budget.admission import Priority
from spacetrack_gateway.budget.cadence import daily_after_17
from spacetrack_gateway.budget.lease import ACTOR, held_account
from spacetrack_gateway.client.addresses import modeldef_of, query_of
from spacetrack_gateway.desk import Desk
from spacetrack_gateway.recurring import RecurringTask, UnusableAnswerError
from spacetrack_gateway.syncing.column_names import Columns, fields_of, resolve

__all__ = ["DIRECTORY", "TASK", "entries_of"]

TASK: Final = "organization"
_BATCH: Final = 100
_LONGEST: Final = 255


def entries_of(rows: Sequence[Mapping[str, Any]], columns: Columns) -> dict[str, dict[str, Any]]:
    """Return the entries by GID. Space-Track has a row for each thing that an organization lets others know."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        gid = columns.read(row, "gid")[:40]
        if not gid:
            continue
        entry = found.setdefault(gid, {"name": "", "constellation": None, "contacts": [], "objects": []})
        entry["name"] = entry["name"] or columns.read(row, "name")[:_LONGEST]
        entry["constellation"] = entry["constellation"] or columns.read(row, "constellation")[:_LONGEST] or None
        numbers = {int(part) for part in columns.read(row, "objects").split(",") if part.strip().isdigit()}
        entry["objects"] = sorted(numbers | set(entry["objects"]))
        value = columns.read(row, "info_value")
        if value:
            contact = {name: columns.read(row, f"info_{name}") for name in ("type", "label", "modified")}
            entry["contacts"].append({**contact, "value": value})
    return found


async def sync_directory(desk: Desk, task: SpaceTrackTask) -> bool:
    """Ask for the columns, then for the directory; say whether all is done."""
    run = task.cursor.get("run")
    if not run:
        path = modeldef_of("expandedspacedata", "organization")
        reply = await desk.session.ask(path, "acknowledgement", purpose="modeldef", priority=Priority.SYNC)
        fields = fields_of(reply.data)
        columns = resolve(fields, desk.settings.organization_columns)
        if not {"gid", "name"} <= columns.by_attribute.keys():
            raise UnusableAnswerError("class organization has no column that could be the GID, or none for the name")
        await _keep(desk, columns, {"fields": fields})
        return False
    columns = resolve(run["fields"], desk.settings.organization_columns)
    path = query_of(
        "expandedspacedata",
        "organization",
        ("orderby", f"{columns.by_attribute['gid']} asc"),
        ("format", "json"),
        ("emptyresult", "show"),
    )
    entries = entries_of(await desk.session.rows(path, purpose="organization", priority=Priority.SYNC), columns)
    await _store(desk, entries)
    await _keep(desk, columns, None)
    return True


async def _store(desk: Desk, entries: Mapping[str, dict[str, Any]]) -> None:
    async with desk.ctx.store.read() as session:
        ours = (await session.scalars(select(Organization).where(Organization.is_operations.is_(False)))).all()
        there = select(SpaceTrackDirectoryEntry.gid).where(
            SpaceTrackDirectoryEntry.account_id == desk.account_id, SpaceTrackDirectoryEntry.gone_at.is_(None)
        )
        known = set(await session.scalars(there))
    by_gid = {row.gid: row.id for row in ours if row.gid}
    by_name = {
        name.casefold(): row.id for row in ours if not row.gid for name in (row.name, row.space_track_title or row.name)
    }
    gids = sorted(entries)
    for begin in range(0, len(gids), _BATCH):
        async with desk.ctx.store.write(ACTOR) as unit:
            await held_account(unit, desk.lease)
            for gid in gids[begin : begin + _BATCH]:
                entry = entries[gid]
                organization_id = by_gid.get(gid) or by_name.get(entry["name"].casefold())
                values = {**entry, "organization_id": organization_id, "gone_at": None}
                if await writes.put_directory_entry(unit, desk.account_id, gid, **values) and organization_id:
                    detail = {"gid": gid, "name": entry["name"], "objects": len(entry["objects"])}
                    unit.audit("space-track.directory-changed", "organization", organization_id, detail)
    if not entries:
        return  # an empty directory says that we may not read it, not that all organizations are gone
    async with desk.ctx.store.write(ACTOR) as unit:
        await held_account(unit, desk.lease)
        for gid in sorted(known - entries.keys()):
            await writes.put_directory_entry(unit, desk.account_id, gid, gone_at=unit.now)


async def _keep(desk: Desk, columns: Columns, run: dict[str, Any] | None) -> None:
    said = {"columns": dict(columns.by_attribute), "missing": list(columns.missing)}
    async with desk.ctx.store.write(ACTOR) as unit:
        await held_account(unit, desk.lease)
        row = await writes.task_of(unit, desk.account_id, TASK)
        if {name: row.cursor.get(name) for name in said} != said:
            unit.audit("space-track.columns-changed", "space-track-account", desk.account_id, {"class": TASK} | said)
        row.cursor = {**said, "run": run}


DIRECTORY = RecurringTask(name=TASK, priority=Priority.SYNC, cadence=daily_after_17, step=sync_directory)
