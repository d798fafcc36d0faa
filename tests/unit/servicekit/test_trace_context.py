"""The trace of a task: begun, continued, handed on; recorded only where a recorder is installed."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator

import pytest

from servicekit import tracing
from servicekit.tracing import Attributes, Kind, TraceContext

TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
SAMPLED = f"00-{TRACE}-{SPAN}-01"
NOT_SAMPLED = f"00-{TRACE}-{SPAN}-00"


class Kept:
    """A span of the recorder below."""

    def __init__(self, name: str, parent: TraceContext | None, number: int) -> None:
        self.name, self.parent = name, parent
        self.failed_by: BaseException | str | None = None
        self.ended = False
        self.context = TraceContext(parent.trace_id if parent else f"{number:032x}", f"{number:016x}", is_sampled=True)

    def rename(self, name: str) -> None:
        self.name = name

    def put(self, **attributes: str | float | bool) -> None:
        pass

    def fail(self, error: BaseException | str) -> None:
        self.failed_by = error

    def end(self) -> None:
        self.ended = True


class Keeping:
    """A recorder that keeps its spans in a list."""

    def __init__(self) -> None:
        self.spans: list[Kept] = []

    def begin(self, name: str, _kind: Kind, parent: TraceContext | None, _attributes: Attributes) -> Kept:
        self.spans.append(Kept(name, parent, len(self.spans) + 1))
        return self.spans[-1]


@pytest.fixture
def recorder() -> Iterator[Keeping]:
    keeping = Keeping()
    tracing.install_recorder(keeping)
    yield keeping
    tracing.install_recorder(None)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (SAMPLED, TraceContext(TRACE, SPAN, is_sampled=True)),
        (NOT_SAMPLED, TraceContext(TRACE, SPAN, is_sampled=False)),
        (f"00-{TRACE}-{SPAN}-03", TraceContext(TRACE, SPAN, is_sampled=True)),
        (f"42-{TRACE}-{SPAN}-01-what-later-versions-add", TraceContext(TRACE, SPAN, is_sampled=True)),
        (f"ff-{TRACE}-{SPAN}-01", None),
        (f"00-{'0' * 32}-{SPAN}-01", None),
        (f"00-{TRACE}-{'0' * 16}-01", None),
        (f"00-{TRACE.upper()}-{SPAN}-01", None),
        (f"00-{TRACE}'; DROP--01", None),
        ("", None),
        (None, None),
    ],
)
def test_a_header_is_read_as_w3c_trace_context_has_it(header: str | None, expected: TraceContext | None) -> None:
    assert tracing.parse_traceparent(header) == expected
    assert expected is None or tracing.parse_traceparent(expected.traceparent) == expected


def test_a_new_trace_has_identifiers_of_the_right_form_each_time_others() -> None:
    with tracing.enter("job", "internal"):
        first = tracing.traceparent()
    with tracing.enter("job", "internal"):
        second = tracing.traceparent()
    assert tracing.parse_traceparent(first) is not None
    assert first != second


def test_a_process_that_records_nothing_hands_on_what_it_was_given() -> None:
    with tracing.enter("request", "server", traceparent=SAMPLED), tracing.span("database.write"):
        assert tracing.traceparent() == SAMPLED
    assert tracing.passed_on("publish", SAMPLED) == SAMPLED


def test_an_event_from_before_there_were_spans_keeps_its_trace() -> None:
    with tracing.enter("process", "consumer", traceparent=None, trace_id=TRACE):
        assert tracing.current_trace() == TRACE
    with tracing.enter("process", "consumer", traceparent="nonsense", trace_id="no identifier"):
        assert tracing.parse_traceparent(tracing.traceparent()) is not None


def test_the_trace_ends_with_its_block() -> None:
    tracing.start_trace(TRACE)
    with tracing.enter("request", "server"):
        assert tracing.current_trace() != TRACE
    assert tracing.current_trace() == TRACE


def test_continuing_takes_the_header_or_begins_anew() -> None:
    assert tracing.continue_trace(SAMPLED) == TRACE
    assert tracing.traceparent() == SAMPLED
    assert tracing.continue_trace("nonsense") != TRACE


async def test_two_tasks_are_in_two_traces() -> None:
    async def trace() -> str:
        with tracing.enter("request", "server"):
            await asyncio.sleep(0)
            return tracing.current_trace()

    one, other = await asyncio.gather(trace(), trace())
    assert one != other


def test_spans_hang_below_the_one_they_are_in(recorder: Keeping) -> None:
    with tracing.enter("POST", "server", traceparent=SAMPLED) as request:
        with tracing.span("database.write"):
            inner = tracing.traceparent()
        request.rename("POST /v1/documents")
    handed_on = tracing.passed_on("publish document.received.v1", inner)
    with tracing.enter("process document.received.v1", "consumer", traceparent=handed_on):
        pass
    assert [(span.name, span.parent and span.parent.span_id) for span in recorder.spans] == [
        ("POST /v1/documents", SPAN),
        ("database.write", f"{1:016x}"),
        ("publish document.received.v1", f"{2:016x}"),
        ("process document.received.v1", f"{3:016x}"),
    ]
    assert all(span.ended and span.context.trace_id == TRACE for span in recorder.spans)


def test_steps_outside_of_a_recorded_trace_are_not_recorded(recorder: Keeping) -> None:
    tracing.continue_trace(NOT_SAMPLED)
    with tracing.span("database.read"):
        assert tracing.passed_on("publish", NOT_SAMPLED) == NOT_SAMPLED
        assert tracing.passed_on("publish", None) is None
    assert recorder.spans == []


def test_what_raises_fails_its_span_and_ends_it(recorder: Keeping) -> None:
    with pytest.raises(LookupError), tracing.enter("process", "consumer"):
        raise LookupError
    (span,) = recorder.spans
    assert isinstance(span.failed_by, LookupError)
    assert span.ended


def test_where_nothing_is_recorded_neither_recorder_nor_exporter_is_imported() -> None:
    program = """
import sys
import servicekit.runtime, servicekit.bus, servicekit.observability, servicekit.store
wanted = ("opentelemetry.sdk", "opentelemetry.exporter", "google.protobuf", "requests")
loaded = [name for name in wanted if name in sys.modules]
assert not loaded, loaded
"""
    subprocess.run([sys.executable, "-c", program], check=True)
