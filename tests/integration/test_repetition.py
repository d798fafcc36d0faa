"""An event is emitted again after pauses that double: it may only be waiting in a broker."""

from datetime import timedelta
from typing import ClassVar

import pytest
from support.embedded import MovableClock, emit, make_context

from servicekit.bus.repetition import due_again
from servicekit.context import Context
from servicekit.events import Event

PAUSE = timedelta(minutes=10)


class BellRungV1(Event):
    topic: ClassVar[str] = "bell.rung.v1"
    bell_id: str


class BellMutedV1(Event):
    topic: ClassVar[str] = "bell.muted.v1"
    bell_id: str


@pytest.fixture
async def context(store, tmp_path):
    store.clock = MovableClock.starting_at(store.clock.now())
    async with make_context(store, tmp_path) as made:
        yield made


async def due(context: Context, *bells: str, **options: int) -> list[str]:
    async with context.store.read() as session:
        return await due_again(session, BellRungV1, "bell_id", bells, now=context.clock.now(), pause=PAUSE, **options)


async def test_what_was_never_emitted_is_due_and_another_event_of_the_same_thing_does_not_count(context):
    await emit(context, BellMutedV1(bell_id="a"))
    assert await due(context, "a", "b") == ["a", "b"]


async def test_the_pause_doubles_each_time(context):
    await emit(context, BellRungV1(bell_id="a"))
    for pause in (PAUSE, 2 * PAUSE, 4 * PAUSE):
        context.clock.put_forward(pause - timedelta(seconds=30))
        assert await due(context, "a", "b") == ["b"]
        context.clock.put_forward(timedelta(seconds=31))
        assert await due(context, "a", "b") == ["a", "b"]
        await emit(context, BellRungV1(bell_id="a"))


async def test_not_all_come_at_once(context):
    bells = [f"bell {number}" for number in range(1200)]
    assert await due(context, *bells) == bells[:500]
    await emit(context, *(BellRungV1(bell_id=bell) for bell in bells[:700]))
    assert await due(context, *bells, limit=100) == bells[700:800]
