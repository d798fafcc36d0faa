"""A real Prometheus for tests, and processes of Fairway as it sees them: every metric, with values that change."""

import itertools
import json
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from prometheus_client import Counter, Gauge, Histogram
from typing_extensions import override

from local_parts.ports import free_port
from servicekit.observability import Metrics
from servicekit.observability.declarations import declared

__all__ = ["Prometheus", "shown_metrics", "started_prometheus"]

_PATIENCE_S = 60.0
_LABELS = {
    "method": ("GET", "POST"),
    "route": ("/v1/documents", "/v1/cdms"),
    "status": ("200", "503"),
    "consumer": ("validator.decide", "notifier.send"),
    "outcome": ("done", "ok", "sent", "failed"),
    "urgency": ("urgent", "bulk"),
    "window": ("minute", "hour"),
    "state": ("busy", "queued", "requested"),
    "services": ("ingest-api",),
}
"""Values that queries ask for; other labels have two that mean nothing."""


class Prometheus:
    """A server that asks some addresses every second."""

    def __init__(self, address: str) -> None:
        self.address = address

    def query(self, expr: str) -> list[dict[str, Any]]:
        """Return the series that a query gives now. What Prometheus refuses is an error, with what it says."""
        url = f"{self.address}/api/v1/query?{urllib.parse.urlencode({'query': expr})}"
        try:
            with urllib.request.urlopen(url) as answer:
                found: list[dict[str, Any]] = json.load(answer)["data"]["result"]
        except urllib.error.HTTPError as error:
            if error.code not in (400, 422):
                raise  # it is not ready yet
            raise AssertionError(f"{expr}: {json.load(error)['error']}") from None
        return found


@contextmanager
def shown_metrics() -> Iterator[str]:
    """Be a process that shows every declared metric; at each look its counters have gone on."""
    metrics = Metrics()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            _go_on(metrics)
            body = metrics.exposition()
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.end_headers()
            self.wfile.write(body)

        @override
        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def _go_on(metrics: Metrics) -> None:
    every: Any = declared()
    for metric in every:
        if not metric.name.startswith("fairway_thing"):  # those of other tests
            made = metrics.of(metric)
            for values in itertools.product(*(_LABELS.get(label, ("one", "other")) for label in metric.labels)):
                _count(made.labels(*values) if values else made)


def _count(series: Counter | Gauge | Histogram) -> None:
    if isinstance(series, Histogram):
        series.observe(0.3)
    elif isinstance(series, Counter):
        series.inc(2)
    else:
        series.set(1)


@contextmanager
def started_prometheus(folder: Path, targets: Sequence[str], rules: Path) -> Iterator[Prometheus]:
    """Run a Prometheus on `targets` with the rules of a file, and give it when it has looked three times."""
    configuration = {
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
        "rule_files": [str(rules)],
        "scrape_configs": [{"job_name": "fairway", "static_configs": [{"targets": list(targets)}]}],
    }
    (folder / "prometheus.yaml").write_text(json.dumps(configuration))  # JSON is YAML
    address = f"127.0.0.1:{free_port()}"
    arguments = [f"--config.file={folder / 'prometheus.yaml'}", f"--storage.tsdb.path={folder / 'data'}"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            ["prometheus", *arguments, f"--web.listen-address={address}"], stdout=log, stderr=subprocess.STDOUT
        )
        try:
            yield _when_it_has_looked(Prometheus(f"http://{address}"), process, len(targets), folder / "log")
        finally:
            process.terminate()
            process.wait(30)


def _when_it_has_looked(server: Prometheus, process: subprocess.Popen[bytes], targets: int, log: Path) -> Prometheus:
    until = time.monotonic() + _PATIENCE_S
    while time.monotonic() < until:
        assert process.poll() is None, log.read_text()
        try:
            looked = server.query("count_over_time(fairway_outbox_waiting[1m]) >= 3")
        except urllib.error.URLError:
            looked = []
        if len(looked) == targets:
            return server
        time.sleep(0.2)
    raise AssertionError(f"Prometheus saw nothing in time: {log.read_text()[-2000:]}")
