"""Work that needs a processor for itself: one spawned child process, which cancelling kills.

The child never touches the database. It is started at the first call and stays; when it dies, or is killed because its
caller was cancelled, the next call starts a new one. A child whose parent is gone ends itself.
"""

import asyncio
import json
import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError as FutureCancelledError
from multiprocessing.connection import Connection, wait
from typing import Any, ParamSpec, TypeVar

from pebble import ProcessExpired, ProcessPool

from servicekit.errors import Unavailable
from servicekit.threads import in_thread

__all__ = ["ChildDied", "ChildProcess", "report_progress"]

P = ParamSpec("P")
R = TypeVar("R")

_LONGEST_REPORT_BYTES = 4000
"""A pipe takes a write of up to 4096 bytes whole or not at all (POSIX, PIPE_BUF)."""

_log = logging.getLogger(__name__)
_to_parent: Connection | None = None


class ChildDied(Unavailable):
    """The child process ended while it worked: out of memory, or a fault in compiled code."""

    code = "child-died"
    title = "The computing process died"
    remedy = "It is tried again in a new process; if it comes again, look for what is special in its input."


def report_progress(value: Any) -> None:
    """Tell the caller of the running function how far it is; `value` is small and fits JSON.

    For functions that run in the child. A report that the parent has no room for is dropped: the next one is newer.
    """
    if _to_parent is None:
        return
    line = json.dumps(value).encode() + b"\n"
    if len(line) > _LONGEST_REPORT_BYTES:
        raise ValueError(f"a progress report of {len(line)} bytes is too long")
    try:
        os.write(_to_parent.fileno(), line)
    except BlockingIOError:
        return


class ChildProcess:
    """One child process, and one call at a time; others wait in the order of their calls."""

    def __init__(self, name: str, *, on_death: Callable[[str], None] | None = None) -> None:
        self.name = name
        self._on_death = on_death
        self._turn = asyncio.Lock()
        self._pool: ProcessPool | None = None
        self._reports: _Reports | None = None

    async def run(self, function: Callable[..., R], *args: Any, on_progress: Callable[[Any], None] | None = None) -> R:
        """Run `function`, which stands at the top level of a module, with arguments that can be pickled.

        Cancelling kills the child, so that nothing goes on computing for nobody. What `function` raises is raised here.

        Raises
        ------
        ChildDied
            The child ended before it answered. The next call starts a new one.
        """
        async with self._turn:
            pool, reports = self._started()
            reports.listener = on_progress
            future = pool.schedule(function, args=list(args))
            try:
                return await asyncio.wrap_future(future)
            except ProcessExpired as error:
                await self._discard()
                if self._on_death is not None:
                    self._on_death(self.name)
                raise ChildDied(f"The {self.name} process ended with code {error.exitcode} while it worked") from error
            except (asyncio.CancelledError, FutureCancelledError):
                await self._discard()
                raise
            finally:
                reports.read()
                reports.listener = None

    async def close(self) -> None:
        """End the child, whatever it does."""
        await self._discard()

    def _started(self) -> tuple[ProcessPool, "_Reports"]:
        if self._pool is None or self._reports is None:
            context = multiprocessing.get_context("spawn")
            receiving, sending = context.Pipe(duplex=False)
            self._reports = _Reports(receiving, sending)
            self._pool = ProcessPool(max_workers=1, context=context, initializer=_begin, initargs=(self.name, sending))
        return self._pool, self._reports

    async def _discard(self) -> None:
        pool, self._pool = self._pool, None
        reports, self._reports = self._reports, None
        if pool is not None:
            await in_thread(_end, pool)
        if reports is not None:
            reports.close()


class _Reports:
    """The parent's end of the progress pipe. It belongs to one child, so a torn line can never reach the next one."""

    def __init__(self, receiving: Connection, sending: Connection) -> None:
        self.listener: Callable[[Any], None] | None = None
        self._receiving = receiving
        self._sending = sending  # kept open: the pool hands it to its worker when it starts it
        self._rest = b""
        self._loop = asyncio.get_running_loop()
        os.set_blocking(receiving.fileno(), False)
        os.set_blocking(sending.fileno(), False)
        self._loop.add_reader(receiving.fileno(), self.read)

    def read(self) -> None:
        """Hand on every report that has arrived."""
        while not self._receiving.closed:
            try:
                received = os.read(self._receiving.fileno(), 65536)
            except BlockingIOError:
                return
            if not received:
                return
            *lines, self._rest = (self._rest + received).split(b"\n")
            for line in lines:
                self._tell(line)

    def _tell(self, line: bytes) -> None:
        if self.listener is None:
            return
        try:
            self.listener(json.loads(line))
        except Exception:  # noqa: BLE001 - a listener must not end the loop
            _log.exception("a progress report could not be handed on")

    def close(self) -> None:
        if not self._loop.is_closed():
            self._loop.remove_reader(self._receiving.fileno())
        self._receiving.close()
        self._sending.close()


def _end(pool: ProcessPool) -> None:
    pool.stop()  # type: ignore[no-untyped-call]
    pool.join()


def _begin(name: str, to_parent: Connection) -> None:
    """Prepare the child: its way to report, and the thread that ends it when its parent is gone."""
    global _to_parent  # noqa: PLW0603 - a child serves one parent all its life
    _to_parent = to_parent
    signal.signal(
        signal.SIGINT, signal.SIG_IGN
    )  # Ctrl-C reaches the whole group; the parent decides what becomes of us
    threading.Thread(target=_end_with_parent, name=f"{name}-watchdog", daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(3)
