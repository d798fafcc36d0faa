"""Conjunction events as they follow from a pair's messages: computed again, under a lock, whenever one is added.

The grouping is a pure function (`assessment.events`); this stores what it says and tells of what changed materially.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select, tuple_

from assessment.cdm_summary import CdmSummary
from assessment.event_changes import EventPicture, materially_changed
from assessment.events import ConjunctionEvent as Grouped
from assessment.events import ExistingEvent, Matching, ScreenedAgain, group_events, match_existing
from records.ingest_api.tables import Satellite
from records.screening import writes
from records.screening.tables import Cdm, ConjunctionEvent, PairRescreening
from servicekit.ids import derived_id, new_id
from servicekit.store import UnitOfWork

__all__ = ["Pair", "regroup"]

_AT_ONCE: Final = 100
"""So many pairs are read with one query each kind."""

Pair = tuple[int, int]
"""Two catalogue numbers, the smaller first."""


async def regroup(
    unit: UnitOfWork,
    pairs: Iterable[Pair],
    about: Callable[[Pair], AbstractContextManager[None]] = lambda _: nullcontext(),
) -> list[ConjunctionEvent]:
    """Compute the events of pairs again, from their messages as they stand in this unit; return those that changed.

    What is told of a pair is told inside the block that `about` gives for it.
    """
    wanted = sorted(set(pairs))
    await writes.lock_pairs(unit, wanted)
    changed: list[ConjunctionEvent] = []
    for begin in range(0, len(wanted), _AT_ONCE):
        changed += await _regroup_some(unit, wanted[begin : begin + _AT_ONCE], about)
    return changed


async def _regroup_some(
    unit: UnitOfWork, pairs: Sequence[Pair], about: Callable[[Pair], AbstractContextManager[None]]
) -> list[ConjunctionEvent]:
    known = await _what_stands(unit, pairs)
    matched = [_match(known, pair, unit) for pair in pairs]
    wished = [derived_id("conjunction-event", group.key) for each in matched for _, group in each.matching.continued]
    is_taken = select(ConjunctionEvent.id).where(ConjunctionEvent.id.in_(wished))
    taken = set(await unit.session.scalars(is_taken)) if wished else set()
    changes = [
        change
        for each in matched
        for event_id, group in each.matching.continued
        for change in [_change(unit, each, event_id, group, known.owners, taken)]
        if change is not None
    ]
    await writes.put_events(unit, changes, about)
    for pair, each in zip(pairs, matched, strict=True):
        with about(pair):
            for merged, survivor in each.matching.redirects.items():
                await writes.redirect_event(unit, each.events[merged], survivor)
    return [change.event for change in changes]


@dataclass(frozen=True)
class _Standing:
    """Everything that the events of some pairs follow from, by pair."""

    messages: Mapping[Pair, Sequence[Cdm]]
    events: Mapping[Pair, Sequence[ConjunctionEvent]]
    again: Mapping[Pair, Sequence[ScreenedAgain]]
    owners: Mapping[int, str | None]


async def _what_stands(unit: UnitOfWork, pairs: Sequence[Pair]) -> _Standing:
    """Read for many pairs at once what `_match` and `_change` need."""
    messages: dict[Pair, list[Cdm]] = {pair: [] for pair in pairs}
    of_pairs = tuple_(Cdm.norad_cat_id_low, Cdm.norad_cat_id_high).in_(pairs)
    for cdm in await unit.session.scalars(select(Cdm).where(of_pairs).order_by(Cdm.id)):
        messages[cdm.norad_cat_id_low, cdm.norad_cat_id_high].append(cdm)
    events: dict[Pair, list[ConjunctionEvent]] = {pair: [] for pair in pairs}
    stored = select(ConjunctionEvent).where(
        tuple_(ConjunctionEvent.norad_cat_id_low, ConjunctionEvent.norad_cat_id_high).in_(pairs),
        ConjunctionEvent.redirect_to.is_(None),
    )
    for event in await unit.session.scalars(stored.order_by(ConjunctionEvent.id)):
        events[event.norad_cat_id_low, event.norad_cat_id_high].append(event)
    again = await _screened_again(unit, pairs)
    numbers = {number for pair in pairs for number in pair}
    satellites = await unit.session.scalars(select(Satellite).where(Satellite.norad_cat_id.in_(numbers)))
    return _Standing(messages, events, again, {row.norad_cat_id: row.organization_id for row in satellites})


@dataclass(frozen=True)
class _Matched:
    """A pair's messages in groups, and which event each group continues."""

    rows: Mapping[tuple[str, str, str], Cdm]
    events: Mapping[str, ConjunctionEvent]
    matching: Matching


