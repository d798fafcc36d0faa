"""The texts of a page's messages lie in one object, and each is read alone."""

from hashlib import sha256
from pathlib import Path

import pytest

from records.screening.cdm_texts import own_key, read_cdm_text, text_object, text_page
from servicekit.objects import DirectoryObjects, InvalidKey, ObjectDamaged, ObjectNotFound

DOCUMENT = "0192f0c4-0000-7000-8000-000000000000"
TEXTS = [b"CCSDS_CDM_VERS = 1.0\nfirst\n", b"CCSDS_CDM_VERS = 1.0\nthe second\n", b"third\n"]


def digest(text: bytes) -> str:
    return sha256(text).hexdigest()


@pytest.fixture
def objects(tmp_path: Path) -> DirectoryObjects:
    return DirectoryObjects(tmp_path)


async def test_each_message_of_a_page_is_read_as_it_was_written(objects: DirectoryObjects):
    page = text_page(DOCUMENT, TEXTS)
    await objects.put(page.key, page.content)
    assert [
        await read_cdm_text(objects, key, digest(text)) for key, text in zip(page.object_keys, TEXTS, strict=True)
    ] == TEXTS


async def test_a_message_with_an_object_of_its_own_is_read_whole(objects: DirectoryObjects):
    key = own_key("018f", digest(b"alone"))
    await objects.put(key, b"alone")
    assert await read_cdm_text(objects, key, digest(b"alone")) == b"alone"


def test_the_key_of_a_page_tells_whose_it_is_and_what_it_holds():
    page = text_page(DOCUMENT, TEXTS)
    assert page.key.startswith(f"cdm-pages/{DOCUMENT}/")
    assert page == text_page(DOCUMENT, TEXTS)
    assert page.key != text_page(DOCUMENT, TEXTS[:2]).key
    assert {text_object(key)[0] for key in page.object_keys} == {page.key}


async def test_who_does_not_know_of_pages_gets_nothing_of_other_messages(objects: DirectoryObjects):
    page = text_page(DOCUMENT, TEXTS)
    await objects.put(page.key, page.content)
    with pytest.raises(InvalidKey):
        await objects.get(page.object_keys[0])


async def test_a_page_that_is_gone_is_not_found(objects: DirectoryObjects):
    with pytest.raises(ObjectNotFound):
        await read_cdm_text(objects, text_page(DOCUMENT, TEXTS).object_keys[1], digest(TEXTS[1]))


@pytest.mark.parametrize("held", [TEXTS[0] + TEXTS[1][:-1], TEXTS[0], b"x" * len(b"".join(TEXTS))])
async def test_a_page_that_lost_or_changed_bytes_gives_no_text(objects: DirectoryObjects, held: bytes):
    page = text_page(DOCUMENT, TEXTS)
    await objects.put(page.key, held)
    with pytest.raises(ObjectDamaged, match="cdm-pages/"):
        await read_cdm_text(objects, page.object_keys[1], digest(TEXTS[1]))


async def test_a_message_of_its_own_that_was_cut_gives_no_text(objects: DirectoryObjects):
    key = own_key("018f", digest(b"alone"))
    await objects.put(key, b"alo")
    with pytest.raises(ObjectDamaged):
        await read_cdm_text(objects, key, digest(b"alone"))


def test_the_longest_key_fits_into_its_column():
    (key,) = text_page(DOCUMENT, [b""]).object_keys
    assert len(key.partition("#")[0]) + len("#999999999+999999") <= 200
