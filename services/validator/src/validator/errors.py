"""Errors of the validator: faults of ours, never of a document's content."""

from servicekit.errors import FairwayError

__all__ = ["ContentDamaged"]


class ContentDamaged(FairwayError):
    """The stored bytes of a document are not those that were received."""

    code = "content-damaged"
    title = "Stored content damaged"
    remedy = "Restore the object from a backup and replay the dead letter; the document has no verdict until then."
