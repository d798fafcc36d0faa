"""The schedule, at slots by the clock of the schedule's zone.

The whole catalogue against itself once a day, the concern list twice between, operational ephemerides against each
other every eight hours, and against the catalogue at least once a day.
"""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from assessment.regimes import Regime
from records.screening import reads, writes
from records.screening.events import ScreeningRequestedV1
from records.validator.tables import Catalogue, Ephemeris
from screening.pinned_files import PinnedObjectChangedError
from screening.runs import sources
from screening.runs.concern_list import CONCERN_LIST, draft_for_concern_list
from screening.runs.drafts import Draft
from screening.runs.plan_ephemeris import against_catalogue, against_each_other, regime_of, span_hours
from screening.runs.plan_request import draft_for_request
from screening.runs.span import longest_span_h
from screening.settings import ScreeningSettings, screening_settings
from servicekit.context import Context
from servicekit.ids import derived_id
from servicekit.objects import ObjectNotFound
from servicekit.store import Actor

__all__ = ["REQUESTED_BY", "newest_slot", "plan_scheduled_runs", "slot_before"]

REQUESTED_BY = "screening.schedule"
_NEVER = "never"
_DAY = timedelta(days=1)
_LEAST_LEFT: Final[dict[Regime, timedelta]] = {"near-earth": timedelta(hours=8), "deep-space": timedelta(hours=12)}
"""An operational ephemeris of which less is left is not screened against others any more."""


def slot_before(now: datetime, slot: str, zone: str) -> datetime:
    """Return the newest slot that is not after `now`.

    Parameters
    ----------
    now
        An aware time.
    slot
        ``HH:MM`` by the clock of the zone. Where the clock leaps over it the slot is as long after midnight as on other
        days; where the clock shows it twice it is the first.
    zone
        Name in the IANA database.
    """
    place = ZoneInfo(zone)
    hour, minute = (int(part) for part in slot.split(":"))
    today = now.astimezone(place).date()
    candidates = [datetime.combine(today - days * _DAY, time(hour, minute), place) for days in (0, 1)]
    return next(each for each in candidates if each <= now).astimezone(now.tzinfo)


def newest_slot(now: datetime, slots: Iterable[str], zone: str) -> datetime | None:
    """Return the newest of several slots that is not after `now`, None where there are none."""
    return max((slot_before(now, slot, zone) for slot in slots), default=None)


async def plan_scheduled_runs(ctx: Context) -> None:
    """Plan what is due. A slot that passed while nobody was there is made up for; of several the newest one."""
    settings, now = screening_settings(), ctx.clock.now()
    if settings.catalogue_slot != _NEVER:
        await _plan_catalogue(ctx, slot_before(now, settings.catalogue_slot, settings.schedule_zone), settings)
    slot = newest_slot(now, settings.concern_list_slots, settings.schedule_zone)
    if slot is not None:
        await _plan_concern_list(ctx, slot, settings)
    slot = newest_slot(now, settings.operational_slots, settings.schedule_zone)
    if slot is not None:
        await _plan_operational(ctx, slot, settings)
    await _plan_daily(ctx, settings)


async def _plan_catalogue(ctx: Context, slot: datetime, settings: ScreeningSettings) -> None:
    """Plan the run of the whole catalogue, unless it is there, or there was no catalogue yet at that time."""
    run_id = derived_id("screening-run", "schedule", "catalogue-catalogue", slot.isoformat())
    async with ctx.store.read() as session:
        is_planned = await reads.run(session, run_id) is not None
        had_catalogue = await session.scalar(select(Catalogue.id).where(Catalogue.accepted_at <= slot).limit(1))
    if is_planned or had_catalogue is None:
        return
    wish = ScreeningRequestedV1(run_id=run_id, requested_by=REQUESTED_BY, organization_id=None, request={"all": True})
    await _add(ctx, await draft_for_request(ctx, wish, settings))


