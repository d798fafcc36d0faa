"""What comes from Space-Track becomes a document, as an upload does: bytes first, then the row with its event."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

from records.spacetrack_gateway.writes import NewDocument
from servicekit.ids import derived_id
from servicekit.objects import ObjectStore
from spacetrack_gateway.budget.lease import ACTOR

__all__ = ["Pulled", "put_document"]


@dataclass(frozen=True, kw_only=True)
class Pulled:
    """A document to be."""

    organization_id: str
    purpose: str
    """``cdms`` (rows of class cdm), ``operator`` (a file of the operator's folder), ``catalogue``."""
    file_name: str
    content_type: str
    content: bytes
    norad_cat_id: int | None = None
    source: str = "space-track"
    """Where it comes from; ``celestrak`` is the second source of catalogues."""


async def put_document(objects: ObjectStore, pulled: Pulled, now: datetime) -> NewDocument:
    """Make the bytes durable, with their envelope, and return the document to be recorded.

    The same content from the same organization under the same name has the same key, so a repetition replaces itself.
    """
    sha256 = hashlib.sha256(pulled.content).hexdigest()
    document_id = derived_id(f"{pulled.source}-document", pulled.organization_id, sha256, pulled.file_name)
    new = NewDocument(
        id=document_id,
        organization_id=pulled.organization_id,
        source=pulled.source,
        purpose=pulled.purpose,
        file_name=pulled.file_name,
        content_type=pulled.content_type,
        sha256=sha256,
        size_bytes=len(pulled.content),
        object_key=f"documents/{document_id}",
        requested_norad_cat_id=pulled.norad_cat_id,
        requested_profile=None,
        requested_designation=None,
    )
    await objects.put(new.object_key, pulled.content, pulled.content_type)
    envelope = {
        **vars(new),
        "uploader_kind": ACTOR.kind,
        "uploader_id": ACTOR.id,
        "received_at": now.isoformat(),
    }
    content = json.dumps(envelope, indent=1, sort_keys=True).encode()
    await objects.put(f"{new.object_key}.envelope.json", content, "application/json")
    return new
