"""What the benchmarks of scale run on: PostgreSQL, Kafka, S3 and SMTP of this machine, and services as processes."""

import asyncio
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import asyncpg
import httpx
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from processor_time import cpu_s

from fairway.composition import modules
from local_parts.parts import LocalParts
from local_parts.service import Service, fairway

__all__ = ["Answers", "Line", "ScaleInstallation", "open_loop", "quantile", "steadily"]

if sys.path[0] == str(Path(__file__).parent):
    sys.path.append(sys.path.pop(0))  # screening.py beside this file would hide the service of that name

_PATIENCE_S = 600.0
_NICENESS = {"validator": 4, "spacetrack-gateway": 8, "screening": 8, "notifier": 8, "screening-worker": 12}
"""Where cores are short, who answers people goes first who writes mails late and who screens last, as pods have it by
their requests."""
_STANDS = "SELECT count(*) FROM outbox", "SELECT count(*) FROM outbox WHERE published_at IS NULL"
_DELIVERIES = """
SELECT count(*) FILTER (WHERE state NOT IN ('done', 'dead')), count(*) FILTER (WHERE state = 'dead'),
       min(consumer || ': ' || right(error, 1000)) FILTER (WHERE state NOT IN ('done'))
FROM deliveries
"""
"""Of a broker's events those that wait as a retry, or are dead letters; and what one of them says of it."""


@dataclass(frozen=True)
class Line:
    """One line of the table."""

    what: str
    measured: str
    must: str
    aim: str
    kept: bool
    remark: str


@dataclass
class ScaleInstallation:
    """Parts in a folder, a migrated database, an administrator, and the services that are named."""

    folder: Path
    names: Sequence[str]
    settings: Mapping[str, str] = field(default_factory=dict)
    services: dict[str, Service] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.parts = LocalParts(self.folder / "parts")
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        try:
            self._begin()
        except BaseException:
            self._stack.close()  # nobody calls __exit__ where entering has failed
            raise
        return self

    def _begin(self) -> None:
        self._stack.enter_context(self.parts)
        self.environment = {**self.parts.environment(), "FAIRWAY_LOG__LEVEL": "warning", **self.settings}
        self.command("migrate")
        self.token = self.command("token", "bootstrap").split()[-1]
        self.services = {
            name: self._stack.enter_context(_Stopped(name, self.folder / "services" / name, self.environment))
            for name in self.names
        }
        self.start()

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def stop(self) -> None:
        """Stop every service that runs."""
        with ThreadPoolExecutor(len(self.services)) as threads:
            list(threads.map(lambda each: each.stop(), self.services.values()))

    def start(self) -> None:
        """Start every service, and return when all can do their work."""
        with ThreadPoolExecutor(len(self.services)) as threads:
            list(threads.map(lambda each: each.start(), self.services.values()))
        deadline = time.monotonic() + _PATIENCE_S
        while not all(each.is_ready for each in self.services.values()):
            if time.monotonic() > deadline:
                raise SystemExit("the services do not become ready")
            time.sleep(0.1)

    def command(self, *arguments: str) -> str:
        """Run a command of `fairway` beside the services, and return what it says."""
        done = fairway(*arguments, environment=self.environment)
        if done.returncode:
            raise SystemExit(f"fairway {' '.join(arguments)}: {done.stderr}")
        return str(done.stdout)

    @property
    def database(self) -> str:
        """The address of the database, for asyncpg."""
        return self.parts.postgresql.address_of("fairway")

    @property
    def api(self) -> str:
        """The address of the API's process."""
        return f"{self.services['ingest-api'].address}/v1/"

    def administrator(self) -> httpx.Client:
        """Return a client that may do everything."""
        return httpx.Client(base_url=self.api, headers={"Authorization": f"Bearer {self.token}"}, timeout=60)

    def operator(self, name: str, satellites: Sequence[int], **organization: Any) -> tuple[str, str]:
        """Make an organization that owns satellites; returns its identifier and a token of an operator."""
        with self.administrator() as admin:
            made = _made(admin, "organizations", {"name": name, **organization})["id"]
            token = {"organization_id": made, "name": "benchmark", "role": "operator"}
            for number in satellites:
                admin.put(f"satellites/{number}", json={"organization_id": made}).raise_for_status()
            return made, _made(admin, "tokens", token)["token"]

    def spent_s(self) -> dict[str, float]:
        """Return the processor time of each service and part so far."""
        found = {name: cpu_s(service.pid) for name, service in self.services.items()}
        return found | {part.name: cpu_s(part.pid) for part in self.parts.all}

    def cost(self, before: Mapping[str, float], count: int) -> str:
        """Say what each of `count` things has cost since: processor time does not depend on who else is at work."""
        spent_ms = {name: 1000 * (now - before[name]) / max(1, count) for name, now in self.spent_s().items()}
        return "processor for each: " + ", ".join(f"{name} {ms:.1f} ms" for name, ms in spent_ms.items() if ms >= 0.05)

    async def value(self, query: str) -> Any:
        """Return the one value that a query finds."""
        connection = await asyncpg.connect(self.database)
        try:
            return await connection.fetchval(query)
        finally:
            await connection.close()

    async def execute(self, statement: str, *arguments: Any) -> None:
        """Run a statement."""
        connection = await asyncpg.connect(self.database)
        try:
            await connection.execute(statement, *arguments)
        finally:
            await connection.close()

    async def lag(self) -> int:
        """Return how many events in the broker the consumers of these services have not settled yet.

        Where a service does not run, its consumers have no part in it. A partition of which a consumer has settled
        nothing yet counts from its beginning.
        """
        if self.parts.kafka is None:
            return 0
        broker = self.parts.kafka.address
        admin, reader = AIOKafkaAdminClient(bootstrap_servers=broker), AIOKafkaConsumer(bootstrap_servers=broker)
        await admin.start()
        await reader.start()
        try:
            topics = await reader.topics()
            lag = 0
            for consumer in (each for module in modules(self.names) for each in module.consumers):
                topic = consumer.event.topic
                if topic not in topics:
                    raise SystemExit(f"there is no topic {topic} for {consumer.name}")
                partitions = [TopicPartition(topic, each) for each in reader.partitions_for_topic(topic) or ()]
                settled = await admin.list_consumer_group_offsets(consumer.name)
                ends, begins = await reader.end_offsets(partitions), await reader.beginning_offsets(partitions)
                until = {each: settled[each].offset if each in settled else begins[each] for each in partitions}
                lag += sum(max(0, ends[each] - until[each]) for each in partitions)
            return lag
        finally:
            await reader.stop()
            await admin.close()

    async def waiting_deliveries(self) -> int:
        """Return how many events wait to be tried again; where one is a dead letter the benchmark ends with its error.

        A retry and a dead letter count as settled in the broker.
        """
        connection = await asyncpg.connect(self.database)
        try:
            waiting, dead, error = await connection.fetchrow(_DELIVERIES)
        finally:
            await connection.close()
        if dead:
            raise SystemExit(f"{dead} dead letters, and {waiting} events wait to be tried again; one says: {error}")
        return int(waiting)

    async def until_caught_up(self) -> None:
        """Wait until no event waits: in an outbox, in the broker, or as one to be tried again.

        None may come in between: what a handler emits is in the outbox before its own event counts as settled, so it is
        seen there unless the outbox has grown meanwhile.
        """
        deadline = time.monotonic() + _PATIENCE_S
        while True:
            before = [await self.value(query) for query in _STANDS]
            lag, retries = await self.lag(), await self.waiting_deliveries()
            after = [await self.value(query) for query in _STANDS]
            if before == after and not (after[1] or lag or retries):
                return
            if time.monotonic() > deadline:
                raise SystemExit(
                    f"after {_PATIENCE_S:.0f} s {after[1]} events wait in the outbox, {lag} in the broker, "
                    f"{retries} to be tried again"
                )
            await asyncio.sleep(0.5)

    async def until(self, query: str, wanted: int) -> None:
        """Wait until a query finds at least so much."""
        deadline = time.monotonic() + _PATIENCE_S
        connection = await asyncpg.connect(self.database)
        try:
            while (found := await connection.fetchval(query)) < wanted:
                if time.monotonic() > deadline:
                    raise SystemExit(f"only {found} of {wanted} after {_PATIENCE_S:.0f} s: {query}")
                await asyncio.sleep(0.2)
        finally:
            await connection.close()


