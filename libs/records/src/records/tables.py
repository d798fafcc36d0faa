"""Every table of the product, imported so that the metadata is whole."""

from records.identity import tables as identity
from records.ingest_api import tables as ingest_api
from records.notifier import tables as notifier
from records.screening import tables as screening
from records.spacetrack_gateway import tables as spacetrack_gateway
from records.validator import tables as validator
from servicekit.store import Base, plumbing

__all__ = ["METADATA", "identity", "ingest_api", "notifier", "plumbing", "screening", "spacetrack_gateway", "validator"]

METADATA = Base.metadata
