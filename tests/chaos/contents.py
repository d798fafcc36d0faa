"""What the objects hold that rows name: whether it is what was stored, and hashes of what two runs must have equal."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

import asyncpg
from support.final_state import HASHED, content_digest

from records.screening.cdm_texts import text_object
from servicekit.objects import ObjectNotFound, ObjectStore

__all__ = ["Contents", "contents_of", "read_contents"]

_AT_ONCE = 16
_UNHASHED = (("screening_runs", "coverage_key"), ("screening_runs", "approaches_key"))
_FROM_OUTSIDE = "SELECT object_key FROM cdms WHERE source != 'fairway'"
"""These texts are as they were sent, with their times of making and all."""


@dataclass(frozen=True)
class Contents:
    """What was read.

    Attributes
    ----------
    digests
        By what rows name: of what the object holds, apart from identifiers and times of doing.
    damaged
        What is not there, or is not what its row says, one line each.
    """

    digests: Mapping[str, str]
    damaged: Sequence[str]


async def contents_of(database: asyncpg.Connection, objects: ObjectStore) -> Contents:
    """Read every object that a row names."""
    expected: dict[str, str | None] = {}
    for table, column in _UNHASHED:
        query = f"SELECT {column} FROM {table} WHERE {column} IS NOT NULL"
        expected |= {row[0]: None for row in await database.fetch(query)}
    for table, column, digest in HASHED:
        query = f"SELECT {column}, {digest} FROM {table} WHERE {column} IS NOT NULL"
        expected |= {row[0]: row[1] for row in await database.fetch(query)}
    return await read_contents(objects, expected, {row[0] for row in await database.fetch(_FROM_OUTSIDE)})


async def read_contents(
    objects: ObjectStore, expected: Mapping[str, str | None], as_it_is: Collection[str] = ()
) -> Contents:
    """Read the objects of these keys, each with the SHA-256 that it must have where that is known.

    Of those that are to be taken `as_it_is` nothing is left out.
    """
    digests: dict[str, str] = {}
    damaged: list[str] = []
    at_once = asyncio.Semaphore(_AT_ONCE)

    async def read(key: str, wanted: str | None) -> None:
        name, start, length = text_object(key)
        try:
            async with at_once:
                content = await objects.get(name)
        except ObjectNotFound:
            damaged.append(f"an object that a row names is not there: {key}")
            return
        text = content[start : None if length is None else start + length]
        found = sha256(text).hexdigest()
        if wanted not in (None, found):
            damaged.append(f"an object is not what was stored there: {key}")
        digests[key] = found if key in as_it_is else await asyncio.to_thread(content_digest, name, text)

    async with asyncio.TaskGroup() as reading:
        for key, wanted in expected.items():
            reading.create_task(read(key, wanted))
    return Contents(digests, sorted(damaged))