async def _plan_concern_list(ctx: Context, slot: datetime, settings: ScreeningSettings) -> None:
    """Plan the run of the concern list, if there was something on it."""
    run_id = derived_id("screening-run", "schedule", CONCERN_LIST, slot.isoformat())
    async with ctx.store.read() as session:
        is_planned = await reads.run(session, run_id) is not None
    draft = None if is_planned else await draft_for_concern_list(ctx, slot, run_id, REQUESTED_BY, settings)
    if draft is not None:
        await _add(ctx, draft)


async def _plan_operational(ctx: Context, slot: datetime, settings: ScreeningSettings) -> None:
    """Plan the runs of current operational ephemerides against each other.

    One that was accepted after the slot has been screened against the others at once. Of two the later one screens the
    pair.
    """
    now = ctx.clock.now()
    async with ctx.store.read() as session:
        current = await sources.current_operational(session, until_after=now + _LEAST_LEFT["near-earth"])
        run_ids = {
            each.id: derived_id("screening-run", "schedule", "ephemeris-ephemerides", each.id, slot.isoformat())
            for each in current
        }
        planned = await sources.runs_that_are_there(session, run_ids.values())
    for place, ephemeris in enumerate(current):
        if ephemeris.accepted_at > slot or run_ids[ephemeris.id] in planned:
            continue
        others = [other for other in current[:place] if _may_meet(ephemeris, other)]
        hours = await _hours_while_enough_is_left(ctx, ephemeris, settings) if others else None
        if hours is not None:
            run_id = run_ids[ephemeris.id]
            await _add(
                ctx,
                await against_each_other(ctx, ephemeris, others, settings, run_id=run_id, now=now, hours=hours),
            )


def _may_meet(ephemeris: Ephemeris, other: Ephemeris) -> bool:
    return (
        ephemeris.organization_id != other.organization_id
        and ephemeris.norad_cat_id != other.norad_cat_id
        and other.start_time < ephemeris.stop_time
        and ephemeris.start_time < other.stop_time
    )


async def _hours_while_enough_is_left(ctx: Context, ephemeris: Ephemeris, settings: ScreeningSettings) -> float | None:
    """Return how far ahead an ephemeris is screened, None where too little of it is left, or it cannot be screened."""
    try:
        regime = await regime_of(ctx, ephemeris)
    except (ObjectNotFound, PinnedObjectChangedError):
        return settings.near_earth_ephemeris_hours  # its run fails, and says why
    if regime is None or ephemeris.stop_time - ctx.clock.now() < _LEAST_LEFT[regime]:
        return None
    return longest_span_h(regime, settings)


async def _plan_daily(ctx: Context, settings: ScreeningSettings) -> None:
    """Plan a run against the catalogue for operational ephemerides that have had none for a day.

    New catalogues have them screened more often; this is for when none comes.
    """
    now = ctx.clock.now()
    async with ctx.store.read() as session:
        catalogue = await sources.newest_catalogue(session)
        current = await sources.current_operational(session, until_after=now)
        last_runs = await sources.last_runs_before(session, [each.id for each in current], before=now - _DAY)
    if catalogue is None:
        return
    for ephemeris in current:
        if ephemeris.id not in last_runs:
            continue  # without any run it is planned by its own event
        hours = await span_hours(ctx, ephemeris, settings)
        draft = await against_catalogue(
            ctx,
            ephemeris,
            catalogue,
            settings,
            now=now,
            hours=hours,
            urgency="bulk",
            by="schedule",
            after_run=last_runs[ephemeris.id],
        )
        await _add(ctx, draft)


async def _add(ctx: Context, draft: Draft) -> None:
    try:
        async with ctx.store.write(Actor.service("screening")) as unit:
            await writes.add_run(unit, draft.run, draft.slices_tai_ns)
    except IntegrityError:
        async with ctx.store.read() as session:
            if await reads.run(session, draft.run.id) is None:
                raise  # it was not another process that planned the same
