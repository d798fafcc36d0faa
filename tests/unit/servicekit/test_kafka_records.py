"""Events as records: CloudEvents in binary mode; what is no event is kept as it is."""

import base64
import json
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from servicekit.bus.kafka_records import Undecodable, envelope_of, headers_of, undecodable_envelope, value_of
from servicekit.store.plumbing import OutboxRow

TRACE = "0af7651916cd43dd8448eb211c80319c"
ROW = OutboxRow(
    id="018f0000-0000-7000-8000-000000000001",
    topic="document.received.v1",
    payload={"document_id": "d", "note": "Ærø"},
    trace_id=TRACE,
    traceparent=f"00-{TRACE}-b7ad6b7169203331-01",
    emitted_at=datetime(2024, 9, 17, 12, 0, 0, 250_000, tzinfo=UTC),
)
HEADERS = headers_of(ROW)


@dataclass
class Record:
    value: bytes | None
    headers: list[tuple[str, bytes]]
    topic: str = "a.document.received.v1"
    partition: int = 3
    offset: int = 41
    timestamp: int = 1_726_574_400_000


def test_the_headers_are_those_of_a_cloud_event_with_its_trace() -> None:
    assert dict(HEADERS) == {
        "ce_specversion": b"1.0",
        "ce_id": ROW.id.encode(),
        "ce_source": b"/fairway/document",
        "ce_type": b"document.received.v1",
        "ce_time": b"2024-09-17T12:00:00.250000+00:00",
        "content-type": b"application/json",
        "fairway_trace": TRACE.encode(),
        "traceparent": f"00-{TRACE}-b7ad6b7169203331-01".encode(),
    }


def test_an_event_comes_out_as_it_went_in() -> None:
    envelope = envelope_of(value_of(ROW), HEADERS)
    assert envelope.event_id == ROW.id
    assert envelope.topic == ROW.topic
    assert envelope.payload == ROW.payload
    assert envelope.trace_id == TRACE
    assert envelope.traceparent == ROW.traceparent
    assert envelope.emitted_at == ROW.emitted_at


def without(name: str) -> list[tuple[str, bytes]]:
    return [header for header in HEADERS if header[0] != name]


@pytest.mark.parametrize(
    ("value", "headers", "words"),
    [
        (b"\xff\xfe", HEADERS, "cannot be read"),
        (None, HEADERS, "cannot be read"),
        (b"[1]", HEADERS, "no JSON object"),
        (b"{}", without("ce_id"), "lack ce_id"),
        (b"{}", [], "lack ce_id, ce_type, ce_time"),
        (b"{}", [*without("ce_id"), ("ce_id", b"x" * 37)], "37 characters"),
        (b"{}", [*without("ce_time"), ("ce_time", b"yesterday")], "no time"),
        (b"{}", [*without("ce_time"), ("ce_time", b"2024-09-17T12:00:00")], "no zone"),
        (b"{}", [("ce_id", b"\xff")], "cannot be read"),
        (b"{}", [("ce_id", None)], "cannot be read"),
    ],
    ids=[
        "no-text",
        "tombstone",
        "no-object",
        "no-id",
        "no-headers",
        "long-id",
        "no-time",
        "naive-time",
        "header-no-text",
        "header-null",
    ],
)
def test_a_record_that_is_no_event_is_refused(value: bytes, headers: list[tuple[str, bytes]], words: str) -> None:
    with pytest.raises(Undecodable, match=words):
        envelope_of(value, headers)


def test_an_event_without_a_trace_of_ours_is_read() -> None:
    bare = [header for header in HEADERS if header[0] not in ("fairway_trace", "traceparent")]
    envelope = envelope_of(b"{}", bare)
    assert (envelope.trace_id, envelope.traceparent) == ("0" * 32, None)


def test_what_is_kept_of_a_record_that_is_no_event() -> None:
    record = Record(b"\xff" * 100_000, [("ce_id", b"\x00")])
    envelope = undecodable_envelope("document.received.v1", record)
    assert envelope.event_id == undecodable_envelope("document.received.v1", record).event_id
    assert len(envelope.event_id) == 36
    kept = envelope.payload["undecodable"]
    assert (kept["topic"], kept["partition"], kept["offset"], kept["bytes"]) == (record.topic, 3, 41, 100_000)
    assert base64.b64decode(kept["value_base64"]) == b"\xff" * 65_536
    json.dumps(envelope.payload)
    other = Record(record.value, record.headers, offset=42)
    assert undecodable_envelope("document.received.v1", other).event_id != envelope.event_id
