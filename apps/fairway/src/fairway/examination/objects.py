"""The object store: bucket there, objects written once, read, removed; its clock."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from fairway.errors import one_line
from fairway.examination.report import Examination, bad, good
from fairway.examination.skew import compared

if TYPE_CHECKING:
    from servicekit.objects.s3 import S3Objects
    from servicekit.settings import Settings

__all__ = ["objects"]

_PATIENCE_S = 5.0
_CREDENTIALS = frozenset(
    {"InvalidAccessKeyId", "SignatureDoesNotMatch", "AccessDenied", "403", "Forbidden", "InvalidToken", "ExpiredToken"}
)
_CREDENTIALS_REMEDY = (
    "check FAIRWAY_S3__ACCESS_KEY_ID and FAIRWAY_S3__SECRET_ACCESS_KEY, and what they may do in the bucket: "
    "get, put, delete and list objects, abort multipart uploads"
)
_HEADER_RESOLUTION = timedelta(seconds=1)


async def objects(settings: "Settings") -> list[Examination]:
    """Write, read and remove an object in the bucket."""
    from servicekit.errors import StorageFull, Unavailable
    from servicekit.objects import ObjectNotFound
    from servicekit.objects.s3 import open_s3_objects

    s3 = settings.s3
    if s3.bucket is None:
        return [good("objects", "files of the data folder")]
    impatient = s3.model_copy(update={"timeout_s": min(s3.timeout_s, _PATIENCE_S), "attempts": 1})
    try:
        async with open_s3_objects(impatient) as bucket:
            return await _used(bucket, s3.bucket)
    except ObjectNotFound:
        return [bad("objects", f"there is no bucket {s3.bucket}", "make it, or check FAIRWAY_S3__BUCKET")]
    except StorageFull as error:
        return [bad("objects", error.detail, "make room in the object store")]
    except Unavailable as error:
        return [bad("objects", error.detail, _remedy(error))]
    except ValueError as error:  # botocore's word on an address
        return [bad("objects", one_line(error), "check FAIRWAY_S3__ENDPOINT_URL")]


async def _used(bucket: "S3Objects", name: str) -> list[Examination]:
    from servicekit.ids import new_id
    from servicekit.objects import ObjectExists

    theirs, ours = await bucket.clock(), datetime.now(UTC)
    key = f"_check/{new_id()}"
    content = key.encode()
    try:
        await bucket.put(key, content, once=True)
        if await bucket.get(key) != content:
            return [bad("objects", f"what {name} gives is not what was put", "use another object store")]
        try:
            await bucket.put(key, b"another", once=True)
        except ObjectExists:
            found = f"the bucket {name} is written, read and cleared; keys are written once"
            return [good("objects", found), compared("object store", theirs, ours, _HEADER_RESOLUTION)]
        return [
            bad(
                "objects",
                f"the service of {name} ignores If-None-Match: an object was replaced that is written once",
                "use an object store that knows conditional writes",
            )
        ]
    finally:
        await bucket.delete(key)


def _remedy(error: Exception) -> str:
    answer = getattr(error.__cause__, "response", {})
    code = str(answer.get("Error", {}).get("Code", ""))
    if code in _CREDENTIALS:
        return _CREDENTIALS_REMEDY
    if code == "RequestTimeTooSkewed":
        return "set the machine's clock: the object store refuses what is signed at another time"
    if "Credentials" in type(error.__cause__).__name__:
        return "name FAIRWAY_S3__ACCESS_KEY_ID and FAIRWAY_S3__SECRET_ACCESS_KEY, or give the process a role"
    if code:
        return "see what the object store says of it; FAIRWAY_S3__ENCRYPTION may ask for what it cannot do"
    return "check FAIRWAY_S3__ENDPOINT_URL, and that the object store runs"
