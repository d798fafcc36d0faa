"""``make test-chaos``: the same work twice, once while parts, services and links go wrong, and once undisturbed.

``python -m chaos [--seed N] [--short]``; FAIRWAY_CHAOS_UPLOADS, _CDMS, _SCREENINGS, _FAULTS and _SERVICES say how much.
"""

import argparse
import asyncio
import os
import secrets
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import policy
from email.parser import BytesHeaderParser
from pathlib import Path

import asyncpg
from chaos import invariants
from chaos.fleet import Fleet
from chaos.plan import Fault, plan
from chaos.work import Answers, Size, Work, do, prepare, set_up

from local_parts.installation import SERVICES
from servicekit.objects.s3 import open_s3_objects
from servicekit.settings import S3Settings

_EVERY_S = 5.0
_WORKING = ("ingest-api", "validator", "screening", "screening-worker", "notifier")
"""The services that this work goes through."""
_QUIET_S = 5.0
_PATIENCE_S = 900.0
_SWEEP_S = 120.0


@dataclass
class Ended:
    """What a run came to."""

    export: dict[str, list[str]]
    faults: list[str]
    """What is lost, doubled or left behind."""
    answers: Answers
    quiet_s: float
    """From the end of the last fault until nothing was left to do."""
    doubled_mails: int
    orphans_swept: int
    counts: dict[str, int] = field(default_factory=dict)


def run(folder: Path, work: Work, services: Sequence[str], faults: Sequence[Fault]) -> Ended:
    """Start everything, do the work while the faults happen, wait for quiet, and look."""
    windows: list[tuple[float, float]] = []
    with Fleet(folder, services, _say) as fleet:
        addresses = [fleet.services[f"ingest-api/{number}"].address for number in (1, 2)]
        operator = set_up(addresses[0], fleet.token, work)
        asyncio.run(_quiet(fleet, of=1))  # the catalogue stands
        disturber = threading.Thread(target=_disturb, args=(fleet, faults, windows), name="faults", daemon=True)
        disturber.start()
        answers = asyncio.run(do(work, addresses, operator, fleet.token))
        disturber.join()
        healed = time.monotonic()
        asyncio.run(_quiet(fleet, of=len({(file.name, file.content) for file in work.files}) + 1))
        quiet_s = time.monotonic() - healed - _QUIET_S
        return asyncio.run(_look(fleet, work, answers, windows, quiet_s))


def _disturb(fleet: Fleet, faults: Sequence[Fault], windows: list[tuple[float, float]]) -> None:
    """Let every fault begin and end at its time."""
    begun = time.monotonic()
    moments = sorted(
        [(fault.at_s, True, fault) for fault in faults] + [(fault.until_s, False, fault) for fault in faults],
        key=lambda each: each[:2],
    )
    for at_s, begins, fault in moments:
        time.sleep(max(0.0, begun + at_s - time.monotonic()))
        if begins:
            _say(str(fault))
            windows.append((time.time(), time.time() + fault.lasts_s))
            fleet.begin(fault)
        else:
            fleet.end(fault)


async def _quiet(fleet: Fleet, of: int) -> None:
    """Wait until so many documents are there and nothing is left to do, for a while."""
    deadline = time.monotonic() + _PATIENCE_S
    since: float | None = None
    left: dict[str, int] = {}
    while since is None or time.monotonic() - since < _QUIET_S:
        with suppress(OSError, asyncpg.PostgresError, TimeoutError):
            database = await asyncpg.connect(fleet.parts.postgresql.address_of("fairway"), timeout=10)
            try:
                left = await invariants.unsettled(database)
                documents = await database.fetchval("SELECT count(*) FROM documents")
            finally:
                await database.close()
            if documents < of:
                left["documents missing"] = of - documents
            since = None if left else since or time.monotonic()
        if time.monotonic() > deadline:
            _say(f"not quiet after {_PATIENCE_S:.0f} s: {left}")
            return
        await asyncio.sleep(0.5)


async def _look(
    fleet: Fleet, work: Work, answers: Answers, windows: Sequence[tuple[float, float]], quiet_s: float
) -> Ended:
    database = await asyncpg.connect(fleet.parts.postgresql.address_of("fairway"))
    try:
        arrived = _arrived(fleet)
        left = await invariants.unsettled(database)
        lost = [f"{count} {what}" for what, count in left.items()]
        lost += await invariants.broken(database, work, answers, arrived)
        doubled, unexplained = invariants.doubled_mails(arrived, windows)
        before = await invariants.orphans(database, await _keys(fleet))
        await asyncio.to_thread(fleet.sweep)
        deadline = time.monotonic() + _SWEEP_S
        after = before
        while after and time.monotonic() < deadline:
            await asyncio.sleep(1)
            after = await invariants.orphans(database, await _keys(fleet))
        tables = ("documents", "ephemerides", "cdms", "conjunction_events", "screening_runs", "notifications")
        return Ended(
            export=await invariants.canonical(database),
            faults=lost + unexplained + [f"an object that no row names, not swept: {key}" for key in after],
            answers=answers,
            quiet_s=quiet_s,
            doubled_mails=doubled,
            orphans_swept=len(before) - len(after),
            counts={table: await database.fetchval(f"SELECT count(*) FROM {table}") for table in tables},
        )
    finally:
        await database.close()


