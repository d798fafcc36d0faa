"""Changes to CDMs and conjunction events."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from records.screening.events import ConjunctionUpdatedV1
from records.screening.tables import Cdm, ConjunctionEvent, PairRescreening
from servicekit.store import UnitOfWork

__all__ = ["EventChange", "add_cdms", "put_events", "put_rescreenings", "redirect_event"]


async def add_cdms(unit: UnitOfWork, cdms: Sequence[Cdm]) -> list[Cdm]:
    """Add CDMs that are not there yet and return those."""
    known = set()
    if cdms:
        known = set(await unit.session.scalars(select(Cdm.id).where(Cdm.id.in_([cdm.id for cdm in cdms]))))
    new = [cdm for cdm in cdms if cdm.id not in known]
    unit.session.add_all(new)
    await unit.session.flush()
    for cdm in new:
        audience = {cdm.recipient_id, cdm.organization_id_1, cdm.organization_id_2}
        await unit.change("cdm.created", cdm.id, audience, {"run_id": cdm.run_id, "message_id": cdm.message_id})
    return new


async def put_rescreenings(unit: UnitOfWork, rows: Sequence[PairRescreening]) -> None:
    """Record that pairs with an event were screened again and nothing was found."""
    unit.session.add_all(rows)
    await unit.session.flush()


@dataclass(frozen=True)
class EventChange:
    """An event that is new or has changed; the change is material where there are `reasons`."""

    event: ConjunctionEvent
    is_new: bool
    reasons: tuple[str, ...]


async def put_events(
    unit: UnitOfWork,
    changes: Sequence[EventChange],
    about: Callable[[tuple[int, int]], AbstractContextManager[None]] = lambda _: nullcontext(),
) -> None:
    """Store events that have changed, and tell of those that have changed materially.

    What is told of a pair is told inside the block that `about` gives for it.
    """
    for change in changes:
        change.event.updated_at = unit.now
        if change.is_new:
            unit.session.add(change.event)
        else:
            change.event.row_version += 1
    await unit.session.flush()
    details = [
        {"state": change.event.state, "level": change.event.level, "reasons": list(change.reasons)}
        for change in changes
    ]
    await unit.change_all(
        "conjunction.updated",
        [
            (change.event.id, {change.event.organization_id_low, change.event.organization_id_high}, detail)
            for change, detail in zip(changes, details, strict=True)
        ],
    )
    for change, detail in zip(changes, details, strict=True):
        with about((change.event.norad_cat_id_low, change.event.norad_cat_id_high)):
            _tell(unit, change, detail)


def _tell(unit: UnitOfWork, change: EventChange, detail: dict[str, Any]) -> None:
    event = change.event
    unit.audit("conjunction.created" if change.is_new else "conjunction.updated", "conjunction", event.id, detail)
    if change.reasons:
        unit.emit(
            ConjunctionUpdatedV1(
                event_id=event.id, row_version=event.row_version, level=event.level, reasons=list(change.reasons)
            )
        )


async def redirect_event(unit: UnitOfWork, event: ConjunctionEvent, survivor_id: str) -> None:
    """Record that an event has become part of another one."""
    if event.redirect_to == survivor_id:
        return
    event.redirect_to = survivor_id
    event.state = "superseded"
    event.updated_at = unit.now
    event.row_version += 1
    audience = {event.organization_id_low, event.organization_id_high}
    await unit.change("conjunction.merged", event.id, audience, {"redirect_to": survivor_id})
    unit.audit("conjunction.merged", "conjunction", event.id, {"redirect_to": survivor_id})
