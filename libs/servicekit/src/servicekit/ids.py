"""Identifiers: time-ordered, so that an index on them grows at its end."""

import uuid

import uuid_utils

__all__ = ["derived_id", "new_id"]


def new_id() -> str:
    """Return a new UUID of version 7 as text (RFC 9562, section 5.7)."""
    return str(uuid_utils.uuid7())


def derived_id(*parts: str | int) -> str:
    """Return the one UUID (version 5) that belongs to these parts: the same parts, the same identifier."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, "\x1f".join(str(part) for part in parts)))
