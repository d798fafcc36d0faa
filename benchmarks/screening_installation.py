"""The parts, the services and the workers that screening is measured on, with a catalogue whose epochs are of now."""

import gzip
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from catalogue_of_today import moved
from processor_time import cpu_s
from scale_installation import ScaleInstallation
from typing_extensions import override

from local_parts.service import Service

__all__ = ["NICENESS", "VOLUME", "Measured", "ScreeningInstallation", "said", "wait_for"]

VOLUME = "hac"
NICENESS = 12
"""Of the workers, behind every service; what they are compared with has the same."""
_SERVICES = ("ingest-api", "validator", "screening")
_SETTINGS = {
    "FAIRWAY_SCREENING__CATALOGUE_SLOT": "never",
    "FAIRWAY_SCREENING__CONCERN_LIST_SLOTS": "[]",
    "FAIRWAY_SCREENING__OPERATIONAL_SLOTS": "[]",
    "FAIRWAY_SCREENING__THREADS": "1",
    "FAIRWAY_SCREENING__WORKER_HEARTBEAT_S": "1",
}
_PATIENCE_S = 1800.0


@dataclass(frozen=True)
class Measured:
    """A run through the service."""

    wall_s: float
    workers_cpu_s: float
    services_cpu_s: float
    tasks: int
    approaches: int
    first_wait_s: float
    longest_task_s: float
    peak_memory_bytes: int


class ScreeningInstallation(ScaleInstallation):
    """PostgreSQL, Kafka, S3 and services in a folder; workers come and go as `scale` says.

    Parameters
    ----------
    catalogue
        A TLE or 3LE file, also gzipped.
    as_of
        The moment of the catalogue that is moved to now.
    """

    def __init__(self, folder: Path, catalogue: Path, as_of: datetime) -> None:
        super().__init__(folder, _SERVICES, _SETTINGS)
        self.workers: list[Service] = []
        content = catalogue.read_bytes()
        if catalogue.suffix == ".gz":
            content = gzip.decompress(content)
        self.catalogue = folder / "catalogue.3le"
        self.catalogue.write_bytes(moved(content, datetime.now(UTC) - as_of))

    @override
    def __enter__(self) -> Self:
        super().__enter__()
        try:
            self.asking = self._stack.enter_context(self.administrator())
            url = self.services["ingest-api"].address
            self.command("catalog", "load", str(self.catalogue), "--url", url, "--token", self.token)
        except BaseException:
            self._stack.close()
            raise
        return self

    def scale(self, workers: int) -> None:
        """Have so many workers, warm."""
        while len(self.workers) > workers:
            self.workers.pop().stop()
        while len(self.workers) < workers:
            self.workers.append(self._stack.enter_context(self._worker()))
        wait_for(lambda: all(worker.is_ready for worker in self.workers))
        wait_for(lambda: len(self._live_workers()) == workers)

    def _worker(self) -> Service:
        folder = self.folder / "services" / f"screening-worker-{time.monotonic_ns()}"
        name = {"FAIRWAY_KAFKA__GROUP_INSTANCE_ID": f"worker-{len(self.workers)}"}
        return _Worker("screening-worker", folder, self.environment | name)

    def _live_workers(self) -> list[dict[str, Any]]:
        return list(self._shown("screening-workers")["items"])

    def worker(self) -> dict[str, Any]:
        """Return what the only worker says of itself."""
        (found,) = self._live_workers()
        return found

    def begin(self, **request: Any) -> str:
        """Ask for a run, and return it."""
        asked = self.asking.post("screenings", json=request | {"volume": VOLUME})
        return str(asked.raise_for_status().json()["id"])

    def run(self, run_id: str) -> dict[str, Any]:
        """Return how a run stands."""
        return self._shown(f"screenings/{run_id}")

    def slices(self, run_id: str) -> dict[str, Any]:
        """Return the slices of a run, and what they cost."""
        return self._shown(f"screenings/{run_id}/tasks?limit=200")

    def runs_of(self, norad_cat_id: int, kind: str) -> list[dict[str, Any]]:
        """Return the runs of a kind whose primary a satellite is."""
        return list(self._shown(f"screenings?norad_cat_id={norad_cat_id}&kind={kind}")["items"])

    def verdict(self, document_id: str) -> str:
        """Return how a document stands, for example ``rejected``."""
        return str(self._shown(f"documents/{document_id}")["status"])

    def _shown(self, path: str) -> dict[str, Any]:
        found: dict[str, Any] = self.asking.get(path).raise_for_status().json()
        return found

    def has_begun(self, run_id: str) -> bool:
        """Whether a worker has begun with a slice of a run."""
        return any(task["state"] != "waiting" for task in self.slices(run_id)["items"])

    def finished(self, run_id: str) -> dict[str, Any]:
        """Wait for the end of a run."""
        wait_for(lambda: self.run(run_id)["state"] in ("completed", "failed", "refused"))
        run = self.run(run_id)
        if run["state"] != "completed":
            raise SystemExit(f"the run {run['state']}: {run['reason']}")
        return run

    def measure(self, hours: float, start: datetime | None = None) -> Measured:
        """Screen everything against everything, from `start` on or from now."""
        processes: Sequence[Service] = (*self.workers, *self.services.values())
        before = [cpu_s(each.pid) for each in processes]
        begun = time.perf_counter()
        run = self.finished(self.begin(all=True, hours=hours, **({} if start is None else {"start": said(start)})))
        wall_s = time.perf_counter() - begun
        spent = [cpu_s(each.pid) - was for each, was in zip(processes, before, strict=True)]
        slices = self.slices(run["id"])
        return Measured(
            wall_s=wall_s,
            workers_cpu_s=sum(spent[: len(self.workers)]),
            services_cpu_s=sum(spent[len(self.workers) :]),
            tasks=slices["task_count"],
            approaches=run["approach_count"],
            first_wait_s=slices["cost"]["first_wait_s"],
            longest_task_s=slices["cost"]["longest_task_s"],
            peak_memory_bytes=slices["cost"]["peak_memory_bytes"],
        )


class _Worker(Service):
    @override
    def _command(self) -> Sequence[str]:
        return ["nice", "-n", str(NICENESS), *super()._command()]


def said(moment: datetime) -> str:
    """Return a moment as requests and command lines have it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def wait_for(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + _PATIENCE_S
    while not holds():
        if time.monotonic() > deadline:
            raise SystemExit("waited in vain")
        time.sleep(0.05)
