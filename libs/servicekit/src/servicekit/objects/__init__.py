"""Objects: bytes under a key, durable before anyone is told so."""

from servicekit.objects.directory import DirectoryObjects
from servicekit.objects.port import (
    InvalidKey,
    ObjectDamaged,
    ObjectExists,
    ObjectInfo,
    ObjectNotFound,
    ObjectStore,
    ObjectWriter,
    check_key,
)

__all__ = [
    "DirectoryObjects",
    "InvalidKey",
    "ObjectDamaged",
    "ObjectExists",
    "ObjectInfo",
    "ObjectNotFound",
    "ObjectStore",
    "ObjectWriter",
    "check_key",
]
