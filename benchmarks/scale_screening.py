"""Screening through the whole service on real parts, against the engine alone, and with one worker against two.

    PYTHONPATH=tests python benchmarks/scale_screening.py [--catalog FILE] [--as-of 2024-09-17T12:00:00Z] [--hours 24]
    [--only command|workers|overtaking|first] [--slices] [--json]

PostgreSQL, Kafka and S3 are started in a temporary folder; the services and the workers, one thread each, are processes
of their own. They live now: the epochs of the catalogue are moved from `--as-of` to now, for everybody by the same.
Processor seconds are counted for whole groups of processes, for others on the machine disturb wall time.
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
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from processor_time import cpu_s
from scale_installation import Line
from scale_overtaking import overtaking
from screening_installation import NICENESS, VOLUME, Measured, ScreeningInstallation, said, wait_for

from local_parts.service import fairway_program

HERE = Path(__file__).parent
CORPUS = Path(os.environ.get("FAIRWAY_CORPUS", HERE.parents[1] / "shared" / "corpus"))
CATALOGUE = CORPUS / "catalog" / "cat_20240917.3le.gz"
AS_OF = datetime(2024, 9, 17, 12, tzinfo=UTC)
WARM_UP_HOURS = 2.0
NIGHTLY_DAYS = 9
"""Long enough for three urgent runs to come one after the other while it goes on."""
SHARED_DAYS = 3
"""Of the run that one worker and then two compute: both cut it into several tasks."""
LONGEST_ELEMENT_AGE_DAYS = "30"
"""As the service has it where nothing else is set."""


@dataclass(frozen=True)
class Alone:
    """A run of `fairway screen`."""

    wall_s: float
    cpu_s: float
    approaches: int


def command_alone(installation: ScreeningInstallation, hours: float, start: datetime) -> Alone:
    """Screen everything against everything with as many threads as there are workers, and without a service."""
    out = installation.folder / "alone.parquet"
    begun, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        ["nice", "-n", str(NICENESS), fairway_program(), "screen", "--catalog", str(installation.catalogue),
         "--start", said(start), "--hours", str(hours), "--volume", VOLUME, "--workers", "2",
         "--max-element-age-days", LONGEST_ELEMENT_AGE_DAYS, "--out", str(out), "--format", "json"],
        check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    wall_s, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    spent_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Alone(wall_s, spent_s, json.loads(done.stdout)["approaches"])


def against_the_command(installation: ScreeningInstallation, options: argparse.Namespace) -> list[Line]:
    """All against all through the service with two workers, against the command alone, over the same interval."""
    installation.scale(2)
    installation.measure(min(WARM_UP_HOURS, options.hours))  # whoever computes has the catalogue, the planner a rate
    command_alone(installation, options.hours, _now())
    pairs: list[tuple[Alone, Measured]] = []
    for _ in range(options.repeats):
        start = _now()
        alone = command_alone(installation, options.hours, start)
        pairs.append((alone, installation.measure(options.hours, start)))
    agree = all(alone.approaches == through.approaches for alone, through in pairs)
    fastest = min((alone for alone, _ in pairs), key=lambda each: each.wall_s)
    best = min((through for _, through in pairs), key=lambda each: each.wall_s)
    ratio = best.wall_s / fastest.wall_s
    found = ", ".join(f"{through.approaches:,} and alone {alone.approaches:,}" for alone, through in pairs)
    remark = (
        f"{best.wall_s:.1f} s with {best.tasks} tasks, alone {fastest.wall_s:.1f} s; processor "
        f"{best.workers_cpu_s:.1f} s in workers and {best.services_cpu_s:.1f} s in services, alone "
        f"{min(alone.cpu_s for alone, _ in pairs):.1f} s; approaches {'agree' if agree else 'DIFFER'}: {found}; "
        f"longest task {best.longest_task_s:.1f} s; peak of an engine {best.peak_memory_bytes / 2**20:.0f} MiB"
    )
    what = f"all-vs-all {options.hours:g} h through the service, 2 workers"
    return [Line(what, f"{ratio:.2f} times", "1.3 times", "1.1", ratio <= 1.3 and agree, remark)]


def one_and_two_workers(installation: ScreeningInstallation, options: argparse.Namespace) -> list[Line]:
    """Work for each processor second of the workers, one of them against two."""
    one, two = (_cheapest(installation, options, workers) for workers in (1, 2))
    ratio = one.workers_cpu_s / two.workers_cpu_s
    remark = (
        f"the same work took {one.workers_cpu_s:.1f} s of processor time with one "
        f"({one.tasks} tasks, {one.wall_s:.1f} s) and {two.workers_cpu_s:.1f} s with two "
        f"({two.tasks} tasks, {two.wall_s:.1f} s)"
    )
    what = f"1 to 2 one-threaded workers, work per CPU-second, {SHARED_DAYS * options.hours:g} h"
    return [Line(what, f"{ratio:.2f}", "0.9", "0.97", ratio >= 0.9, remark)]


def _cheapest(installation: ScreeningInstallation, options: argparse.Namespace, workers: int) -> Measured:
    installation.scale(workers)
    installation.measure(min(WARM_UP_HOURS, options.hours))
    runs = [installation.measure(SHARED_DAYS * options.hours) for _ in range(options.repeats)]
    return min(runs, key=lambda each: each.workers_cpu_s)


def urgent_runs(installation: ScreeningInstallation, options: argparse.Namespace) -> list[Line]:
    """The lines of scale_overtaking.py."""
    return overtaking(installation, NIGHTLY_DAYS * options.hours, options.urgent, shows_slices=options.slices)


def first_task(installation: ScreeningInstallation, options: argparse.Namespace) -> list[Line]:
    """From the start of a worker's process to the beginning of the task that waits for it; kernels are compiled."""
    took, kernels, spent = [], [], []
    installation.scale(1)  # the kernels are compiled
    for number in options.urgent:
        installation.scale(0)
        run = installation.begin(norad_cat_id=number, hours=24.0)
        wait_for(lambda run=run: installation.run(run)["state"] == "running")
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


ROWS: dict[str, Callable[[ScreeningInstallation, argparse.Namespace], list[Line]]] = {
    "command": against_the_command,
    "workers": one_and_two_workers,
    "overtaking": urgent_runs,
    "first": first_task,
}


def measured_lines(options: argparse.Namespace) -> list[Line]:
    """Start everything, measure what was asked for, and stop it."""
    lines: list[Line] = []
    with tempfile.TemporaryDirectory(prefix="fairway-scale-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # the database's own user works below it
        with ScreeningInstallation(folder, options.catalog, options.as_of) as installation:
            for row in (ROWS[each] for each in ROWS if each in options.only):
                measured = row(installation, options)
                tell(measured)
                lines += measured
    return lines


def tell(lines: Sequence[Line]) -> None:
    """Say on standard error what is known already."""
    for line in lines:
        print(f"{line.what}: {line.measured}; {line.remark}", file=sys.stderr, flush=True)


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def _utc(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def parsed_options(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--catalog", type=Path, default=CATALOGUE)
    parser.add_argument("--as-of", type=_utc, default=AS_OF)
    parser.add_argument("--hours", type=float, default=24.0)
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--urgent", type=int, nargs="+", default=[25544, 44713, 43013])
    parser.add_argument("--only", nargs="+", choices=ROWS, default=list(ROWS))
    parser.add_argument("--slices", action="store_true", help="show each slice of the nightly runs")
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
                f"{line.what:66} {line.measured:14} must {line.must:24} aim {line.aim or '-':6} {state:9} {line.remark}"
            )
    if not all(line.kept for line in lines):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
