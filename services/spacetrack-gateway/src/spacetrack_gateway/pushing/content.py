"""The bytes that are sent: the document's own, or a copy of it in the form that Space-Track reads."""

import hashlib
from typing import Final

import ccsds
from records.ingest_api.tables import Document
from records.spacetrack_gateway.tables import Submission
from records.validator.tables import Verdict
from servicekit.context import Context
from servicekit.objects import ObjectNotFound
from servicekit.threads import in_thread
from spacetrack_gateway.pushing.fixed_point import without_exponents

__all__ = ["CannotPrepareError", "Prepared", "prepare"]

_AS_TEXT: Final = frozenset({"KVN", "TXT"})


class CannotPrepareError(Exception):
    """There are no bytes that could be sent."""


class Prepared:
    """What is sent, and the name under which."""

    def __init__(self, key: str, sha256: str, size: int, remote_name: str) -> None:
        self.key = key
        self.sha256 = sha256
        self.size = size
        self.remote_name = remote_name

    def as_columns(self) -> dict[str, object]:
        """Return the columns of the submission that say so."""
        return {
            "content_key": self.key,
            "content_sha256": self.sha256,
            "content_size": self.size,
            "remote_name": self.remote_name,
        }


async def prepare(ctx: Context, submission: Submission, organization_title: str) -> Prepared:
    """Make the bytes to be sent durable, where they are not the document's own.

    Raises
    ------
    CannotPrepareError
        The document's bytes are gone, or cannot be brought into the form.
    """
    async with ctx.store.read() as session:
        document = await session.get_one(Document, submission.document_id)
        verdict = await session.get_one(Verdict, submission.document_id)
    try:
        original = await ctx.objects.get(document.object_key)
    except ObjectNotFound:
        raise CannotPrepareError("its bytes are not kept any more") from None
    sent = await in_thread(_as_sent, original, verdict.format)
    name = submission.remote_name or _maneuver_name(organization_title, document)
    if sent is original or sent == original:
        return Prepared(document.object_key, document.sha256, document.size_bytes, name)
    key = f"submissions/{submission.id}.txt"
    await ctx.objects.put(key, sent, "text/plain")
    return Prepared(key, hashlib.sha256(sent).hexdigest(), len(sent), name)


def _as_sent(original: bytes, form: str) -> bytes:
    if form not in _AS_TEXT:
        try:
            original = ccsds.write(ccsds.read(original, profile="lenient"), "kvn")
        except ccsds.CcsdsError as error:
            raise CannotPrepareError(str(error)) from None
    return without_exponents(original)


def _maneuver_name(organization_title: str, document: Document) -> str:
    """Organization and a unique identifier; Space-Track gives the file its own name after that."""
    return f"{organization_title}_{document.id.replace('-', '')}.opm"
