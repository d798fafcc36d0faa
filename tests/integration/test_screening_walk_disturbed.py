"""From an accepted ephemeris to conjunction events, whatever happens on the way: once, and the same."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest
from sqlalchemy import update
from support.databases import POSTGRESQL_VERSIONS, postgres_database
from support.embedded import NOON, MovableClock, deliver, emit, make_context
from support.walked_fleet import WALKED, ThisProcess, WalkedFleet

from records.screening.events import ScreeningCompletedV1, ScreeningFinaliseV1, ScreeningTaskUrgentV1
from records.screening.tables import ScreeningRun, ScreeningTask
from records.validator.tables import Catalogue
from screening.module import MODULE
from screening.worker.module import MODULE as WORKER
from servicekit import durability
from servicekit.ids import new_id
from servicekit.store import Actor, Store
from servicekit.store.plumbing import DeliveryRow, OutboxRow

TEST = Actor("system", "test")
CONSUMERS = [*MODULE.consumers, *WORKER.consumers]
JOBS = {job.name: job.run for job in MODULE.jobs}


@pytest.fixture
async def fleet(embedded):
    return await WalkedFleet(replace(embedded, compute=ThisProcess(), parsing=ThisProcess())).store()


async def test_every_event_twice_changes_nothing(fleet):
    context = fleet.context
    await emit(context, *fleet.accepted)
    await deliver(context, CONSUMERS)
    assert await fleet.outcome() == WALKED
    async with context.store.write(TEST) as unit:
        await unit.session.execute(update(DeliveryRow).values(state="pending", attempts=0, due_at=unit.now))
    await deliver(context, CONSUMERS)  # the same events again: the inbox knows them
    assert await fleet.outcome() == WALKED
    again = [row for row in await fleet.rows(OutboxRow) if not row.topic.startswith(("conjunction", "screening.comp"))]
    async with context.store.write(TEST) as unit:
        unit.session.add_all(
            OutboxRow(
                id=new_id(), topic=row.topic, payload=row.payload, trace_id=row.trace_id, emitted_at=row.emitted_at
            )
            for row in again
        )
    await deliver(context, CONSUMERS)  # the same content under new identifiers: the rows know it
    assert await fleet.outcome() == WALKED


class Death(BaseException):
    """What a test raises where a process would have died: nobody catches it on the way."""


@pytest.mark.parametrize("nth", range(2, 94, 7))
async def test_a_death_at_any_durable_step_changes_nothing(fleet, nth):
    context = fleet.context
    await emit(context, *fleet.accepted)
    steps = 0

    def die(_moment):
        nonlocal steps
        steps += 1
        if steps == nth:
            raise Death

    durability.observe(die)
    try:
        with pytest.raises((Death, BaseExceptionGroup)):
            await asyncio.wait_for(deliver(context, CONSUMERS), 60)
    finally:
        durability.observe(None)
    assert steps >= nth
    for job in JOBS.values():
        await job(context)
    await deliver(context, CONSUMERS)
    assert await fleet.outcome() == WALKED


async def test_of_two_results_of_a_task_the_first_committed_one_counts(fleet):
    context = fleet.context
    await emit(context, fleet.accepted[0])
    await deliver(context, [consumer for consumer in CONSUMERS if "plan" in consumer.name])
    (task,) = await fleet.rows(ScreeningTask)
    event = ScreeningTaskUrgentV1(run_id=task.run_id, task_id=task.id)
    await emit(context, event, event)
    urgent = next(consumer for consumer in WORKER.consumers if consumer.name.endswith("urgent"))
    twice = type(urgent)(name=urgent.name, event=urgent.event, handler=urgent.handler, concurrency=3)
    await deliver(context, [twice])
    (run,) = await fleet.rows(ScreeningRun)
    assert (run.tasks_done, run.task_count, run.state) == (1, 1, "finalising")
    finalising = [row for row in await fleet.rows(OutboxRow) if row.topic == "screening.finalise.v1"]
    assert len(finalising) == 1


class OtherWords:
    """An engine whose results are the same, in other bytes: that of another release, perhaps."""

    def __init__(self, name: str) -> None:
        self.name = name

    async def run(self, function, order, **_listeners):
        changed = replace(order, metadata={**order.metadata, "engine": self.name})
        return await ThisProcess().run(function, changed)


class StoredTogether:
    """Objects that are stored when as many workers have got so far: then all of them are about to commit."""

    def __init__(self, objects, barrier: asyncio.Barrier, stored: list[str]) -> None:
        self._objects, self._barrier, self._stored = objects, barrier, stored

    def __getattr__(self, name: str) -> object:
        return getattr(self._objects, name)

    async def put(self, key: str, *content: object) -> object:
        written = await self._objects.put(key, *content)
        self._stored.append(key)
        await self._barrier.wait()
        return written


@pytest.mark.parametrize("version", POSTGRESQL_VERSIONS)
async def test_of_two_workers_that_commit_a_task_together_one_counts_and_the_other_clears_up(
    tmp_path, postgres_servers, postgres_templates, version
):
    barrier, stored = asyncio.Barrier(2), []
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(postgres_database(postgres_servers.address(version), postgres_templates))
        clock = MovableClock.starting_at(NOON)
        workers = []
        for name in ("first", "second"):
            store = Store(url, clock)  # as two processes have them: connections of their own
            stack.push_async_callback(store.close)
            context = await stack.enter_async_context(make_context(store, tmp_path))
            objects = StoredTogether(context.objects, barrier, stored)
            workers.append(replace(context, compute=OtherWords(name), parsing=ThisProcess(), objects=objects))
        screening = replace(context, compute=ThisProcess())
        fleet = await WalkedFleet(screening).store()
        await emit(screening, fleet.accepted[0])
        await deliver(screening, [consumer for consumer in CONSUMERS if "plan" in consumer.name])
        (task,) = await fleet.rows(ScreeningTask)
        event = ScreeningTaskUrgentV1(run_id=task.run_id, task_id=task.id)
        await emit(screening, event, event)
        urgent = [consumer for consumer in WORKER.consumers if consumer.name.endswith("urgent")]
        async with asyncio.timeout(60):
            await asyncio.gather(*(deliver(worker, urgent) for worker in workers))

        (task,) = await fleet.rows(ScreeningTask)
        (run,) = await fleet.rows(ScreeningRun)
        assert len(set(stored)) == 2
        assert task.result_key in stored
        assert [info.key async for info in screening.objects.list(f"screenings/{run.id}/tasks/")] == [task.result_key]
        assert sha256(await screening.objects.get(task.result_key)).hexdigest() == task.result_sha256
        assert (run.tasks_done, run.task_count, run.state) == (1, 1, "finalising")
        (finalise,) = await fleet.told(ScreeningFinaliseV1)
        await emit(screening, ScreeningFinaliseV1(**finalise))  # nobody was there to hear the first
        await deliver(screening, CONSUMERS)
        (run,) = await fleet.rows(ScreeningRun)
        assert run.state == "completed"


async def test_a_changed_object_is_refused_and_the_run_fails_with_the_reason_told(fleet):
    context = fleet.context
    async with context.store.write(TEST) as unit:
        await unit.session.execute(update(Catalogue).values(columns_sha256="f" * 64))  # the bytes are not these
    await emit(context, fleet.accepted[0])
    await deliver(context, CONSUMERS)
    (run,) = await fleet.rows(ScreeningRun)
    assert run.state == "running"
    await JOBS["screening.reconcile"](context)
    (run,) = await fleet.rows(ScreeningRun)
    assert run.state == "failed"
    assert "A slice failed again and again" in run.reason
    assert "pinned was ffff" in run.reason
    assert await fleet.told(ScreeningCompletedV1) == [{"run_id": run.id, "state": "failed"}]


async def test_lost_events_are_emitted_again_by_the_reconciler(fleet):
    context = fleet.context
    await emit(context, fleet.accepted[0])
    await deliver(context, [consumer for consumer in CONSUMERS if "plan" in consumer.name])
    await JOBS["screening.reconcile"](context)
    (before,) = await fleet.told(ScreeningTaskUrgentV1)
    assert isinstance(context.clock, MovableClock)
    context.clock.put_forward(timedelta(hours=1))
    await JOBS["screening.reconcile"](context)
    assert await fleet.told(ScreeningTaskUrgentV1) == [before, before]
    await deliver(context, CONSUMERS)
    (run,) = await fleet.rows(ScreeningRun)
    assert run.state == "completed"
