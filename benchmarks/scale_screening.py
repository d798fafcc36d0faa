"""Screening through the whole service on real parts, against the engine alone, and with one worker against two.

    python benchmarks/scale_screening.py [--catalog FILE] [--as-of 2024-09-17T12:00:00Z] [--hours 24] [--json]
    [--only command|workers|overtaking|first]

PostgreSQL and Kafka are started in a temporary folder; the services and the workers, one thread each, are processes of
their own. They live at the time of the catalogue (a replay), so their events go through the
database. Processor seconds are counted for whole groups of processes, for others on the machine disturb wall time.
"""

import argparse
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import httpx

from local_parts.kafka import Kafka
from local_parts.postgresql import PostgreSQL
from local_parts.service import Service, fairway, fairway_program

HERE = Path(__file__).parent
CORPUS = Path(os.environ.get("FAIRWAY_CORPUS", HERE.parents[1] / "shared" / "corpus"))
CATALOGUE = CORPUS / "catalog" / "cat_20240917.3le.gz"
AS_OF = "2024-09-17T12:00:00Z"
SERVICES = ("ingest-api", "validator", "screening")
WORKER = "screening-worker"
VOLUME = "hac"
PATIENCE_S = 1800.0
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Line:
    """One line of the table."""

    what: str
    measured: str
    must: str
    aim: str
    kept: bool
    remark: str


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


class Installation:
    """Parts, services and workers in a folder, with the catalogue loaded."""

    def __init__(self, folder: Path, stack: ExitStack, options: argparse.Namespace) -> None:
        self.folder, self.stack, self.options = folder, stack, options
        postgresql = stack.enter_context(PostgreSQL(folder / "postgresql"))
        kafka = stack.enter_context(Kafka(folder / "kafka"))
        self.environment = {
            "FAIRWAY_DATABASE__URL": postgresql.address_of("postgres", "postgresql+asyncpg"),
            "FAIRWAY_KAFKA__BOOTSTRAP_SERVERS": kafka.address,
            "FAIRWAY_DATA": str(folder / "data"),
            "FAIRWAY_AS_OF": options.as_of,
            "FAIRWAY_LOG__LEVEL": "warning",
            "FAIRWAY_SCREENING__CATALOGUE_SLOT": "never",
            "FAIRWAY_SCREENING__THREADS": "1",
            "FAIRWAY_SCREENING__WORKER_HEARTBEAT_S": "1",
        }
        self._run("migrate")
        token = self._run("token", "bootstrap").split()[-1]
        self.services = [self._service(name) for name in SERVICES]
        self.workers: list[Service] = []
        self.api = stack.enter_context(
            httpx.Client(
                base_url=f"{self.services[0].address}/v1/", headers={"Authorization": f"Bearer {token}"}, timeout=60
            )
        )
        wait_for(lambda: all(service.is_ready for service in self.services))
        self._run("catalog", "load", str(options.catalog), "--url", self.services[0].address, "--token", token)

    def _run(self, *arguments: str) -> str:
        done = fairway(*arguments, environment=self.environment)
        if done.returncode:
            raise SystemExit(f"fairway {' '.join(arguments[:2])}: {done.stderr}")
        return str(done.stdout)

    def _service(self, name: str, **more: str) -> Service:
        folder = self.folder / "processes" / f"{name}-{time.monotonic_ns()}"
        return self.stack.enter_context(Service(name, folder, self.environment | more))

    def scale(self, workers: int) -> None:
        """Have so many workers, warm."""
        while len(self.workers) > workers:
            self.workers.pop().stop()
        while len(self.workers) < workers:
            self.workers.append(self._service(WORKER, FAIRWAY_KAFKA__GROUP_INSTANCE_ID=f"worker-{len(self.workers)}"))
        wait_for(lambda: all(worker.is_ready for worker in self.workers))
        wait_for(lambda: self._live_workers() == workers)

    def _live_workers(self) -> int:
        return len(self.api.get("screening-workers").raise_for_status().json()["items"])

    def worker(self) -> dict[str, Any]:
        """Return what the only worker says of itself."""
        (found,) = self.api.get("screening-workers").raise_for_status().json()["items"]
        worker: dict[str, Any] = found
        return worker

    def has_begun(self, run_id: str) -> bool:
        """Whether a worker has begun with a slice of a run."""
        return any(task["state"] != "waiting" for task in self.shown(run_id, "/tasks")["items"])

    def begin(self, **request: Any) -> str:
        """Ask for a run, and return it."""
        asked = self.api.post("screenings", json=request | {"volume": VOLUME})
        return str(asked.raise_for_status().json()["id"])

    def shown(self, run_id: str, what: str = "") -> dict[str, Any]:
        """Return how a run stands, or its slices."""
        found: dict[str, Any] = self.api.get(f"screenings/{run_id}{what}").raise_for_status().json()
        return found

    def finished(self, run_id: str) -> dict[str, Any]:
        """Wait for the end of a run."""
        wait_for(lambda: self.shown(run_id)["state"] in ("completed", "failed", "refused"))
        run = self.shown(run_id)
        if run["state"] != "completed":
            raise SystemExit(f"the run {run['state']}: {run['reason']}")
        return run

    def measure(self, hours: float) -> Measured:
        """Screen everything against everything."""
        before = [cpu_s(service.pid) for service in (*self.workers, *self.services)]
        begun = time.perf_counter()
        run = self.finished(self.begin(all=True, hours=hours))
        wall_s = time.perf_counter() - begun
        spent = [cpu_s(each.pid) - was for each, was in zip((*self.workers, *self.services), before, strict=True)]
        slices = self.shown(run["id"], "/tasks")
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


