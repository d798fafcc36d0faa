"""Over every bus a trace is one: from who emits, through each hop, to whoever handles what follows."""

from typing import Any, ClassVar

from structlog.contextvars import get_contextvars
from support.buses import BusUnderTest
from support.otlp_receiver import ReceivedSpan, receiving_spans

from servicekit import tracing
from servicekit.bus import Consumer, Delivery
from servicekit.context import Context
from servicekit.events import Event
from servicekit.observability.traces import recording_traces
from servicekit.settings import TracingSettings

CALLER_TRACE, CALLER_SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


class StoneThrownV1(Event):
    topic: ClassVar[str] = "stone.thrown.v1"
    number: int


class WaveMadeV1(Event):
    topic: ClassVar[str] = "wave.made.v1"
    number: int


async def make_wave(_context: Context, delivery: Delivery[StoneThrownV1]) -> None:
    async with delivery.transaction() as unit:
        unit.emit(WaveMadeV1(number=delivery.event.number))


LOGGED: list[dict[str, Any]] = []
"""What every log entry of the second handler would carry."""


async def feel_wave(_context: Context, delivery: Delivery[WaveMadeV1]) -> None:
    LOGGED.append(get_contextvars())
    async with delivery.transaction() as unit:
        unit.audit("felt", "wave", str(delivery.event.number))


def hops(spans: list[ReceivedSpan], last: str) -> list[str]:
    """Return the names from the first span to the only one of the name `last`, without those of the database."""
    by_id = {span.span_id: span for span in spans}
    (span,) = [each for each in spans if each.name == last]
    names: list[Any] = [span.name]
    while span.parent_id in by_id:
        span = by_id[span.parent_id]
        names.insert(0, span.name)
    return [name for name in names if not name.startswith("database")]


async def test_a_trace_goes_through_every_hop(bus_under_test: BusUnderTest) -> None:
    consumers = [
        Consumer(name="pond.ripples", event=StoneThrownV1, handler=make_wave),
        Consumer(name="shore.feels", event=WaveMadeV1, handler=feel_wave),
    ]
    await bus_under_test.prepare(consumers)
    with receiving_spans() as receiver:
        async with recording_traces(TracingSettings(otlp_endpoint=receiver.endpoint), ["pond"], "1"):
            caller = f"00-{CALLER_TRACE}-{CALLER_SPAN}-01"
            with tracing.enter("POST /stones", "server", traceparent=caller):
                await bus_under_test.emit(StoneThrownV1(number=1))
            await bus_under_test.deliver(consumers)
        spans = receiver.spans(CALLER_TRACE)
    assert hops(spans, "process wave.made.v1") == [
        "POST /stones",
        "publish stone.thrown.v1",
        "process stone.thrown.v1",
        "publish wave.made.v1",
        "process wave.made.v1",
    ]
    (handled,) = [span for span in spans if span.name == "process wave.made.v1"]
    assert handled.attributes["messaging.consumer.group.name"] == "shore.feels"
    assert LOGGED[-1] == {
        "consumer": "shore.feels",
        "event_id": handled.attributes["messaging.message.id"],
        "attempt": 1,
    }
    assert len({span.span_id for span in spans}) == len(spans)
