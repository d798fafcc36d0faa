"""The concern list: pairs whose event lies ahead, screened again between two runs of the whole catalogue."""

from datetime import datetime, timedelta
from typing import Final

from assessment.criteria import CONCERN_CRITERIA
from records.screening.tables import ConjunctionEvent
from screening.pinned_files import pinned_files
from screening.runs import drafts, sources
from screening.runs.cutting import cutting_for
from screening.runs.drafts import Asked, Draft
from screening.runs.inputs import PinnedCatalogue, RunInputs
from screening.runs.inspection import Concern, pairs_of_concern
from screening.runs.span import span_of_catalogue
from screening.settings import ScreeningSettings
from servicekit.context import Context

__all__ = ["CONCERN_LIST", "draft_for_concern_list"]

CONCERN_LIST: Final = "concern-list"
_DAYS: Final = max(each.days_to_tca for each in CONCERN_CRITERIA.values())


async def draft_for_concern_list(
    ctx: Context, slot: datetime, run_id: str, requested_by: str, settings: ScreeningSettings
) -> Draft | None:
    """Return the run of the concern list of a slot, None where nothing is on it.

    On it are events that were there at that time and still lie ahead. The results succeed those of the whole catalogue:
    the same primaries in the same volumes.
    """
    now = ctx.clock.now()
    async with ctx.store.read() as session:
        catalogue = await sources.newest_catalogue(session)
        known_pairs = await sources.known_pairs(session)
        events = await sources.events_ahead(session, after=now, until=now + timedelta(days=_DAYS), since_before=slot)
    concerns = tuple(_concern(event, (event.tca - now).total_seconds()) for event in events)
    if catalogue is None or not concerns:
        return None
    pinned = PinnedCatalogue.of(catalogue)
    async with pinned_files(ctx.objects, [(pinned.key, pinned.sha256)]) as (file,):
        found = await ctx.parsing.run(pairs_of_concern, file, concerns)
    pairs = tuple(pair for pair in found if pair not in known_pairs)
    if not pairs:
        return None
    numbers = tuple(sorted({number for pair in pairs for number in pair}))
    inputs = RunInputs(
        catalogue=pinned,
        primary_numbers=numbers,
        against="catalogue",
        secondary_numbers=numbers,
        pairs=pairs,
        known_pairs=known_pairs,
    )
    asked = Asked(
        run_id=run_id,
        requested_by=requested_by,
        requested_at=now,
        organization_id=None,
        urgency="bulk",
        request={"concern_list": len(pairs)},
        is_replay=ctx.replay,
        kind=CONCERN_LIST,
        volume=settings.catalogue_volume,
    )
    cutting = await cutting_for(ctx, asked.kind, asked.volume, settings)
    interval = span_of_catalogue(start=now, hours=24.0 * _DAYS)
    return drafts.planned(asked, inputs, interval, now=now, cutting=cutting)


def _concern(event: ConjunctionEvent, seconds_to_tca: float) -> Concern:
    return Concern(
        event.norad_cat_id_low,
        event.norad_cat_id_high,
        seconds_to_tca,
        event.miss_distance_m,
        event.collision_probability,
        event.maximum_probability,
    )
