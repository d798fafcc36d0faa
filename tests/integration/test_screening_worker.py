"""What a worker does with a slice: cuts what is too long, refuses what is too large, gives back what does not fit."""

import asyncio
import os
import time
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from itertools import pairwise

import pytest
from sqlalchemy import delete, select
from support.child_functions import private_mib, work_forever
from support.crossing_orbits import OURS, ephemeris_of
from support.dense_shell import dense_shell
from support.embedded import NOON, MovableClock, deliver, emit
from support.rows import add, catalogue, document, ephemeris, organization

from assessment.catalogues import catalogue_to_columns
from assessment.trajectories import ephemeris_to_columns
from astrodynamics.timescales import from_datetime
from records.screening import reads, writes
from records.screening.events import ScreeningRequestedV1, ScreeningTaskBulkV1, ScreeningTaskUrgentV1
from records.screening.tables import ScreeningRun, ScreeningTask
from records.validator.events import EphemerisAcceptedV1
from screening.module import MODULE
from screening.runs.inputs import RunInputs
from screening.worker import engine
from screening.worker.module import MODULE as WORKER
from screening.worker.status import STATUS, WorkerStatus
from servicekit.bus import Delivery, EmbeddedBus
from servicekit.bus.relay import subscribe
from servicekit.ids import new_id
from servicekit.store import Actor
from servicekit.store.plumbing import DeliveryRow, OutboxRow
from servicekit.threads import in_thread

TEST = Actor("system", "test")
PLANNING = [consumer for consumer in MODULE.consumers if "plan" in consumer.name]
EVERYTHING = [*MODULE.consumers, *WORKER.consumers]
JOBS = {job.name: job.run for job in MODULE.jobs}
OBJECTS = 250


class ThisProcess:
    """Runs what a child would run, without the seconds that a new process takes."""

    async def run(self, function, *args, **_listeners):
        return await in_thread(function, *args)


@pytest.fixture(scope="module", autouse=True)
def _kernels():
    """Compiled before any slice is timed, as in a worker."""
    engine.warm_engine()


@pytest.fixture
async def context(embedded):
    """A catalogue that is in force, on the embedded parts."""
    content = catalogue_to_columns(dense_shell(OBJECTS, NOON))
    owner = organization("Northern Orbits")
    paper = document(owner, "shell.tle", purpose="catalogue")
    loaded = catalogue(paper, columns_sha256=sha256(content).hexdigest(), object_count=OBJECTS)
    await embedded.objects.put(loaded.columns_key, content)
    await add(embedded.store, owner, paper, loaded)
    await subscribe(embedded.store, EVERYTHING)
    return replace(embedded, compute=ThisProcess(), parsing=ThisProcess())


async def planned(context, hours=8.0, consumers=PLANNING):
    run_id = new_id()
    request = {"all": True, "hours": hours, "volume": "sphere:30"}
    await emit(context, ScreeningRequestedV1(run_id=run_id, requested_by="test", organization_id=None, request=request))
    await deliver(context, consumers)
    return await run_of(context, run_id)


async def run_of(context, run_id):
    async with context.store.read() as session:
        return await session.get_one(ScreeningRun, run_id)


async def tasks_of(context, run_id):
    async with context.store.read() as session:
        return list(await reads.tasks(session, run_id))


async def objects_of(context, run_id):
    return {info.key async for info in context.objects.list(f"screenings/{run_id}/tasks/")}


async def emitted(context, kind):
    async with context.store.read() as session:
        query = select(OutboxRow.payload).where(OutboxRow.topic == kind.topic).order_by(OutboxRow.id)
        return [payload["task_id"] for payload in await session.scalars(query)]


async def test_what_a_slice_cost_and_who_computed_it_stands_in_its_row(context):
    run = await planned(context, consumers=EVERYTHING)
    assert run.state == "completed"
    (task,) = await tasks_of(context, run.id)
    assert task.worker
    assert task.taken_at is not None
    assert task.cpu_s > 0.0
    assert task.wall_s > 0.0
    assert task.peak_memory_bytes > 2**20
    assert run.cpu_s == pytest.approx(task.cpu_s)


async def test_a_slice_that_is_going_to_take_too_long_is_cut_and_the_result_is_the_same(context, monkeypatch):
    whole = await planned(context, consumers=EVERYTHING)
    monkeypatch.setenv("FAIRWAY_SCREENING__TASK_S", "1e-4")  # less than two chunks of the grid take
    monkeypatch.setenv("FAIRWAY_SCREENING__TASK_AIM_S", "10000")
    monkeypatch.setenv("FAIRWAY_SCREENING__THREADS", "1")
    cut = await planned(context, consumers=EVERYTHING)
    assert (whole.state, cut.state) == ("completed", "completed")
    assert (whole.task_count, cut.task_count) == (1, cut.tasks_done)
    tasks = await tasks_of(context, cut.id)
    assert len(tasks) >= 5, "a chunk each"
    assert tasks[0].start_tai_ns == from_datetime(cut.start_time)
    assert tasks[-1].stop_tai_ns == from_datetime(cut.stop_time)
    assert all(before.stop_tai_ns == after.start_tai_ns for before, after in pairwise(tasks))
    assert cut.approach_count == whole.approach_count > 10
    assert await objects_of(context, cut.id) == {task.result_key for task in tasks}


