"""How small the tasks of a run are to be, by what the database knows: earlier runs of its kind, and the workers."""

from typing import Final

from astrodynamics.timescales import from_datetime
from records.screening import reads
from records.screening.tables import ScreeningRun
from screening.runs.costs import WORTH_MEASURING_S, core_seconds, measured_factor
from screening.runs.inputs import RunInputs
from screening.runs.slices import Cutting
from screening.settings import ScreeningSettings
from servicekit.context import Context

__all__ = ["cutting_for"]

_HOUR_NS: Final = 3_600_000_000_000


async def cutting_for(ctx: Context, kind: str, volume: str, settings: ScreeningSettings) -> Cutting:
    """Return how to cut a run of this kind in this volume now."""
    async with ctx.store.read() as session:
        earlier = await reads.completed_runs(session, kind=kind, volume=volume, at_least_cpu_s=WORTH_MEASURING_S)
        workers = await reads.workers(session, now=ctx.clock.now())
    return Cutting(
        aim_s=settings.task_aim_s,
        workers=max(1, len(workers)),
        threads=min((worker.threads for worker in workers), default=1),
        factor=measured_factor(_cost(run) for run in earlier),
    )


def _cost(run: ScreeningRun) -> tuple[float, float]:
    """Return measured and modelled seconds."""
    if run.start_time is None or run.stop_time is None or run.cpu_s is None:
        return 0.0, 0.0
    hours = (from_datetime(run.stop_time) - from_datetime(run.start_time)) / _HOUR_NS
    return run.cpu_s, core_seconds(RunInputs.of(run), hours, run.volume)
