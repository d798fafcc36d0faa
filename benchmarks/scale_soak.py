"""Half load for half an hour: what each process keeps of it in memory, connections and events.

All services run but the workers: what these would have computed waits for them, and counts for nobody.
"""

import asyncio
import os
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from scale_installation import Answers, Line, ScaleInstallation, steadily
from scale_uploads import Uploads
from scale_work import LIST, fill, list_requests, listed, load_catalogue, operators_of

__all__ = ["soak"]

_SAMPLE_S = 10.0
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
_ESTABLISHED = "01"
_EVENTS = 10_000
"""Of which lists are read."""
_NONE_PASSES = timedelta(hours=3)
"""So long no event of these is over: they have their rows only, and nothing that messages are grouped by."""
_GROWTH_MOST_MB = 1.0
_LAG_GROWTH_MOST_S = 1.0
_LAG_GROWTH_LEAST = 10.0
"""So many seconds of uploads, but at least so many events, may the line through what waits rise from the early minutes
to the end: batches leave a scatter of this size. Were one file in a thousand left lying, half an hour would add half
as much again."""


@dataclass
class _Seen:
    """What was seen at one moment."""

    at_min: float
    resident_mb: dict[str, float]
    connections: dict[str, int]
    waiting: int
    """Events in outboxes, events that a consumer has not settled, and events that are to be tried again."""


@dataclass
class _Watch:
    """Looks at the processes of an installation from time to time."""

    installation: ScaleInstallation
    begun_s: float = field(default_factory=time.monotonic)
    seen: list[_Seen] = field(default_factory=list)

    async def forever(self) -> None:
        while True:
            self.seen.append(await self._look())
            await asyncio.sleep(_SAMPLE_S)

    async def _look(self) -> _Seen:
        parts = self.installation.parts
        ports = {"PostgreSQL": parts.postgresql.port}
        if parts.kafka is not None:
            ports["Kafka"] = urlsplit(f"//{parts.kafka.secure_address}").port or 0
        resident: dict[str, float] = {}
        connections = dict.fromkeys(ports, 0)
        for name, service in self.installation.services.items():
            for place, pid in enumerate(_processes(service.pid)):
                resident[name if place == 0 else f"{name}, child {place}"] = _resident_mb(pid)
                for part, port in ports.items():
                    connections[part] += _connections(pid, port)
        waiting = await self.installation.value("SELECT count(*) FROM outbox WHERE published_at IS NULL")
        waiting += await self.installation.lag() + await self.installation.waiting_deliveries()
        return _Seen((time.monotonic() - self.begun_s) / 60, resident, connections, waiting)

    def between(self, begin_min: float, end_min: float) -> list[_Seen]:
        return [each for each in self.seen if begin_min <= each.at_min <= end_min]


def soak(installation: ScaleInstallation, *, minutes: float, upload_rate: float, read_rate: float) -> list[Line]:
    """Upload, and read lists of conjunctions, at a steady rate, and watch."""
    callers = operators_of(installation, _EVENTS)
    population = asyncio.run(
        fill(installation, [each for each, _ in callers], _EVENTS, datetime.now(UTC) + _NONE_PASSES)
    )
    requests = list_requests(population, [token for _, token in callers])
    load_catalogue(installation)
    files = Uploads(installation, int(upload_rate * minutes * 60) + 1)
    watch = _Watch(installation)
    uploads, lists = Answers(), Answers()

    async def send() -> None:
        async with httpx.AsyncClient(base_url=installation.api, trust_env=False, timeout=60) as client:

            async def read(number: int) -> httpx.Response:
                return await listed(client, *requests[number % len(requests)])

            watching = asyncio.create_task(watch.forever())
            async with asyncio.TaskGroup() as senders:
                senders.create_task(
                    steadily(upload_rate, minutes * 60, lambda number: files.send(client, number), uploads)
                )
                senders.create_task(steadily(read_rate, minutes * 60, read, lists))
            watching.cancel()

    asyncio.run(send())
    asyncio.run(files.until_planned(uploads.sent - uploads.failed.total()))
    done = (
        f"{upload_rate:g} uploads and {read_rate:g} lists of {LIST} of {10 * _EVENTS:,} CDMs a second, "
        f"{uploads + lists}; {asyncio.run(files.planned())}"
    )
    return _lines(watch, minutes, upload_rate, done)


