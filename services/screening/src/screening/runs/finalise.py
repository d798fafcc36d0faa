"""The end of a run: slices joined, CDMs made, coverage and events committed in one transaction.

Everything that takes time happens before the transaction, and gives the same bytes when it is done again.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select

from assessment.cdm_summary import CdmSummary
from astrodynamics.timescales import from_datetime, to_datetime
from records.screening import reads, writes
from records.screening.cdm_texts import own_key
from records.screening.events import ScreeningFinaliseV1
from records.screening.tables import Cdm, ConjunctionEvent, CoverageException, PairRescreening, ScreeningRun
from screening.conjunctions.making import MadeCdm, MadeCdms, MakeOrder, make_cdms
from screening.conjunctions.participants import facts_of, owned_numbers
from screening.conjunctions.regroup import regroup
from screening.measuring import CDMS_MADE, NOT_SCREENED, RUN_S
from screening.pinned_files import PinnedFile, pinned_files
from screening.runs.gaps import Gap
from screening.runs.inputs import RunInputs
from screening.runs.join import JoinedRun, JoinOrder, SliceFile, join_run
from screening.runs.watched import Watched
from screening.settings import ScreeningSettings, screening_settings
from servicekit.bus import Consumer, Delivery
from servicekit.context import Context
from servicekit.objects import ObjectStore
from servicekit.store import UnitOfWork
from servicekit.threads import in_thread

__all__ = ["CONSUMERS", "basis_of"]

_NOT_ASSESSED: Final = "not-assessed"
_PARQUET: Final = "application/vnd.apache.parquet"
_CHUNK_BYTES: Final = 1024 * 1024


async def on_finalise(ctx: Context, delivery: Delivery[ScreeningFinaliseV1]) -> None:
    """Finalise a run whose tasks are all done."""
    async with ctx.store.read() as session:
        run = await reads.run(session, delivery.event.run_id)
    if run is None or run.state != "finalising":
        return
    work = _Finalising(ctx, run, screening_settings())
    with tempfile.TemporaryDirectory(prefix="fairway-run-") as folder:
        joined = await work.join(Path(folder))
        made = await work.make(joined)
        await work.put_objects(joined, made)
    async with delivery.transaction() as unit:
        locked = await writes.lock_run(unit, run.id)
        if locked is None or locked.state != "finalising":
            return
        await work.commit(unit, locked, joined, made)
    _count(ctx, run, joined, made)


def _count(ctx: Context, run: ScreeningRun, joined: JoinedRun, made: MadeCdms) -> None:
    for reason, count in joined.gap_counts.items():
        ctx.metrics.of(NOT_SCREENED).labels(reason).inc(count)
    ctx.metrics.of(CDMS_MADE).inc(len(made.cdms))
    took = ctx.clock.now() - run.requested_at
    ctx.metrics.of(RUN_S).labels(run.kind, run.urgency).observe(max(0.0, took.total_seconds()))


def basis_of(inputs: RunInputs, volume: str) -> str:
    """Return what was screened against what, and how: a clear result answers only messages of the same basis.

    A special ephemeris is a plan: that it stays clear says nothing about the way the satellite is on.
    """
    primary = "catalogue" if inputs.primary is None else inputs.primary.designation
    return f"{inputs.kind} {primary} {volume}"


@dataclass
class _Finalising:
    ctx: Context
    run: ScreeningRun
    settings: ScreeningSettings

    @property
    def inputs(self) -> RunInputs:
        return RunInputs.of(self.run)

    @property
    def approaches_key(self) -> str:
        return f"screenings/{self.run.id}/approaches.parquet"

    @property
    def coverage_key(self) -> str:
        return f"screenings/{self.run.id}/coverage.parquet"

    async def join(self, folder: Path) -> JoinedRun:
        inputs = self.inputs
        async with self.ctx.store.read() as session:
            tasks = await reads.tasks(session, self.run.id)
            parties = await owned_numbers(session)
            watched = await self._watched(session)
        keys = [(task.result_key or "", task.result_sha256 or "") for task in tasks]
        keys += [(each.key, each.sha256) for each in inputs.ephemerides]
        if inputs.catalogue is not None:
            keys.append((inputs.catalogue.key, inputs.catalogue.sha256))
        async with pinned_files(self.ctx.objects, keys) as files:
            order = JoinOrder(
                run_id=self.run.id,
                inputs=inputs,
                catalogue=files[-1] if inputs.catalogue is not None else None,
                ephemerides=tuple(files[len(tasks) : len(tasks) + len(inputs.ephemerides)]),
                slices=tuple(
                    SliceFile(file, task.start_tai_ns, task.stop_tai_ns)
                    for file, task in zip(files, tasks, strict=False)
                ),
                parties=parties | {each.norad_cat_id for each in inputs.ephemerides},
                watched=tuple(watched),
                most_gaps=self.settings.coverage_rows,
                folder=folder,
            )
            return await self.ctx.compute.run(join_run, order)

    async def _watched(self, session: Any) -> list[Watched]:
        """Return pairs with an active event in the interval that this run may answer."""
        inputs, run = self.inputs, self.run
        if inputs.primary is not None and inputs.primary.designation != "operational":
            return []
        query = select(ConjunctionEvent).where(
            ConjunctionEvent.state == "active",
            ConjunctionEvent.redirect_to.is_(None),
            ConjunctionEvent.tca >= run.start_time,
            ConjunctionEvent.tca < run.stop_time,
        )
        number = run.norad_cat_id
        if number is not None:
            query = query.where(
                (ConjunctionEvent.norad_cat_id_low == number) | (ConjunctionEvent.norad_cat_id_high == number)
            )
        return [
            Watched(row.norad_cat_id_low, row.norad_cat_id_high, from_datetime(row.tca))
            for row in await session.scalars(query)
        ]

    async def make(self, joined: JoinedRun) -> MadeCdms:
        if not joined.candidate_numbers:
            return MadeCdms((), ())
        inputs = self.inputs
        async with self.ctx.store.read() as session:
            facts = await facts_of(session, joined.candidate_numbers)
        keys = [(each.key, each.sha256) for each in inputs.ephemerides]
        if inputs.catalogue is not None:
            keys.append((inputs.catalogue.key, inputs.catalogue.sha256))
        async with pinned_files(self.ctx.objects, keys) as files:
            return await self.ctx.compute.run(make_cdms, self._make_order(joined, facts, files))

    def _make_order(self, joined: JoinedRun, facts: Any, files: Sequence[PinnedFile]) -> MakeOrder:
        run, inputs = self.run, self.inputs
        if run.start_time is None or run.stop_time is None or run.started_at is None:
            raise LookupError(f"run {run.id} has no interval")
        ephemerides = len(inputs.ephemerides)
        return MakeOrder(
            run_id=run.id,
            inputs=inputs,
            catalogue=files[-1] if inputs.catalogue is not None else None,
            ephemerides=tuple(files[:ephemerides]),
            start_tai_ns=from_datetime(run.start_time),
            stop_tai_ns=from_datetime(run.stop_time),
            volume=run.volume,
            judged_at=run.started_at,
            originator=self.settings.originator,
            basis=basis_of(inputs, run.volume),
            candidates=joined.candidates,
            facts=facts,
            is_replay=run.is_replay,
            covariance_model=self.settings.covariance_model,
        )

    async def put_objects(self, joined: JoinedRun, made: MadeCdms) -> None:
        objects = self.ctx.objects
        await _put_file(objects, self.approaches_key, joined.approaches)
        await objects.put(self.coverage_key, joined.coverage, _PARQUET)
        for cdm in made.cdms:
            await objects.put(own_key(cdm.id, cdm.sha256), cdm.kvn, "text/plain")

    async def commit(self, unit: UnitOfWork, run: ScreeningRun, joined: JoinedRun, made: MadeCdms) -> None:
        basis = basis_of(self.inputs, run.volume)
        cdms = await writes.add_cdms(unit, [self._row(cdm) for cdm in made.cdms])
        again = self._rescreenings(joined, basis)
        await writes.put_rescreenings(unit, again)
        await regroup(
            unit,
            [(row.norad_cat_id_low, row.norad_cat_id_high) for row in cdms]
            + [(row.norad_cat_id_low, row.norad_cat_id_high) for row in again],
        )
        gaps = [
            *joined.gaps,
            *(Gap(n.norad_cat_id, n.designator, n.tca_tai_ns, n.tca_tai_ns, _NOT_ASSESSED) for n in made.not_assessed),
        ]
        counts = dict(joined.gap_counts)
        if made.not_assessed:
            counts[_NOT_ASSESSED] = len(made.not_assessed)
        figures = {
            "object_count": joined.object_count,
            "screened_count": joined.screened_count,
            "not_screened_count": joined.not_screened_count,
            "exception_counts": counts,
            "approach_count": joined.approach_count,
            "known_pair_approach_count": joined.known_pair_approach_count,
            "cdm_count": len(made.cdms),
            "approaches_key": self.approaches_key,
            "coverage_key": self.coverage_key,
        }
        await writes.complete_run(unit, run, figures, [_exception(run, n, gap) for n, gap in enumerate(gaps)])

    def _row(self, made: MadeCdm) -> Cdm:
        summary = CdmSummary.from_dict(made.summary)
        radial, in_track, cross_track = summary.relative_position_rtn_m or (0.0, 0.0, 0.0)
        low, high = summary.pair
        return Cdm(
            id=made.id,
            source="fairway",
            originator=summary.originator,
            message_id=summary.message_id,
            recipient_id=made.recipient.organization_id,
            content_sha256=made.sha256,
            object_key=own_key(made.id, made.sha256),
            run_id=self.run.id,
            document_id=None,
            event_id=None,
            creation_date=summary.creation_date,
            tca=summary.tca,
            tca_tai_ns=summary.tca_tai_ns,
            norad_cat_id_1=summary.norad_cat_id_1,
            norad_cat_id_2=summary.norad_cat_id_2,
            norad_cat_id_low=low,
            norad_cat_id_high=high,
            organization_id_1=made.recipient.organization_id,
            organization_id_2=None if made.other is None else made.other.organization_id,
            object_name_1=made.object_name_1,
            object_name_2=made.object_name_2,
            miss_distance_m=summary.miss_distance_m,
            relative_speed_m_s=summary.relative_speed_m_s or 0.0,
            radial_m=radial,
            in_track_m=in_track,
            cross_track_m=cross_track,
            collision_probability=summary.collision_probability,
            probability_method=summary.probability_method,
            probability_reason=summary.probability_reason,
            maximum_probability=summary.maximum_probability,
            hard_body_radius_m=summary.hard_body_radius_m,
            level=summary.level,
            summary={"cdm_summary": made.summary, **made.details},
            is_replay=self.run.is_replay,
        )

    def _rescreenings(self, joined: JoinedRun, basis: str) -> list[PairRescreening]:
        run = self.run
        if run.start_time is None or run.stop_time is None or run.started_at is None:
            return []
        pairs = sorted({(each.norad_cat_id_low, each.norad_cat_id_high) for each in joined.found_nothing})
        return [
            PairRescreening(
                run_id=run.id,
                norad_cat_id_1=first,
                norad_cat_id_2=second,
                norad_cat_id_low=low,
                norad_cat_id_high=high,
                originator=self.settings.originator,
                basis=basis,
                start_time=run.start_time,
                stop_time=run.stop_time,
                screened_at=run.started_at,
            )
            for low, high in pairs
            for first, second in ((low, high), (high, low))
        ]


async def _put_file(objects: ObjectStore, key: str, path: Path) -> None:
    with path.open("rb") as file:
        async with objects.create(key, _PARQUET) as writer:
            while chunk := await in_thread(file.read, _CHUNK_BYTES):
                await writer.write(chunk)


def _exception(run: ScreeningRun, ordinal: int, gap: Gap) -> CoverageException:
    return CoverageException(
        run_id=run.id,
        ordinal=ordinal,
        norad_cat_id=gap.norad_cat_id,
        designator=gap.designator or None,
        reason=gap.reason,
        from_time=to_datetime(gap.from_tai_ns),
        to_time=to_datetime(gap.to_tai_ns),
    )


CONSUMERS = (Consumer(name="screening.finalise", event=ScreeningFinaliseV1, handler=on_finalise),)
