"""Objects in a bucket of an S3 service: Amazon's, SeaweedFS, Ceph, MinIO, Garage.

An object appears whole or not at all: small ones by one PUT, larger ones as a multipart upload that is completed at the
end and aborted otherwise. Every PUT and every part carries its SHA-256, which the service checks before it answers.

A key that is written once is kept by a condition of the request. All services decide it in one step for a PUT, but not
all for the completion of a multipart upload (SeaweedFS 4.48 completes both of two at the same time). So a large object
is claimed before it is completed, by a small one with its SHA-256 that is PUT on that condition.
"""

import asyncio
import base64
import hashlib
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from aiobotocore.config import AioConfig
from aiobotocore.session import get_session
from botocore.exceptions import BotoCoreError, ClientError

from servicekit.errors import InvalidSettings, StorageFull, Unavailable
from servicekit.ids import new_id
from servicekit.objects.port import (
    CHUNK_BYTES,
    ObjectDamaged,
    ObjectExists,
    ObjectInfo,
    ObjectNotFound,
    check_key,
    whole_part,
)
from servicekit.settings import S3Settings
from servicekit.threads import in_thread

__all__ = ["S3Objects", "open_s3_objects"]

PART_BYTES = 8 * 1024 * 1024
"""At least 5 MiB by the protocol; 10,000 parts at most."""
_ABSENT = frozenset({"NoSuchKey", "NoSuchBucket", "404", "NotFound"})
_TAKEN = frozenset({"412", "PreconditionFailed", "ConditionalRequestConflict"})
_BEYOND = frozenset({"416", "InvalidRange", "RequestedRangeNotSatisfiable"})
_CLAIMS = "_claims/"
_IF_ABSENT = {"IfNoneMatch": "*"}
_LOOKS = 30
_BETWEEN_LOOKS_S = 0.1
_RETRY = {"Retry-After": "5"}
_FULL = frozenset({"507", "InsufficientStorage", "QuotaExceeded", "XMinioStorageFull", "EntityTooLarge"})


@asynccontextmanager
async def open_s3_objects(settings: S3Settings) -> AsyncIterator["S3Objects"]:
    """Give the store of a bucket, with its connections, as long as the block runs.

    Raises
    ------
    InvalidSettings
        No bucket is named.
    """
    if settings.bucket is None:
        raise InvalidSettings("FAIRWAY_S3__BUCKET names no bucket")
    config = AioConfig(
        connect_timeout=settings.connect_timeout_s,
        read_timeout=settings.timeout_s,
        max_pool_connections=settings.connections,
        parameter_validation=False,  # what is asked for is ours
        user_agent="fairway",  # the library's own is composed anew for each request
        retries={"max_attempts": settings.attempts, "mode": "standard"},
        s3={"addressing_style": "path" if settings.endpoint_url else "auto"},
    )
    secret = settings.secret_access_key
    async with get_session().create_client(
        "s3",
        region_name=settings.region,
        endpoint_url=settings.endpoint_url,
        aws_access_key_id=settings.access_key_id,
        aws_secret_access_key=None if secret is None else secret.get_secret_value(),
        config=config,
    ) as client:
        yield S3Objects(client, settings.bucket, encryption=settings.encryption, key_id=settings.encryption_key_id)


