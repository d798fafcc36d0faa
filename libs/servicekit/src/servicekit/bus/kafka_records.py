"""Events as records of a topic: CloudEvents in the binary mode of its Kafka binding, with the trace of W3C."""

import base64
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from servicekit.bus.handling import Envelope
from servicekit.store.plumbing import OutboxRow
from servicekit.tracing import passed_on

__all__ = ["Undecodable", "envelope_of", "headers_of", "undecodable_envelope", "value_of"]

Header = tuple[str, bytes]

_SPECIFICATION = "1.0"
_LONGEST_ID = 36
_LONGEST_TRACE_ID = 64
_LARGEST_KEPT = 64 * 1024
"""Bytes of a record without sense that its dead letter keeps."""


class Undecodable(ValueError):
    """A record that is no event; the message says why."""


def headers_of(row: OutboxRow) -> list[Header]:
    """Return the attributes of an event."""
    traceparent = passed_on(f"publish {row.topic}", row.traceparent, {"messaging.message.id": row.id})
    headers = {
        "ce_specversion": _SPECIFICATION,
        "ce_id": row.id,
        "ce_source": f"/fairway/{row.topic.split('.')[0]}",
        "ce_type": row.topic,
        "ce_time": row.emitted_at.isoformat(),
        "content-type": "application/json",
        "fairway_trace": row.trace_id,
    }
    if traceparent is not None:
        headers["traceparent"] = traceparent
    return [(name, value.encode()) for name, value in headers.items()]


def value_of(row: OutboxRow) -> bytes:
    """Return the payload of an event as JSON."""
    return json.dumps(row.payload, separators=(",", ":")).encode()


def envelope_of(value: bytes | None, headers: Sequence[Header]) -> Envelope:
    """Return the event that a record holds.

    Raises
    ------
    Undecodable
        It holds none.
    """
    try:
        attributes = {name: content.decode() for name, content in headers}
        payload = json.loads(value or b"")
    except (ValueError, AttributeError) as error:
        raise Undecodable(f"headers or value cannot be read: {error}") from None
    missing = [name for name in ("ce_id", "ce_type", "ce_time") if name not in attributes]
    if missing:
        raise Undecodable(f"the headers lack {', '.join(missing)}")
    if not isinstance(payload, dict):
        raise Undecodable("the value is no JSON object")
    return Envelope(
        event_id=_short(attributes, "ce_id", _LONGEST_ID),
        topic=attributes["ce_type"],
        payload=payload,
        trace_id=_short({"fairway_trace": "0" * 32, **attributes}, "fairway_trace", _LONGEST_TRACE_ID),
        traceparent=attributes.get("traceparent"),
        emitted_at=_time(attributes["ce_time"]),
    )


def undecodable_envelope(topic: str, record: Any) -> Envelope:
    """Return what is kept of a record that holds no event: where it stands, and its bytes.

    Its identifier follows from where it stands, so that it is one dead letter however often it is read.
    """
    place = {"topic": record.topic, "partition": record.partition, "offset": record.offset}
    value = record.value or b""
    return Envelope(
        event_id=str(uuid5(NAMESPACE_OID, f"{record.topic}/{record.partition}/{record.offset}/{record.timestamp}")),
        topic=topic,
        payload={
            "undecodable": {
                **place,
                "bytes": len(value),
                "value_base64": base64.b64encode(value[:_LARGEST_KEPT]).decode(),
                "headers_base64": [
                    [name, base64.b64encode(content or b"").decode()] for name, content in record.headers
                ],
            }
        },
        trace_id=uuid5(NAMESPACE_OID, str(place)).hex,
        traceparent=None,
        emitted_at=datetime.fromtimestamp(record.timestamp / 1000, UTC),
    )


def _short(attributes: dict[str, str], name: str, longest: int) -> str:
    value = attributes[name]
    if not 0 < len(value) <= longest:
        raise Undecodable(f"{name} has {len(value)} characters, not 1 to {longest}")
    return value


def _time(text: str) -> datetime:
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise Undecodable(f"ce_time is no time: {text[:40]!r}") from None
    if time.tzinfo is None:
        raise Undecodable("ce_time has no zone")
    return time
