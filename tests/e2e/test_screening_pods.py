"""Screening workers as processes on real PostgreSQL and Kafka: stopped, killed and frozen over a slice.

Whatever happens to a worker, the run is completed, its coverage is whole, and its approaches are those of a run that
nobody disturbed, to the bit. A worker is met over a slice for certain: its engine is stopped before the run begins.
"""

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import pytest
from support.buses import kafka_context
from support.databases import PostgresServers, postgres_database
from support.dense_shell import dense_shell
from support.embedded import emit
from support.kafka import kafka_settings
from support.rows import add, catalogue, document, organization
from support.worker_process import WorkerProcess

from assessment.approach_columns import approaches, read_coverage
from assessment.catalogues import catalogue_to_columns
from astrodynamics.timescales import from_datetime
from records.screening import reads
from records.screening.events import ConjunctionUpdatedV1, ScreeningCompletedV1, ScreeningRequestedV1
from records.screening.tables import ScreeningRun, ScreeningTask
from screening.module import MODULE
from screening.worker.module import MODULE as WORKER
from servicekit.bus.kafka import KafkaBus
from servicekit.bus.topics import make_topics, topics_of
from servicekit.context import Context
from servicekit.ids import new_id

pytestmark = pytest.mark.slow

OBJECTS = 1000
HOURS = 16.0
PATIENCE_S = 240.0


