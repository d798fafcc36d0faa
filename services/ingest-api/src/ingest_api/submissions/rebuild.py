"""Rows of documents made again from what stands in the object store: their bytes and envelopes.

After a restore the database is older than the objects. Each document that it does not know of is recorded as it was,
by its uploader and at its time, with the event that tells of it; what derives from it is derived anew by the services.
"""

import hashlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

from ingest_api.submissions.envelope import ENVELOPE_SUFFIX, PREFIX, content_key, envelope_key, parse_envelope
from records.identity.reads import organization
from records.identity.writes import add_organization
from records.ingest_api.reads.documents import document_ids
from records.ingest_api.writes import add_document
from servicekit.context import Context
from servicekit.objects import ObjectNotFound
from servicekit.store import Actor

__all__ = ["Rebuilt", "rebuild_documents"]

_BATCH = 500
_REBUILD = Actor("system", "rebuild")


@dataclass
class Rebuilt:
    """What a rebuild has found and done."""

    known: int = 0
    """Documents that the database has already."""
    rebuilt: int = 0
    """Documents that were recorded again."""
    organizations: int = 0
    """Organizations that had to be made, by their identifier alone."""
    damaged: list[str] = field(default_factory=list)
    """Documents whose envelope cannot be read, or whose bytes are missing or not those of it; they are left alone."""
    unfinished: int = 0
    """Bytes without an envelope: uploads that were never acknowledged."""


async def rebuild_documents(context: Context, progress: Callable[[Rebuilt], None] = lambda _: None) -> Rebuilt:
    """Record every document of the object store that the database does not know of, and return the counts.

    Doing it twice does nothing the second time; after an interruption the next one goes on.
    """
    counts = Rebuilt()
    async for batch, unfinished in _batches(context):
        counts.unfinished += unfinished
        async with context.store.read() as session:
            known = await document_ids(session, batch)
        counts.known += len(known)
        for document_id in batch:
            if document_id not in known:
                await _rebuild(context, document_id, counts)
        progress(counts)
    return counts


async def _batches(context: Context) -> AsyncIterator[tuple[list[str], int]]:
    """Give the documents that have an envelope, oldest first, and how many objects between them have none."""
    batch: list[str] = []
    bytes_only = 0
    async for info in context.objects.list(PREFIX):
        name = info.key.removeprefix(PREFIX)
        if not name.endswith(ENVELOPE_SUFFIX):
            bytes_only += 1
            continue
        bytes_only -= 1
        batch.append(name.removesuffix(ENVELOPE_SUFFIX))
        if len(batch) == _BATCH:
            yield batch, 0
            batch = []
    yield batch, max(0, bytes_only)


async def _rebuild(context: Context, document_id: str, counts: Rebuilt) -> None:
    try:
        envelope = parse_envelope(await context.objects.get(envelope_key(document_id)))
    except ValueError:
        counts.damaged.append(document_id)
        return
    if envelope.new.id != document_id or not await _is_whole(context, document_id, envelope.new.sha256):
        counts.damaged.append(document_id)
        return
    counts.organizations += await _see_to_organization(context, envelope.new.organization_id)
    async with context.store.write(envelope.uploader) as unit:
        unit.now = envelope.received_at  # what is recorded happened then
        is_new = await add_document(unit, envelope.new) is not None
    if is_new:
        counts.rebuilt += 1
    else:  # the same file was sent again meanwhile
        counts.known += 1


async def _is_whole(context: Context, document_id: str, sha256: str) -> bool:
    digest = hashlib.sha256()
    try:
        async for chunk in context.objects.stream(content_key(document_id)):
            digest.update(chunk)
    except ObjectNotFound:
        return False
    return digest.hexdigest() == sha256


async def _see_to_organization(context: Context, organization_id: str) -> bool:
    """Make an organization that only envelopes know of, and tell whether that had to be."""
    async with context.store.read() as session:
        if await organization(session, organization_id) is not None:
            return False
    async with context.store.write(_REBUILD) as unit:
        await add_organization(unit, name=f"Organization {organization_id}", organization_id=organization_id)
    return True