class S3Objects:
    """The object store of pods; any number of processes work on one bucket."""

    def __init__(self, client: Any, bucket: str, *, encryption: str | None = None, key_id: str | None = None) -> None:
        self._client = client
        self._bucket = bucket
        self._encryption: dict[str, str] = {}
        if encryption is not None:
            self._encryption["ServerSideEncryption"] = encryption
        if key_id is not None:
            self._encryption["SSEKMSKeyId"] = key_id

    async def make_bucket(self) -> bool:
        """Make the bucket if it is not there, and tell whether it had to be made."""
        with _errors(f"bucket {self._bucket}"):
            try:
                await self._client.head_bucket(Bucket=self._bucket)
            except ClientError as error:
                if _code(error) not in {"404", "NoSuchBucket", "NotFound"}:
                    raise
                await self._client.create_bucket(Bucket=self._bucket)
                return True
        return False

    @asynccontextmanager
    async def create(
        self, key: str, content_type: str = "application/octet-stream", *, once: bool = False
    ) -> AsyncIterator["_BucketWriter"]:
        """Write an object piece by piece; it is durable and visible when the block ends well, and gone otherwise."""
        common = {"Bucket": self._bucket, "Key": check_key(key)}
        writer = _BucketWriter(self._client, common, {"ContentType": content_type, **self._encryption})
        try:
            yield writer
            await (self._finish_once(writer) if once else writer.finish())
        except _KeyTaken:
            await asyncio.shield(writer.abort())
            if not await self._holds(key, writer):  # it may be what an attempt of ours wrote whose answer got lost
                raise ObjectExists(f"There is an object {key} already") from None
        except BaseException:
            await asyncio.shield(writer.abort())
            raise

    async def _finish_once(self, writer: "_BucketWriter") -> None:
        """Make an object visible unless there is one under its key."""
        if not writer.is_in_parts:
            await writer.finish(_IF_ABSENT)
            return
        claim = _CLAIMS + writer.key
        if not await self._claim(claim, writer.sha256.encode()):
            if await self.exists(writer.key):
                raise _KeyTaken
            raise ObjectExists(f"Another writer of object {writer.key} was first")
        try:
            await writer.finish(_IF_ABSENT)
        except _KeyTaken:
            await self._forget(claim)
            raise
        await self._forget(claim)

    async def _claim(self, claim: str, digest: bytes) -> bool:
        """Say whose bytes a key is going to hold; return False where somebody else has said so of other bytes."""
        said = _BucketWriter(self._client, {"Bucket": self._bucket, "Key": claim}, self._encryption)
        await said.write(digest)
        try:
            await said.finish(_IF_ABSENT)
        except _KeyTaken:
            with suppress(ObjectNotFound):  # another writer's was there and is not: it has finished, as will be seen
                return await self._is(claim, said)
        return True

    async def _forget(self, claim: str) -> None:
        """Remove a claim on a key that has its object; one that stays does no harm, and is removed with what is old."""
        with suppress(Unavailable):
            await self.delete(claim)

    async def _holds(self, key: str, written: "_BucketWriter") -> bool:
        """Whether an object is what was to be written. A key may be taken a moment before its object is seen."""
        for _ in range(_LOOKS):
            with suppress(ObjectNotFound):
                return await self._is(key, written)
            await asyncio.sleep(_BETWEEN_LOOKS_S)
        raise Unavailable(f"Another write of object {key} is under way")

    async def _is(self, key: str, written: "_BucketWriter") -> bool:
        if (await self.stat(key)).size != written.size:
            return False
        digest = hashlib.sha256()
        async for chunk in self.stream(key):
            digest.update(chunk)
        return digest.hexdigest() == written.sha256

    async def put(
        self, key: str, content: bytes, content_type: str = "application/octet-stream", *, once: bool = False
    ) -> None:
        """Write an object whole; it is durable on return."""
        async with self.create(key, content_type, once=once) as writer:
            await writer.write(content)

    async def get(self, key: str) -> bytes:
        """Return the bytes of an object, or raise ObjectNotFound."""
        return b"".join([chunk async for chunk in self.stream(key)])

    async def get_part(self, key: str, start: int, length: int) -> bytes:
        """Return some bytes of an object; or raise ObjectNotFound, or ObjectDamaged where it ends before."""
        places = f"bytes={start}-{start + length - 1}"
        with _errors(f"object {key}"):
            answer = await self._client.get_object(Bucket=self._bucket, Key=check_key(key), Range=places)
            async with answer["Body"] as body:
                part: bytes = await body.read()
        return whole_part(key, part, start, length)

    async def stream(self, key: str) -> AsyncIterator[bytes]:
        """Give the bytes of an object piece by piece, or raise ObjectNotFound at the first."""
        with _errors(f"object {key}"):
            answer = await self._client.get_object(Bucket=self._bucket, Key=check_key(key))
            async with answer["Body"] as body:
                while chunk := await body.read(CHUNK_BYTES):
                    yield chunk

    @asynccontextmanager
    async def local_file(self, key: str) -> AsyncIterator[Path]:
        """Give a copy of the object on this machine, to be read only, as long as the block runs."""
        with tempfile.TemporaryDirectory(prefix="fairway-object-") as folder:
            file = Path(folder) / "object"
            with file.open("wb") as out:
                async for chunk in self.stream(key):
                    await in_thread(out.write, chunk)
            yield file

    async def exists(self, key: str) -> bool:
        """Whether there is an object under `key`."""
        try:
            await self.stat(key)
        except ObjectNotFound:
            return False
        return True

    async def stat(self, key: str) -> ObjectInfo:
        """Return size and time of an object, or raise ObjectNotFound."""
        with _errors(f"object {key}"):
            answer = await self._client.head_object(Bucket=self._bucket, Key=check_key(key))
        return ObjectInfo(key, answer["ContentLength"], answer["LastModified"].astimezone(UTC))

    async def list(self, prefix: str = "") -> AsyncIterator[ObjectInfo]:
        """Give every object whose key begins with `prefix`, in the order of the keys."""
        if prefix.startswith("/") or ".." in prefix.split("/"):
            return
        with _errors(f"objects {prefix}"):
            pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix)
            async for page in pages:
                for entry in page.get("Contents", ()):
                    yield ObjectInfo(entry["Key"], entry["Size"], entry["LastModified"].astimezone(UTC))

    async def delete(self, key: str) -> None:
        """Remove an object; it is no error if there is none."""
        with _errors(f"object {key}"):
            await self._client.delete_object(Bucket=self._bucket, Key=check_key(key))

    async def remove_unfinished(self, before: datetime) -> int:
        """Abort the multipart uploads of writers that are gone, begun before a time; return how many there were.

        Their claims are removed as well.
        """
        aborted = 0
        async for claim in self.list(_CLAIMS):
            if claim.modified_at < before:
                await self.delete(claim.key)
        with _errors(f"unfinished uploads of {self._bucket}"):
            pages = self._client.get_paginator("list_multipart_uploads").paginate(Bucket=self._bucket)
            async for page in pages:
                for upload in page.get("Uploads", ()):
                    if upload["Initiated"] < before:
                        name = {"Bucket": self._bucket, "Key": upload["Key"], "UploadId": upload["UploadId"]}
                        await self._client.abort_multipart_upload(**name)
                        aborted += 1
        return aborted

    async def clock(self) -> datetime:
        """Return the time of the service, to the second, or raise ObjectNotFound where there is no such bucket."""
        with _errors(f"bucket {self._bucket}"):
            answer = await self._client.head_bucket(Bucket=self._bucket)
        return parsedate_to_datetime(answer["ResponseMetadata"]["HTTPHeaders"]["date"])

    async def check(self) -> None:
        """Show that objects can be written now, or raise."""
        key = f"_check/{new_id()}"
        await self.put(key, b"\0")
        await self.delete(key)


