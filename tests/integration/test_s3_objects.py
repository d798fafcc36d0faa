"""Objects in a bucket, beyond what every store promises: large ones, ones that are given up, a service that is away."""

import asyncio
import json
import urllib.request
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from support.adapters import OBJECT_STORES
from support.seaweedfs import s3_service

from local_parts.seaweedfs import VOLUMES, SeaweedFS
from servicekit.errors import InvalidSettings, Unavailable
from servicekit.objects import ObjectStore
from servicekit.objects.port import ObjectExists
from servicekit.objects.s3 import PART_BYTES, S3Objects, open_s3_objects
from servicekit.settings import S3Settings

KEY = "documents/large"


@pytest.fixture
async def bucket(tmp_path: Path) -> AsyncIterator[ObjectStore]:
    async with OBJECT_STORES["s3"](tmp_path) as objects:
        yield objects


def test_the_service_that_is_started_here_has_room_for_many_buckets_however_full_the_disk_is(tmp_path: Path) -> None:
    server = SeaweedFS(tmp_path)
    server.start()
    try:
        with urllib.request.urlopen(f"{server.master_address}/dir/status", timeout=60) as answer:
            volumes = json.load(answer)["Topology"]["Max"]
    finally:
        server.kill()
    assert volumes == VOLUMES


@pytest.mark.parametrize("size", [PART_BYTES, PART_BYTES + 1, 3 * PART_BYTES + 17])
async def test_what_is_larger_than_a_part_arrives_whole(bucket: ObjectStore, size: int) -> None:
    piece = bytes(range(256)) * 4001
    async with bucket.create(KEY) as writer:
        left = size
        while left:
            await writer.write(piece[:left])
            left -= len(piece[:left])
    assert (await bucket.stat(KEY)).size == writer.size == size
    content = await bucket.get(KEY)
    assert (len(content), content[: len(piece)]) == (size, piece)


async def test_a_large_object_that_is_given_up_leaves_nothing(bucket: S3Objects) -> None:
    with pytest.raises(RuntimeError, match="given up"):
        async with bucket.create(KEY) as writer:
            await writer.write(b"x" * (2 * PART_BYTES + 1))
            raise RuntimeError("given up")
    assert not await bucket.exists(KEY)
    uploads = await bucket._client.list_multipart_uploads(Bucket=bucket._bucket)
    assert uploads.get("Uploads", []) == []


