"""A page of messages is decided on: the object of their KVN first, then verdict, rows and event in one transaction.

The keys of texts tell their content, so that to write one again changes nothing but its age, which keeps it from the
sweep of what no row names.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from records.identity.tables import Organization
from records.ingest_api.events import CdmPageReceivedV1
from records.ingest_api.tables import Document, Satellite
from records.spacetrack_gateway.reads import pulled_rows
from records.validator import writes
from records.validator.foreign_cdms import Added, add_foreign_cdms, tell_foreign_cdms
from servicekit.bus import Delivery
from servicekit.context import Context
from servicekit.store import UnitOfWork
from servicekit.threads import in_thread
from validator.cdms.facts import CdmFacts, Recipient
from validator.cdms.page import PageDecision, PageQuestion, decide_page
from validator.measuring import decided

__all__ = ["add_cdms", "decide_and_record_page", "put_cdms"]

_TEXT: Final = "text/plain"
_MOST_IN_A_QUERY: Final = 500


async def decide_and_record_page(
    ctx: Context, delivery: Delivery[CdmPageReceivedV1], document: Document, *, child_above_bytes: int
) -> None:
    """Read a page, a large one in the parsing child, and record its messages."""
    async with ctx.store.read() as session:
        question = await _question(session, document)
    async with ctx.objects.local_file(document.object_key) as file:
        if document.size_bytes > child_above_bytes:
            decision = await ctx.parsing.run(decide_page, str(file), question)
        else:
            decision = await in_thread(decide_page, str(file), question)
    if decision.texts is not None:
        await ctx.objects.put(decision.texts.key, decision.texts.content, _TEXT)
    verdict = _verdict(decision)
    async with delivery.transaction() as unit:
        if not await writes.add_verdict(unit, document, verdict):
            return
        added = await add_cdms(unit, [(document, each) for each in decision.facts], is_replay=ctx.replay)
        await tell_foreign_cdms(unit, document.id, added.get(document.id, Added()))
    decided(ctx, document, verdict["verdict"], verdict["kind"])


async def put_cdms(ctx: Context, given: Iterable[tuple[Document, CdmFacts]]) -> None:
    """Write messages in KVN, each as an object of its own, unless its document holds just that."""
    for document, each in given:
        if each.kvn is not None and not _is_its_document(document, each):
            await ctx.objects.put(each.columns["object_key"], each.kvn, _TEXT)


def _is_its_document(document: Document, facts: CdmFacts) -> bool:
    """Whether a message's text is what was received, byte for byte, and so lies there already."""
    sha256: str = facts.columns["content_sha256"]
    return sha256 == document.sha256


async def add_cdms(
    unit: UnitOfWork, given: Sequence[tuple[Document, CdmFacts]], *, is_replay: bool
) -> dict[str, Added]:
    """Add the rows of messages, with the owners of their objects as they are now; return what became of them.

    Whoever calls this tells of each document's messages by `tell_foreign_cdms`.
    """
    owners = await _owners(unit.session, [each for _, each in given])
    rows = [
        each.columns
        | {
            "document_id": document.id,
            "organization_id_1": owners.get(each.norad_cat_id_1),
            "organization_id_2": owners.get(each.norad_cat_id_2),
            "is_replay": is_replay,
        }
        | ({"object_key": document.object_key} if _is_its_document(document, each) else {})
        for document, each in given
    ]
    return await add_foreign_cdms(unit, rows)


async def _question(session: AsyncSession, document: Document) -> PageQuestion:
    levels = {row.id: row.service_level for row in await session.scalars(select(Organization))}
    rows = await pulled_rows(session, document.id)
    return PageQuestion(
        document_id=document.id,
        sha256=document.sha256,
        received_at=document.received_at,
        source=document.source,
        recipients=[
            Recipient(row.organization_id, "basic" if levels.get(row.organization_id or "") == "basic" else "advanced")
            for row in rows
        ],
    )


async def _owners(session: AsyncSession, facts: Sequence[CdmFacts]) -> dict[int, str | None]:
    numbers = sorted({number for each in facts for number in (each.norad_cat_id_1, each.norad_cat_id_2)})
    found: dict[int, str | None] = {}
    for begin in range(0, len(numbers), _MOST_IN_A_QUERY):
        some = numbers[begin : begin + _MOST_IN_A_QUERY]
        query = select(Satellite.norad_cat_id, Satellite.organization_id).where(Satellite.norad_cat_id.in_(some))
        found |= {number: owner for number, owner in await session.execute(query)}  # noqa: C416 - a row is no pair
    return found


def _verdict(decision: PageDecision) -> dict[str, Any]:
    return {
        "verdict": "valid" if decision.facts or not decision.not_kept else "invalid",
        "kind": "CDM",
        "format": "JSON",
        "version": None,
        "profile": decision.profile,
        "norad_cat_id": None,
        "findings": decision.findings,
        "findings_omitted": decision.not_kept - len(decision.findings),
        "error_count": 0 if decision.facts or not decision.not_kept else decision.not_kept,
        "warning_count": len(decision.findings),
    }