def wait_for(holds: Any) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        if time.monotonic() > deadline:
            raise SystemExit("waited in vain")
        time.sleep(0.05)


def cpu_s(pid: int | None) -> float:
    """Processor time of a process and of all below it, those that have ended too."""
    total, waiting = 0.0, [] if pid is None else [pid]
    parents: dict[int, list[int]] = {}
    times: dict[int, float] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        child = int(stat.parent.name)
        parents.setdefault(int(fields[1]), []).append(child)
        times[child] = sum(int(each) for each in fields[11:15]) / _TICKS
    while waiting:
        each = waiting.pop()
        total += times.get(each, 0.0)
        waiting += parents.get(each, [])
    return total


def command_alone(options: argparse.Namespace, folder: Path) -> tuple[float, float]:
    """Wall and processor seconds of `fairway screen` with as many threads as there are workers."""
    begun, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [fairway_program(), "screen", "--catalog", str(options.catalog), "--start", options.as_of,
         "--hours", str(options.hours), "--volume", VOLUME, "--workers", "2", "--out", str(folder / "alone.parquet")],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - begun, spent


def against_the_command(installation: Installation, folder: Path) -> list[Line]:
    """All against all through the service with two workers, against the command alone."""
    options = installation.options
    installation.scale(2)
    installation.measure(min(2.0, options.hours))  # whoever computes has the catalogue, and the planner a rate
    command_alone(options, folder)
    pairs = [(command_alone(options, folder), installation.measure(options.hours)) for _ in range(options.repeats)]
    alone_s = min(wall for (wall, _), _ in pairs)
    alone_cpu_s = min(spent for (_, spent), _ in pairs)
    best = min((each for _, each in pairs), key=lambda each: each.wall_s)
    ratio = best.wall_s / alone_s
    remark = (
        f"{best.wall_s:.1f} s with {best.tasks} tasks, alone {alone_s:.1f} s; processor {best.workers_cpu_s:.1f} s in "
        f"workers and {best.services_cpu_s:.1f} s in services, alone {alone_cpu_s:.1f} s; "
        f"{best.approaches:,} approaches; "
        f"longest task {best.longest_task_s:.1f} s; peak of an engine {best.peak_memory_bytes / 2**20:.0f} MiB"
    )
    what = f"all-vs-all {options.hours:g} h through the service, 2 workers"
    return [Line(what, f"{ratio:.2f} times", "1.3 times", "1.1", ratio <= 1.3, remark)]


def one_and_two_workers(installation: Installation) -> list[Line]:
    """Work for each processor second of the workers, one of them against two."""
    one, two = (_cheapest(installation, workers) for workers in (1, 2))
    ratio = one.workers_cpu_s / two.workers_cpu_s
    remark = (
        f"the same work took {one.workers_cpu_s:.1f} s of processor time with one "
        f"({one.tasks} tasks, {one.wall_s:.1f} s) and {two.workers_cpu_s:.1f} s with two "
        f"({two.tasks} tasks, {two.wall_s:.1f} s)"
    )
    what = "1 to 2 one-threaded workers, work per CPU-second"
    return [Line(what, f"{ratio:.2f}", "0.9", "0.97", ratio >= 0.9, remark)]


def _cheapest(installation: Installation, workers: int) -> Measured:
    options = installation.options
    installation.scale(workers)
    installation.measure(min(2.0, options.hours))
    runs = [installation.measure(options.hours) for _ in range(options.repeats)]
    return min(runs, key=lambda each: each.workers_cpu_s)


