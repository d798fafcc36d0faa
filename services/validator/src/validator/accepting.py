"""Decisions become rows: the columns' objects first, then verdicts, rows and events in one transaction."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from operator import itemgetter
from typing import Any, Final

from records.ingest_api.events import DocumentReceivedV1
from records.ingest_api.tables import Document
from records.validator import writes
from records.validator.ephemeris_writes import Accepted, add_ephemerides, tell_ephemeris
from records.validator.foreign_cdms import tell_foreign_cdms
from servicekit.bus import Batch, Delivery
from servicekit.context import Context
from servicekit.store import UnitOfWork
from validator.asking import Asked
from validator.at_once import at_once
from validator.cdms.accepting import add_cdms, put_cdms
from validator.maneuvers import maneuver_ids
from validator.measuring import decided
from validator.question import Decision

__all__ = ["record"]

_WRITTEN_AT_ONCE: Final = 4


async def record(
    ctx: Context, batch: Batch[DocumentReceivedV1], asked: Asked, decisions: Mapping[str, Decision]
) -> None:
    """Store what was extracted of documents, then the decisions with everything that follows from them.

    Each document of a batch is as if it came alone, in the order of their events.
    """
    await at_once(_WRITTEN_AT_ONCE, lambda each: ctx.objects.put(*each), _objects(decisions.values()))
    cdms = {key: (asked.documents[key], each.cdm) for key, each in decisions.items() if each.cdm is not None}
    await put_cdms(ctx, cdms.values())
    verdicts = {key: _verdict(each) for key, each in decisions.items()}
    async with batch.transaction() as (unit, fresh):
        wanted = {each.event.document_id: verdicts[each.event.document_id] for each in fresh}
        new = await writes.add_verdicts(unit, wanted)
        first = _first_of_each(fresh, new)
        accepted = {key: _accepted(asked.documents[key], decisions[key]) for key in first}
        ephemerides = {key: each for key, each in accepted.items() if each is not None}
        messages = await add_cdms(unit, [cdms[key] for key in first if key in cdms], is_replay=ctx.replay)
        gave_way = dict(zip(ephemerides, await add_ephemerides(unit, [*ephemerides.values()]), strict=True))
        for key, delivery in first.items():
            with delivery.about():
                await writes.tell_verdict(unit, asked.documents[key], verdicts[key])
                if key in ephemerides:
                    await tell_ephemeris(unit, ephemerides[key], gave_way[key])
                if key in messages:
                    await tell_foreign_cdms(unit, key, messages[key])
                await _add_catalogue(unit, asked.documents[key], decisions[key])
        await _add_maneuvers(unit, [(first[key], asked.documents[key], decisions[key]) for key in first])
    for key in first:
        decided(ctx, asked.documents[key], decisions[key].verdict, decisions[key].kind)


def _first_of_each(
    fresh: tuple[Delivery[DocumentReceivedV1], ...], document_ids: set[str]
) -> dict[str, Delivery[DocumentReceivedV1]]:
    """The delivery that brings a document its verdict: a document may have two events in one batch."""
    first: dict[str, Delivery[DocumentReceivedV1]] = {}
    for delivery in fresh:
        if delivery.event.document_id in document_ids:
            first.setdefault(delivery.event.document_id, delivery)
    return first


async def _add_catalogue(unit: UnitOfWork, document: Document, decision: Decision) -> None:
    """Add the catalogue that was made of a document."""
    if decision.catalogue is not None:
        values = asdict(decision.catalogue) | {"columns_key": _catalogue_key(decision.catalogue.id)}
        await writes.add_catalogue(unit, document, _without(values, "columns"))


async def _add_maneuvers(
    unit: UnitOfWork, given: Iterable[tuple[Delivery[DocumentReceivedV1], Document, Decision]]
) -> None:
    """Add the maneuvers that documents tell of, in the order of their identifiers, in which everybody locks them."""
    wanted = [
        (maneuver_id, delivery, document, maneuver)
        for delivery, document, decision in given
        for maneuver_id, maneuver in zip(
            maneuver_ids(document.organization_id, document.id, decision.maneuvers), decision.maneuvers, strict=True
        )
    ]
    for maneuver_id, delivery, document, maneuver in sorted(wanted, key=itemgetter(0)):
        with delivery.about():
            await writes.add_maneuver(unit, document, maneuver_id, asdict(maneuver))


def _objects(decisions: Iterable[Decision]) -> Iterator[tuple[str, bytes]]:
    """The objects that were extracted: key, and bytes."""
    for decision in decisions:
        if decision.ephemeris is not None:
            yield _ephemeris_key(decision.ephemeris.id), decision.ephemeris.columns
        if decision.catalogue is not None:
            yield _catalogue_key(decision.catalogue.id), decision.catalogue.columns


def _verdict(decision: Decision) -> dict[str, Any]:
    return {
        "verdict": decision.verdict,
        "kind": decision.kind,
        "format": decision.format,
        "version": decision.version,
        "profile": decision.profile,
        "norad_cat_id": decision.norad_cat_id,
        "findings": decision.findings,
        "findings_omitted": decision.findings_omitted,
        "error_count": decision.error_count,
        "warning_count": decision.warning_count,
    }


def _accepted(document: Document, decision: Decision) -> Accepted | None:
    facts = decision.ephemeris
    if facts is None:
        return None
    values = asdict(facts) | {"columns_key": _ephemeris_key(facts.id), "international_designator": facts.object_id}
    return Accepted(document, _without(values, "columns", "object_id"))


def _ephemeris_key(ephemeris_id: str) -> str:
    return f"ephemerides/{ephemeris_id}.npz"


def _catalogue_key(catalogue_id: str) -> str:
    return f"catalogues/{catalogue_id}.npz"


def _without(values: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in names}