async def _keys(fleet: Fleet) -> list[str]:
    settings = S3Settings.model_validate(
        {
            "bucket": fleet.environment["FAIRWAY_S3__BUCKET"],
            "endpoint_url": fleet.parts.s3.address,
            "access_key_id": fleet.parts.s3.access_key_id,
            "secret_access_key": fleet.parts.s3.secret_access_key,
        }
    )
    async with open_s3_objects(settings) as objects:
        return [info.key async for info in objects.list("")]


def _arrived(fleet: Fleet) -> list[invariants.Arrived]:
    parser = BytesHeaderParser(policy=policy.default)
    return [
        invariants.Arrived(str(parser.parsebytes(file.read_bytes())["Message-ID"]).strip("<>"), file.stat().st_mtime)
        for file in fleet.parts.mail.mails.glob("*.eml")
    ]


def _say(line: str) -> None:
    print(line, flush=True)


def _number(name: str, whole: int, short: int | None) -> int:
    return int(os.environ.get(f"FAIRWAY_CHAOS_{name}", whole if short is None else short))


def main() -> int:
    """Run both, compare, and say what is wrong."""
    options = _options()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whoever ends it, what it has started ends too
    short = options.short
    count = _number("FAULTS", 60, 6 if short else None)
    size = Size(
        uploads=_number("UPLOADS", 500, 40 if short else None),
        cdms=_number("CDMS", 2000, 100 if short else None),
        screenings=_number("SCREENINGS", 2, 2 if short else None),
        over_s=_EVERY_S * (count + 1),
    )
    services = _WORKING if short else SERVICES
    services = tuple(os.environ.get("FAIRWAY_CHAOS_SERVICES", ",".join(services)).split(","))
    processes = [f"{name}/{number}" for name in services for number in (1, 2)]
    work = prepare(size, (datetime.now(UTC) + timedelta(hours=6)).replace(minute=0, second=0, microsecond=0))
    _say(f"seed {options.seed}: {size.uploads} uploads, {size.cdms} CDMs, {size.screenings} screenings, {count} faults")
    with tempfile.TemporaryDirectory(prefix="fairway-chaos-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # the database's own user works below it
        parts = ["PostgreSQL", "SeaweedFS", "SMTP", "Kafka"]
        links = ["link to PostgreSQL", "link to Kafka", "link to S3", "link to SMTP"]
        faults = plan(options.seed, count=count, every_s=_EVERY_S, processes=[*parts, *processes], links=links)
        found = run(folder / "disturbed", work, services, faults)
        _show("disturbed", found)
        expected = run(folder / "undisturbed", work, services, [])
        _show("undisturbed", expected)
        differences = list(invariants.differences(expected.export, found.export))
        wrong = len(expected.faults) + len(found.faults) + len(differences)
        for line in differences:
            _say(f"WRONG {line}")
        kinds = Counter(fault.kind for fault in faults)
        _say(f"faults: {', '.join(f'{count} {kind}' for kind, count in sorted(kinds.items()))}")
        _say(f"{wrong} things are wrong" if wrong else "nothing is lost, nothing is doubled, both runs are the same")
        if wrong and options.keep is not None:
            folder.rename(options.keep)
            folder.mkdir()
    return 1 if wrong else 0


def _show(name: str, ended: Ended) -> None:
    _say(
        f"{name}: {ended.counts}; {ended.answers.repeated} requests sent again, slowest answer "
        f"{ended.answers.slowest_s:.1f} s, quiet {ended.quiet_s:.0f} s after the end, "
        f"{ended.doubled_mails} mails doubled, {ended.orphans_swept} objects swept, {len(ended.faults)} things wrong"
    )
    for line in ended.faults:
        _say(f"{name}: WRONG {line}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="chaos", description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--seed", type=int, default=int(os.environ.get("FAIRWAY_CHAOS_SEED") or secrets.randbelow(10**6))
    )
    parser.add_argument("--short", action="store_true", help="six faults and little work, for a first look")
    parser.add_argument("--keep", type=Path, help="keep the folders there when something is wrong")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
