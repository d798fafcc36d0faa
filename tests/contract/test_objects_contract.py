"""What every object store promises."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.adapters import OBJECT_STORES

from servicekit.objects import InvalidKey, ObjectDamaged, ObjectExists, ObjectNotFound, ObjectStore

KEY = "documents/018f0d5e"


class BrokenOffError(Exception):
    """The sender went away."""


@pytest.fixture(params=sorted(OBJECT_STORES))
async def objects(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[ObjectStore]:
    async with OBJECT_STORES[request.param](tmp_path) as store:
        yield store


async def keys(objects: ObjectStore, prefix: str = "") -> list[str]:
    return [info.key async for info in objects.list(prefix)]


async def test_what_was_put_is_got(objects: ObjectStore) -> None:
    await objects.put(KEY, b"\x00raw bytes\xff")
    info = await objects.stat(KEY)
    assert await objects.get(KEY) == b"\x00raw bytes\xff"
    assert (info.key, info.size) == (KEY, 11)
    assert abs(info.modified_at - datetime.now(UTC)) < timedelta(minutes=5)
    assert await objects.exists(KEY)


async def test_an_empty_object_is_an_object(objects: ObjectStore) -> None:
    await objects.put(KEY, b"")
    assert await objects.exists(KEY)
    assert await objects.get(KEY) == b""
    assert [chunk async for chunk in objects.stream(KEY)] == []


async def test_an_object_written_piece_by_piece_appears_whole_at_the_end(objects: ObjectStore) -> None:
    pieces = [bytes([number]) * 700_000 for number in range(5)]
    async with objects.create(KEY, "text/plain") as writer:
        for piece in pieces:
            await writer.write(piece)
        assert not await objects.exists(KEY)
        assert await keys(objects) == []
    assert writer.size == 3_500_000
    assert writer.sha256 == hashlib.sha256(b"".join(pieces)).hexdigest()
    assert b"".join([chunk async for chunk in objects.stream(KEY)]) == b"".join(pieces)


async def break_off(objects: ObjectStore, written: bytes) -> None:
    async with objects.create(KEY) as writer:
        await writer.write(written)
        raise BrokenOffError


async def test_an_object_whose_writing_breaks_off_is_not_there(objects: ObjectStore) -> None:
    with pytest.raises(BrokenOffError):
        await break_off(objects, b"half")
    assert not await objects.exists(KEY)
    assert await keys(objects) == []


async def test_an_object_whose_writer_is_cancelled_is_not_there(objects: ObjectStore) -> None:
    written = asyncio.Event()

    async def write_and_wait() -> None:
        async with objects.create(KEY) as writer:
            await writer.write(b"half")
            written.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(write_and_wait())
    await written.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not await objects.exists(KEY)


async def test_the_object_that_stood_there_survives_a_broken_replacement(objects: ObjectStore) -> None:
    await objects.put(KEY, b"first")
    with pytest.raises(BrokenOffError):
        await break_off(objects, b"second")
    assert await objects.get(KEY) == b"first"
    await objects.put(KEY, b"third")
    assert await objects.get(KEY) == b"third"


async def test_a_part_of_an_object_is_got_alone(objects: ObjectStore) -> None:
    await objects.put(KEY, b"one,two,three")
    assert await objects.get_part(KEY, 4, 3) == b"two"
    assert await objects.get_part(KEY, 0, 3) == b"one"
    assert await objects.get_part(KEY, 8, 5) == b"three"


@pytest.mark.parametrize(("start", "length"), [(8, 6), (0, 14), (12, 2), (13, 1), (1000, 1)])
async def test_a_part_is_never_shorter_than_asked_for(objects: ObjectStore, start: int, length: int) -> None:
    await objects.put(KEY, b"one,two,three")
    with pytest.raises(ObjectDamaged, match=KEY):
        await objects.get_part(KEY, start, length)


async def test_what_is_not_there_is_not_found(objects: ObjectStore) -> None:
    await objects.put("documents/folder/inner", b"x")
    for key in ("documents/nothing", "documents/folder", "documents/folder/inner/deeper"):
        assert not await objects.exists(key)
        with pytest.raises(ObjectNotFound, match=key):
            await objects.get(key)
        with pytest.raises(ObjectNotFound):
            await objects.get_part(key, 0, 1)
        with pytest.raises(ObjectNotFound):
            await objects.stat(key)
        with pytest.raises(ObjectNotFound):
            await anext(aiter(objects.stream(key)))
        with pytest.raises(ObjectNotFound):
            async with objects.local_file(key):
                pass


async def test_a_local_file_holds_the_object(objects: ObjectStore) -> None:
    await objects.put(KEY, b"columns")
    async with objects.local_file(KEY) as file:
        assert file.read_bytes() == b"columns"


async def test_a_list_is_in_order_and_begins_with_the_prefix(objects: ObjectStore) -> None:
    for key in ("documents/b", "documents/a", "documents/a.envelope.json", "documentsx", "ephemerides/1/2.npz"):
        await objects.put(key, key.encode())
    assert await keys(objects) == [
        "documents/a",
        "documents/a.envelope.json",
        "documents/b",
        "documentsx",
        "ephemerides/1/2.npz",
    ]
    assert await keys(objects, "documents/") == ["documents/a", "documents/a.envelope.json", "documents/b"]
    assert await keys(objects, "documents/a") == ["documents/a", "documents/a.envelope.json"]
    assert await keys(objects, "nothing/") == []
    assert [info.size async for info in objects.list("ephemerides/")] == [19]


async def test_deleting_twice_is_deleting(objects: ObjectStore) -> None:
    await objects.put(KEY, b"x")
    await objects.delete(KEY)
    await objects.delete(KEY)
    assert not await objects.exists(KEY)


@pytest.mark.parametrize(
    "key",
    [
        "",
        "/etc/passwd",
        "../outside",
        "documents/../../outside",
        "documents//x",
        "documents/",
        ".partial/x",
        "documents/.hidden",
        "documents/a b",
        "documents/a\x00b",
        "documents/a\nb",
        "documents\\x",
        "documents/ü",
        "x" * 201,
        "/".join(["x" * 100] * 6),
    ],
)
async def test_a_key_cannot_leave_the_store(objects: ObjectStore, key: str) -> None:
    with pytest.raises(InvalidKey):
        await objects.put(key, b"x")
    with pytest.raises(InvalidKey):
        await objects.get(key)
    with pytest.raises(InvalidKey):
        await objects.exists(key)
    with pytest.raises(InvalidKey):
        await objects.delete(key)
    assert await keys(objects) == []


@pytest.mark.parametrize("prefix", ["../", "/", "documents/../../"])
async def test_a_prefix_cannot_leave_the_store(objects: ObjectStore, prefix: str) -> None:
    await objects.put(KEY, b"x")
    assert await keys(objects, prefix) == []


async def test_writers_of_different_objects_do_not_wait_for_each_other(objects: ObjectStore) -> None:
    async with objects.create("documents/slow") as slow:
        await slow.write(b"a")
        await objects.put("documents/fast", b"b")
        await slow.write(b"c")
    assert (await objects.get("documents/slow"), await objects.get("documents/fast")) == (b"ac", b"b")


async def test_a_store_that_can_write_says_so_and_leaves_nothing(objects: ObjectStore) -> None:
    await objects.check()
    assert await keys(objects) == []


async def test_of_two_writers_of_a_key_that_is_written_once_the_first_wins(objects: ObjectStore) -> None:
    async with objects.create(KEY, once=True) as slow:
        await slow.write(b"the same")
        await objects.put(KEY, b"the same", once=True)
    await objects.put(KEY, b"the same", once=True)
    with pytest.raises(ObjectExists, match=KEY):
        await objects.put(KEY, b"another", once=True)
    with pytest.raises(ObjectExists):
        async with objects.create(KEY, once=True) as writer:
            await writer.write(b"not that")
    assert await objects.get(KEY) == b"the same"
    assert await keys(objects) == [KEY]


async def test_many_writers_at_once_of_a_key_that_is_written_once_agree(objects: ObjectStore) -> None:
    contents = [f"writer {number}".encode() for number in range(8)]
    outcomes = await asyncio.gather(
        *(objects.put(KEY, content, once=True) for content in contents), return_exceptions=True
    )
    won = [content for content, outcome in zip(contents, outcomes, strict=True) if not isinstance(outcome, Exception)]
    assert [type(outcome) for outcome in outcomes if isinstance(outcome, Exception)] == [ObjectExists] * 7
    assert won == [await objects.get(KEY)]


async def test_what_is_being_written_is_not_taken_for_a_leftover(objects: ObjectStore) -> None:
    async with objects.create(KEY) as writer:
        await writer.write(b"x" * 9_000_000)
        assert await objects.remove_unfinished(datetime.now(UTC) - timedelta(hours=1)) == 0
    assert (await objects.stat(KEY)).size == 9_000_000


async def test_what_a_writer_that_is_gone_has_left_is_removed(objects: ObjectStore) -> None:
    writing = objects.create(KEY)
    writer = await writing.__aenter__()  # not left while it is looked for, as if its process had been killed
    await writer.write(b"x" * 9_000_000)
    assert await objects.remove_unfinished(datetime.now(UTC) + timedelta(minutes=5)) == 1
    assert await objects.remove_unfinished(datetime.now(UTC) + timedelta(minutes=5)) == 0
    assert await keys(objects) == []
    with suppress(Exception):  # the test closes what a killed process would not have closed
        await writing.__aexit__(RuntimeError, RuntimeError("gone"), None)
