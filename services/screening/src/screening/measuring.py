"""Screening in figures: runs and slices that wait, workers, what was found and what was not screened."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from records.screening import figures
from screening.settings import screening_settings
from servicekit.context import Context
from servicekit.observability.declarations import counter, gauge, histogram

__all__ = [
    "CDMS_MADE",
    "NOT_SCREENED",
    "RUN_S",
    "TASK_CPU_S",
    "TASK_PEAK_BYTES",
    "TASK_S",
    "TASK_WAIT_S",
    "measure",
]

_URGENCY: Final = {"urgency": "urgent, bulk"}
_URGENCIES: Final = (("urgent",), ("bulk",))
_KIND: Final = {"kind": "ephemeris-catalogue, ephemeris-ephemerides, catalogue-catalogue"}
_RUN_BUCKETS_S: Final = (1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21600)
_LOOKS_BACK: Final = timedelta(days=1)
_MIB: Final = 1024 * 1024
_MEMORY_BUCKETS: Final = tuple(size * _MIB for size in (128, 256, 384, 512, 768, 1024, 1536, 2048, 3072, 4096, 8192))

TASK_S = histogram(
    "fairway_screening_task_duration_seconds", "Time of the engine on one slice.", _URGENCY, first=_URGENCIES
)
TASK_WAIT_S = histogram(
    "fairway_screening_task_wait_seconds", "Time from a slice's event to a worker that takes it.", _URGENCY
)
TASK_CPU_S = counter(
    "fairway_screening_task_cpu_seconds_total", "Processor time of the engine on slices.", _URGENCY, first=_URGENCIES
)
TASK_PEAK_BYTES = histogram(
    "fairway_screening_task_peak_memory_bytes",
    "Most resident memory of the engine's process while it computed a slice.",
    buckets=_MEMORY_BUCKETS,
)
RUN_S = histogram(
    "fairway_screening_run_duration_seconds",
    "Time from a run's request to its end, of runs that were completed.",
    {"kind": "ephemeris-catalogue, …, concern-list", **_URGENCY},
    _RUN_BUCKETS_S,
)
NOT_SCREENED = counter(
    "fairway_objects_not_screened_total",
    "Objects not screened over a run's whole interval.",
    {"reason": "no-elements, stale-elements, …"},
)
CDMS_MADE = counter("fairway_cdms_made_total", "Conjunction data messages made by screening.")

RUNS = gauge("fairway_screening_runs", "Runs by state.", {"state": "requested, running, finalising"}, scope="database")
RUN_OLDEST_S = gauge(
    "fairway_screening_run_oldest_age_seconds",
    "Since when the run waits that was asked for first among those in a state; 0 where there is none.",
    {"state": "requested, running, finalising"},
    scope="database",
)
RUNS_FAILED = gauge(
    "fairway_screening_runs_failed", "Runs that were asked for in the last 24 h and failed.", scope="database"
)
TASKS_WAITING = gauge("fairway_screening_tasks_waiting", "Slices that wait for a result.", _URGENCY, scope="database")
TASK_OLDEST_S = gauge(
    "fairway_screening_task_oldest_wait_seconds",
    "Since when the slice waits that was handed out first; 0 where none waits.",
    _URGENCY,
    scope="database",
)
WORKERS = gauge(
    "fairway_screening_workers",
    "Workers that have said lately that they live.",
    {"state": "warming, idle, busy, stopping"},
    scope="database",
)
COMPLETED_AGE_S = gauge(
    "fairway_screening_last_completed_age_seconds",
    "Since when no run has come to its end; absent before the first.",
    scope="database",
)
LATEST_OBJECTS = gauge(
    "fairway_screening_latest_objects", "Objects of the newest completed run of a kind.", _KIND, scope="database"
)
LATEST_NOT_SCREENED = gauge(
    "fairway_screening_latest_not_screened",
    "Objects that were not screened over the whole interval in the newest completed run of a kind.",
    _KIND,
    scope="database",
)
EVENTS = gauge(
    "fairway_conjunction_events_active",
    "Conjunction events that lie ahead.",
    {"level": "none, reportable, unquantified, emergency"},
    scope="database",
)


async def measure(ctx: Context) -> None:
    """Say what waits, who works and what lies ahead."""
    now = ctx.clock.now()
    async with ctx.store.read() as session:
        runs = await figures.run_figures(session, failed_since=now - _LOOKS_BACK)
        tasks = await figures.task_figures(session)
        workers = await figures.worker_states(session, seen_after=now - screening_settings().worker_silence)
        events = await figures.active_events(session)
    metrics = ctx.metrics
    metrics.replace(RUNS, runs.counts)
    metrics.of(RUNS_FAILED).set(runs.failed)
    metrics.replace(RUN_OLDEST_S, _ages_s(runs.counts, runs.oldest_at, now))
    metrics.replace(TASKS_WAITING, tasks.counts)
    metrics.replace(TASK_OLDEST_S, _ages_s(tasks.counts, tasks.oldest_at, now))
    metrics.replace(WORKERS, workers)
    metrics.replace(EVENTS, events)
    metrics.replace(LATEST_OBJECTS, runs.objects)
    metrics.replace(LATEST_NOT_SCREENED, runs.not_screened)
    if runs.completed_at is not None:
        metrics.of(COMPLETED_AGE_S).set(max(0.0, (now - runs.completed_at).total_seconds()))


def _ages_s(counts: Mapping[str, int], oldest_at: Mapping[str, datetime], now: datetime) -> dict[str, float]:
    return {name: max(0.0, (now - oldest_at[name]).total_seconds()) if name in oldest_at else 0.0 for name in counts}
