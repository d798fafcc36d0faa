"""The embedded bus: relays the outbox and hands each delivery to its handler until it succeeds or is parked."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from servicekit.bus import deliveries
from servicekit.bus.consumer import Consumer
from servicekit.bus.handling import Handling
from servicekit.bus.port import BusFigures
from servicekit.bus.relay import relay, subscribe
from servicekit.bus.working import Deliveries, pause, work
from servicekit.observability import logger

if TYPE_CHECKING:
    from servicekit.context import Context

__all__ = ["EmbeddedBus", "check_names"]

_log = logger(__name__)


def check_names(consumers: Sequence[Consumer]) -> None:
    """Refuse consumers that share a name, for it names their inbox.

    Raises
    ------
    ValueError
        Two consumers have one name.
    """
    names = [consumer.name for consumer in consumers]
    if len(set(names)) != len(names):
        raise ValueError(f"two consumers have one name: {sorted(names)}")


class EmbeddedBus:
    """Runs the consumers of this process on the deliveries table."""

    def __init__(self, context: "Context", consumers: Sequence[Consumer]) -> None:
        check_names(consumers)
        self._store = context.store
        self._settings = context.settings
        self._consumers = consumers
        self._stopping = asyncio.Event()
        self._deliveries = Deliveries(context, Handling(context, self._stopping))
        self._wakes: list[asyncio.Event] = []
        self._outbox = asyncio.Event()
        self.running = False
        self.problem: str | None = None

    async def run(self) -> None:
        """Relay and deliver until `stop` is called; what is in hand then is finished first."""
        if self._store.is_sqlite:
            await deliveries.release_all(self._store)  # the only process: whoever held something has died
        await subscribe(self._store, self._consumers)
        self._store.on_emit(self._outbox.set)
        self._outbox.set()
        self.running = True
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._relay_forever())
                for consumers in self._lanes():
                    wake = asyncio.Event()
                    self._wakes.append(wake)
                    sources = [self._deliveries.of(consumer) for consumer in consumers]
                    group.create_task(work(consumers[0].name, sources, wake, self._stopping))
        finally:
            self.running = False
            await asyncio.shield(self._deliveries.release())

    def stop(self) -> None:
        """Take nothing new; `run` returns when what is in hand is finished."""
        self._stopping.set()
        self._outbox.set()
        self.wake()

    def wake(self) -> None:
        """Have every consumer look for work now."""
        for wake in self._wakes:
            wake.set()

    async def figures(self) -> BusFigures:
        """Return nothing: what waits stands in the deliveries table."""
        return BusFigures()

    def _lanes(self) -> list[list[Consumer]]:
        """Return whom each worker works for: the long-running ones share one."""
        lanes = [
            [consumer]
            for consumer in self._consumers
            if not consumer.long_running
            for _ in range(consumer.at_a_time(self._settings))
        ]
        together = [consumer for consumer in self._consumers if consumer.long_running]
        return [*lanes, together] if together else lanes

    async def _relay_forever(self) -> None:
        while not self._stopping.is_set():
            self._outbox.clear()
            try:
                while await relay(self._store):
                    self.wake()
            except Exception:  # noqa: BLE001 - the loop outlives any failure, and says it
                _log.exception("the outbox could not be relayed; it is tried again")
                await pause(self._stopping)
            await pause(self._outbox)
