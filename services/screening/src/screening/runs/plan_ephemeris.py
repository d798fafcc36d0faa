"""Which runs an ephemeris calls for: against the catalogue, and against the others' operational ephemerides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from assessment.regimes import Regime
from records.validator.tables import Catalogue, Ephemeris
from screening.pinned_files import PinnedObjectChangedError, pinned_files
from screening.runs import drafts, sources
from screening.runs.cutting import cutting_for
from screening.runs.drafts import Asked, Draft
from screening.runs.inputs import PinnedCatalogue, PinnedEphemeris, RunInputs
from screening.runs.inspection import regime_of_ephemeris
from screening.runs.requests import RefusedError
from screening.runs.slices import Cutting
from screening.runs.span import longest_span_h, on_closed_orbit, span_of_ephemeris
from screening.settings import ScreeningSettings
from servicekit.context import Context
from servicekit.ids import derived_id
from servicekit.objects import ObjectNotFound

__all__ = ["Planning", "against_catalogue", "against_each_other", "planning_of", "regime_of", "span_hours"]

NO_CATALOGUE = "No catalogue has been loaded yet. This screening begins when one arrives."
_FIRST = "first-catalogue"
_KINDS: Final = ("ephemeris-catalogue", "ephemeris-ephemerides")
_REGIMES: Final[Mapping[str, Regime]] = {"near-earth": "near-earth", "deep-space": "deep-space"}
"""Those of closed orbits, as an ephemeris' row says them."""


@dataclass(frozen=True)
class Planning:
    """What the runs of accepted ephemerides are planned by.

    Attributes
    ----------
    hours
        By the ephemeris' identifier: how far ahead it is screened, or None where it cannot be.
    cuttings
        How runs are cut now, by their kind.
    """

    ctx: Context
    settings: ScreeningSettings
    now: datetime
    catalogue: Catalogue | None
    known_pairs: tuple[tuple[int, int], ...]
    hours: Mapping[str, float | None]
    cuttings: Mapping[str, Cutting]

    def drafts(self, ephemeris: Ephemeris, others: Sequence[Ephemeris]) -> list[Draft]:
        """Return the runs that an accepted ephemeris calls for at once; `others` are screened against it."""
        asked = _asked_against_catalogue(
            self.ctx, ephemeris, self.catalogue, self.settings, now=self.now, urgency="urgent", by="accepted"
        )
        if self.catalogue is None:
            found = [drafts.waiting(asked, NO_CATALOGUE)]
        else:
            found = [self._draft(asked, ephemeris, _against_catalogue(ephemeris, self.catalogue, self.known_pairs))]
        if others:
            inputs = _against_ephemerides(ephemeris, others, self.catalogue, self.known_pairs)
            run_id = derived_id("screening-run", inputs.kind, ephemeris.id)
            asked = _asked(
                self.ctx, ephemeris, self.settings, run_id, inputs.kind, now=self.now, urgency="urgent", by="accepted"
            )
            found.append(self._draft(asked, ephemeris, inputs))
        return found

    def _draft(self, asked: Asked, ephemeris: Ephemeris, inputs: RunInputs) -> Draft:
        hours, cutting = self.hours[ephemeris.id], self.cuttings[asked.kind]
        return _planned_or_refused(asked, ephemeris, inputs, cutting, now=self.now, hours=hours)


async def planning_of(ctx: Context, ephemerides: Sequence[Ephemeris], settings: ScreeningSettings) -> Planning:
    """Return what accepted ephemerides are planned by, as far as it need not be read in their transaction."""
    now = ctx.clock.now()
    async with ctx.store.read() as session:
        catalogue = await sources.newest_catalogue(session)
        known_pairs = await sources.known_pairs(session)
    return Planning(
        ctx=ctx,
        settings=settings,
        now=now,
        catalogue=catalogue,
        known_pairs=known_pairs,
        hours={each.id: await span_hours(ctx, each, settings) for each in ephemerides},
        cuttings={kind: await cutting_for(ctx, kind, settings.ephemeris_volume, settings) for kind in _KINDS},
    )


async def against_each_other(
    ctx: Context,
    ephemeris: Ephemeris,
    others: Sequence[Ephemeris],
    settings: ScreeningSettings,
    *,
    run_id: str,
    now: datetime,
    hours: float | None,
) -> Draft:
    """Return the run of an operational ephemeris against others that the schedule calls for."""
    async with ctx.store.read() as session:
        catalogue = await sources.newest_catalogue(session)
        known_pairs = await sources.known_pairs(session)
    inputs = _against_ephemerides(ephemeris, others, catalogue, known_pairs)
    asked = _asked(ctx, ephemeris, settings, run_id, inputs.kind, now=now, urgency="bulk", by="schedule")
    cutting = await cutting_for(ctx, asked.kind, asked.volume, settings)
    return _planned_or_refused(asked, ephemeris, inputs, cutting, now=now, hours=hours)


