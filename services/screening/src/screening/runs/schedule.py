"""The schedule: the whole catalogue against itself once a day, at a slot by the clock of the schedule's zone."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from records.screening import reads, writes
from records.screening.events import ScreeningRequestedV1
from records.validator.tables import Catalogue
from screening.runs.plan_request import draft_for_request
from screening.settings import ScreeningSettings, screening_settings
from servicekit.context import Context
from servicekit.ids import derived_id
from servicekit.store import Actor

__all__ = ["REQUESTED_BY", "plan_scheduled_runs", "slot_before"]

REQUESTED_BY = "screening.schedule"
_NEVER = "never"
_DAY = timedelta(days=1)


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


async def plan_scheduled_runs(ctx: Context) -> None:
    """Plan the run of the newest slot, unless it is there, or there was no catalogue yet at that time.

    A slot that passed while nobody was there is made up for; of several the newest one.
    """
    settings = screening_settings()
    if settings.catalogue_slot == _NEVER:
        return
    slot = slot_before(ctx.clock.now(), settings.catalogue_slot, settings.schedule_zone)
    run_id = derived_id("screening-run", "schedule", "catalogue-catalogue", slot.isoformat())
    async with ctx.store.read() as session:
        is_planned = await reads.run(session, run_id) is not None
        had_catalogue = await session.scalar(select(Catalogue.id).where(Catalogue.accepted_at <= slot).limit(1))
    if is_planned or had_catalogue is None:
        return
    await _plan(ctx, run_id, settings)


async def _plan(ctx: Context, run_id: str, settings: ScreeningSettings) -> None:
    wish = ScreeningRequestedV1(run_id=run_id, requested_by=REQUESTED_BY, organization_id=None, request={"all": True})
    draft = await draft_for_request(ctx, wish, settings)
    try:
        async with ctx.store.write(Actor.service("screening")) as unit:
            await writes.add_run(unit, draft.run, draft.slices_tai_ns)
    except IntegrityError:
        async with ctx.store.read() as session:
            if await reads.run(session, run_id) is None:
                raise  # it was not another process that planned the same
