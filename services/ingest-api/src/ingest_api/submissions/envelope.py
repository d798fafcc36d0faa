"""The object beside a document's bytes that says where they came from, so that rows can be made again from objects."""

import json
from datetime import datetime

from records.ingest_api.writes import NewDocument
from servicekit.objects import ObjectStore
from servicekit.store import Actor

__all__ = ["content_key", "envelope_key", "put_envelope"]

PREFIX = "documents/"
ENVELOPE_SUFFIX = ".envelope.json"


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