class Cluster:
    """Planning and joining in this process, workers as their own, one database and one broker for all."""

    def __init__(self, context: Context, url: str, folder: Path, start: datetime) -> None:
        self.context, self.url, self.folder, self.start = context, url, folder, start
        self.workers: list[WorkerProcess] = []

    def worker(self, name: str, **environment: str) -> WorkerProcess:
        kafka = self.context.settings.kafka
        given = {
            "FAIRWAY_KAFKA__BOOTSTRAP_SERVERS": str(kafka.bootstrap_servers),
            "FAIRWAY_KAFKA__TOPIC_PREFIX": kafka.topic_prefix,
            "FAIRWAY_KAFKA__SESSION_TIMEOUT_S": str(kafka.session_timeout_s),
            **environment,
        }
        process = WorkerProcess(name, self.url, self.folder, given)
        self.workers.append(process)
        return process.start()

    async def until(self, what: str, holds: Callable[[], Awaitable[bool]]) -> None:
        """Wait until something holds."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                while not await holds():  # noqa: ASYNC110 - other processes set no event of ours
                    await asyncio.sleep(0.02)
        except TimeoutError:
            logs = {each.name: (self.folder / f"{each.name}.log").read_text()[-3000:] for each in self.workers}
            pytest.fail(f"waited in vain: {what}; the workers said: {logs}")

    async def ready(self, *workers: WorkerProcess) -> None:
        async def are_warm() -> bool:
            rows = [await each.row(self.context.store) for each in workers]
            return all(row is not None and row.kernels_ready_s is not None for row in rows)

        await self.until(f"{[each.name for each in workers]} are warm", are_warm)

    async def begun_with(self, worker: WorkerProcess) -> tuple[str, str]:
        """Begin a run while this worker's engine is stopped, and return the run and the task that it has in hand.

        One that has just begun, or was away, may have no partitions yet: then others do the whole run, and one more is
        begun.
        """
        worker.stop_engine()
        begun = [await self.begin()]
        found = []

        async def has_one() -> bool:
            row = await worker.row(self.context.store)
            found[:] = [row.task_id] if row is not None and (row.state, row.run_id) == ("busy", begun[-1]) else []
            if not found and await self.is_over(begun[-1]):
                begun.append(await self.begin())
            return bool(found)

        await self.until(f"{worker.name} has a slice in hand", has_one)
        return begun[-1], str(found[0])

    async def begin(self) -> str:
        """Ask for the shell to be screened against itself, and return the run."""
        run_id = new_id()
        request = {"all": True, "start": self.start.isoformat(), "hours": HOURS, "volume": "sphere:20"}
        event = ScreeningRequestedV1(run_id=run_id, requested_by="test", organization_id=None, request=request)
        await emit(self.context, event)
        return run_id

    async def is_over(self, run_id: str) -> bool:
        run = await self.run(run_id)
        return run is not None and run.state in ("completed", "failed", "refused")

    async def run(self, run_id: str) -> ScreeningRun | None:
        async with self.context.store.read() as session:
            return await reads.run(session, run_id)

    async def completed(self, run_id: str) -> ScreeningRun:
        await self.until("the run ends", lambda: self.is_over(run_id))
        run = await self.run(run_id)
        assert run is not None
        assert run.state == "completed", run.reason
        return run

    async def tasks(self, run_id: str) -> list[ScreeningTask]:
        async with self.context.store.read() as session:
            return list(await reads.tasks(session, run_id))

    async def computed_by(self, run_id: str) -> dict[str, str | None]:
        """By task, the worker whose result counts."""
        return {each.id: each.worker for each in await self.tasks(run_id)}

    async def outcome(self, run_id: str) -> dict[str, object]:
        """What a run found and covered, bit by bit; and that nothing is stored that no row names."""
        run = await self.completed(run_id)
        tasks = await self.tasks(run_id)
        rows = [(each.start_tai_ns, each.stop_tai_ns) for each in tasks]
        assert all(before[1] == after[0] for before, after in pairwise(rows)), "slices meet"
        assert rows[0][0] == from_datetime(run.start_time)
        assert rows[-1][1] == from_datetime(run.stop_time)
        named = {each.result_key for each in tasks} | {run.approaches_key, run.coverage_key}
        stored = {info.key async for info in self.context.objects.list(f"screenings/{run_id}/")}
        assert stored == named
        found = sha256()
        count = 0
        for approach in approaches(await self.context.objects.get(str(run.approaches_key))):
            found.update(repr(approach).encode())
            count += 1
        coverage = read_coverage(await self.context.objects.get(str(run.coverage_key)))
        assert len(set(coverage.norad_cat_id.tolist())) == OBJECTS
        covered = [coverage.norad_cat_id, coverage.from_tai_ns, coverage.to_tai_ns]
        return {
            "approaches": count,
            "bits": found.hexdigest(),
            "coverage": sha256(b"".join(column.tobytes() for column in covered)).hexdigest(),
            "screened": run.screened_count,
        }


@pytest.fixture
async def cluster(
    tmp_path: Path,
    postgres_servers: PostgresServers,
    postgres_templates: set[str],
    kafka_address: str,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Cluster]:
    monkeypatch.setenv("FAIRWAY_SCREENING__TASK_AIM_S", "0.01")  # of the planner here: many small slices
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(postgres_database(postgres_servers.address(), postgres_templates))
        kafka = kafka_settings(kafka_address)
        events = [consumer.event for consumer in (*MODULE.consumers, *WORKER.consumers)]
        events += [ScreeningCompletedV1, ConjunctionUpdatedV1]
        await make_topics(kafka, topics_of(events, kafka.topic_prefix))
        context = await stack.enter_async_context(kafka_context(url, kafka, tmp_path))
        epoch = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=6)
        content = catalogue_to_columns(dense_shell(OBJECTS, epoch, spread_rev_day=0.02))
        owner = organization("Northern Orbits")
        paper = document(owner, "shell.tle", purpose="catalogue")
        loaded = catalogue(paper, columns_sha256=sha256(content).hexdigest(), object_count=OBJECTS)
        await context.objects.put(loaded.columns_key, content)
        await add(context.store, owner, paper, loaded)
        bus = KafkaBus(context, MODULE.consumers)
        running = asyncio.create_task(bus.run())
        started = Cluster(context, url, tmp_path, epoch + timedelta(minutes=67))
        try:
            yield started
        finally:
            for worker in started.workers:
                worker.close()
            bus.stop()
            await running


async def test_whatever_happens_to_a_worker_the_run_is_the_same(cluster: Cluster) -> None:
    run_id = await cluster.begin()
    await waits_without_workers(cluster, run_id)
    first, second = cluster.worker("worker-0"), cluster.worker("worker-1", FAIRWAY_HTTP__SHUTDOWN_S="2")
    undisturbed = await cluster.outcome(run_id)
    assert undisturbed["approaches"]
    await cluster.ready(first, second)

    # told to stop with too little time left: the slice is given back at once, and nothing of it is committed
    run_id, given_back = await cluster.begun_with(second)
    second.signal(signal.SIGTERM)
    assert second.ended() == 0
    assert await cluster.outcome(run_id) == undisturbed
    assert (await cluster.computed_by(run_id))[given_back] == "worker-0"

    # told to stop with time enough: the slice is finished, and no other is begun
    second = cluster.worker("worker-1", FAIRWAY_HTTP__SHUTDOWN_S="100", FAIRWAY_SCREENING__TASK_SILENCE_S="200")
    await cluster.ready(second)
    run_id, finished = await cluster.begun_with(second)
    second.signal(signal.SIGTERM)
    await cluster.until("it listens no more", second.has_heard)
    second.signal_engine(signal.SIGCONT)
    assert second.ended() == 0
    assert await cluster.outcome(run_id) == undisturbed
    by_worker_1 = [task for task, worker in (await cluster.computed_by(run_id)).items() if worker == "worker-1"]
    assert by_worker_1 == [finished]

    # its engine is stuck: it is killed, and the slice computed by a new one or by another worker
    second = cluster.worker("worker-1", FAIRWAY_SCREENING__TASK_SILENCE_S="2")
    await cluster.ready(second)
    run_id, _ = await cluster.begun_with(second)
    stuck = second.engine()
    assert await cluster.outcome(run_id) == undisturbed
    assert second.process.poll() is None
    assert not Path(f"/proc/{stuck}").exists()

    # frozen for longer than a session: the others have its partitions, and it is no harm when it comes back
    second.environment = {**second.environment, "FAIRWAY_SCREENING__TASK_SILENCE_S": "200"}
    second.close()
    second.start()
    await cluster.ready(second)
    run_id, _ = await cluster.begun_with(second)
    second.signal(signal.SIGSTOP)
    await cluster.completed(run_id)
    second.signal(signal.SIGCONT)
    assert await cluster.outcome(run_id) == undisturbed
    assert set((await cluster.computed_by(run_id)).values()) == {"worker-0"}
    assert await cluster.outcome(await cluster.begin()) == undisturbed

    # killed, and it does not come back
    run_id, lost = await cluster.begun_with(second)
    second.signal(signal.SIGKILL)
    assert second.ended() == -signal.SIGKILL
    assert await cluster.outcome(run_id) == undisturbed
    assert (await cluster.computed_by(run_id))[lost] == "worker-0"


async def waits_without_workers(cluster: Cluster, run_id: str) -> None:
    """Everything else goes on: the run is planned, and its slices wait."""

    async def is_planned() -> bool:
        async with cluster.context.store.read() as session:
            return await session.get(ScreeningRun, run_id) is not None

    await cluster.until("the run is planned", is_planned)
    async with cluster.context.store.read() as session:
        assert await reads.workers(session, now=cluster.context.clock.now()) == []
    states = [each.state for each in await cluster.tasks(run_id)]
    assert len(states) > 6
    assert set(states) == {"waiting"}