def damaging(bucket: S3Objects, operation: str) -> Callable[[], None]:
    """Have a byte of every body change after its SHA-256 was taken; what is given ends that."""

    def damage(params: dict[str, Any], **_: object) -> None:
        body = bytearray(params["Body"])
        body[len(body) // 2] ^= 1
        params["Body"] = bytes(body)

    events, name = bucket._client.meta.events, f"before-parameter-build.s3.{operation}"
    events.register(name, damage)
    return lambda: events.unregister(name, damage)


@pytest.mark.parametrize(
    ("operation", "size"),
    [("PutObject", 1000), ("UploadPart", 2 * PART_BYTES + 1)],
    ids=["one request", "parts"],
)
async def test_bytes_that_do_not_match_their_sha256_are_refused(bucket: S3Objects, operation: str, size: int) -> None:
    repaired = damaging(bucket, operation)
    with pytest.raises(Unavailable, match=r"refused object documents/large: .*(Digest|Checksum)"):
        await bucket.put(KEY, b"x" * size)
    assert await left(bucket) == []
    repaired()
    await bucket.put(KEY, b"x" * size)
    assert (await bucket.stat(KEY)).size == size


LARGE = [bytes([number]) * (PART_BYTES + 1) for number in range(2)]


async def written_at_once(bucket: S3Objects, contents: Sequence[bytes]) -> list[type[BaseException] | None]:
    """Write several objects once under one key, and finish all at the same time. Return what each writer was told."""
    all_wrote = asyncio.Barrier(len(contents))

    async def write(content: bytes) -> None:
        async with bucket.create(KEY, once=True) as writer:
            await writer.write(content)
            await all_wrote.wait()

    told = await asyncio.gather(*(write(content) for content in contents), return_exceptions=True)
    return [None if each is None else type(each) for each in told]


async def left(bucket: S3Objects) -> list[str]:
    """Return what is in the bucket, unfinished uploads too."""
    uploads = await bucket._client.list_multipart_uploads(Bucket=bucket._bucket)
    return [info.key async for info in bucket.list()] + [each["Key"] for each in uploads.get("Uploads", [])]


async def test_of_two_writers_of_a_large_object_that_is_written_once_one_wins_and_the_other_is_told(
    bucket: S3Objects,
) -> None:
    for _ in range(8):  # where a service completes both, it does so in a third of the cases
        told = await written_at_once(bucket, LARGE)
        assert sorted(told, key=str) == [ObjectExists, None]
        assert await bucket.get(KEY) == LARGE[told.index(None)]
        assert await left(bucket) == [KEY]
        with pytest.raises(ObjectExists):
            await bucket.put(KEY, LARGE[told.index(ObjectExists)], once=True)
        await bucket.delete(KEY)


async def test_writers_of_the_same_large_object_are_all_told_that_it_is_there(bucket: S3Objects) -> None:
    assert await written_at_once(bucket, [LARGE[0]] * 3) == [None] * 3
    await bucket.put(KEY, LARGE[0], once=True)
    assert await bucket.get(KEY) == LARGE[0]
    assert await left(bucket) == [KEY]


async def test_a_large_object_whose_writer_died_before_its_completion_is_written_by_its_next_try(
    bucket: S3Objects,
) -> None:
    def refuse(**_: object) -> None:
        raise ConnectionError("the process dies here")

    events, completion = bucket._client.meta.events, "before-call.s3.CompleteMultipartUpload"
    events.register(completion, refuse)
    with pytest.raises(Unavailable):
        await bucket.put(KEY, LARGE[0], once=True)
    events.unregister(completion, refuse)
    with pytest.raises(ObjectExists, match="Another writer of object documents/large was first"):
        await bucket.put(KEY, LARGE[1], once=True)
    await bucket.put(KEY, LARGE[0], once=True)
    assert await left(bucket) == [KEY]


async def test_a_claim_of_a_writer_that_never_came_back_is_removed_with_what_is_unfinished(bucket: S3Objects) -> None:
    await bucket.put(f"_claims/{KEY}", b"somebody's", once=True)
    await bucket.remove_unfinished(await bucket.clock() - timedelta(hours=1))
    with pytest.raises(ObjectExists):
        await bucket.put(KEY, LARGE[0], once=True)
    await bucket.remove_unfinished(await bucket.clock() + timedelta(minutes=1))
    await bucket.put(KEY, LARGE[0], once=True)
    assert await left(bucket) == [KEY]


def with_encryption(bucket: S3Objects, encryption: str) -> S3Settings:
    service = s3_service()
    return S3Settings(
        bucket=bucket._bucket,
        endpoint_url=service.url,
        access_key_id=service.access_key_id,
        secret_access_key=service.secret_access_key,
        encryption=encryption,
        attempts=1,
    )


@pytest.mark.parametrize("size", [140, PART_BYTES + 1], ids=["one request", "parts"])
async def test_objects_are_encrypted_by_the_service_where_that_is_asked_for(bucket: S3Objects, size: int) -> None:
    async with open_s3_objects(with_encryption(bucket, "AES256")) as objects:
        await objects.put(KEY, b"x" * size)
        assert (await objects._client.head_object(Bucket=bucket._bucket, Key=KEY))["ServerSideEncryption"] == "AES256"
        assert await objects.get(KEY) == b"x" * size


async def test_an_encryption_that_the_service_cannot_do_is_refused_and_nothing_is_kept_in_the_clear(
    bucket: S3Objects,
) -> None:
    async with open_s3_objects(with_encryption(bucket, "aws:kms")) as objects:  # there is no service of keys here
        with pytest.raises(Unavailable, match="refused object documents/large"):
            await objects.put(KEY, b"x")
    assert not await bucket.exists(KEY)


async def test_the_clock_of_the_service_is_told(bucket: S3Objects) -> None:
    assert abs(await bucket.clock() - datetime.now(UTC)) < timedelta(minutes=5)


async def test_a_bucket_that_is_there_is_not_made_again(bucket: S3Objects) -> None:
    assert await bucket.make_bucket() is False


async def test_a_service_that_does_not_answer_is_said_without_its_secret() -> None:
    settings = S3Settings(
        bucket="fairway",
        endpoint_url="http://127.0.0.1:9",
        access_key_id="who",
        secret_access_key="a secret",
        attempts=1,
        timeout_s=1,
    )
    async with open_s3_objects(settings) as objects:
        with pytest.raises(Unavailable, match="object store does not answer for object documents/large") as caught:
            await objects.get(KEY)
    assert "a secret" not in f"{caught.value!r} {settings!r}"


async def test_wrong_credentials_are_refused(bucket: S3Objects) -> None:
    settings = S3Settings(
        bucket=bucket._bucket,
        endpoint_url=str(bucket._client.meta.endpoint_url),
        access_key_id="nobody",
        secret_access_key="wrong",
    )
    async with open_s3_objects(settings) as objects:
        with pytest.raises(Unavailable, match="refused"):
            await objects.check()


async def test_a_store_needs_a_bucket() -> None:
    with pytest.raises(InvalidSettings, match="FAIRWAY_S3__BUCKET"):
        async with open_s3_objects(S3Settings()):
            pass
