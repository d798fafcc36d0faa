"""Metrics: what is counted, by what, and that a service declares its own."""

import pytest

from servicekit.observability import Metrics
from servicekit.observability.declarations import counter, gauge


class BrokenError(Exception):
    """Something failed."""


def value(metrics: Metrics, metric: str, /, **labels: str) -> float | None:
    return metrics.registry.get_sample_value(metric, labels)


def test_requests_are_counted_and_timed_by_route_template() -> None:
    metrics = Metrics()
    metrics.request("GET", "/v1/documents/{document_id}", 200, 0.02)
    metrics.request("GET", "/v1/documents/{document_id}", 404, 0.01)
    route = {"method": "GET", "route": "/v1/documents/{document_id}"}
    assert value(metrics, "fairway_http_requests_total", **route, status="404") == 1
    assert value(metrics, "fairway_http_request_duration_seconds_count", **route) == 2


def test_a_delivery_that_raises_is_timed_and_not_counted_as_done() -> None:
    metrics = Metrics()
    with metrics.deliveries("validator.decide", 1):
        pass
    with pytest.raises(BrokenError), metrics.deliveries("validator.decide", 1):
        raise BrokenError
    metrics.delivery_failed("validator.decide", dead=True)
    consumer = {"consumer": "validator.decide"}
    assert value(metrics, "fairway_deliveries_total", **consumer, outcome="done") == 1
    assert value(metrics, "fairway_deliveries_total", **consumer, outcome="dead") == 1
    assert value(metrics, "fairway_delivery_duration_seconds_count", **consumer) == 2


def test_a_job_tells_how_it_ended_and_when_it_last_ended_well() -> None:
    metrics = Metrics()
    with pytest.raises(BrokenError), metrics.job("screening.reconcile"):
        raise BrokenError
    assert value(metrics, "fairway_job_runs_total", name="screening.reconcile", outcome="failed") == 1
    assert value(metrics, "fairway_job_last_success_timestamp_seconds", name="screening.reconcile") is None
    with metrics.job("screening.reconcile"):
        pass
    assert value(metrics, "fairway_job_last_success_timestamp_seconds", name="screening.reconcile")


def test_a_declared_metric_is_made_once_in_each_process() -> None:
    things = counter("fairway_things_total", "Things of this test.", {"kind": "kind of thing"})
    metrics = Metrics()
    assert metrics.of(things) is metrics.of(things)
    metrics.of(things).labels("large").inc()
    assert value(metrics, "fairway_things_total", kind="large") == 1


def test_a_name_means_one_thing() -> None:
    gauge("fairway_thing_size", "Size of a thing.")
    gauge("fairway_thing_size", "Size of a thing.")
    with pytest.raises(ValueError, match="declared twice"):
        gauge("fairway_thing_size", "Something else.")
    with pytest.raises(ValueError, match="_total"):
        counter("fairway_things", "Things.")


def test_a_gauge_forgets_what_is_not_there_any_more() -> None:
    waiting = gauge("fairway_things_waiting", "Things that wait.", {"queue": "their queue"}, scope="database")
    metrics = Metrics()
    metrics.replace(waiting, {"one": 3, "other": 4})
    metrics.replace(waiting, {"other": 1})
    assert value(metrics, "fairway_things_waiting", queue="one") is None
    assert value(metrics, "fairway_things_waiting", queue="other") == 1


def test_two_processes_in_one_test_do_not_share_metrics() -> None:
    first, second = Metrics(), Metrics()
    first.task_crashed("bus")
    assert b'fairway_task_crashes_total{task="bus"} 1.0' in first.exposition()
    assert b"fairway_task_crashes_total{" not in second.exposition()


def test_what_counts_up_is_there_with_0_from_the_start() -> None:
    tries = counter(
        "fairway_tries_total", "Tries of this test.", {"outcome": "done, failed"}, first=[("done",), ("failed",)]
    )
    metrics = Metrics()
    metrics.begin([tries, gauge("fairway_thing_age_seconds", "Since when a thing is there; absent without one.")])
    assert value(metrics, "fairway_tries_total", outcome="failed") == 0
    assert value(metrics, "fairway_thing_age_seconds") is None