def _match(known: _Standing, pair: Pair, unit: UnitOfWork) -> _Matched:
    stored = known.events[pair]
    rows = {summary.key: (cdm, summary) for cdm in known.messages[pair] for summary in [summary_of(cdm)]}
    grouped = group_events((summary for _, summary in rows.values()), now=unit.now, screened_again=known.again[pair])
    existing = [
        ExistingEvent(
            event.id,
            event.created_at,
            frozenset(key for key, (cdm, _) in rows.items() if cdm.event_id == event.id),
        )
        for event in stored
    ]
    return _Matched(
        {key: cdm for key, (cdm, _) in rows.items()},
        {event.id: event for event in stored},
        match_existing(existing, grouped),
    )


def summary_of(cdm: Cdm) -> CdmSummary:
    """Return what events are made from; whoever stores a CDM writes it under ``cdm_summary``."""
    return CdmSummary.from_dict(cdm.summary["cdm_summary"])


async def _screened_again(unit: UnitOfWork, pairs: Sequence[Pair]) -> dict[Pair, list[ScreenedAgain]]:
    found: dict[Pair, list[ScreenedAgain]] = {pair: [] for pair in pairs}
    query = select(PairRescreening).where(
        tuple_(PairRescreening.norad_cat_id_low, PairRescreening.norad_cat_id_high).in_(pairs)
    )
    for row in await unit.session.scalars(query.order_by(PairRescreening.screened_at)):
        found[row.norad_cat_id_low, row.norad_cat_id_high].append(
            ScreenedAgain(
                originator=row.originator,
                norad_cat_id_1=row.norad_cat_id_1,
                norad_cat_id_2=row.norad_cat_id_2,
                start=row.start_time,
                stop=row.stop_time,
                completed_at=row.screened_at,
                basis=row.basis,
            )
        )
    return found


def _change(
    unit: UnitOfWork,
    pair: _Matched,
    event_id: str | None,
    group: Grouped,
    owners: Mapping[int, str | None],
    taken: set[str],
) -> writes.EventChange | None:
    """Set one group as the event that it continues, or as a new one; return the change where there is any."""
    cdms = {message.key: pair.rows[message.key] for message in group.messages}
    event = pair.events.get(event_id or "")
    before = None if event is None else _picture(event)
    values = _columns(group, cdms, owners)
    is_new = event is None
    if event is None:
        wished = derived_id("conjunction-event", group.key)
        event = ConjunctionEvent(
            id=new_id() if wished in taken else wished, created_at=unit.now, redirect_to=None, row_version=1
        )
        taken.add(event.id)
    changed = is_new or any(getattr(event, name) != value for name, value in values.items())
    for cdm in cdms.values():
        cdm.event_id = event.id
        cdm.organization_id_1 = owners.get(cdm.norad_cat_id_1)
        cdm.organization_id_2 = owners.get(cdm.norad_cat_id_2)
    if not changed:
        return None
    for name, value in values.items():
        setattr(event, name, value)
    reasons = materially_changed(before, EventPicture.of(group))
    return writes.EventChange(event, is_new=is_new, reasons=tuple(reasons))


def _picture(event: ConjunctionEvent) -> EventPicture:
    return EventPicture(
        level=event.level,  # type: ignore[arg-type]
        state=event.state,  # type: ignore[arg-type]
        tca=event.tca,
        miss_distance_m=event.miss_distance_m,
        collision_probability=event.collision_probability,
        maximum_probability=event.maximum_probability,
    )


def _columns(
    group: Grouped, cdms: Mapping[tuple[str, str, str], Cdm], owners: Mapping[int, str | None]
) -> dict[str, Any]:
    leading, row = group.leading, cdms[group.leading.key]
    names = {row.norad_cat_id_1: row.object_name_1, row.norad_cat_id_2: row.object_name_2}
    low, high = group.norad_cat_id_low, group.norad_cat_id_high
    return {
        "norad_cat_id_low": low,
        "norad_cat_id_high": high,
        "object_name_low": names[low],
        "object_name_high": names[high],
        "organization_id_low": owners.get(low),
        "organization_id_high": owners.get(high),
        "state": group.state,
        "level": group.level,
        "tca": leading.tca,
        "miss_distance_m": leading.miss_distance_m,
        "relative_speed_m_s": row.relative_speed_m_s,
        "collision_probability": leading.collision_probability,
        "maximum_probability": leading.maximum_probability,
        "worst_probability": group.highest_probability,
        "smallest_miss_distance_m": group.smallest_miss_distance_m,
        "cdm_count": len(group.messages),
        "latest_cdm_id": row.id,
        "history": [_entry(message, cdms[message.key]) for message in group.messages],
        "is_replay": any(cdm.is_replay for cdm in cdms.values()),
    }


def _entry(message: CdmSummary, cdm: Cdm) -> dict[str, Any]:
    return {
        "cdm_id": cdm.id,
        "message_id": message.message_id,
        "originator": message.originator,
        "creation_date": message.creation_date.isoformat(),
        "norad_cat_id_1": message.norad_cat_id_1,
        "tca": message.tca.isoformat(),
        "miss_distance_m": message.miss_distance_m,
        "collision_probability": message.collision_probability,
        "maximum_probability": message.maximum_probability,
        "level": message.level,
    }
