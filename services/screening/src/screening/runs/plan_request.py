"""The run that somebody asked for: whether it can be, and what it pins."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from records.screening.events import ScreeningRequestedV1
from records.validator.tables import Catalogue, Ephemeris
from screening.pinned_files import pinned_files
from screening.runs import drafts, sources
from screening.runs.cutting import cutting_for
from screening.runs.drafts import Asked, Draft
from screening.runs.inputs import PinnedCatalogue, PinnedEphemeris, PinnedKind, RunInputs
from screening.runs.inspection import missing_numbers
from screening.runs.plan_ephemeris import span_hours
from screening.runs.requests import RefusedError, ScreeningRequest, check_volume, read_request
from screening.runs.span import check_hours, check_start, on_closed_orbit, span_of_catalogue, span_of_ephemeris
from screening.settings import ScreeningSettings
from servicekit.context import Context

__all__ = ["draft_for_request"]


async def draft_for_request(ctx: Context, event: ScreeningRequestedV1, settings: ScreeningSettings) -> Draft:
    """Return the run that a request asks for, or the refused one that says why it cannot be."""
    now = ctx.clock.now()
    asked = _asked(ctx, event, now)
    try:
        request = read_request(event.request)
        asked = await _described(ctx, asked, request, settings)
        inputs, interval = await _pinned(ctx, asked, request, settings, now)
    except RefusedError as error:
        return drafts.refused(asked, str(error), now=now)
    cutting = await cutting_for(ctx, asked.kind, asked.volume, settings)
    return drafts.planned(asked, inputs, interval, now=now, cutting=cutting)


def _asked(ctx: Context, event: ScreeningRequestedV1, now: datetime) -> Asked:
    return Asked(
        run_id=event.run_id,
        requested_by=event.requested_by,
        requested_at=now,
        organization_id=event.organization_id,
        urgency="urgent",
        request=event.request,
        is_replay=ctx.replay,
        kind="unknown",
        volume="",
    )


async def _described(ctx: Context, asked: Asked, request: ScreeningRequest, settings: ScreeningSettings) -> Asked:
    """Return `asked` with what the request says, so that a refusal later on names it."""
    against = "ephemerides" if request.against == "ephemerides" else "catalogue"
    default = settings.catalogue_volume if request.ephemeris_id is None else settings.ephemeris_volume
    asked = replace(
        asked,
        kind=f"{'catalogue' if request.ephemeris_id is None else 'ephemeris'}-{against}",
        ephemeris_id=request.ephemeris_id,
        norad_cat_id=request.norad_cat_id,
        urgency="bulk" if request.all else "urgent",
        volume=check_volume(request.volume or default),
    )
    if request.norad_cat_id is None:
        return asked
    async with ctx.store.read() as session:
        owner = await sources.owner_of(session, request.norad_cat_id)
    return replace(asked, organization_id=owner or asked.organization_id)


async def _pinned(
    ctx: Context, asked: Asked, request: ScreeningRequest, settings: ScreeningSettings, now: datetime
) -> tuple[RunInputs, tuple[datetime, datetime]]:
    start = check_start(request, now=now, replay=ctx.replay, settings=settings)
    hours = check_hours(request, settings)
    async with ctx.store.read() as session:
        ephemeris = await session.get(Ephemeris, request.ephemeris_id) if request.ephemeris_id else None
        catalogue = await sources.newest_catalogue(session)
        others = await sources.current_operational(session, until_after=start)
        known_pairs = await sources.known_pairs(session)
        kinds = await _kinds(session, request, settings)
    if request.ephemeris_id is not None:
        primary = _usable(ephemeris, request.ephemeris_id)
        longest = on_closed_orbit(primary, await span_hours(ctx, primary, settings))
        if request.start is None and ctx.replay:  # archived days: the past may be screened, so all that the file has is
            start = min(start, primary.start_time)
        interval = span_of_ephemeris(primary, start=start, hours=hours or longest)
        secondaries = [other for other in others if other.organization_id != primary.organization_id]
        if request.against == "ephemerides" and primary.designation == "special":
            raise RefusedError("Special ephemerides are screened against the catalogue, never against ephemerides.")
    else:
        primary = None
        interval = span_of_catalogue(start=start, hours=hours or settings.catalogue_hours)
        secondaries = list(others)
    inputs = RunInputs(
        catalogue=_loaded(catalogue, is_needed=primary is None or request.against != "ephemerides"),
        primary=None if primary is None else PinnedEphemeris.of(primary),
        primary_numbers=None if request.norad_cat_id is None else (request.norad_cat_id,),
        against="ephemerides" if request.against == "ephemerides" else "catalogue",
        secondary_numbers=request.wanted_numbers,
        secondary_ephemerides=tuple(
            PinnedEphemeris.of(other)
            for other in secondaries
            if request.against == "ephemerides" and other.norad_cat_id != asked.norad_cat_id
        ),
        kinds=kinds,
        known_pairs=known_pairs,
    )
    await _check_secondaries(ctx, inputs)
    return inputs, interval


async def _kinds(
    session: AsyncSession, request: ScreeningRequest, settings: ScreeningSettings
) -> tuple[PinnedKind, ...]:
    """Return the kinds with their objects: as listed, else those of which it is known; debris is told by names."""
    found = []
    for each in request.kinds:
        numbers = None if each.norad_cat_ids is None else tuple(sorted(set(each.norad_cat_ids)))
        if numbers is None and each.kind == "active":
            numbers = await sources.active_numbers(session)
        if numbers is None and each.kind == "manned":
            numbers = tuple(sorted(settings.manned_objects))
        found.append(PinnedKind(kind=each.kind, volume=check_volume(each.volume), norad_cat_ids=numbers))
    return tuple(found)


def _usable(ephemeris: Ephemeris | None, ephemeris_id: str) -> Ephemeris:
    if ephemeris is None:
        raise RefusedError(f"There is no ephemeris {ephemeris_id}.")
    if ephemeris.withdrawn_at is not None:
        raise RefusedError(f"The ephemeris {ephemeris.file_name} has been withdrawn: restore it first.")
    return ephemeris


def _loaded(catalogue: Catalogue | None, *, is_needed: bool) -> PinnedCatalogue | None:
    if catalogue is not None:
        return PinnedCatalogue.of(catalogue)
    if is_needed:
        raise RefusedError("No catalogue has been loaded yet: an administrator loads one, then ask again.")
    return None


async def _check_secondaries(ctx: Context, inputs: RunInputs) -> None:
    if inputs.against == "ephemerides" and not inputs.secondary_ephemerides:
        raise RefusedError("No other organization has a current operational ephemeris in this interval.")
    numbers = (inputs.primary_numbers or ()) + (inputs.secondary_numbers or ())
    if inputs.catalogue is None or not numbers:
        return
    async with pinned_files(ctx.objects, [(inputs.catalogue.key, inputs.catalogue.sha256)]) as (file,):
        missing = await ctx.parsing.run(missing_numbers, file, numbers)
    if missing:
        named = ", ".join(str(number) for number in missing[:10])
        more = f" and {len(missing) - 10} more" if len(missing) > 10 else ""
        raise RefusedError(f"The catalogue {inputs.catalogue.label} has no element set of object {named}{more}.")
