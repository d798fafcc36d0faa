"""What is counted and timed, in the form that Prometheus reads."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

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

__all__ = ["CONTENT_TYPE_LATEST", "Metrics"]

_REQUEST_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_WORK_BUCKETS_S = (0.01, 0.05, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600)

disable_created_metrics()  # type: ignore[no-untyped-call]
"""Creation times double the number of series and nobody asks for them."""

M = TypeVar("M", Counter, Gauge, Histogram)


class Metrics:
    """The metrics of one process, in a registry of their own.

    A service adds its own through `counter`, `gauge` and `histogram`; the same name gives the same metric.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._own: dict[str, Counter | Gauge | Histogram] = {}
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        self._requests = self.counter(
            "fairway_http_requests_total", "Requests answered, by route template.", ("method", "route", "status")
        )
        self._request_s = self.histogram(
            "fairway_http_request_duration_seconds",
            "Time to the end of the answer.",
            ("method", "route"),
            _REQUEST_BUCKETS_S,
        )
        self.requests_in_flight = self.gauge("fairway_http_requests_in_flight", "Requests being answered now.")
        self._deliveries = self.counter(
            "fairway_deliveries_total", "Events handled, by consumer and outcome.", ("consumer", "outcome")
        )
        self._delivery_s = self.histogram(
            "fairway_delivery_duration_seconds", "Time of one handling of an event.", ("consumer",), _WORK_BUCKETS_S
        )
        self.outbox_age_s = self.gauge("fairway_outbox_oldest_age_seconds", "Age of the oldest event not yet relayed.")
        self.deliveries_waiting = self.gauge(
            "fairway_deliveries_waiting", "Deliveries that are pending or running.", ("consumer",)
        )
        self.dead_letters = self.gauge("fairway_dead_letters", "Deliveries that were given up.", ("consumer",))
        self._jobs = self.counter("fairway_job_runs_total", "Runs of periodic jobs, by outcome.", ("job", "outcome"))
        self._job_s = self.histogram(
            "fairway_job_duration_seconds", "Time of one run of a job.", ("job",), _WORK_BUCKETS_S
        )
        self._job_success = self.gauge(
            "fairway_job_last_success_timestamp_seconds", "When a job last ended well.", ("job",)
        )
        self._crashes = self.counter(
            "fairway_task_crashes_total", "Background tasks that raised and were started again.", ("task",)
        )
        self._child_deaths = self.counter(
            "fairway_child_deaths_total", "Child processes that died while they worked.", ("child",)
        )

    def counter(self, name: str, documentation: str, labels: Sequence[str] = ()) -> Counter:
        """Return the counter `name`, made at its first use."""
        return self._once(name, Counter, lambda: Counter(name, documentation, labels, registry=self.registry))

    def gauge(self, name: str, documentation: str, labels: Sequence[str] = ()) -> Gauge:
        """Return the gauge `name`, made at its first use."""
        return self._once(name, Gauge, lambda: Gauge(name, documentation, labels, registry=self.registry))

    def histogram(
        self, name: str, documentation: str, labels: Sequence[str] = (), buckets_s: Sequence[float] = _WORK_BUCKETS_S
    ) -> Histogram:
        """Return the histogram `name` with upper bounds `buckets_s`, made at its first use."""
        return self._once(
            name, Histogram, lambda: Histogram(name, documentation, labels, buckets=buckets_s, registry=self.registry)
        )

    def request(self, method: str, route: str, status: int, duration_s: float) -> None:
        """Count one answered request."""
        self._requests.labels(method, route, str(status)).inc()
        self._request_s.labels(method, route).observe(duration_s)

    @contextmanager
    def delivery(self, consumer: str) -> Iterator[None]:
        """Time one handling of an event, and count it as done when the block ends well."""
        begun = time.perf_counter()
        try:
            yield
        finally:
            self._delivery_s.labels(consumer).observe(time.perf_counter() - begun)
        self._deliveries.labels(consumer, "done").inc()

    def delivery_failed(self, consumer: str, *, dead: bool) -> None:
        """Count a handling that raised: it is tried again, or it is a dead letter now."""
        self._deliveries.labels(consumer, "dead" if dead else "retried").inc()

    @contextmanager
    def job(self, name: str) -> Iterator[None]:
        """Time one run of a job, and count how it ended."""
        begun = time.perf_counter()
        outcome = "failed"
        try:
            yield
            outcome = "done"
            self._job_success.labels(name).set_to_current_time()
        finally:
            self._job_s.labels(name).observe(time.perf_counter() - begun)
            self._jobs.labels(name, outcome).inc()

    def task_crashed(self, task: str) -> None:
        """Count a background task that raised."""
        self._crashes.labels(task).inc()

    def child_died(self, child: str) -> None:
        """Count a child process that died while it worked."""
        self._child_deaths.labels(child).inc()

    def exposition(self) -> bytes:
        """Return all metrics as text."""
        return generate_latest(self.registry)

    def _once(self, name: str, kind: type[M], make: Callable[[], M]) -> M:
        known = self._own.get(name)
        if known is None:
            made = make()
            self._own[name] = made
            return made
        if not isinstance(known, kind):
            raise TypeError(f"the metric {name} is a {type(known).__name__} already")
        return known
