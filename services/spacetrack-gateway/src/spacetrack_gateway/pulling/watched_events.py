"""News of emergencies between the pulls: each such event is asked for once an hour, by its two objects.

What is new is asked for in KVN too, the form in which it was issued, and kept beside the row.
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select

from records.screening.tables import ConjunctionEvent
from records.spacetrack_gateway import writes
from records.spacetrack_gateway.tables import SpaceTrackTask
from servicekit.observability import logger
from spacetrack_gateway.budget.admission import Priority
from spacetrack_gateway.budget.lease import ACTOR, held_account
from spacetrack_gateway.client.addresses import query_of
from spacetrack_gateway.client.session import AskFailed
from spacetrack_gateway.desk import Desk
from spacetrack_gateway.pulling.originals import key_of
from spacetrack_gateway.pulling.rows import read_page
from spacetrack_gateway.pulling.storing import Page, store_page
from spacetrack_gateway.recurring import RecurringTask, UnusableAnswerError

__all__ = ["WATCH_EVENTS", "kvn_by_number"]

_log = logger(__name__)
_LOOKED_AT_EVERY: Final = timedelta(minutes=20)
_ASKED_EVERY: Final = timedelta(minutes=61)
"""Space-Track allows an hour."""
_WINDOW: Final = timedelta(hours=1)
_MOST_EVENTS: Final = 60
"""Those whose closest approach is next; with a message for each they leave half of an hour's budget to all else."""
_MOST_ROWS: Final = 200
_FIRST_KVN_PAUSE: Final = timedelta(minutes=20)
_MOST_KVN_TRIES: Final = 7
"""The last one about twenty hours after the first, for each pause is twice the one before."""
_NUMBER: Final = re.compile(r"^\s*(?:COMMENT\s+)?CDM_ID\s*[=:]\s*(\d+)", re.MULTILINE)
_BEGIN: Final = re.compile(r"(?=^\s*CCSDS_CDM_VERS\s*=)", re.MULTILINE)

Wanted = dict[str, str | int]
"""Of a message that is to be had as it was issued: how often it was asked for in vain, and when it is next."""


async def watch_events(desk: Desk, task: SpaceTrackTask) -> bool:
    """Ask for one event that is due; say whether no other is."""
    wanted: dict[str, Wanted] = dict(task.cursor.get("kvn", {}))
    number = next((number for number, each in sorted(wanted.items()) if _is_due(each, desk.ctx.clock.now())), None)
    if number is not None:
        await _ask_for_kvn(desk, number, wanted)
        return False
    asked: dict[str, str] = dict(task.cursor.get("asked", {}))
    events = await _due(desk, asked)
    if not events:
        return True
    event = events[0]
    try:
        await _ask(desk, event, wanted)
    except (AskFailed, UnusableAnswerError) as error:
        if isinstance(error, AskFailed) and not error.reply.is_of_the_request:
            raise
        _log.warning("news of an event cannot be had; the others are asked for", event_id=event.id, error=str(error))
    now = desk.ctx.clock.now()
    asked = {name: at for name, at in asked.items() if datetime.fromisoformat(at) > now - timedelta(days=1)}
    async with desk.ctx.store.write(ACTOR) as unit:
        await held_account(unit, desk.lease)
        row = await writes.task_of(unit, desk.account_id, WATCH_EVENTS.name)
        row.cursor = row.cursor | {"asked": asked | {event.id: now.isoformat()}}
    return False  # what was new is asked for as it was issued


async def _ask(desk: Desk, event: ConjunctionEvent, wanted: dict[str, Wanted]) -> None:
    reply = await desk.session.ask(_path(event), "rows", purpose="cdm-event", priority=Priority.EMERGENCY)
    rows = [] if reply.outcome == "empty" else read_page(reply.body)
    if not rows:
        return
    # It is wanted before the rows are stored: who comes after a process that dies in between takes them for known.
    number = str(max(row.cdm_id for row in rows))
    was_wanted = number in wanted
    if not was_wanted:
        await _want(desk, wanted | {number: {"tries": 0, "due": desk.ctx.clock.now().isoformat()}})
    if not await store_page(desk, Page(rows=rows, is_last=True, run=None)) and not was_wanted:
        await _want(desk, wanted)