async def test_a_result_of_the_whole_does_not_count_for_a_slice_that_was_cut_meanwhile(context):
    run = await planned(context)
    (task,) = await tasks_of(context, run.id)
    middle = (task.start_tai_ns + task.stop_tai_ns) // 2
    result = writes.TaskResult(
        start_tai_ns=task.start_tai_ns,
        stop_tai_ns=task.stop_tai_ns,
        key="k",
        sha256="0" * 64,
        approach_count=1,
        cpu_s=1.0,
        wall_s=1.0,
        peak_memory_bytes=1,
        worker="late",
        taken_at=NOON,
    )
    async with context.store.write(TEST) as unit:
        locked = await writes.lock_run(unit, run.id)
        current = await unit.session.get_one(ScreeningTask, task.id)
        parts = ((task.start_tai_ns, middle), (middle, task.stop_tai_ns))
        await writes.cut_tasks(unit, locked, [(current, parts)])
        assert not await writes.record_result(unit, locked, current, result)
    assert [each.state for each in await tasks_of(context, run.id)] == ["waiting", "waiting"]


@pytest.mark.parametrize(("objects", "more_mib"), [(OBJECTS, -64), (8_000, 80)], ids=["before", "while"])
async def test_a_slice_that_needs_more_memory_than_there_may_be_fails_its_run_with_that_reason(
    embedded, monkeypatch, objects, more_mib
):
    """In a real child: the limit is the operating system's. Less than it has at rest, and less than the slice needs."""
    content = catalogue_to_columns(dense_shell(objects, NOON))
    owner = organization("Northern Orbits")
    paper = document(owner, "shell.tle", purpose="catalogue")
    loaded = catalogue(paper, columns_sha256=sha256(content).hexdigest(), object_count=objects)
    await embedded.objects.put(loaded.columns_key, content)
    await add(embedded.store, owner, paper, loaded)
    await embedded.compute.run(engine.warm_engine)
    most_mib = await embedded.compute.run(private_mib) + more_mib
    monkeypatch.setenv("FAIRWAY_SCREENING__WORKER_MEMORY_MIB", str(most_mib))
    monkeypatch.setenv("FAIRWAY_SCREENING__THREADS", "1")
    run = await planned(embedded, consumers=EVERYTHING)
    assert run.state == "failed"
    assert f"needs more than {most_mib} MiB, which is all that a worker may take" in run.reason
    assert "FAIRWAY_SCREENING__WORKER_MEMORY_MIB" in run.reason
    assert [task.state for task in await tasks_of(embedded, run.id)] == ["failed"]
    async with embedded.store.read() as session:
        dead = (await session.scalars(select(DeliveryRow).where(DeliveryRow.state == "dead"))).all()
    assert dead == [], "it is no event that somebody has to look after"


async def test_an_engine_that_says_nothing_any_more_is_killed_and_its_slice_done_by_a_new_one(
    context, embedded, tmp_path, monkeypatch
):
    monkeypatch.setenv("FAIRWAY_SCREENING__TASK_SILENCE_S", "2")
    stuck = tmp_path / "stuck"

    class StuckAtFirst(ThisProcess):
        async def run(self, function, *args, **listeners):
            if function is engine.screen_slice and not stuck.exists():
                return await embedded.compute.run(work_forever, str(stuck))
            return await super().run(function, *args, **listeners)

    run = await planned(replace(context, compute=StuckAtFirst()), consumers=EVERYTHING)
    assert run.state == "completed"
    with pytest.raises(ProcessLookupError):
        os.kill(int(stuck.read_text()), 0)


async def test_a_result_that_came_too_late_leaves_no_object(context):
    run = await planned(context)
    (task,) = await tasks_of(context, run.id)
    consumer = next(each for each in WORKER.consumers if each.event is ScreeningTaskBulkV1)
    event = ScreeningTaskBulkV1(run_id=run.id, task_id=task.id)

    def delivery():
        return Delivery(event, new_id(), consumer.name, 1, context.store)

    class SlowAndOther(ThisProcess):
        """While this one computes somebody else commits; and its bytes are others, as of another release's."""

        async def run(self, function, *args, **_listeners):
            await consumer.handler(replace(context, compute=ThisProcess()), delivery())
            found = await in_thread(function, *args)
            return replace(found, content=found.content + b" ")

    await consumer.handler(replace(context, compute=SlowAndOther()), delivery())
    (task,) = await tasks_of(context, run.id)
    assert task.state == "done"
    assert await objects_of(context, run.id) == {task.result_key}


