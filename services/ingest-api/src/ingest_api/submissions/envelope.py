"""The object beside a document's bytes that says where they came from, so that rows can be made again from objects."""

import json
from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter

from records.ingest_api.writes import NewDocument
from servicekit.objects import ObjectStore
from servicekit.store import Actor

__all__ = ["Envelope", "content_key", "envelope_key", "parse_envelope", "put_envelope"]

PREFIX = "documents/"
ENVELOPE_SUFFIX = ".envelope.json"
_NEW_DOCUMENT = TypeAdapter(NewDocument)


@dataclass(frozen=True)
class Envelope:
    """What an envelope says: the document, who brought it, and when."""

    new: NewDocument
    uploader: Actor
    received_at: datetime


def content_key(document_id: str) -> str:
    """Return the key of a document's bytes."""
    return f"{PREFIX}{document_id}"


def envelope_key(document_id: str) -> str:
    """Return the key of a document's envelope."""
    return f"{PREFIX}{document_id}{ENVELOPE_SUFFIX}"


async def put_envelope(objects: ObjectStore, new: NewDocument, actor: Actor, received_at: datetime) -> None:
    """Write the envelope of a document whose bytes stand already."""
    envelope = {
        **vars(new),
        "uploader_kind": actor.kind,
        "uploader_id": actor.id,
        "received_at": received_at.isoformat(),
    }
    content = json.dumps(envelope, indent=1, sort_keys=True).encode()
    await objects.put(envelope_key(new.id), content, "application/json")


def parse_envelope(content: bytes) -> Envelope:
    """Return what an envelope says, or raise ValueError where it is none."""
    try:
        values = json.loads(content)
        uploader = Actor(values.pop("uploader_kind"), values.pop("uploader_id"), values["organization_id"])
        received_at = datetime.fromisoformat(values.pop("received_at"))
        return Envelope(_NEW_DOCUMENT.validate_python(values), uploader, received_at)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ValueError("the envelope cannot be read") from error
