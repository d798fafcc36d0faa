"""A decision becomes rows: the columns' object first, then verdict, row and events in one transaction."""

from dataclasses import asdict
from typing import Any

from records.ingest_api.events import DocumentReceivedV1
from records.ingest_api.tables import Document
from records.validator import writes
from servicekit.bus import Delivery
from servicekit.context import Context
from validator.cdms.accepting import add_cdms, put_cdms
from validator.maneuvers import maneuver_ids
from validator.measuring import decided
from validator.question import CatalogueFacts, Decision, EphemerisFacts

__all__ = ["record"]


async def record(ctx: Context, delivery: Delivery[DocumentReceivedV1], document: Document, decision: Decision) -> None:
    """Store what was extracted, then the decision with everything that follows from it."""
    ephemeris = None if decision.ephemeris is None else await _ephemeris(ctx, decision.ephemeris)
    catalogue = None if decision.catalogue is None else await _catalogue(ctx, decision.catalogue)
    if decision.cdm is not None:
        await put_cdms(ctx, [decision.cdm])
    async with delivery.transaction() as unit:
        if not await writes.add_verdict(unit, document, _verdict(decision)):
            return
        if ephemeris is not None:
            await writes.add_ephemeris(unit, document, ephemeris)
        if catalogue is not None:
            await writes.add_catalogue(unit, document, catalogue)
        if decision.cdm is not None:
            await add_cdms(unit, document, [decision.cdm], is_replay=ctx.replay)
        ids = maneuver_ids(document.organization_id, document.id, decision.maneuvers)
        for maneuver_id, maneuver in zip(ids, decision.maneuvers, strict=True):
            await writes.add_maneuver(unit, document, maneuver_id, asdict(maneuver))
    decided(ctx, document, decision.verdict, decision.kind)


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


async def _ephemeris(ctx: Context, facts: EphemerisFacts) -> dict[str, Any]:
    key = f"ephemerides/{facts.id}.npz"
    await ctx.objects.put(key, facts.columns)
    values = asdict(facts) | {"columns_key": key, "international_designator": facts.object_id}
    return _without(values, "columns", "object_id")


async def _catalogue(ctx: Context, facts: CatalogueFacts) -> dict[str, Any]:
    key = f"catalogues/{facts.id}.npz"
    await ctx.objects.put(key, facts.columns)
    return _without(asdict(facts) | {"columns_key": key}, "columns")


def _without(values: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in names}
