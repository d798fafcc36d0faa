"""Topics that are missing, too narrow, deleted or widened while consumers run."""

from typing import ClassVar

from aiokafka.admin import AIOKafkaAdminClient
from support.buses import running_kafka, until
from support.embedded import emit
from support.yard import NOTING, PieceMadeV1, StoneMovedV1, count, note, noted, prepare
from typing_extensions import override

from servicekit.bus import Consumer
from servicekit.bus.kafka_client import client_options
from servicekit.bus.topics import check_topics, make_topics, topics_of
from servicekit.context import Context
from servicekit.store.plumbing import OutboxRow


async def test_topics_are_made_and_widened_and_never_narrowed(on_kafka: Context) -> None:
    settings = on_kafka.settings.kafka
    topics = topics_of([PieceMadeV1, StoneMovedV1], settings.topic_prefix)
    assert [(topic.name.removeprefix(settings.topic_prefix), topic.partitions) for topic in topics] == [
        (PieceMadeV1.topic, 4),
        (StoneMovedV1.topic, 1),
    ]
    assert len(await check_topics(settings, topics)) == 2
    assert (await make_topics(settings, topics)).made == tuple(topic.name for topic in topics)
    assert await check_topics(settings, topics) == []
    again = await make_topics(settings, topics)
    assert (again.made, again.widened) == ((), ())

    class WiderV1(StoneMovedV1):
        partitions: ClassVar[int] = 3

    wider = topics_of([WiderV1], settings.topic_prefix)
    assert "has 1 partitions" in (await check_topics(settings, wider))[0]
    assert (await make_topics(settings, wider)).widened == (wider[0].name,)
    assert await check_topics(settings, wider) == []
    assert (await make_topics(settings, topics)).widened == (), "a topic with more partitions stays as it is"


async def test_consumers_wait_for_their_topics_and_say_what_makes_them(on_kafka: Context) -> None:
    async with running_kafka(on_kafka, NOTING) as bus:
        await emit(on_kafka, PieceMadeV1(number=1))

        async def is_said() -> bool:
            return f"{PieceMadeV1.topic} does not exist: run `fairway migrate`" in (bus.problem or "")

        await until(is_said)
        await prepare(on_kafka, NOTING)

        async def goes_on_by_itself() -> bool:
            return await noted(on_kafka) == [1]

        await until(goes_on_by_itself)
        assert bus.problem is None


async def test_a_topic_that_is_gone_loses_nothing_and_is_said_until_it_is_back(on_kafka: Context) -> None:
    mover = Consumer(name="yard.moves", event=StoneMovedV1, handler=note)
    await prepare(on_kafka, mover, NOTING)
    settings = on_kafka.settings.kafka
    async with running_kafka(on_kafka, mover, NOTING) as bus:

        async def is_well() -> bool:
            return bus.problem is None

        await until(is_well)
        admin = AIOKafkaAdminClient(**client_options(settings))
        await admin.start()
        await admin.delete_topics([f"{settings.topic_prefix}{StoneMovedV1.topic}"])
        await admin.close()

        async def is_said() -> bool:
            return "is missing: run `fairway migrate`" in (bus.problem or "")

        await until(is_said)
        await emit(on_kafka, StoneMovedV1(number=1), PieceMadeV1(number=2))

        async def the_other_topic_goes_on() -> bool:
            return await noted(on_kafka) == [2]

        await until(the_other_topic_goes_on)
        assert await count(on_kafka, OutboxRow, OutboxRow.published_at.is_(None)) == 1
        await prepare(on_kafka, mover)

        async def nothing_is_lost() -> bool:
            return await noted(on_kafka) == [1, 2] and bus.problem is None

        await until(nothing_is_lost)


async def test_a_topic_that_is_widened_while_its_consumer_runs_is_read_to_its_last_partition(on_kafka: Context) -> None:
    class StoneSentFarV1(StoneMovedV1):
        partitions: ClassVar[int] = 3

        @override
        def partition_ordinal(self) -> int | None:
            return self.number

    mover = Consumer(name="yard.moves", event=StoneMovedV1, handler=note)
    await prepare(on_kafka, mover)
    async with running_kafka(on_kafka, mover) as bus:

        async def is_well() -> bool:
            return bus.problem is None

        await until(is_well)
        settings = on_kafka.settings.kafka
        await make_topics(settings, topics_of([StoneSentFarV1], settings.topic_prefix))

        async def all_partitions_are_read() -> bool:
            return {each.partition for each in bus._memberships[0]._progress} == {0, 1, 2}

        await until(all_partitions_are_read)
        await emit(on_kafka, *(StoneSentFarV1(number=number) for number in range(6)))

        async def all_are_noted() -> bool:
            return await noted(on_kafka) == list(range(6))

        await until(all_are_noted)
