"""Bytes that no row names: what is left of uploads that broke off after their object stood."""

from datetime import datetime, timedelta

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

    Nothing is removed while outbound is held, nor where there are more of them than uploads ever break off: a database
    that does not know of them was restored, and is to be rebuilt from them. Their age is by the object store's clock,
    which is the real one, also in a replay.
    """
    if await is_outbound_held(context):
        return
    retention = context.settings.retention
    unclaimed = await _unclaimed(context, SystemClock().now() - timedelta(hours=retention.unclaimed_object_hours))
    if len(unclaimed) > retention.most_unclaimed_uploads:
        _log.error(
            "more uploads have no row than ever break off, and none is removed: if the database was restored, run "
            "`fairway rebuild`, else raise FAIRWAY_RETENTION__MOST_UNCLAIMED_UPLOADS",
            count=len(unclaimed),
        )
        return
    for document_id, keys in unclaimed.items():
        for key in keys:
            await context.objects.delete(key)
        _log.info("an upload without a row was removed", document_id=document_id)


async def _unclaimed(context: Context, older_than: datetime) -> dict[str, list[str]]:
    """Return the keys of old uploads without a row, by the identifier that their document would have."""
    keys: dict[str, list[str]] = {}
    async for info in context.objects.list(PREFIX):
        if info.modified_at < older_than:
            keys.setdefault(info.key.removeprefix(PREFIX).removesuffix(ENVELOPE_SUFFIX), []).append(info.key)
    candidates = sorted(keys)
    for begin in range(0, len(candidates), _BATCH):
        async with context.store.read() as session:
            for document_id in await document_ids(session, candidates[begin : begin + _BATCH]):
                del keys[document_id]
    return keys