class _BucketWriter:
    """The part of the port that `create` gives: what fits into one part is sent by one PUT."""

    def __init__(self, client: Any, common: dict[str, str], headers: dict[str, str]) -> None:
        self.key = common["Key"]
        self._client = client
        self._common = common
        self._headers = headers
        self._hash = hashlib.sha256()
        self._size = 0
        self._pending = bytearray()
        self._upload: str | None = None
        self._parts: list[dict[str, Any]] = []

    @property
    def size(self) -> int:
        return self._size

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    async def write(self, chunk: bytes) -> None:
        self._hash.update(chunk)
        self._size += len(chunk)
        self._pending += chunk
        while len(self._pending) > PART_BYTES:
            part = bytes(self._pending[:PART_BYTES])
            del self._pending[:PART_BYTES]
            await self._send_part(part)

    @property
    def is_in_parts(self) -> bool:
        """Whether it has become a multipart upload."""
        return self._upload is not None

    async def finish(self, condition: Mapping[str, str] = MappingProxyType({})) -> None:
        """Make the object visible."""
        rest = bytes(self._pending)
        with _errors(f"object {self.key}"):
            if self._upload is None:
                checksum = base64.b64encode(self._hash.digest()).decode()
                await self._client.put_object(
                    **self._common, **self._headers, Body=rest, ChecksumSHA256=checksum, **condition
                )
                return
            await self._send_part(rest)
            await self._client.complete_multipart_upload(
                **self._common, UploadId=self._upload, MultipartUpload={"Parts": self._parts}, **condition
            )
            self._upload = None

    async def abort(self) -> None:
        """Leave nothing behind. What can't be aborted now is removed by the bucket's lifecycle rule."""
        if self._upload is not None:
            upload, self._upload = self._upload, None
            try:
                await self._client.abort_multipart_upload(**self._common, UploadId=upload)
            except (BotoCoreError, ClientError):
                return

    async def _send_part(self, content: bytes) -> None:
        with _errors(f"object {self.key}"):
            if self._upload is None:
                answer = await self._client.create_multipart_upload(
                    **self._common, **self._headers, ChecksumAlgorithm="SHA256"
                )
                self._upload = answer["UploadId"]
            number, checksum = len(self._parts) + 1, _sha256(content)
            sent = await self._client.upload_part(
                **self._common, UploadId=self._upload, PartNumber=number, Body=content, ChecksumSHA256=checksum
            )
            self._parts.append({"PartNumber": number, "ETag": sent["ETag"], "ChecksumSHA256": checksum})


class _KeyTaken(Exception):
    pass


def _sha256(content: bytes) -> str:
    return base64.b64encode(hashlib.sha256(content).digest()).decode()


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


@contextmanager
def _errors(what: str) -> Iterator[None]:
    """What a service answers, as this product's errors."""
    try:
        yield
    except ClientError as error:
        code = _code(error)
        if code in _ABSENT:
            raise ObjectNotFound(f"There is no {what}") from None
        if code in _BEYOND:
            raise ObjectDamaged(f"The {what} ends before what was asked for") from None
        if code in _TAKEN:
            raise _KeyTaken from None
        status = str(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", ""))
        if code in _FULL or status in _FULL:
            raise StorageFull(f"No room for {what}: {code}") from error
        raise Unavailable(f"The object store refused {what}: {code}", headers=_RETRY) from error
    except (BotoCoreError, OSError) as error:
        raise Unavailable(
            f"The object store does not answer for {what}: {type(error).__name__}", headers=_RETRY
        ) from error
