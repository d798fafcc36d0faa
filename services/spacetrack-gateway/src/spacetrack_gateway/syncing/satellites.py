"""Satellite attributes: what Space-Track says of our organizations' satellites becomes facts with that source.

An operator's own value goes before Space-Track's; where the two differ it is on record. Under the organization's policy
``space-track-wins`` the operator's value is taken back instead, on record too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from records.identity.tables import Organization
from records.ingest_api.tables import Satellite, SatelliteFact
from records.spacetrack_gateway import writes
from records.spacetrack_gateway.tables import SpaceTrackLink, SpaceTrackTask
from servicekit.observability import logger
from servicekit.store import UnitOfWork
from spacetrack_gateway.budget.admission import Priority
from spacetrack_gateway.budget.cadence import daily_after_17
from spacetrack_gateway.budget.lease import ACTOR, held_account
from spacetrack_gateway.client.addresses import modeldef_of, query_of
from spacetrack_gateway.desk import Desk
from spacetrack_gateway.recurring import RecurringTask, UnusableAnswerError
from spacetrack_gateway.syncing.column_names import Columns, fields_of, resolve
from spacetrack_gateway.syncing.satellite_values import ATTRIBUTES, SatelliteRow, read_row, say_the_same

__all__ = ["SATELLITES", "TASK"]

_log = logger(__name__)
TASK: Final = "satellite"
_BATCH: Final = 200
_OPERATORS: Final = frozenset({"operator", "admin"})


async def sync_satellites(desk: Desk, task: SpaceTrackTask) -> bool:
    """Ask for the columns, then for the satellites; say whether all is done."""
    run = task.cursor.get("run")
    if not run:
        await _resolve_columns(desk, task)
        return False
    columns = resolve(run["fields"], desk.settings.satellite_columns)
    order = columns.by_attribute["norad_cat_id"]
    path = query_of(
        "expandedspacedata",
        "satellite",
        ("orderby", f"{order} asc"),
        ("format", "json"),
        ("emptyresult", "show"),
    )
    answer = await desk.session.rows(path, purpose="satellite", priority=Priority.SYNC)
    rows = _by_number(answer, columns)
    numbers = sorted(rows)
    for begin in range(0, len(numbers), _BATCH):
        await _apply(desk, [rows[number] for number in numbers[begin : begin + _BATCH]])
    await _finish(desk, columns, rows)
    return True


async def _resolve_columns(desk: Desk, task: SpaceTrackTask) -> None:
    path = modeldef_of("expandedspacedata", "satellite")
    reply = await desk.session.ask(path, "acknowledgement", purpose="modeldef", priority=Priority.SYNC)
    fields = fields_of(reply.data)
    columns = resolve(fields, desk.settings.satellite_columns)
    said = {"columns": dict(columns.by_attribute), "missing": list(columns.missing)}
    async with desk.ctx.store.write(ACTOR) as unit:
        await held_account(unit, desk.lease)
        row = await writes.task_of(unit, desk.account_id, TASK)
        if {name: row.cursor.get(name) for name in said} != said:
            unit.audit("space-track.columns-changed", "space-track-account", desk.account_id, {"class": TASK} | said)
        is_usable = "norad_cat_id" in columns.by_attribute
        row.cursor = {**task.cursor, **said, "run": {"fields": fields} if is_usable else None}
    if not is_usable:
        raise UnusableAnswerError("class satellite has no column that could be the catalogue number")


def _by_number(answer: Sequence[Mapping[str, Any]], columns: Columns) -> dict[int, SatelliteRow]:
    """Return the satellites by their numbers. One that several organizations own comes several times."""
    found: dict[int, SatelliteRow] = {}
    for values in answer:
        row = read_row(values, columns)
        if row is not None:
            found.setdefault(row.norad_cat_id, row)
    return found


@dataclass(frozen=True, kw_only=True)
class _Known:
    """A satellite of ours, and what was last said of it: by attribute, by its operator and by Space-Track."""

    satellite: Satellite
    operator: Mapping[str, SatelliteFact]
    space_track: Mapping[str, SatelliteFact]


async def _apply(desk: Desk, rows: Sequence[SatelliteRow]) -> None:
    """Bring the facts of these satellites up to date, as far as they are ours, in one transaction."""
    async with desk.ctx.store.write(ACTOR) as unit:
        await held_account(unit, desk.lease)
        ours = await _known(unit.session, [row.norad_cat_id for row in rows])
        policies = await _policies(unit.session)
        for row in rows:
            known = ours.get(row.norad_cat_id)
            if known is not None:
                await _apply_one(unit, known, row, policies.get(known.satellite.organization_id or "", ""))


async def _apply_one(unit: UnitOfWork, known: _Known, row: SatelliteRow, policy: str) -> None:
    news: dict[str, Any] = {}
    overruled: dict[str, Any] = {}
    for attribute, value in row.values.items():
        said = known.space_track.get(attribute)
        if value != (None if said is None else said.value):
            news[attribute] = value
    if news:
        before = {name: known.space_track[name].value for name in news if name in known.space_track}
        await writes.record_facts(unit, known.satellite, news, "space-track")
        detail = {"before": before, "after": news, "unclear": list(row.unclear)}
        unit.audit("satellite.metadata-synchronized", "satellite", str(row.norad_cat_id), detail)
    for attribute, value in row.values.items():
        own = known.operator.get(attribute)
        differs = (
            own is not None
            and own.value is not None
            and value is not None
            and not say_the_same(attribute, own.value, value)
        )
        if not differs or own is None:
            await writes.settle_difference(unit, row.norad_cat_id, attribute, settled_as="agreed")
        elif policy == "space-track-wins":
            overruled[attribute] = {"operator": own.value, "space_track": value}
        else:
            await writes.open_difference(
                unit,
                row.norad_cat_id,
                attribute,
                organization_id=known.satellite.organization_id or "",
                operator_value=own.value,
                space_track_value=value,
            )
    if overruled:
        await writes.record_facts(unit, known.satellite, dict.fromkeys(overruled), "operator")
        unit.audit("satellite.operator-overruled", "satellite", str(row.norad_cat_id), {"by_policy": overruled})
        for attribute in overruled:
            await writes.settle_difference(unit, row.norad_cat_id, attribute, settled_as="overruled")


async def _known(session: AsyncSession, numbers: Sequence[int]) -> dict[int, _Known]:
    query = select(Satellite).where(Satellite.norad_cat_id.in_(numbers), Satellite.organization_id.is_not(None))
    in_order = query.order_by(Satellite.norad_cat_id)  # everybody who locks several satellites does so in this order
    satellites = {row.norad_cat_id: row for row in await session.scalars(in_order.with_for_update())}
    facts = select(SatelliteFact).where(
        SatelliteFact.norad_cat_id.in_(satellites), SatelliteFact.attribute.in_(ATTRIBUTES)
    )
    latest: dict[tuple[int, bool], dict[str, SatelliteFact]] = {}
    for fact in await session.scalars(facts.order_by(SatelliteFact.recorded_at, SatelliteFact.id)):
        if fact.source in _OPERATORS or fact.source == "space-track":
            latest.setdefault((fact.norad_cat_id, fact.source in _OPERATORS), {})[fact.attribute] = fact
    return {
        number: _Known(
            satellite=satellite,
            operator=latest.get((number, True), {}),
            space_track=latest.get((number, False), {}),
        )
        for number, satellite in satellites.items()
    }


async def _policies(session: AsyncSession) -> dict[str, str]:
    query = select(SpaceTrackLink.organization_id, SpaceTrackLink.metadata_policy)
    return {row.organization_id: row.metadata_policy for row in await session.execute(query)}


async def _finish(desk: Desk, columns: Columns, rows: Mapping[int, SatelliteRow]) -> None:
    """Keep which satellites are listed. An empty list is kept as it is: it takes no fact back."""
    async with desk.ctx.store.write(ACTOR) as unit:
        await held_account(unit, desk.lease)
        row = await writes.task_of(unit, desk.account_id, TASK)
        gids = {organization.gid: organization.id for organization in await unit.session.scalars(select(Organization))}
        listed = {str(number): gids.get(rows[number].gid) for number in sorted(rows)}
        unclear = {str(number): list(each.unclear) for number, each in rows.items() if each.unclear}
        row.cursor = {
            "columns": dict(columns.by_attribute),
            "missing": list(columns.missing),
            "listed": listed,
            "unclear": unclear,
            "run": None,
        }
    _log.info("satellites are synchronized", listed=len(rows), missing=columns.missing)


SATELLITES = RecurringTask(name=TASK, priority=Priority.SYNC, cadence=daily_after_17, step=sync_satellites)