async def test_a_slice_that_does_not_fit_into_the_grace_period_is_given_back_at_once(context):
    run = await planned(context)
    killed = asyncio.Event()

    class Endless:
        """A computation that ends when it is cancelled, as a child that is killed."""

        async def run(self, _function, *_args, on_progress):
            on_progress({"done": 1, "total": 1000, "memory_bytes": 1})
            try:
                await asyncio.Event().wait()
            finally:
                killed.set()

    bus = EmbeddedBus(replace(context, compute=Endless()), WORKER.consumers)
    running = asyncio.create_task(bus.run())
    async with asyncio.timeout(20):  # it does not wait for the end of the grace period, which is longer
        while STATUS.done == 0:  # noqa: ASYNC110 - the engine's progress sets no event
            await asyncio.sleep(0.01)
        bus.stop()
        await running
    assert killed.is_set()
    (task,) = await tasks_of(context, run.id)
    assert (task.state, task.result_key) == ("waiting", None)
    async with context.store.read() as session:
        rows = (
            await session.scalars(select(DeliveryRow).where(DeliveryRow.consumer == WORKER.consumers[1].name))
        ).all()
    assert [(row.state, row.attempts) for row in rows] == [("pending", 0)], "the try does not count"
    await deliver(context, EVERYTHING)
    assert (await run_of(context, run.id)).state == "completed"


async def test_what_stands_too_long_is_handed_out_again_each_time_after_twice_as_long(context):
    run = await planned(context)
    async with context.store.write(TEST) as unit:  # a broker has the events, and nobody knows what became of them
        await unit.session.execute(delete(DeliveryRow))
    assert isinstance(context.clock, MovableClock)
    counts = []
    for _ in range(40):
        context.clock.put_forward(timedelta(minutes=1))
        await JOBS["screening.reconcile"](context)
        async with context.store.write(TEST) as unit:
            for row in await unit.session.scalars(select(OutboxRow).where(OutboxRow.published_at.is_(None))):
                row.published_at = unit.now
        counts.append(len(await emitted(context, ScreeningTaskBulkV1)))
    assert [minute + 1 for minute, count in enumerate(counts) if count > ([1, *counts])[minute]] == [5, 15, 35]
    (task,) = await tasks_of(context, run.id)
    assert task.emissions == 4


async def test_a_special_ephemeris_overtakes_the_slices_of_the_whole_catalogue(context, monkeypatch):
    monkeypatch.setenv("FAIRWAY_SCREENING__TASK_AIM_S", "0.003")
    nightly = await planned(context, hours=24.0)
    assert nightly.task_count >= 10
    content = ephemeris_to_columns(ephemeris_of(OURS))
    owner = organization("Southern Orbits")
    paper = document(owner, "special.oem")
    special = ephemeris(
        paper,
        OURS,
        designation="special",
        columns_sha256=sha256(content).hexdigest(),
        start_time=NOON,
        stop_time=NOON + timedelta(hours=1),
    )
    await context.objects.put(special.columns_key, content)
    await add(context.store, owner, paper, special)
    await emit(context, EphemerisAcceptedV1(ephemeris_id=special.id, row_version=1))
    await deliver(context, PLANNING)
    order = []

    class Noting(ThisProcess):
        async def run(self, function, *args, **listeners):
            if function is engine.screen_slice:
                order.append(args[0].inputs.primary is not None)
            return await super().run(function, *args, **listeners)

    await deliver(replace(context, compute=Noting()), WORKER.consumers)
    assert len(await emitted(context, ScreeningTaskUrgentV1)) == 1
    assert order == [True] + [False] * nightly.task_count


def test_what_remains_of_a_slice_is_told_from_its_chunks_and_before_the_first_from_what_is_usual():
    status = WorkerStatus()
    status.begin("run", "task", NOON)
    status.begun_s = time.monotonic() - 4.0
    assert status.remaining_s(10.0) == pytest.approx(6.0, abs=0.5)
    assert status.remaining_s(3.0) == pytest.approx(4.0, abs=0.5), "it takes longer than usual: as long again"
    status.progress({"done": 2, "total": 10, "memory_bytes": 1})
    assert status.remaining_s(10.0) == pytest.approx(16.0, abs=1.0)
    status.progress({"done": 10, "total": 10, "memory_bytes": 1})
    assert status.remaining_s(10.0) == 0.0


def test_the_pinned_inputs_of_a_run_are_read_as_they_were_stored():
    assert RunInputs.model_validate(RunInputs(catalogue=None, against="catalogue").stored()).objects == 0
