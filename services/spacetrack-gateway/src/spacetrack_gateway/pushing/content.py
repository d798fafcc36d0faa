"""The bytes that are sent: the document's own, or a copy of it in the form that Space-Track reads."""

import tempfile
from pathlib import Path
from typing import Final

import ccsds
from records.ingest_api.tables import Document
from records.spacetrack_gateway.tables import Submission
from records.validator.tables import Verdict
from servicekit.context import Context
from servicekit.objects import ObjectNotFound
from servicekit.threads import in_thread
from spacetrack_gateway.pushing.fixed_point import copy_without_exponents

__all__ = ["CannotPrepareError", "Prepared", "prepare"]

_AS_TEXT: Final = frozenset({"KVN", "TXT"})
_CHUNK_BYTES: Final = 256 * 1024
_CHILD_ABOVE_BYTES: Final = 4 * 1024 * 1024


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
    name = submission.remote_name or _maneuver_name(organization_title, document)
    with tempfile.TemporaryDirectory(prefix="fairway-push-") as folder:
        text, sent = Path(folder, "text"), Path(folder, "sent")
        try:
            async with ctx.objects.local_file(document.object_key) as original:
                if verdict.format in _AS_TEXT:
                    is_changed = await in_thread(_write_fixed, original, sent)
                else:
                    await _write_as_text(ctx, original, text, document.size_bytes)
                    await in_thread(_write_fixed, text, sent)
                    is_changed = True
        except ObjectNotFound:
            raise CannotPrepareError("its bytes are not kept any more") from None
        if not is_changed:
            return Prepared(document.object_key, document.sha256, document.size_bytes, name)
        key = f"submissions/{submission.id}.txt"
        async with ctx.objects.create(key, "text/plain") as writer:
            file = await in_thread(sent.open, "rb")
            with file:
                while chunk := await in_thread(file.read, _CHUNK_BYTES):
                    await writer.write(chunk)
    return Prepared(key, writer.sha256, writer.size, name)


def _write_fixed(original: Path, sent: Path) -> bool:
    with original.open("rb") as source, sent.open("wb") as target:
        return copy_without_exponents(source, target)


async def _write_as_text(ctx: Context, original: Path, text: Path, size_bytes: int) -> None:
    """Bring XML or JSON into KVN; a long file in the parsing child, which takes the memory that this needs."""
    if size_bytes > _CHILD_ABOVE_BYTES:
        error = await ctx.parsing.run(_write_kvn, str(original), str(text))
    else:
        error = await in_thread(_write_kvn, str(original), str(text))
    if error is not None:
        raise CannotPrepareError(error)


def _write_kvn(original: str, text: str) -> str | None:
    """Write a message in KVN; return why that cannot be."""
    try:
        Path(text).write_bytes(ccsds.write(ccsds.read(Path(original).read_bytes(), profile="lenient"), "kvn"))
    except ccsds.CcsdsError as error:
        return str(error)
    return None


def _maneuver_name(organization_title: str, document: Document) -> str:
    """Organization and a unique identifier; Space-Track gives the file its own name after that."""
    return f"{organization_title}_{document.id.replace('-', '')}.opm"
