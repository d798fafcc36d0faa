"""Objects: bytes under a key, durable before anyone is told so."""

from servicekit.objects.directory import DirectoryObjects
from servicekit.objects.port import (
    InvalidKey,
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
    "ObjectExists",
    "ObjectInfo",
    "ObjectNotFound",
    "ObjectStore",
    "ObjectWriter",
    "check_key",
]
