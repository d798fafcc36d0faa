"""Where the text of a conjunction data message lies: in an object of its own, or with the others of its page in one.

What comes in pages is stored in pages: an object for each message would cost more than all else that is done with it.
The key of a message in a page is the key of the page's object, ``#``, where its text begins, ``+``, and how long it is
(bytes). No object store takes such a key, so that whoever does not know of pages gets nothing, never other messages.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from servicekit.objects import ObjectDamaged, ObjectStore

__all__ = ["PAGES", "TextPage", "own_key", "read_cdm_text", "text_object", "text_page"]

PAGES: Final = "cdm-pages/"
"""The keys of pages begin so, followed by the document that the page is."""
_IN_PAGE: Final = re.compile(r"(?P<key>[^#]+)#(?P<start>[0-9]+)\+(?P<length>[0-9]+)")


@dataclass(frozen=True)
class TextPage:
    """The texts of a page in one object, and the key of each message in it.

    Attributes
    ----------
    key
        Of the object. It tells the content: another reading of the same document never changes what stands.
    content
        All texts, one behind the other.
    object_keys
        For each text, in their order, what its row names.
    """

    key: str
    content: bytes
    object_keys: tuple[str, ...]


def own_key(cdm_id: str, content_sha256: str) -> str:
    """Return the key of a message that has an object of its own. It tells the content, as that of a page does."""
    return f"cdms/{cdm_id}.{content_sha256[:32]}.kvn"


def text_page(document_id: str, texts: Sequence[bytes]) -> TextPage:
    """Put the texts of a document's messages into one object."""
    content = b"".join(texts)
    key = f"{PAGES}{document_id}/{sha256(content).hexdigest()[:32]}.kvn"
    keys: list[str] = []
    start = 0
    for text in texts:
        keys.append(f"{key}#{start}+{len(text)}")
        start += len(text)
    return TextPage(key, content, tuple(keys))


def text_object(object_key: str) -> tuple[str, int, int | None]:
    """Return the key of the object that holds a message's text, where it begins there and how long it is (bytes).

    The length is None where the object holds nothing else.
    """
    in_page = _IN_PAGE.fullmatch(object_key)
    if in_page is None:
        return object_key, 0, None
    return in_page["key"], int(in_page["start"]), int(in_page["length"])


async def read_cdm_text(objects: ObjectStore, object_key: str, content_sha256: str) -> bytes:
    """Return the text of a message by the key and the SHA-256 (hexadecimal) that its row names.

    Raises
    ------
    ObjectNotFound
        Its object is not there.
    ObjectDamaged
        What lies there is not this text.
    """
    key, start, length = text_object(object_key)
    text = await objects.get(key) if length is None else await objects.get_part(key, start, length)
    if sha256(text).hexdigest() != content_sha256:
        raise ObjectDamaged(f"The object {key} does not hold the message that was stored there")
    return text
