"""Work that needs a processor for itself: one spawned child process, which cancelling kills.

The child never touches the database. It is started at the first call and stays; when it dies, or is killed because its
caller was cancelled, the next call starts a new one. A child whose parent is gone ends itself.
"""

import asyncio
import logging
import multiprocessing
import os
import signal
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection, wait
from typing import Any, TypeVar

from servicekit.errors import Unavailable
from servicekit.tracing import Span, span

__all__ = ["ChildDied", "ChildProcess", "report_progress"]

R = TypeVar("R")

_log = logging.getLogger(__name__)  # the child imports this module: what it imports is kept small
_to_parent: Connection | None = None

_PROGRESS, _RESULT, _ERROR = "progress", "result", "error"


class ChildDied(Unavailable):
    """The child process ended while it worked: out of memory, or a fault in compiled code."""

    code = "child-died"
    title = "The computing process died"
    remedy = "It is tried again in a new process; if it comes again, look for what is special in its input."


def report_progress(value: Any) -> None:
    """Tell the caller of the running function how far it is. For functions that run in the child; a no-op elsewhere."""
    if _to_parent is not None:
        _to_parent.send((_PROGRESS, value))


class ChildProcess:
    """One child process, and one call at a time; others wait in the order of their calls."""

    def __init__(self, name: str, *, on_death: Callable[[str], None] | None = None) -> None:
        self.name = name
        self._on_death = on_death
        self._turn = asyncio.Lock()
        self._child: _Child | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"child-{name}")

    async def run(self, function: Callable[..., R], *args: Any, on_progress: Callable[[Any], None] | None = None) -> R:
        """Run `function`, which stands at the top level of a module, with arguments that can be pickled.

        Cancelling kills the child, so that nothing goes on computing for nobody. What `function` raises is raised here,
        with the child's traceback as a note. `on_progress` is called in the event loop, in order, before this returns.

        Raises
        ------
        ChildDied
            The child ended before it answered. The next call starts a new one.
        """
        with span(f"{self.name} {function.__name__}") as taken:  # the wait for its turn is part of it
            async with self._turn:
                return await self._run(function, args, on_progress, taken)

    async def _run(
        self, function: Callable[..., R], args: tuple[Any, ...], on_progress: Callable[[Any], None] | None, taken: Span
    ) -> R:
        loop = asyncio.get_running_loop()
        child = await loop.run_in_executor(self._thread, self._living_child)
        taken.put(fairway__child__pid=child.process_id)

        def tell(report: Any) -> None:
            loop.call_soon_threadsafe(_tell, on_progress, report)

        exchange = loop.run_in_executor(self._thread, child.call, function, args, tell)
        try:
            return await asyncio.shield(exchange)
        except asyncio.CancelledError:
            child.kill()
            await asyncio.wait([exchange])
            if not exchange.cancelled():
                exchange.exception()  # taken notice of: that it died is what was wanted
            raise
        except EOFError:
            if self._on_death is not None:
                self._on_death(self.name)
            raise ChildDied(f"The {self.name} process ended with code {child.exit_code()} while it worked") from None

    async def close(self) -> None:
        """End the child, whatever it does, and take no more calls."""
        if self._child is not None:
            self._child.kill()
        self._thread.shutdown(wait=True)

    def _living_child(self) -> "_Child":
        if self._child is None or not self._child.is_alive:
            self._child = _Child(self.name)
        return self._child


class _Child:
    """One operating-system process and the pipe to it. The pipe dies with it, so nothing torn reaches a successor."""

    def __init__(self, name: str) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(name, theirs), name=f"fairway-{name}", daemon=True)
        self._process.start()
        theirs.close()  # so that the end of the process ends the pipe

    @property
    def process_id(self) -> int:
        return self._process.pid or 0

    @property
    def is_alive(self) -> bool:
        return self._process.is_alive() and not self._pipe.closed

    def call(self, function: Callable[..., Any], args: tuple[Any, ...], tell: Callable[[Any], None]) -> Any:
        """Have the child run `function`; EOFError when it ends before it answers."""
        try:
            self._pipe.send((function, args))
            while True:
                kind, value = self._pipe.recv()
                if kind == _RESULT:
                    return value
                if kind == _ERROR:
                    raise value
                tell(value)
        except (BrokenPipeError, ConnectionResetError) as error:
            raise EOFError from error

    def kill(self) -> None:
        """End the process now and wait for its end, which SIGKILL makes short."""
        self._process.kill()
        self._process.join()

    def exit_code(self) -> int | None:
        """Return the exit code of a process whose pipe has ended."""
        self.kill()
        return self._process.exitcode


def _tell(listener: Callable[[Any], None] | None, report: Any) -> None:
    if listener is None:
        return
    try:
        listener(report)
    except Exception:  # noqa: BLE001 - a listener must not end the work it listens to
        _log.exception("a progress report could not be handed on")


def _serve(name: str, to_parent: Connection) -> None:
    """Be the child: answer one call after the other until the parent closes the pipe."""
    global _to_parent  # noqa: PLW0603 - a child serves one parent all its life
    _to_parent = to_parent
    signal.signal(
        signal.SIGINT, signal.SIG_IGN
    )  # Ctrl-C reaches the whole group; the parent decides what becomes of us
    threading.Thread(target=_end_with_parent, name=f"{name}-watchdog", daemon=True).start()
    while True:
        try:
            function, args = to_parent.recv()
        except EOFError:
            return
        except Exception as error:  # noqa: BLE001 - a function that cannot be found is its caller's error
            _answer_with_error(to_parent, error)
            continue
        try:
            to_parent.send((_RESULT, function(*args)))
        except Exception as error:  # noqa: BLE001 - whatever it is, the caller gets it
            _answer_with_error(to_parent, error)


def _answer_with_error(to_parent: Connection, error: Exception) -> None:
    error.add_note(f"in the child process:\n{''.join(traceback.format_exception(error))}")
    try:
        to_parent.send((_ERROR, error))
    except Exception:  # noqa: BLE001 - an exception that cannot be pickled is told in words
        to_parent.send((_ERROR, RuntimeError("".join(traceback.format_exception(error)))))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(3)
