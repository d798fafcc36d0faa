"""Messages that come as files or in pages: each row names a text that is its own."""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from support import rows
from support.embedded import NOON, MovableClock
from support.spacetrack import sample_cdm
from typing_extensions import override

import ccsds
from records.identity.tables import Organization
from records.ingest_api.events import PAGE, CdmPageReceivedV1, DocumentReceivedV1
from records.ingest_api.tables import Document
from records.screening.cdm_texts import read_cdm_text
from records.screening.tables import Cdm
from records.validator.tables import Verdict
from servicekit.bus import Batch, Delivery
from servicekit.context import Context
from servicekit.ids import new_id
from servicekit.objects import DirectoryObjects
from servicekit.store.plumbing import AuditEntry, OutboxRow
from validator.handlers.cdm_pages import on_cdm_page_received
from validator.handlers.documents import on_documents_received
from validator.reconciling import DECIDE, DECIDE_PAGE, reconcile


class _Overtaken(DirectoryObjects):
    """Objects where somebody else comes in between when the first text of a message has been written."""

    meanwhile: Callable[[], Awaitable[None]] | None = None

    @override
    async def put(self, key: str, *given: Any, **named: Any) -> None:
        await super().put(key, *given, **named)
        if key.startswith("cdms/") and self.meanwhile is not None:
            meanwhile, self.meanwhile = self.meanwhile, None
            await meanwhile()


@pytest.fixture
async def owner(either: Context) -> Organization:
    """An organization with the primary of the sample messages."""
    organization = rows.organization()
    await rows.add(either.store, organization, rows.satellite(90001, organization))
    return organization


async def _received(context: Context, owner: Organization, content: bytes, **values: Any) -> Document:
    sha256 = hashlib.sha256(content).hexdigest()
    document = rows.document(owner, f"{sha256[:8]}.cdm", sha256=sha256, size_bytes=len(content), **values)
    await context.objects.put(document.object_key, content)
    await rows.add(context.store, document)
    return document


async def test_of_two_texts_of_one_message_at_one_moment_the_one_that_stands_is_whole(
    either: Context, owner: Organization, tmp_path: Path
):
    messages = [sample_cdm(creation_date=NOON - timedelta(days=day), message_id="one") for day in (1, 2)]
    slow, quick = [await _received(either, owner, ccsds.write(each, "xml")) for each in messages]
    objects = _Overtaken(tmp_path / "objects")
    context = replace(either, objects=objects)

    async def decide(document: Document) -> None:
        event = DocumentReceivedV1(document_id=document.id)
        await on_documents_received(context, Batch((Delivery(event, new_id(), DECIDE, 1, context.store),)))

    objects.meanwhile = lambda: decide(quick)
    await decide(slow)

    async with either.store.read() as session:
        cdm = (await session.scalars(select(Cdm))).one()
        conflicts = await session.scalars(select(AuditEntry).where(AuditEntry.action == "cdm.conflict"))
        assert [each.detail["document_id"] for each in conflicts] == [slow.id]
    assert cdm.document_id == quick.id
    assert await read_cdm_text(either.objects, cdm.object_key, cdm.content_sha256) == ccsds.write(messages[1], "kvn")


async def test_a_page_that_has_its_verdict_is_not_read_again(either: Context, owner: Organization):
    page = await _received(either, owner, b"[]", purpose=PAGE)
    delivery = Delivery(CdmPageReceivedV1(document_id=page.id), new_id(), DECIDE_PAGE, 1, either.store)
    await on_cdm_page_received(either, delivery)
    await either.objects.delete(page.object_key)
    await on_cdm_page_received(either, replace(delivery, event_id=new_id()))
    async with either.store.read() as session:
        assert (await session.scalars(select(Verdict))).one().document_id == page.id


async def test_a_page_that_is_not_there_raises(either: Context):
    gone = new_id()
    with pytest.raises(LookupError, match=gone):
        await on_cdm_page_received(
            either, Delivery(CdmPageReceivedV1(document_id=gone), new_id(), DECIDE_PAGE, 1, either.store)
        )


async def test_an_event_of_an_earlier_release_that_names_a_page_is_passed_on(either: Context, owner: Organization):
    page = await _received(either, owner, b"[]", purpose=PAGE)
    delivery = Delivery(DocumentReceivedV1(document_id=page.id), new_id(), DECIDE, 1, either.store)
    for _ in range(2):
        await on_documents_received(either, Batch((delivery,)))
    async with either.store.read() as session:
        assert (await session.scalars(select(Verdict))).all() == []
        (event,) = await session.scalars(select(OutboxRow))
    assert (event.topic, event.payload) == ("cdm-page.received.v1", {"document_id": page.id})


async def test_pages_and_files_are_brought_up_each_by_its_own_event(embedded: Context):
    owner = rows.organization()
    await rows.add(embedded.store, owner)
    page, file = [await _received(embedded, owner, each.encode(), purpose=each) for each in (PAGE, "operator")]
    assert isinstance(embedded.clock, MovableClock)
    embedded.clock.put_forward(timedelta(hours=1))
    await reconcile(embedded)
    async with embedded.store.read() as session:
        emitted = {each.topic: each.payload["document_id"] for each in await session.scalars(select(OutboxRow))}
    assert emitted == {"cdm-page.received.v1": page.id, "document.received.v1": file.id}
