"""Objects in a bucket, beyond what every store promises: large ones, ones that are given up, a service that is away."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.adapters import OBJECT_STORES
from support.seaweedfs import s3_service

from servicekit.errors import InvalidSettings, Unavailable
from servicekit.objects import ObjectStore
from servicekit.objects.s3 import PART_BYTES, S3Objects, open_s3_objects
from servicekit.settings import S3Settings

KEY = "documents/large"


@pytest.fixture
async def bucket(tmp_path: Path) -> AsyncIterator[ObjectStore]:
    async with OBJECT_STORES["s3"](tmp_path) as objects:
        yield objects


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