def _against_ephemerides(
    ephemeris: Ephemeris,
    others: Sequence[Ephemeris],
    catalogue: Catalogue | None,
    known_pairs: tuple[tuple[int, int], ...],
) -> RunInputs:
    return RunInputs(
        catalogue=None if catalogue is None else PinnedCatalogue.of(catalogue),
        primary=PinnedEphemeris.of(ephemeris),
        against="ephemerides",
        secondary_ephemerides=tuple(PinnedEphemeris.of(other) for other in others),
        known_pairs=known_pairs,
    )


async def against_catalogue(
    ctx: Context,
    ephemeris: Ephemeris,
    catalogue: Catalogue | None,
    settings: ScreeningSettings,
    *,
    now: datetime,
    hours: float | None,
    urgency: str,
    by: str,
    after_run: str | None = None,
) -> Draft:
    """Return the run of an ephemeris against a catalogue; it waits where there is none yet.

    There is one for each catalogue, and one more after each run (`after_run`) that has grown too old.
    """
    asked = _asked_against_catalogue(
        ctx, ephemeris, catalogue, settings, now=now, urgency=urgency, by=by, after_run=after_run
    )
    if catalogue is None:
        return drafts.waiting(asked, NO_CATALOGUE)
    async with ctx.store.look() as session:
        known_pairs = await sources.known_pairs(session)
    inputs = _against_catalogue(ephemeris, catalogue, known_pairs)
    cutting = await cutting_for(ctx, asked.kind, asked.volume, settings)
    return _planned_or_refused(asked, ephemeris, inputs, cutting, now=now, hours=hours)


def _against_catalogue(
    ephemeris: Ephemeris, catalogue: Catalogue, known_pairs: tuple[tuple[int, int], ...]
) -> RunInputs:
    return RunInputs(
        catalogue=PinnedCatalogue.of(catalogue),
        primary=PinnedEphemeris.of(ephemeris),
        against="catalogue",
        known_pairs=known_pairs,
    )


async def span_hours(ctx: Context, ephemeris: Ephemeris, settings: ScreeningSettings) -> float | None:
    """Return how far ahead an ephemeris is screened, or None where it is on no closed orbit and cannot be.

    One whose object is lost or damaged is planned all the same: its run fails with that reason, and holds up no other.
    """
    try:
        regime = await regime_of(ctx, ephemeris)
    except (ObjectNotFound, PinnedObjectChangedError):
        return min(settings.near_earth_ephemeris_hours, settings.deep_space_ephemeris_hours)
    return None if regime is None else longest_span_h(regime, settings)


async def regime_of(ctx: Context, ephemeris: Ephemeris) -> Regime | None:
    """Return the regime of an ephemeris, or None where it is on no closed orbit.

    One that was accepted by an earlier release does not say it in its row: its states are read.

    Raises
    ------
    ObjectNotFound
        Its object is lost.
    PinnedObjectChangedError
        Its object is damaged.
    """
    if ephemeris.regime is not None:
        return _REGIMES.get(ephemeris.regime)
    async with pinned_files(ctx.objects, [(ephemeris.columns_key, ephemeris.columns_sha256)]) as (file,):
        return await ctx.parsing.run(regime_of_ephemeris, file)


def _planned_or_refused(
    asked: Asked,
    ephemeris: Ephemeris,
    inputs: RunInputs,
    cutting: Cutting,
    *,
    now: datetime,
    hours: float | None,
) -> Draft:
    try:
        if ephemeris.withdrawn_at is not None:
            raise RefusedError(f"Nothing was screened: {ephemeris.file_name} has been withdrawn.")  # noqa: TRY301
        interval = span_of_ephemeris(ephemeris, start=now, hours=on_closed_orbit(ephemeris, hours))
    except RefusedError as error:
        return drafts.refused(asked, str(error), now=now)
    return drafts.planned(asked, inputs, interval, now=now, cutting=cutting)


def _asked_against_catalogue(
    ctx: Context,
    ephemeris: Ephemeris,
    catalogue: Catalogue | None,
    settings: ScreeningSettings,
    *,
    now: datetime,
    urgency: str,
    by: str,
    after_run: str | None = None,
) -> Asked:
    kind = "ephemeris-catalogue"
    names = (_FIRST if catalogue is None else catalogue.id, *(() if after_run is None else (after_run,)))
    run_id = derived_id("screening-run", kind, ephemeris.id, *names)
    return _asked(ctx, ephemeris, settings, run_id, kind, now=now, urgency=urgency, by=by)


def _asked(
    ctx: Context,
    ephemeris: Ephemeris,
    settings: ScreeningSettings,
    run_id: str,
    kind: str,
    *,
    now: datetime,
    urgency: str,
    by: str,
) -> Asked:
    return Asked(
        run_id=run_id,
        requested_by=f"screening.{by}",
        requested_at=now,
        organization_id=ephemeris.organization_id,
        urgency=urgency,
        request={"ephemeris_id": ephemeris.id, "against": kind.partition("-")[2]},
        is_replay=ctx.replay,
        kind=kind,
        volume=settings.ephemeris_volume,
        ephemeris_id=ephemeris.id,
        norad_cat_id=ephemeris.norad_cat_id,
    )
