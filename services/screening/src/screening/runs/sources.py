"""What there is to screen: the catalogue in force, current ephemerides, and who owns what."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from records.ingest_api.facts import facts_in_force
from records.ingest_api.tables import KnownPair, Satellite, SatelliteFact
from records.screening.tables import ConjunctionEvent, ScreeningRun
from records.validator.tables import Catalogue, Ephemeris

__all__ = [
    "active_numbers",
    "current_operational",
    "events_ahead",
    "known_pairs",
    "last_runs_before",
    "newest_catalogue",
    "owner_of",
    "runs_that_are_there",
    "runs_with_catalogue",
    "screened_before",
    "screened_with",
    "waiting_runs",
]


_LONGEST_ACCEPTANCE = timedelta(minutes=10)
"""No transaction that accepts ephemerides lasts longer."""

_NO_LONGER_ACTIVE = ("inactive", "decayed")


async def newest_catalogue(session: AsyncSession) -> Catalogue | None:
    """Return the catalogue in force, or None."""
    query = select(Catalogue).order_by(Catalogue.accepted_at.desc(), Catalogue.id.desc()).limit(1)
    return (await session.scalars(query)).first()


async def current_operational(session: AsyncSession, *, until_after: datetime) -> Sequence[Ephemeris]:
    """Return current operational ephemerides that go on beyond `until_after`, in the order of their acceptance."""
    query = (
        select(Ephemeris)
        .where(
            Ephemeris.is_active,
            Ephemeris.designation == "operational",
            Ephemeris.withdrawn_at.is_(None),
            Ephemeris.stop_time > until_after,
        )
        .order_by(Ephemeris.accepted_at, Ephemeris.id)
    )
    return (await session.scalars(query)).all()


async def screened_with(session: AsyncSession, ephemeris: Ephemeris) -> Sequence[Ephemeris]:
    """Return the ephemerides that an accepted one is screened against: none where it is a special one.

    Each pair is screened by one of its two, whichever event comes first, where runs are planned one after the other
    (`records.screening.writes.lock_planning`).
    """
    if ephemeris.designation != "operational":
        return ()
    return [*await _others_before(session, ephemeris), *await _later_without(session, ephemeris)]


async def _others_before(session: AsyncSession, ephemeris: Ephemeris) -> Sequence[Ephemeris]:
    """Return the operational ephemerides of other organizations that were current when this one was accepted.

    Of two ephemerides the later one screens the pair, so the pair is screened once whenever the runs are planned;
    `_later_without` is the exception. Of a satellite that has no current ephemeris any more, for it was withdrawn,
    there is nothing to screen against.
    """
    satellites = (
        select(Ephemeris.norad_cat_id)
        .where(
            Ephemeris.is_active,
            Ephemeris.designation == "operational",
            Ephemeris.organization_id != ephemeris.organization_id,
        )
        .distinct()
        .subquery()
    )
    before = aliased(Ephemeris)
    newest = (  # a later one has superseded those before it: an index gives it without these being read
        select(before.id)
        .where(
            *_beside(ephemeris, before),
            before.norad_cat_id == satellites.c.norad_cat_id,
            tuple_(before.accepted_at, before.id) < (ephemeris.accepted_at, ephemeris.id),
        )
        .order_by(before.accepted_at.desc(), before.id.desc())
        .limit(1)
        .correlate(satellites)
        .scalar_subquery()
    )
    query = (
        select(Ephemeris)
        .where(Ephemeris.id.in_(select(newest).select_from(satellites)))
        .order_by(Ephemeris.accepted_at, Ephemeris.id)
    )
    return (await session.scalars(query)).all()


async def _later_without(session: AsyncSession, ephemeris: Ephemeris) -> Sequence[Ephemeris]:
    """Return the current ephemerides that were accepted after this one, and planned before it could be seen.

    When one was accepted is the time at which its transaction began. Of two transactions at about the same time the
    later one may be committed, and its ephemeris planned, before the earlier one is there: then the earlier one screens
    the pair.
    """
    if not ephemeris.is_active:
        return ()  # the one that has taken its place screens what comes after it
    is_planned = exists().where(ScreeningRun.ephemeris_id == Ephemeris.id, ScreeningRun.kind == "ephemeris-catalogue")
    query = select(Ephemeris).where(
        Ephemeris.is_active,
        *_beside(ephemeris),
        tuple_(Ephemeris.accepted_at, Ephemeris.id) > (ephemeris.accepted_at, ephemeris.id),
        Ephemeris.accepted_at < ephemeris.accepted_at + _LONGEST_ACCEPTANCE,
        is_planned,
    )
    later = (await session.scalars(query.order_by(Ephemeris.accepted_at, Ephemeris.id))).all()
    if not later:
        return ()
    runs = select(ScreeningRun.ephemeris_id, ScreeningRun.inputs).where(
        ScreeningRun.ephemeris_id.in_([each.id for each in later]), ScreeningRun.kind == "ephemeris-ephemerides"
    )
    have_seen = {
        ephemeris_id
        for ephemeris_id, inputs in await session.execute(runs)
        if any(each["id"] == ephemeris.id for each in inputs.get("secondary_ephemerides", ()))
    }
    return [each for each in later if each.id not in have_seen]


async def owner_of(session: AsyncSession, norad_cat_id: int) -> str | None:
    """Return the organization of a satellite, or None."""
    row = await session.get(Satellite, norad_cat_id)
    return None if row is None else row.organization_id


async def known_pairs(session: AsyncSession) -> tuple[tuple[int, int], ...]:
    """Return the pairs that are left out of every run, in their order."""
    query = select(KnownPair.norad_cat_id_low, KnownPair.norad_cat_id_high).where(KnownPair.removed_at.is_(None))
    return tuple(sorted((low, high) for low, high in await session.execute(query)))


async def active_numbers(session: AsyncSession) -> tuple[int, ...]:
    """Return the satellites of registered organizations, and others that are said to be active, but not the dead."""
    facts: dict[int, list[SatelliteFact]] = {}
    for fact in await session.scalars(select(SatelliteFact).where(SatelliteFact.attribute == "status")):
        facts.setdefault(fact.norad_cat_id, []).append(fact)
    said = {number: facts_in_force(those)["status"].value for number, those in facts.items()}
    owned = await session.scalars(select(Satellite.norad_cat_id).where(Satellite.organization_id.is_not(None)))
    found = {number for number in owned if said.get(number) not in _NO_LONGER_ACTIVE}
    return tuple(sorted(found | {number for number, status in said.items() if status == "active"}))


async def waiting_runs(session: AsyncSession) -> Sequence[ScreeningRun]:
    """Return the runs that wait for a catalogue."""
    query = select(ScreeningRun).where(ScreeningRun.state == "requested").order_by(ScreeningRun.requested_at)
    return (await session.scalars(query)).all()


async def screened_before(session: AsyncSession, ephemeris_ids: Collection[str]) -> set[str]:
    """Return which ephemerides have, or had, a run against a catalogue."""
    query = select(ScreeningRun.ephemeris_id).where(
        ScreeningRun.ephemeris_id.in_(ephemeris_ids), ScreeningRun.kind == "ephemeris-catalogue"
    )
    return {each for each in await session.scalars(query.distinct()) if each is not None}


async def last_runs_before(
    session: AsyncSession, ephemeris_ids: Collection[str], *, before: datetime
) -> dict[str, str]:
    """Return, by ephemeris, its last run against a catalogue, of those that have had none since and wait for none."""
    of_kind = ScreeningRun.kind == "ephemeris-catalogue"
    since_or_waiting = select(ScreeningRun.ephemeris_id).where(
        ScreeningRun.ephemeris_id.in_(ephemeris_ids),
        of_kind,
        or_(ScreeningRun.requested_at > before, ScreeningRun.state == "requested"),
    )
    not_due = set(await session.scalars(since_or_waiting.distinct()))
    earlier = (
        select(ScreeningRun.ephemeris_id, ScreeningRun.id)
        .where(ScreeningRun.ephemeris_id.in_([each for each in ephemeris_ids if each not in not_due]), of_kind)
        .order_by(ScreeningRun.requested_at, ScreeningRun.id)
    )
    rows = await session.execute(earlier)
    return {ephemeris_id: run_id for ephemeris_id, run_id in rows if ephemeris_id is not None}


async def runs_that_are_there(session: AsyncSession, run_ids: Collection[str]) -> set[str]:
    """Return which of these runs have been planned."""
    return set(await session.scalars(select(ScreeningRun.id).where(ScreeningRun.id.in_(run_ids))))


async def events_ahead(
    session: AsyncSession, *, after: datetime, until: datetime, since_before: datetime
) -> Sequence[ConjunctionEvent]:
    """Return the active events with a closest approach in [after, until] that are known since before a time."""
    query = select(ConjunctionEvent).where(
        ConjunctionEvent.state == "active",
        ConjunctionEvent.redirect_to.is_(None),
        ConjunctionEvent.tca >= after,
        ConjunctionEvent.tca <= until,
        ConjunctionEvent.created_at <= since_before,
    )
    return (await session.scalars(query)).all()


async def runs_with_catalogue(
    session: AsyncSession, ephemeris_ids: Collection[str], catalogue_id: str, *, since: datetime
) -> dict[str, ScreeningRun]:
    """Return, by ephemeris, a run that screens it against this catalogue, waits for one, or was planned after `since`.

    Of those planned after `since`, what was refused or has failed does not count.
    """
    query = select(ScreeningRun).where(
        ScreeningRun.ephemeris_id.in_(ephemeris_ids),
        ScreeningRun.kind == "ephemeris-catalogue",
        or_(
            ScreeningRun.catalogue_id == catalogue_id,
            ScreeningRun.state == "requested",
            and_(ScreeningRun.requested_at > since, ScreeningRun.state.not_in(("refused", "failed"))),
        ),
    )
    return {row.ephemeris_id: row for row in await session.scalars(query) if row.ephemeris_id is not None}


def _beside(ephemeris: Ephemeris, others: type[Ephemeris] = Ephemeris) -> list[ColumnElement[bool]]:
    """What is screened against an ephemeris: those in use of other operators' other satellites, where they overlap."""
    return [
        others.designation == "operational",
        others.withdrawn_at.is_(None),
        others.organization_id != ephemeris.organization_id,
        others.norad_cat_id != ephemeris.norad_cat_id,
        others.stop_time > ephemeris.start_time,
        others.start_time < ephemeris.stop_time,
    ]
