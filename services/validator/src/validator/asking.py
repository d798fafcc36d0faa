"""What the service knows about documents before their bytes are read."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal, cast
from weakref import WeakKeyDictionary

from records.ingest_api.events import PAGE
from records.ingest_api.tables import Document
from records.validator import reads
from records.validator.designators import KnownDesignators
from records.validator.reads import Received, SatelliteNumbers
from servicekit.context import Context
from servicekit.store import Store
from validator.question import Limits, Question
from validator.settings import ValidatorSettings

__all__ = ["Asked", "ask"]

_known: WeakKeyDictionary[Store, KnownDesignators] = WeakKeyDictionary()
"""What was read from each database; a process has one."""


@dataclass(frozen=True)
class Asked:
    """Documents that have no verdict yet, and what is asked about each; of pages there is only said which they are."""

    documents: Mapping[str, Document]
    questions: Mapping[str, Question]
    designators: KnownDesignators
    pages: frozenset[str] = frozenset()


async def ask(ctx: Context, document_ids: Collection[str], settings: ValidatorSettings) -> Asked:
    """Return what is asked about documents; those that have their verdict are left out.

    Raises
    ------
    LookupError
        One of them is not there.
    """
    designators = _known.setdefault(ctx.store, KnownDesignators())
    behind, count = designators.recorded()
    async with ctx.store.look() as session:
        received, recorded = await reads.received(session, document_ids, count)
    if gone := [each for each in document_ids if each not in received]:
        raise LookupError(f"events name documents that are not there: {', '.join(gone)}")
    undecided = {key: each for key, each in received.items() if not each.is_decided}
    pages = frozenset(key for key, each in undecided.items() if each.document.purpose == PAGE)
    open_ = {key: each for key, each in undecided.items() if key not in pages}
    organizations = {each.document.organization_id for each in open_.values()}
    if not organizations:
        return Asked({}, {}, designators, pages)
    async with ctx.store.look() as session:
        numbers = await reads.satellite_numbers(session, sorted(organizations))
    if not designators.is_up_to_date(behind, recorded):
        async with ctx.store.read() as session:
            await designators.bring_up_to_date(session)
    of_organization = {each: designators.of(own) for each, own in numbers.own.items()}
    return Asked(
        documents={key: each.document for key, each in open_.items()},
        questions={
            key: _question(each, numbers, of_organization[each.document.organization_id], settings)
            for key, each in open_.items()
        },
        designators=designators,
        pages=pages,
    )


def _question(
    received: Received, numbers: SatelliteNumbers, designators: Mapping[str, int], settings: ValidatorSettings
) -> Question:
    """Return what is asked; the profile is the request's, else the organization's, else the default."""
    document = received.document
    return Question(
        document_id=document.id,
        file_name=document.file_name,
        sha256=document.sha256,
        received_at=document.received_at,
        purpose=cast("Literal['operator', 'catalogue']", document.purpose),
        profile=document.requested_profile or received.default_profile or settings.default_profile,
        requested_norad_cat_id=document.requested_norad_cat_id,
        requested_designation=document.requested_designation,
        own=numbers.own[document.organization_id],
        registered=numbers.nine_digits,
        designators=designators,
        limits=Limits(
            unpacked_max_bytes=settings.unpacked_max_bytes,
            unpacked_max_ratio=settings.unpacked_max_ratio,
            refused_share=settings.refused_share,
        ),
        organization_id=document.organization_id,
        service_level="basic" if received.service_level == "basic" else "advanced",
    )
