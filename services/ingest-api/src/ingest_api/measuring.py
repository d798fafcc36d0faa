"""The API in figures, beside those of every route."""

from typing import Final

from servicekit.observability.declarations import counter, histogram

__all__ = ["RECEIVED", "RECEIVED_BYTES"]

_KIB: Final = 1024
_SIZES: Final = tuple(size * _KIB for size in (1, 10, 100, 300, 1024, 10 * 1024, 50 * 1024, 256 * 1024))

RECEIVED = counter(
    "fairway_documents_received_total",
    "Uploads that were acknowledged.",
    {"purpose": "operator, catalogue", "outcome": "new, duplicate"},
    first=[(purpose, outcome) for purpose in ("operator", "catalogue") for outcome in ("new", "duplicate")],
)
RECEIVED_BYTES = histogram("fairway_document_size_bytes", "Size of uploads that were acknowledged.", buckets=_SIZES)