def overtaking(installation: Installation) -> list[Line]:
    """How long an urgent run waits for a worker while the only one is busy with the nightly run."""
    options = installation.options
    installation.scale(1)
    installation.measure(options.hours)  # the planner knows what such runs cost here
    installation.finished(installation.begin(norad_cat_id=options.urgent[0], hours=7 * 24.0))
    nightly = installation.begin(all=True, hours=5 * options.hours)
    wait_for(lambda: installation.shown(nightly)["tasks_done"] >= 1)
    waits, took = [], []
    for number in options.urgent:
        begun = time.perf_counter()
        run = installation.finished(installation.begin(norad_cat_id=number, hours=7 * 24.0))
        took.append(time.perf_counter() - begun)
        waits.append(installation.shown(run["id"], "/tasks")["cost"]["first_wait_s"])
    left = installation.shown(nightly)
    if left["state"] != "running":
        raise SystemExit("the nightly run was over before the urgent ones: ask for more hours")
    slices = installation.shown(nightly, "/tasks")
    remark = (
        f"{len(waits)} urgent runs of 7 days while {left['task_count'] - left['tasks_done']} bulk tasks waited: "
        f"to a worker {min(waits):.1f} to {max(waits):.1f} s, to the end {min(took):.1f} to {max(took):.1f} s; "
        f"a bulk task took {slices['cost']['longest_task_s']:.1f} s at most"
    )
    bound_s = slices["cost"]["longest_task_s"] + 5.0
    installation.finished(nightly)
    what = "an urgent run overtakes the nightly one, 1 worker"
    return [
        Line(what, f"waits {max(waits):.1f} s", f"a task and 5 s ({bound_s:.0f} s)", "", max(waits) <= bound_s, remark)
    ]


def first_task(installation: Installation) -> list[Line]:
    """From the start of a worker's process to the beginning of the task that waits for it; kernels are compiled."""
    took, kernels, spent = [], [], []
    installation.scale(1)  # from then on the database keeps its events
    for number in installation.options.urgent:
        installation.scale(0)
        run = installation.begin(norad_cat_id=number, hours=24.0)
        wait_for(lambda run=run: installation.shown(run)["state"] == "running")
        begun = time.perf_counter()
        with ThreadPoolExecutor(1) as starting:
            started = starting.submit(installation.scale, 1)
            wait_for(lambda run=run: installation.has_begun(run))
            took.append(time.perf_counter() - begun)
            started.result()
            spent.append(cpu_s(installation.workers[0].pid))
        kernels.append(installation.worker()["kernels_ready_s"])
        installation.finished(run)
    remark = (
        f"of {len(took)} starts {min(took):.1f} to {max(took):.1f} s; kernels there after {min(kernels):.1f} s; "
        f"{min(spent):.1f} s of processor time in the process and its engine by then"
    )
    what = "start of a worker's process to its first task"
    return [Line(what, f"{min(took):.1f} s", "3 s", "", min(took) <= 3.0, remark)]


def measured_lines(options: argparse.Namespace) -> list[Line]:
    """Start everything, measure what was asked for, and stop it."""
    lines: list[Line] = []
    with tempfile.TemporaryDirectory(prefix="fairway-scale-") as name, ExitStack() as stack:
        folder = Path(name)
        folder.chmod(0o755)  # the database's own user works below it
        installation = Installation(folder, stack, options)
        if "command" in options.only:
            lines += against_the_command(installation, folder)
            tell(lines)
        if "workers" in options.only:
            lines += one_and_two_workers(installation)
            tell(lines)
        if "overtaking" in options.only:
            lines += overtaking(installation)
            tell(lines)
        if "first" in options.only:
            lines += first_task(installation)
            tell(lines)
    return lines


def tell(lines: Sequence[Line]) -> None:
    """Say on standard error what is known already."""
    print(f"{lines[-1].what}: {lines[-1].measured}; {lines[-1].remark}", file=sys.stderr, flush=True)


def parsed_options(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--catalog", type=Path, default=CATALOGUE)
    parser.add_argument("--as-of", default=AS_OF)
    parser.add_argument("--hours", type=float, default=24.0)
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--urgent", type=int, nargs="+", default=[25544, 44713, 43013])
    parser.add_argument("--only", nargs="+", default=["command", "workers", "overtaking", "first"])
    parser.add_argument("--json", action="store_true")
    return parser.parse_args(arguments)


def main() -> None:
    """Print the table; fail where a bound is not held."""
    options = parsed_options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what was started is stopped
    lines = measured_lines(options)
    if options.json:
        print(json.dumps([asdict(line) for line in lines]))
    else:
        for line in lines:
            state = "held" if line.kept else "NOT HELD"
            print(
                f"{line.what:52} {line.measured:14} must {line.must:24} aim {line.aim or '-':6} {state:9} {line.remark}"
            )
    if not all(line.kept for line in lines):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
