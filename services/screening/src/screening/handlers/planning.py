"""An ephemeris or a catalogue was accepted, or somebody asks for a run: runs are planned."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from records.screening import writes
from records.screening.events import ScreeningRequestedV1
from records.validator.events import ElementsAcceptedV1, EphemerisAcceptedV1
from records.validator.tables import Catalogue, Ephemeris
from screening.runs import sources
from screening.runs.drafts import Draft
from screening.runs.plan_ephemeris import against_catalogue, planning_of, span_hours
from screening.runs.plan_request import draft_for_request
from screening.settings import screening_settings
from servicekit.bus import Batch, Consumer, Delivery
from servicekit.context import Context
from servicekit.store import Actor

__all__ = ["CONSUMERS", "on_ephemerides_accepted", "plan_waiting_runs"]


async def on_ephemerides_accepted(ctx: Context, batch: Batch[EphemerisAcceptedV1]) -> None:
    """Screen accepted ephemerides at once. One that was withdrawn in the meantime needs no run."""
    wanted = {each.event.ephemeris_id for each in batch.deliveries}
    async with ctx.store.look() as session:
        rows = await session.scalars(select(Ephemeris).where(Ephemeris.id.in_(sorted(wanted))))
        found = {row.id: row for row in rows}
    if gone := sorted(wanted - set(found)):
        raise LookupError(f"there is no ephemeris {', '.join(gone)}")
    standing = {key: each for key, each in found.items() if each.withdrawn_at is None}
    if not standing:
        return
    planning = await planning_of(ctx, list(standing.values()), screening_settings())
    async with batch.transaction() as (unit, fresh):
        await writes.lock_planning(unit)
        first: dict[str, Delivery[EphemerisAcceptedV1]] = {}
        for each in (each for each in fresh if each.event.ephemeris_id in standing):
            first.setdefault(each.event.ephemeris_id, each)
        mine: dict[str, Draft] = {}
        for ephemeris in (standing[key] for key in first):
            others = await sources.screened_with(unit.session, ephemeris)
            mine |= {draft.run.id: draft for draft in planning.drafts(ephemeris, others)}
        for run in await writes.insert_runs(unit, [draft.run for draft in mine.values()]):
            with first[run.ephemeris_id or ""].about():
                await writes.begin_run(unit, run, mine[run.id].slices_tai_ns)


async def on_elements_accepted(ctx: Context, delivery: Delivery[ElementsAcceptedV1]) -> None:
    """Screen the current operational ephemerides against the new catalogue, and whatever has waited for one.

    Those that were screened a short while ago have their turn later, for elements may come every hour.
    """
    async with ctx.store.read() as session:
        catalogue = await sources.newest_catalogue(session)
        if catalogue is None or catalogue.id != delivery.event.catalogue_id:
            return  # a newer one is in force, and its own event screens
        current = await sources.current_operational(session, until_after=ctx.clock.now())
    again = await _drafts_again(ctx, current, catalogue)
    waiting = await _drafts_for_waiting(ctx, catalogue)
    async with delivery.transaction() as unit:
        for draft in again:
            await writes.add_run(unit, draft.run, draft.slices_tai_ns)
        for run_id, draft in waiting:
            await writes.plan_waiting_run(unit, run_id, draft.planned_columns, draft.slices_tai_ns)


async def on_screening_requested(ctx: Context, delivery: Delivery[ScreeningRequestedV1]) -> None:
    """Plan the run that was asked for, or store it as refused with the reason."""
    draft = await draft_for_request(ctx, delivery.event, screening_settings())
    async with delivery.transaction() as unit:
        await writes.add_run(unit, draft.run, draft.slices_tai_ns)


async def plan_waiting_runs(ctx: Context) -> None:
    """Plan runs that wait for a catalogue although there is one, and those of ephemerides whose turn has come again."""
    async with ctx.store.read() as session:
        catalogue = await sources.newest_catalogue(session)
        if catalogue is None:
            return
        current = await sources.current_operational(session, until_after=ctx.clock.now())
        screened = await sources.screened_before(session, [each.id for each in current])
    known = [each for each in current if each.id in screened]  # the others are planned by their own event
    for draft in await _drafts_again(ctx, known, catalogue):
        async with ctx.store.write(Actor.service("screening")) as unit:
            await writes.add_run(unit, draft.run, draft.slices_tai_ns)
    for run_id, draft in await _drafts_for_waiting(ctx, catalogue):
        async with ctx.store.write(Actor.service("screening")) as unit:
            await writes.plan_waiting_run(unit, run_id, draft.planned_columns, draft.slices_tai_ns)


async def _drafts_again(ctx: Context, ephemerides: Sequence[Ephemeris], catalogue: Catalogue) -> list[Draft]:
    """Draft the runs of those ephemerides that are due to be screened against a catalogue again."""
    settings, now = screening_settings(), ctx.clock.now()
    since = now - timedelta(hours=settings.again_after_hours)
    async with ctx.store.read() as session:
        have_run = await sources.runs_with_catalogue(
            session, [each.id for each in ephemerides], catalogue.id, since=since
        )
    found = []
    for ephemeris in (each for each in ephemerides if each.id not in have_run):
        hours = await span_hours(ctx, ephemeris, settings)
        found.append(
            await against_catalogue(
                ctx, ephemeris, catalogue, settings, now=now, hours=hours, urgency="bulk", by="new-catalogue"
            )
        )
    return found


async def _drafts_for_waiting(ctx: Context, catalogue: Catalogue) -> list[tuple[str, Draft]]:
    settings, now = screening_settings(), ctx.clock.now()
    async with ctx.store.read() as session:
        waiting = await sources.waiting_runs(session)
        ephemerides = {run.id: await session.get(Ephemeris, run.ephemeris_id) for run in waiting if run.ephemeris_id}
    found = []
    for run_id, ephemeris in ephemerides.items():
        if ephemeris is not None:
            hours = await span_hours(ctx, ephemeris, settings)
            draft = await against_catalogue(
                ctx, ephemeris, catalogue, settings, now=now, hours=hours, urgency="urgent", by="accepted"
            )
            found.append((run_id, draft))
    return found


CONSUMERS = (
    Consumer(
        name="screening.plan-ephemeris", event=EphemerisAcceptedV1, batch_handler=on_ephemerides_accepted, batch=16
    ),
    Consumer(name="screening.plan-catalogue", event=ElementsAcceptedV1, handler=on_elements_accepted),
    Consumer(name="screening.plan-request", event=ScreeningRequestedV1, handler=on_screening_requested),
)
