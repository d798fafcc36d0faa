"""The whole service at scale on real parts: the table of what it must hold.

    PYTHONPATH=tests python benchmarks/scale.py [--only reads uploads cdms cdm-uploads screening restart soak]
    [--events 100000] [--read-seconds 60] [--upload-rate 30] [--upload-seconds 120] [--cdms 5000]
    [--log-events 100000] [--soak-minutes 30] [--soak-upload-rate 15] [--soak-read-rate 25] [--json]

Parts and services are processes of this machine, started in a temporary folder; clients run on the same cores. Times
are by the clock, so that whatever else runs is in them: the load of the machine stands beside the table.
"""

import argparse
import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path

import httpx
from scale_installation import Line, ScaleInstallation, open_loop, quantile
from scale_plans import plans_line
from scale_pull import pulled_cdms
from scale_restart import restart
from scale_soak import soak
from scale_uploads import Uploads
from scale_work import LIST, NO_SLOTS, cdm_files, fill, list_requests, listed, load_catalogue, operators_of

from fairway.composition import SERVICES

HERE = Path(__file__).parent
PROCESSING = ("ingest-api", "validator", "screening", "notifier")
WITHOUT_WORKERS = tuple(name for name in SERVICES if name != "screening-worker")
AT_ONCE = 16


def reads(options: argparse.Namespace) -> list[Line]:
    """Conjunction lists by satellite and time out of a large database."""
    with _installation(("ingest-api",)) as installation:
        callers = operators_of(installation, options.events)
        population = asyncio.run(fill(installation, [each for each, _ in callers], options.events))
        requests = list_requests(population, [token for _, token in callers])

        before: dict[str, float] = {}

        async def read() -> tuple[list[float], list[str]]:
            async with httpx.AsyncClient(base_url=installation.api, timeout=30, trust_env=False) as client:

                async def one(number: int) -> httpx.Response:
                    return await listed(client, *requests[number % len(requests)])

                await open_loop(options.read_rate, 5 * options.read_rate, one)  # connections, statements, caches
                before.update(installation.spent_s())
                return await open_loop(options.read_rate, options.read_rate * options.read_seconds, one)

        took_s, failed = asyncio.run(read())
        cost = installation.cost(before, len(took_s))
        plans = asyncio.run(plans_line(installation, population, callers[0][1]))
    p99_ms = 1000 * quantile(took_s, 0.99)
    return [
        Line(
            f"reads: lists of {LIST} of {10 * options.events:,} CDMs, {options.events:,} events",
            f"p99 {p99_ms:.0f} ms",
            f"50 ms at {options.read_rate}/s",
            "20 ms",
            p99_ms <= 50 and not failed,
            f"{len(took_s):,} requests, p50 {1000 * quantile(took_s, 0.5):.0f} ms, {_failures(failed)}; {cost}",
        ),
        plans,
    ]


def uploads(options: argparse.Namespace) -> list[Line]:
    """Ephemerides of 300 KB in an open loop, planned to their tasks; every service but the screening worker runs."""
    count = int(options.upload_rate * options.upload_seconds)
    with _installation(WITHOUT_WORKERS, NO_SLOTS) as installation:
        load_catalogue(installation)
        files = Uploads(installation, count)

        async def send() -> tuple[list[float], list[str]]:
            async with httpx.AsyncClient(base_url=installation.api, trust_env=False) as client:
                return await open_loop(options.upload_rate, count, lambda number: files.send(client, number))

        before = installation.spent_s()
        took_s, failed = asyncio.run(send())
        asyncio.run(files.until_planned(len(took_s) - len(failed)))
        cost = installation.cost(before, len(took_s))
        wait = "percentile_disc({}) WITHIN GROUP (ORDER BY extract(epoch FROM decided_at - received_at))"
        worst_s, median_s = (float(asyncio.run(files.verdicts(wait.format(share)))) for share in (1.0, 0.5))
        accepted = asyncio.run(files.verdicts("count(*) FILTER (WHERE verdict = 'valid')"))
        planned = asyncio.run(files.planned())
    p99_ms = 1000 * quantile(took_s, 0.99)
    what = f"uploads of {files.file_size // 1000} KB at {options.upload_rate:g}/s for {options.upload_seconds:g} s"
    remark = (
        f"{len(took_s):,} files, {accepted:,} valid, p50 {1000 * quantile(took_s, 0.5):.0f} ms, {_failures(failed)}"
    )
    return [
        Line(f"{what}: to the 202", f"p99 {p99_ms:.0f} ms", "250 ms", "60/s", p99_ms <= 250 and not failed, remark),
        Line(
            "the same: to the verdict",
            f"worst {worst_s:.1f} s",
            "5 s",
            "",
            worst_s <= 5 and accepted == count,
            f"p50 {median_s:.1f} s; {planned}; {cost}",
        ),
    ]


def cdms(options: argparse.Namespace) -> list[Line]:
    """Messages through object store, Kafka, validator and grouping, as fast as they go, pulled in pages."""
    with _installation((*PROCESSING, "spacetrack-gateway")) as installation:
        return pulled_cdms(installation, options.cdms)