async def _due(desk: Desk, asked: dict[str, str]) -> Sequence[ConjunctionEvent]:
    now = desk.ctx.clock.now()
    query = (
        select(ConjunctionEvent)
        .where(
            ConjunctionEvent.state == "active",
            ConjunctionEvent.level == "emergency",
            ConjunctionEvent.redirect_to.is_(None),
            ConjunctionEvent.tca > now,
            ConjunctionEvent.organization_id_low.is_not(None) | ConjunctionEvent.organization_id_high.is_not(None),
        )
        .order_by(ConjunctionEvent.tca, ConjunctionEvent.id)
        .limit(_MOST_EVENTS)
    )
    async with desk.ctx.store.read() as session:
        events = (await session.scalars(query)).all()
    return [
        event
        for event in events
        if event.id not in asked or datetime.fromisoformat(asked[event.id]) <= now - _ASKED_EVERY
    ]


def _path(event: ConjunctionEvent) -> str:
    pair = f"{event.norad_cat_id_low},{event.norad_cat_id_high}"
    start, stop = event.tca - _WINDOW, event.tca + _WINDOW
    return query_of(
        "expandedspacedata",
        "cdm",
        ("SAT1_OBJECT_DESIGNATOR", pair),
        ("SAT2_OBJECT_DESIGNATOR", pair),
        ("TCA", f"{start:%Y-%m-%d %H:%M:%S}--{stop:%Y-%m-%d %H:%M:%S}"),
        ("orderby", "CDM_ID asc"),
        ("limit", _MOST_ROWS),
        ("format", "json"),
        ("emptyresult", "show"),
    )


async def _ask_for_kvn(desk: Desk, number: str, wanted: dict[str, Wanted]) -> None:
    """Keep a message in the form in which it was issued; where it cannot be had, ask again later, some times."""
    path = query_of("expandedspacedata", "cdm", ("CDM_ID", number), ("format", "kvn"), ("emptyresult", "show"))
    others = {other: each for other, each in wanted.items() if other != number}
    try:
        reply = await desk.session.ask(path, "text", purpose="cdm-kvn", priority=Priority.EMERGENCY)
    except AskFailed as failed:
        tries = int(wanted[number]["tries"]) + 1
        again_at = desk.ctx.clock.now() + _FIRST_KVN_PAUSE * 2 ** (tries - 1)
        again: dict[str, Wanted] = {number: {"tries": tries, "due": again_at.isoformat()}}
        is_given_up = tries >= _MOST_KVN_TRIES
        await _want(desk, others if is_given_up else others | again)
        _log.warning("a CDM cannot be had as it was issued", cdm_id=number, tries=tries, is_given_up=is_given_up)
        if not failed.reply.is_of_the_request:
            raise
        return
    for each, text in kvn_by_number(reply.body.decode("utf-8", "replace"), int(number)).items():
        await desk.ctx.objects.put(key_of(desk.account_id, each), text.encode(), "text/plain")
    await _want(desk, others)


async def _want(desk: Desk, wanted: dict[str, Wanted]) -> None:
    async with desk.ctx.store.write(ACTOR) as unit:
        await held_account(unit, desk.lease)
        row = await writes.task_of(unit, desk.account_id, WATCH_EVENTS.name)
        row.cursor = row.cursor | {"kvn": wanted}


def _is_due(wanted: Wanted, now: datetime) -> bool:
    return datetime.fromisoformat(str(wanted["due"])) <= now


def kvn_by_number(text: str, only: int) -> dict[int, str]:
    """Take messages that stand one behind the other apart, by their CDM_ID; one that says none is `only`."""
    found: dict[int, str] = {}
    for part in _BEGIN.split(text):
        if part.strip():
            number = _NUMBER.search(part)
            found[int(number[1]) if number else only] = part
    return found


def _cadence(began: datetime, _seed: str) -> datetime:
    return began + _LOOKED_AT_EVERY


WATCH_EVENTS: Final = RecurringTask(name="cdm-events", priority=Priority.EMERGENCY, cadence=_cadence, step=watch_events)
