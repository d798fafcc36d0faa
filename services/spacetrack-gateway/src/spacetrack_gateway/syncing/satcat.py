"""The satellite catalogue (class ``satcat``): designators and kinds of our organizations' satellites, once a day.

The answer is kept as it came; what it says of satellites that we know becomes facts with the source ``catalogue``,
which every other source goes before.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import select

from records.ingest_api.tables import Satellite, SatelliteFact
from records.spacetrack_gateway import writes
from records.spacetrack_gateway.tables import SpaceTrackTask
from servicekit.threads import in_thread
from spacetrack_gateway.budget.admission import Priority
from spacetrack_gateway.budget.cadence import after_17, daily_after_17
from spacetrack_gateway.budget.lease import ACTOR, held_account
from spacetrack_gateway.client.addresses import query_of
from spacetrack_gateway.desk import Desk
from spacetrack_gateway.recurring import RecurringTask, UnusableAnswerError
from spacetrack_gateway.syncing.elements import packed

__all__ = ["SATCAT", "TASK", "facts_of"]

TASK: Final = "satcat"
_BATCH: Final = 200
_COLUMNS: Final = ("NORAD_CAT_ID", "SATNAME", "OBJECT_ID", "OBJECT_TYPE", "COUNTRY", "LAUNCH", "DECAY", "RCS_SIZE")
_KINDS: Final = {"PAYLOAD": "payload", "ROCKET BODY": "rocket-body", "DEBRIS": "debris"}


def facts_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a row says, in our words; what it does not say is None."""
    values = {column: str(row.get(column) or "").strip() for column in _COLUMNS}
    return {
        "name": values["SATNAME"][:120] or None,
        "international_designator": values["OBJECT_ID"].upper() or None,
        "object_type": _KINDS.get(values["OBJECT_TYPE"].upper()),
        "status": "decayed" if values["DECAY"] else None,
    }


async def sync_satcat(desk: Desk, task: SpaceTrackTask) -> bool:
    """Ask for the whole catalogue in one query, keep it, and record what it says of satellites that we know."""
    path = query_of(
        "basicspacedata",
        "satcat",
        ("CURRENT", "Y"),
        ("orderby", "NORAD_CAT_ID asc"),
        ("predicates", ",".join(_COLUMNS)),
        ("format", "json"),
        ("emptyresult", "show"),
    )
    reply = await desk.session.ask(path, "rows", purpose=TASK, priority=Priority.SYNC)
    if not reply.rows:
        raise UnusableAnswerError("class satcat is empty")
    key = f"space-track/satcat/{desk.account_id}.json.gz"
    await desk.ctx.objects.put(key, await in_thread(packed, reply.body), "application/gzip")
    by_number = {int(number): row for row in reply.rows if (number := str(row.get("NORAD_CAT_ID") or "")).isdigit()}
    async with desk.ctx.store.read() as session:
        ours = list(await session.scalars(select(Satellite.norad_cat_id).order_by(Satellite.norad_cat_id)))
    known = [number for number in ours if number in by_number]
    for begin in range(0, len(known), _BATCH):
        await _apply(desk, {number: facts_of(by_number[number]) for number in known[begin : begin + _BATCH]})
    async with desk.ctx.store.write(ACTOR) as unit:
        await held_account(unit, desk.lease)
        row = await writes.task_of(unit, desk.account_id, task.name)
        row.cursor = {"objects": len(by_number), "object_key": key}
    return True


async def _apply(desk: Desk, rows: Mapping[int, Mapping[str, Any]]) -> None:
    async with desk.ctx.store.write(ACTOR) as unit:
        await held_account(unit, desk.lease)
        # Everybody who locks several satellites does so in this order.
        ours = select(Satellite).where(Satellite.norad_cat_id.in_(rows)).order_by(Satellite.norad_cat_id)
        satellites = await unit.session.scalars(ours.with_for_update())
        facts = await unit.session.scalars(
            select(SatelliteFact)
            .where(SatelliteFact.norad_cat_id.in_(rows), SatelliteFact.source == "catalogue")
            .order_by(SatelliteFact.recorded_at, SatelliteFact.id)
        )
        known = _latest(facts.all())
        for satellite in satellites.all():
            said = known.get(satellite.norad_cat_id, {})
            values = rows[satellite.norad_cat_id]
            news = {name: value for name, value in values.items() if value != said.get(name)}
            if news:
                await writes.record_facts(unit, satellite, news, "catalogue")


def _latest(facts: Sequence[SatelliteFact]) -> dict[int, dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {}
    for fact in facts:
        found.setdefault(fact.norad_cat_id, {})[fact.attribute] = fact.value
    return found


SATCAT = RecurringTask(
    name=TASK,
    priority=Priority.SYNC,
    cadence=daily_after_17,
    step=sync_satcat,
    first=daily_after_17,
    allowed=after_17,
)