def uploaded_cdms(options: argparse.Namespace) -> list[Line]:
    """Messages that operators upload, one a file."""
    with _installation(PROCESSING) as installation:
        _, token = installation.operator("Northern Orbits", (90001,))
        files = cdm_files(options.cdms)

        async def send() -> tuple[float, float]:
            loop = asyncio.get_running_loop()
            headers = {"Authorization": f"Bearer {token}", "Content-Type": "text/plain"}
            waiting = iter(files)
            async with httpx.AsyncClient(base_url=installation.api, headers=headers, trust_env=False) as client:

                async def sender() -> None:
                    for name, content in waiting:
                        answer = await client.post(
                            "documents", content=content, headers={"X-File-Name": name}, timeout=60
                        )
                        answer.raise_for_status()

                begun = loop.time()
                async with asyncio.TaskGroup() as senders:
                    for _ in range(AT_ONCE):
                        senders.create_task(sender())
                sent_s = loop.time() - begun
                await installation.until("SELECT count(*) FROM cdms WHERE event_id IS NOT NULL", len(files))
                return sent_s, loop.time() - begun

        before = installation.spent_s()
        sent_s, took_s = asyncio.run(send())
        cost = installation.cost(before, len(files))
    rate = len(files) / took_s
    return [
        Line(
            "CDMs uploaded, one a file, likewise",
            f"{rate:.0f} a second",
            "",
            "",
            True,  # until had them all
            f"{len(files):,} in {took_s:.1f} s, one a file, the last upload after {sent_s:.1f} s; {cost}",
        )
    ]


def screening(_: argparse.Namespace) -> list[Line]:
    """The lines of scale_screening.py."""
    done = subprocess.run(
        [sys.executable, HERE / "scale_screening.py", "--json"], stdout=subprocess.PIPE, text=True, check=False
    )
    return [Line(**line) for line in json.loads(done.stdout)]


def restarts(options: argparse.Namespace) -> list[Line]:
    """The lines of scale_restart.py."""
    with _installation(tuple(SERVICES), NO_SLOTS) as installation:
        return restart(installation, events=options.log_events)


def soaking(options: argparse.Namespace) -> list[Line]:
    """The lines of scale_soak.py."""
    with _installation(WITHOUT_WORKERS, NO_SLOTS) as installation:
        return soak(
            installation,
            minutes=options.soak_minutes,
            upload_rate=options.soak_upload_rate,
            read_rate=options.soak_read_rate,
        )


ROWS: dict[str, Callable[[argparse.Namespace], list[Line]]] = {
    "reads": reads,
    "uploads": uploads,
    "cdms": cdms,
    "cdm-uploads": uploaded_cdms,
    "screening": screening,
    "restart": restarts,
    "soak": soaking,
}


class _installation(ScaleInstallation):  # noqa: N801 - it reads as what it gives
    """Parts and services in a folder that goes with them."""

    def __init__(self, names: tuple[str, ...], settings: Mapping[str, str] | None = None) -> None:
        self._temporary = tempfile.TemporaryDirectory(prefix="fairway-scale-")
        folder = Path(self._temporary.name)
        folder.chmod(0o755)  # the database's own user works below it
        super().__init__(folder, names, settings or {})

    def __exit__(self, *exception: object) -> None:
        super().__exit__(*exception)
        self._temporary.cleanup()


def _failures(failed: list[str]) -> str:
    return f"{len(failed)} failed, the first: {failed[0]}" if failed else "none failed"


def parsed_options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--only", nargs="+", choices=ROWS, default=list(ROWS))
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--read-rate", type=int, default=50)
    parser.add_argument("--read-seconds", type=int, default=60)
    parser.add_argument("--upload-rate", type=float, default=30.0)
    parser.add_argument("--upload-seconds", type=float, default=120.0)
    parser.add_argument("--cdms", type=int, default=5_000)
    parser.add_argument("--log-events", type=int, default=100_000)
    parser.add_argument("--soak-minutes", type=float, default=30.0)
    parser.add_argument("--soak-upload-rate", type=float, default=15.0)
    parser.add_argument("--soak-read-rate", type=float, default=25.0)
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def main() -> None:
    """Print the table; fail where a bound is not held."""
    options = parsed_options()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whoever ends it, what it has started ends too
    lines: list[Line] = []
    for name in options.only:
        measured = ROWS[name](options)
        lines += measured
        print(f"load of the machine {os.getloadavg()[0]:.0f} on {os.cpu_count()} cores", file=sys.stderr, flush=True)
        for line in measured if not options.json else ():
            state = "held" if line.kept else "NOT HELD"
            bounds = f"must {line.must:16} aim {line.aim or '-':6}"
            print(f"{line.what:56} {line.measured:14} {bounds} {state:9} {line.remark}", flush=True)
    if options.json:
        print(json.dumps([asdict(line) for line in lines]))
    if not all(line.kept for line in lines):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