class _Stopped(Service):
    """A service that is started later, and stopped at the end of the block in any case."""

    def __enter__(self) -> Self:
        return self

    def _command(self) -> Sequence[str]:
        return ["nice", "-n", str(_NICENESS.get(self.name, 0)), *super()._command()]


def _made(admin: httpx.Client, path: str, body: Mapping[str, object]) -> dict[str, str]:
    answer = admin.post(path, json=body).raise_for_status()
    made: dict[str, str] = answer.json()
    return made


async def open_loop(
    rate_hz: float, count: int, request: Callable[[int], Awaitable[httpx.Response]]
) -> tuple[list[float], list[str]]:
    """Send requests at a steady rate whatever becomes of those before.

    Returns how long each took from when it was due until its answer (s), and what failed.
    """
    took_s: list[float] = []
    failed: list[str] = []
    started = time.monotonic()

    async def one(number: int) -> None:
        due = started + number / rate_hz
        try:
            answer = await request(number)
        except httpx.HTTPError as error:
            failed.append(repr(error))
            return
        took_s.append(time.monotonic() - due)
        if not answer.is_success:
            failed.append(f"{answer.status_code} {answer.text[:200]}")

    async with asyncio.TaskGroup() as requests:
        for number in range(count):
            await asyncio.sleep(max(0.0, started + number / rate_hz - time.monotonic()))
            requests.create_task(one(number))
    return took_s, failed


@dataclass
class Answers:
    """How requests ended: counts, and nothing else."""

    sent: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    """By status of the answer, or kind of error where there was none."""

    def __add__(self, other: "Answers") -> "Answers":
        return Answers(self.sent + other.sent, self.failed + other.failed)

    def __str__(self) -> str:
        reasons = ", ".join(f"{count} {reason}" for reason, count in self.failed.items())
        return f"{self.sent:,} requests, {reasons or 'none'} failed"


async def steadily(
    rate_hz: float, seconds: float, request: Callable[[int], Awaitable[httpx.Response]], answers: Answers
) -> None:
    """Send requests at a steady rate for so long, and count how they end."""
    started = time.monotonic()

    async def one(number: int) -> None:
        answers.sent += 1
        try:
            answer = await request(number)
        except httpx.HTTPError as error:
            answers.failed[type(error).__name__] += 1
        else:
            if not answer.is_success:
                answers.failed[str(answer.status_code)] += 1

    async with asyncio.TaskGroup() as requests:
        for number in range(int(rate_hz * seconds)):
            await asyncio.sleep(max(0.0, started + number / rate_hz - time.monotonic()))
            requests.create_task(one(number))


def quantile(values: Sequence[float], share: float) -> float:
    """Return a quantile; infinity where there is no value."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("inf")