def _lines(watch: _Watch, minutes: float, upload_rate: float, done: str) -> list[Line]:
    growth = _growth_mb_min(watch.between(minutes / 3, minutes), watch.seen[-1].resident_mb)
    worst = max(growth, key=lambda name: growth[name])
    early_min = minutes / 6
    early, late = watch.between(early_min - 0.5, early_min + 0.5), watch.between(minutes - 1, minutes)
    before, after = ({part: _middle(some, part) for part in some[0].connections} for some in (early, late))
    steady = watch.between(early_min, minutes)
    most = max(_LAG_GROWTH_MOST_S * upload_rate, _LAG_GROWTH_LEAST)
    rise = _slope([(each.at_min, each.waiting) for each in steady]) * (minutes - early_min)
    sizes = ", ".join(f"{name} {mb:.0f} MB" for name, mb in watch.seen[-1].resident_mb.items())
    what = f"soak of {minutes:g} minutes"
    return [
        Line(
            f"{what}: memory",
            f"{growth[worst]:+.2f} MB/min",
            "1 MB/min",
            "",
            growth[worst] <= _GROWTH_MOST_MB,
            f"the most of any process, {worst}, over the last {minutes * 2 / 3:.0f} minutes; at the end {sizes}; "
            f"{done}",
        ),
        Line(
            f"{what}: connections",
            _said(after),
            f"as after {early_min:.0f} min",
            "",
            before == after,
            f"{_said(before)} after {early_min:.0f} minutes; of all services together, the median of a minute",
        ),
        Line(
            f"{what}: events not yet handled",
            f"{rise:+.0f}",
            f"no growth ({most:.0f})",
            "",
            rise <= most,
            f"what a line through it rises from minute {early_min:.0f} to the end; "
            f"median {statistics.median(each.waiting for each in steady):.0f}, "
            f"{max(each.waiting for each in watch.seen)} at most",
        ),
    ]


def _growth_mb_min(seen: Sequence[_Seen], names: Mapping[str, float]) -> dict[str, float]:
    """The slope of a straight line through what each process had."""
    found: dict[str, float] = {}
    for name in names:
        points = [(each.at_min, each.resident_mb[name]) for each in seen if name in each.resident_mb]
        if len(points) > 1:
            found[name] = _slope(points)
    return found


def _slope(points: Sequence[tuple[float, float]]) -> float:
    """How steep a straight line through the points is."""
    return statistics.linear_regression(*zip(*points, strict=True)).slope


def _middle(seen: Sequence[_Seen], part: str) -> int:
    return round(statistics.median(each.connections[part] for each in seen))


def _said(connections: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in connections.items())


def _processes(pid: int | None) -> Iterator[int]:
    """A process and those below it, in the order of their start."""
    if pid is None:
        return
    yield pid
    for task in sorted(Path(f"/proc/{pid}/task").glob("*/children")):
        for child in sorted(int(each) for each in _text(task).split()):
            yield from _processes(child)


def _resident_mb(pid: int) -> float:
    fields = _text(Path(f"/proc/{pid}/statm")).split()
    return int(fields[1]) * _PAGE_BYTES / 1e6 if fields else 0.0


def _connections(pid: int, port: int) -> int:
    """How many TCP connections a process has to a port of this machine."""
    held = set()
    for file in Path(f"/proc/{pid}/fd").glob("*"):
        try:
            held.add(str(file.readlink()))
        except OSError:
            continue
    count = 0
    for table in ("tcp", "tcp6"):
        for line in _text(Path(f"/proc/{pid}/net/{table}")).splitlines()[1:]:
            fields = line.split()
            is_there = int(fields[2].rpartition(":")[2], 16) == port and fields[3] == _ESTABLISHED
            count += is_there and f"socket:[{fields[9]}]" in held
    return count


def _text(file: Path) -> str:
    """The content of a file of a process that may have ended."""
    try:
        return file.read_text()
    except OSError:
        return ""
