"""What is counted and timed in one process, in the form that Prometheus reads."""

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)

from servicekit.observability import platform_metrics as platform
from servicekit.observability.declarations import Declared

__all__ = ["CONTENT_TYPE_LATEST", "Metrics"]

disable_created_metrics()  # type: ignore[no-untyped-call]
"""Creation times double the number of series and nobody asks for them."""

K = TypeVar("K", bound="str | tuple[str, ...]")
M = TypeVar("M", Counter, Gauge, Histogram)


class Metrics:
    """The metrics of one process, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._made: dict[str, Any] = {}
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        self.requests_in_flight = self.of(platform.REQUESTS_IN_FLIGHT)

    def of(self, declared: Declared[M]) -> M:
        """Return this process's metric of a declaration, made at its first use."""
        made: M | None = self._made.get(declared.name)
        if made is None:
            made = self._made[declared.name] = declared.make(self.registry)
        return made

    def begin(self, known: Iterable[Declared[Any]]) -> None:
        """Show what counts up from now on, with 0. Gauges are shown when they are measured."""
        for declared in known:
            if declared.kind is not Gauge:
                self.of(declared)

    def replace(self, declared: Declared[Gauge], values: Mapping[K, float]) -> None:
        """Give a gauge with labels these values, by the values of its labels, and no others."""
        made = self.of(declared)
        made.clear()
        for labels, value in values.items():
            made.labels(*((labels,) if isinstance(labels, str) else labels)).set(value)

    def request(self, method: str, route: str, status: int, duration_s: float) -> None:
        """Count one answered request."""
        self.of(platform.REQUESTS).labels(method, route, str(status)).inc()
        self.of(platform.REQUEST_S).labels(method, route).observe(duration_s)

    @contextmanager
    def deliveries(self, consumer: str, count: int) -> Iterator[None]:
        """Time the handling of events that are handled together, and count them as done when the block ends well.

        Each has its share of the time.
        """
        begun = time.perf_counter()
        try:
            yield
        finally:
            share_s = (time.perf_counter() - begun) / count
            for _ in range(count):
                self.of(platform.DELIVERY_S).labels(consumer).observe(share_s)
        self.of(platform.DELIVERIES).labels(consumer, "done").inc(count)

    def delivery_waited(self, consumer: str, waited_s: float) -> None:
        """Count how long an event waited before it was handled for the first time."""
        self.of(platform.DELIVERY_WAIT_S).labels(consumer).observe(waited_s)

    def delivery_failed(self, consumer: str, *, dead: bool) -> None:
        """Count a handling that raised: it is tried again, or it is a dead letter now."""
        self.of(platform.DELIVERIES).labels(consumer, "dead" if dead else "retried").inc()

    def delivery_dropped(self, consumer: str) -> None:
        """Count an event that nobody can handle, for a restored database has lost what it names."""
        self.of(platform.DELIVERIES).labels(consumer, "dropped").inc()

    @contextmanager
    def job(self, name: str) -> Iterator[None]:
        """Time one run of a job, and count how it ended."""
        begun = time.perf_counter()
        outcome = "failed"
        try:
            yield
            outcome = "done"
            self.of(platform.JOB_LAST_SUCCESS).labels(name).set_to_current_time()
        finally:
            self.of(platform.JOB_S).labels(name).observe(time.perf_counter() - begun)
            self.of(platform.JOB_RUNS).labels(name, outcome).inc()

    def task_crashed(self, task: str) -> None:
        """Count a background task that raised."""
        self.of(platform.CRASHES).labels(task).inc()

    def child_died(self, child: str) -> None:
        """Count a child process that died while it worked."""
        self.of(platform.CHILD_DEATHS).labels(child).inc()

    def exposition(self) -> bytes:
        """Return all metrics as text."""
        return generate_latest(self.registry)
