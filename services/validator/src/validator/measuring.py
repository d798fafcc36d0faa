"""The validator in figures."""

from datetime import datetime, timedelta
from typing import Final

from records.ingest_api.events import PAGE
from records.ingest_api.tables import Document
from records.validator import figures
from servicekit.context import Context
from servicekit.observability.declarations import counter, gauge, histogram

__all__ = ["decided", "measure"]

_LOOKS_BACK: Final = timedelta(days=1)
_BUCKETS_S: Final = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800)

VERDICTS = counter(
    "fairway_verdicts_total",
    "Verdicts on documents.",
    {"verdict": "valid, invalid", "kind": "what the document is: OEM, CDM, OMM, …"},
    first=[(verdict, kind) for kind in ("OEM", "OPM", "OMM", "CDM") for verdict in ("valid", "invalid")],
)
VERDICT_WAIT_S = histogram(
    "fairway_verdict_wait_seconds",
    "Time from the receipt of a file to its verdict; pages of CDMs not.",
    buckets=_BUCKETS_S,
)
UNDECIDED = gauge("fairway_documents_undecided", "Documents of the last 24 h that have no verdict.", scope="database")
UNDECIDED_AGE_S = gauge(
    "fairway_document_undecided_oldest_age_seconds",
    "Since when the document waits that has waited longest for its verdict; 0 where none does.",
    scope="database",
)
CATALOGUE_AGE_S = gauge(
    "fairway_catalogue_age_seconds", "Since when the newest catalogue is there; absent without one.", scope="database"
)


def decided(ctx: Context, document: Document, verdict: str, kind: str) -> None:
    """Count a verdict that has just been given. How long it took is of interest where a file was uploaded."""
    ctx.metrics.of(VERDICTS).labels(verdict, kind).inc()
    if document.purpose != PAGE:
        ctx.metrics.of(VERDICT_WAIT_S).observe(_age_s(document.received_at, ctx.clock.now()))


async def measure(ctx: Context) -> None:
    """Say how many documents wait for their verdict, and how old the newest catalogue is."""
    now = ctx.clock.now()
    async with ctx.store.read() as session:
        undecided = await figures.undecided_since(session, now - _LOOKS_BACK)
        catalogue_at = await figures.newest_catalogue_at(session)
    ctx.metrics.of(UNDECIDED).set(undecided.count)
    ctx.metrics.of(UNDECIDED_AGE_S).set(_age_s(undecided.oldest_at, now))
    if catalogue_at is not None:
        ctx.metrics.of(CATALOGUE_AGE_S).set(_age_s(catalogue_at, now))


def _age_s(moment: datetime | None, now: datetime) -> float:
    return 0.0 if moment is None else max(0.0, (now - moment).total_seconds())
