"""A broker that is killed, and processes that are: nothing is lost, and no effect is doubled."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from sqlalchemy import func, select
from support.bus_process import NumberDrawnV1, noting
from support.buses import kafka_context, running_kafka, until
from support.databases import postgres_database
from support.embedded import emit
from support.kafka import kafka_settings

from local_parts.kafka import Kafka
from servicekit.bus.topics import make_topics, topics_of
from servicekit.context import Context
from servicekit.settings import KafkaSettings
from servicekit.store.plumbing import AuditEntry, DeliveryRow, OutboxRow


async def noted(context: Context) -> list[int]:
    async with context.store.read() as session:
        query = select(AuditEntry.subject_id).where(AuditEntry.action == "noted")
        return sorted(int(number) for number in await session.scalars(query))


async def prepare(settings: KafkaSettings) -> None:
    await make_topics(settings, topics_of([NumberDrawnV1], settings.topic_prefix))


@asynccontextmanager
async def process(context: Context, name: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process of its own that runs the consumer; its name is that of a pod."""
    settings = context.settings.kafka.model_copy(update={"group_instance_id": name})
    given = {**settings.model_dump(mode="json", exclude_none=True), "url": context.store.url}
    started = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "support.bus_process",
        json.dumps(given),
        str(context.settings.data),
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield started
    finally:
        if started.returncode is None:
            started.kill()
        await started.wait()


async def test_a_broker_that_is_killed_while_events_flow_loses_none_and_doubles_no_effect(
    tmp_path: Path, postgres_server: str, postgres_templates: set[str], kafka_to_kill: Kafka
) -> None:
    settings = kafka_settings(kafka_to_kill.address)
    async with (
        postgres_database(postgres_server, postgres_templates) as url,
        kafka_context(url, settings, tmp_path) as context,
    ):
        await prepare(settings)
        async with running_kafka(context, noting()) as bus:
            emitted = 0
            while emitted < 300:
                await emit(context, *(NumberDrawnV1(number=emitted + each) for each in range(10)))
                emitted += 10
                if emitted == 100:
                    await asyncio.to_thread(kafka_to_kill.kill)
                if emitted == 200:
                    await asyncio.to_thread(kafka_to_kill.start)
            assert bus.running

            async def all_are_noted() -> bool:
                return len(await noted(context)) >= 300 and not any((await bus.measure()).lag.values())

            await until(all_are_noted)
        assert await noted(context) == list(range(300))
        async with context.store.read() as session:
            assert not await session.scalar(select(func.count()).where(OutboxRow.published_at.is_(None)))
            assert not await session.scalar(select(func.count()).where(DeliveryRow.state == "dead"))


async def test_what_a_killed_process_had_in_hand_comes_to_another(on_kafka: Context) -> None:
    settings = on_kafka.settings.kafka
    await prepare(settings)
    async with process(on_kafka, "pod-1") as first, process(on_kafka, "pod-2"):
        await emit(on_kafka, *(NumberDrawnV1(number=number, pause_s=0.05) for number in range(60)))
        assert first.stdout is not None
        async with running_kafka(on_kafka):  # relays
            await first.stdout.readline()  # it has begun with an event
            first.send_signal(signal.SIGKILL)

            async def all_are_noted() -> bool:
                return len(await noted(on_kafka)) >= 60

            await until(all_are_noted)
    assert await noted(on_kafka) == list(range(60))


async def test_a_process_that_is_told_to_end_finishes_what_it_has_and_leaves_the_rest_to_others_at_once(
    on_kafka: Context,
) -> None:
    settings = on_kafka.settings.kafka.model_copy(update={"session_timeout_s": 300.0})
    async with kafka_context(on_kafka.store.url, settings, on_kafka.settings.data / "own") as context:
        await prepare(settings)
        async with process(context, "pod-1") as first:
            await emit(context, *(NumberDrawnV1(number=number, pause_s=0.1) for number in range(20)))
            async with running_kafka(context):
                assert first.stdout is not None
                await first.stdout.readline()
                first.terminate()
                assert await asyncio.wait_for(first.wait(), 120) == 0
                done = await noted(context)
                assert 0 < len(done) < 20
        async with running_kafka(context, noting()):

            async def all_are_noted() -> bool:
                return len(await noted(context)) >= 20

            await until(all_are_noted)  # long before the session of the first would end
    assert await noted(context) == list(range(20))
    async with context.store.read() as session:
        attempts = await session.scalar(select(func.count()).select_from(DeliveryRow))
    assert attempts == 0, "nothing failed"


async def test_a_process_that_dies_and_comes_back_under_its_name_has_its_partitions_still(on_kafka: Context) -> None:
    settings = on_kafka.settings.kafka.model_copy(update={"session_timeout_s": 300.0})
    async with kafka_context(on_kafka.store.url, settings, on_kafka.settings.data / "own") as context:
        await prepare(settings)
        async with running_kafka(context), process(context, "pod-2"):  # this one relays
            async with process(context, "pod-1") as first:
                drawn = 0
                before: set[int] = set()
                while len(before) != 2:  # until it has joined, and has its two of the four
                    before, drawn = await partitions_of(context, first, drawn), drawn + 8
                first.kill()
            async with process(context, "pod-1") as again:  # long before its session ends
                assert await partitions_of(context, again, drawn) == before
        assert await noted(context) == list(range(drawn + 8))


async def partitions_of(context: Context, process: asyncio.subprocess.Process, first: int) -> set[int]:
    """Draw eight numbers, two for each partition, and return from which of them the process had its own."""
    await emit(context, *(NumberDrawnV1(number=first + each) for each in range(8)))

    async def all_are_noted() -> bool:
        return len(await noted(context)) >= first + 8

    await until(all_are_noted)
    drawn: set[int] = set()
    assert process.stdout is not None
    with suppress(TimeoutError):  # what it has written is there by now
        while True:
            async with asyncio.timeout(0.05):
                drawn.add(int(await process.stdout.readline()))
    return {number % NumberDrawnV1.partitions for number in drawn if number >= first}


@pytest.fixture(autouse=True)
def _folders(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
