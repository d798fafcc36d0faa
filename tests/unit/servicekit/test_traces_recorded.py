"""Spans as OpenTelemetry records them: sampled by ratio, without secrets, and never in anybody's way."""

import socket

import pytest
from support.otlp_receiver import OtlpReceiver, receiving_spans

from servicekit import tracing
from servicekit.auth.secret_tokens import new_token
from servicekit.errors import NotFound
from servicekit.observability.traces import recording_traces
from servicekit.settings import TracingSettings


@pytest.fixture
def receiver():
    with receiving_spans() as listening:
        yield listening


def settings(receiver: OtlpReceiver, ratio: float = 1.0) -> TracingSettings:
    return TracingSettings(otlp_endpoint=receiver.endpoint, sample_ratio=ratio)


async def test_a_failure_is_told_by_its_code_and_never_by_its_text(receiver: OtlpReceiver) -> None:
    async with recording_traces(settings(receiver), ["validator"], "1.2"):
        with pytest.raises(NotFound), tracing.enter("process", "consumer"):
            raise NotFound("no satellite of Secret Orbits")
    (span,) = receiver.spans()
    assert span.is_error
    assert span.attributes["error.type"] == "not-found"
    assert b"Secret Orbits" not in span.raw
    assert (span.resource["service.name"], span.resource["service.version"]) == ("validator", "1.2")


async def test_tokens_and_passwords_in_attributes_are_hidden(receiver: OtlpReceiver) -> None:
    token = new_token()
    async with recording_traces(settings(receiver), ["validator"], "1"):
        with tracing.enter("process", "consumer", attributes={"fairway.note": f"with {token.text}"}) as span:
            span.put(fairway__url="postgresql://fairway:hunter2@db/x")
    (received,) = receiver.spans()
    assert token.text.encode() not in received.raw
    assert b"hunter2" not in received.raw
    assert received.attributes["fairway.url"] == "postgresql://fairway:***@db/x"


async def test_the_ratio_decides_for_traces_of_our_own_and_the_caller_for_its_own(receiver: OtlpReceiver) -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    async with recording_traces(settings(receiver, ratio=0), ["validator"], "1"):
        for _ in range(20):
            with tracing.enter("ours", "server"), tracing.span("step"):
                assert tracing.traceparent().endswith("-00"), "whoever comes next does not record it either"
        with tracing.enter("the caller's", "server", traceparent=f"00-{trace}-b7ad6b7169203331-01"):
            pass
    assert [span.name for span in receiver.spans()] == ["the caller's"]


async def test_about_the_share_is_recorded_that_is_asked_for(receiver: OtlpReceiver) -> None:
    async with recording_traces(settings(receiver, ratio=0.25), ["validator"], "1"):
        for _ in range(2000):
            with tracing.enter("ours", "server"):
                pass
    assert 380 < len(receiver.spans()) < 620, "2000 traces at a quarter: six standard deviations around 500"


async def test_a_collector_that_is_gone_neither_raises_nor_keeps_the_process_from_ending(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed_afterwards:
        port = closed_afterwards.getsockname()[1]
    gone = TracingSettings(otlp_endpoint=f"http://127.0.0.1:{port}/v1/traces", timeout_s=0.5)
    async with recording_traces(gone, ["validator"], "1"):
        for _ in range(20_000):  # more than the queue takes
            with tracing.enter("process", "consumer"):
                pass
    assert caplog.records, "that spans are lost is said"
