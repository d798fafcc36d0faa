"""CDMs that wait at Space-Track after an outage: pulled, stored, parsed, grouped, and what it costs.

    python benchmarks/space_track_backlog.py [--cdms 10000]

The simulated Space-Track runs in a process of its own, on a port, with its limits lifted, since waiting for the budget
is no cost of ours. Gateway, validator and screening run in one process on SQLite, with their parsing child. Wall time,
processor seconds and the most memory of both are printed beside what they must hold.
"""

import argparse
import asyncio
import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

HERE = Path(__file__).parent
sys.path[0] = str(HERE.parent / "tests")  # in the place of this folder, whose screening.py would hide the service

from pydantic import SecretStr  # noqa: E402 - the support of the tests is found from here on
from sqlalchemy import func, select  # noqa: E402
from support import rows  # noqa: E402
from support.databases import sqlite_store  # noqa: E402
from support.embedded import make_context  # noqa: E402
from support.spacetrack import IDENTITY, PASSWORD, make_site, sample_cdm  # noqa: E402

from records.screening.tables import Cdm  # noqa: E402
from records.spacetrack_gateway.tables import SpaceTrackTask  # noqa: E402
from screening.module import MODULE as SCREENING  # noqa: E402
from servicekit.bus import EmbeddedBus  # noqa: E402
from servicekit.clock import SystemClock  # noqa: E402
from servicekit.context import Context  # noqa: E402
from servicekit.store import Actor  # noqa: E402
from spacetrack_gateway.accounts.keeping import enter_account  # noqa: E402
from spacetrack_gateway.accounts.vault import open_vault  # noqa: E402
from spacetrack_gateway.gateway import Gateway  # noqa: E402
from spacetrack_gateway.module import MODULE as GATEWAY  # noqa: E402
from spacetrack_gateway.pulling.pull import PULL_CDMS  # noqa: E402
from spacetrack_gateway.settings import SpaceTrackSettings  # noqa: E402
from spacetrack_gateway.tasks import RecurringWork  # noqa: E402
from spacetrack_simulator import SystemClock as SiteClock  # noqa: E402
from validator.module import MODULE as VALIDATOR  # noqa: E402

CHUNK = 1000
WALL_S, MEMORY_MB = 120.0, 300.0


def serve(count: int) -> None:
    """Be a Space-Track at which so many CDMs wait."""
    site = make_site(SiteClock())
    now = datetime.now(UTC)
    for first in range(1, count + 1, CHUNK):
        numbers = range(first, min(first + CHUNK, count + 1))
        messages = [sample_cdm(number, tca=now + timedelta(days=2), creation_date=now) for number in numbers]
        site.simulator.add_cdms(messages, gid=site.gid)
    limits = site.simulator.faults.rate_limits
    limits.per_minute = limits.per_hour = 10**6
    with site.on_a_port() as url:
        print(url, site.gid, flush=True)
        sys.stdin.read()


async def pull(url: str, gid: str, count: int) -> None:
    """Pull them and print what it cost."""
    settings = SpaceTrackSettings(secret_key=SecretStr("A" * 43 + "="), base_url=url.rstrip("/"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "data").mkdir()
        clock = SystemClock()
        async with (
            sqlite_store(folder / "data", folder / "template.db", clock) as store,
            make_context(store, folder / "data") as ctx,
        ):
            operations = rows.organization("Operations", is_operations=True)
            operator = rows.organization("Aurora", gid=gid)
            await rows.add(store, operations, operator, rows.satellite(90001, operator))
            await enter_account(
                ctx,
                open_vault(settings),
                Actor("user", "benchmark"),
                name="service",
                base_url=settings.base_url,
                identity=IDENTITY,
                password=PASSWORD,
                granted_at=clock.now() - timedelta(hours=1),
            )
            await _measured(ctx, settings, count)


async def _measured(ctx: Context, settings: SpaceTrackSettings, count: int) -> None:
    bus = EmbeddedBus(ctx, [*GATEWAY.consumers, *VALIDATOR.consumers, *SCREENING.consumers])
    running = asyncio.create_task(bus.run())
    begun, begun_cpu = time.perf_counter(), _cpu(resource.RUSAGE_SELF)
    gateway = Gateway(ctx, settings, [RecurringWork([PULL_CDMS])], gateway_id="benchmark")
    while not await _is_pulled(ctx):
        await gateway.run_due()
        await asyncio.sleep(0.2)
    pulled_s = time.perf_counter() - begun
    while await _grouped(ctx) < count:  # noqa: ASYNC110 - it is watched from outside, as a person would
        await asyncio.sleep(0.2)
    wall_s, cpu_s = time.perf_counter() - begun, _cpu(resource.RUSAGE_SELF) - begun_cpu
    bus.stop()
    await running
    await ctx.parsing.close()
    own_mb, child_mb = (
        resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    print(f"{count} CDMs: pulled and stored after {pulled_s:.1f} s")
    print(f"parsed and grouped after {wall_s:.1f} s (must: {WALL_S:.0f} for 10,000)")
    print(f"processor: {cpu_s:.1f} s in the process, {_cpu(resource.RUSAGE_CHILDREN):.1f} s in its child")
    print(f"memory: {own_mb:.0f} MB in the process (must: {MEMORY_MB:.0f}), {child_mb:.0f} MB in its child")
    print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


async def _is_pulled(ctx: Context) -> bool:
    async with ctx.store.read() as session:
        task = (await session.scalars(select(SpaceTrackTask).where(SpaceTrackTask.name == "cdm"))).first()
    return task is not None and task.succeeded_at is not None


async def _grouped(ctx: Context) -> int:
    async with ctx.store.read() as session:
        return await session.scalar(select(func.count()).select_from(Cdm).where(Cdm.event_id.is_not(None))) or 0


def _cpu(who: int) -> float:
    usage = resource.getrusage(who)
    return usage.ru_utime + usage.ru_stime


def main() -> None:
    """Start the site and pull from it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cdms", type=int, default=10_000)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(options.cdms)
        return
    site = subprocess.Popen(
        [sys.executable, __file__, "--serve", "--cdms", str(options.cdms)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert site.stdout is not None
        url, gid = site.stdout.readline().split()
        asyncio.run(pull(url, gid, options.cdms))
    finally:
        site.kill()
        site.wait()


if __name__ == "__main__":
    main()
