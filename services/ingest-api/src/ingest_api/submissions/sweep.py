"""Bytes that no row names: what is left of uploads that broke off after their object stood."""

from datetime import timedelta

from ingest_api.submissions.envelope import ENVELOPE_SUFFIX, PREFIX
from records.ingest_api.reads.documents import document_ids
from servicekit.clock import SystemClock
from servicekit.context import Context
from servicekit.holds import is_outbound_held
from servicekit.observability import logger

__all__ = ["sweep"]

_BATCH = 500
_log = logger(__name__)


async def sweep(context: Context) -> None:
    """Remove the objects of documents that have no row, once they are older than the setting allows.

    Nothing is removed while outbound is held: what a restored database does not know of is what it is rebuilt from.
    Their age is by the object store's clock, which is the real one, also in a replay.
    """
    if await is_outbound_held(context):
        return
    older_than = SystemClock().now() - timedelta(hours=context.settings.retention.unclaimed_object_hours)
    keys: dict[str, list[str]] = {}
    async for info in context.objects.list(PREFIX):
        if info.modified_at < older_than:
            keys.setdefault(info.key.removeprefix(PREFIX).removesuffix(ENVELOPE_SUFFIX), []).append(info.key)
    candidates = sorted(keys)
    for begin in range(0, len(candidates), _BATCH):
        batch = candidates[begin : begin + _BATCH]
        async with context.store.read() as session:
            claimed = await document_ids(session, batch)
        for document_id in batch:
            if document_id not in claimed:
                for key in keys[document_id]:
                    await context.objects.delete(key)
                _log.info("an upload without a row was removed", document_id=document_id)
