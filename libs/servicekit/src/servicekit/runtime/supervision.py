"""Background work that does not end silently: what crashes is logged, counted and started again."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from datetime import timedelta
from typing import Any

from servicekit.context import Context
from servicekit.observability import Metrics, log_context, logger
from servicekit.runtime.module import Job
from servicekit.tracing import enter

__all__ = ["Supervisor"]

_log = logger(__name__)
_FIRST_PAUSE_S = 1.0
_LONGEST_PAUSE_S = 60.0


class Supervisor:
    """Holds the background tasks of a process from its start to its end."""

    def __init__(self, metrics: Metrics, stopping: asyncio.Event, first_pause_s: float = _FIRST_PAUSE_S) -> None:
        self._metrics = metrics
        self._stopping = stopping
        self._first_pause_s = first_pause_s
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._expendable: set[str] = set()

    def keep_running(self, name: str, run: Callable[[], Awaitable[None]], *, is_expendable: bool = False) -> None:
        """Run `run` until it returns; when it raises, wait longer each time and run it again.

        What is expendable is cancelled at once when the process stops, for nothing is lost with it.
        """
        self._start(name, self._again_after_crash(name, run))
        if is_expendable:
            self._expendable.add(name)

    def repeat(self, job: Job, context: Context) -> None:
        """Run `job` at its interval; when it raises, try again soon, and not later than its interval."""
        self._start(job.name, self._at_interval(job, context))

    async def stop(self, grace_s: float) -> None:
        """Wait until everything has ended by itself, for at most `grace_s`; then cancel the rest."""
        if not self._tasks:
            return
        for name in self._expendable:
            self._tasks[name].cancel()
        _, late = await asyncio.wait(self._tasks.values(), timeout=grace_s)
        for task in late:
            _log.warning("background work is cut off", task=task.get_name(), grace_s=grace_s)
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    def _start(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        if name in self._tasks:
            work.close()
            raise ValueError(f"two background tasks have the name {name}")
        self._tasks[name] = asyncio.create_task(work, name=name)

    async def _again_after_crash(self, name: str, run: Callable[[], Awaitable[None]]) -> None:
        pause_s = self._first_pause_s
        while not self._stopping.is_set():
            try:
                await run()
            except Exception:  # noqa: BLE001 - whatever it is, it is logged, counted and tried again
                self._crashed(name, pause_s)
                await self._pause(pause_s)
                pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)
            else:
                return

    async def _at_interval(self, job: Job, context: Context) -> None:
        every_s = job.every / timedelta(seconds=1)
        retry_s = self._first_pause_s
        if not job.at_start:
            await self._pause(every_s)
        while not self._stopping.is_set():
            with enter(job.name, "internal") as span, log_context(job=job.name):
                try:
                    with self._metrics.job(job.name):
                        await job.run(context)
                except Exception as error:  # noqa: BLE001 - whatever it is, it is logged, counted and tried again
                    span.fail(error)
                    pause_s = min(retry_s, every_s)
                    self._crashed(job.name, pause_s)
                    retry_s = min(2 * retry_s, _LONGEST_PAUSE_S)
                else:
                    pause_s, retry_s = every_s, self._first_pause_s
            await self._pause(pause_s)

    def _crashed(self, name: str, pause_s: float) -> None:
        self._metrics.task_crashed(name)
        _log.exception("background work failed; it is tried again", task=name, pause_s=pause_s)

    async def _pause(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return
