"""Objects that no row names: results that came too late, and what was stored for a transaction that never came."""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import timedelta
from typing import Final

from records.screening import reads
from records.screening.cdm_texts import PAGES
from servicekit.clock import SystemClock
from servicekit.context import Context
from servicekit.holds import is_outbound_held
from servicekit.observability import logger

__all__ = ["sweep"]

_BATCH: Final = 200
_RUNS: Final = "screenings/"
_CDMS: Final = "cdms/"
_log = logger(__name__)


async def sweep(ctx: Context) -> None:
    """Remove such objects of runs and messages once they are older than the setting allows.

    Their age is by the object store's clock, which is the real one, also in a replay. What belongs to a run that goes
    on is left alone, and so is everything while outbound is held after a restore.
    """
    if await is_outbound_held(ctx):
        return
    of_runs: dict[str, list[str]] = defaultdict(list)
    async for key in _old_keys(ctx, _RUNS):
        of_runs[key.removeprefix(_RUNS).partition("/")[0]].append(key)
    for run_ids in _batches(sorted(of_runs)):
        async with ctx.store.read() as session:
            under_way = await reads.runs_under_way(session, run_ids)
            named = await reads.run_objects(session, run_ids)
        for run_id in run_ids:
            if run_id not in under_way:
                await _remove(ctx, [key for key in of_runs[run_id] if key not in named])
    messages = [key async for key in _old_keys(ctx, _CDMS)]
    for keys in _batches(messages):
        async with ctx.store.read() as session:
            named = await reads.cdm_objects(session, [_identifier(key) for key in keys])
        await _remove(ctx, [key for key in keys if key not in named])
    pages = [key async for key in _old_keys(ctx, PAGES)]
    for keys in _batches(pages):
        async with ctx.store.read() as session:
            named = await reads.cdm_page_objects(session, [key.split("/")[1] for key in keys])
        await _remove(ctx, [key for key in keys if key not in named])


def _identifier(key: str) -> str:
    return key.removeprefix(_CDMS).partition(".")[0]


async def _old_keys(ctx: Context, prefix: str) -> AsyncIterator[str]:
    older_than = SystemClock().now() - timedelta(hours=ctx.settings.retention.unclaimed_object_hours)
    async for info in ctx.objects.list(prefix):
        if info.modified_at < older_than:
            yield info.key


def _batches(names: Sequence[str]) -> Iterator[Sequence[str]]:
    for begin in range(0, len(names), _BATCH):
        yield names[begin : begin + _BATCH]


async def _remove(ctx: Context, keys: Sequence[str]) -> None:
    for key in keys:
        await ctx.objects.delete(key)
        _log.info("an object without a row was removed", key=key)
