"""Pairs of objects that stay together and are left out of screening: docked, or the same thing listed twice."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import ConfigDict, Field
from sqlalchemy import select
from starlette.responses import Response

from ingest_api.administration.errors import KnownPairNotFound
from ingest_api.parameters import Identifier, NoradCatIdFilter, caller
from records.identity.permissions import Permission
from records.ingest_api.reads.known_pairs import known_pairs
from records.ingest_api.tables import KnownPair
from records.ingest_api.writes import add_known_pair, remove_known_pair
from servicekit.auth import Principal
from servicekit.errors import InvalidRequest
from servicekit.http import (
    ContextDep,
    Page,
    PageDep,
    RequestModel,
    ResponseModel,
    UtcTimestamp,
    known_parameters_only,
    raises,
)
from servicekit.http.pages import InvalidCursor

__all__ = ["router"]

router = APIRouter(prefix="/v1/known-pairs", dependencies=[Depends(known_parameters_only)], tags=["Screenings"])

Reader = Annotated[Principal, caller(Permission.SCREENINGS_READ)]
Keeper = Annotated[Principal, caller(Permission.KNOWN_PAIRS_WRITE)]
NoradCatId = Annotated[int, Field(ge=1, le=999_999_999)]


class KnownPairIn(RequestModel):
    """Two objects, and why they are not to be screened against each other."""

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        frozen=True,
        json_schema_extra={"examples": [{"norad_cat_id_1": 25544, "norad_cat_id_2": 49044, "reason": "docked"}]},
    )

    norad_cat_id_1: NoradCatId
    norad_cat_id_2: NoradCatId
    reason: Annotated[str, Field(min_length=1, max_length=200)]


class KnownPairOut(ResponseModel):
    """A pair that is left out of every screening planned since it was added."""

    id: str
    norad_cat_id_1: int = Field(validation_alias="norad_cat_id_low", description="The smaller number.")
    norad_cat_id_2: int = Field(validation_alias="norad_cat_id_high")
    reason: str
    added_by: str
    added_at: UtcTimestamp


@router.get("", responses=raises(InvalidCursor))
async def list_known_pairs(
    context: ContextDep, _principal: Reader, page: PageDep, norad_cat_id: NoradCatIdFilter = None
) -> Page[KnownPairOut]:
    """List the pairs that screening leaves out, by catalogue number."""
    async with context.store.read() as session:
        rows = await known_pairs(session, norad_cat_id=norad_cat_id, after=page.after(int, int), limit=page.limit + 1)
    return page.page(rows, KnownPairOut.model_validate, lambda row: (row.norad_cat_id_low, row.norad_cat_id_high))


@router.post("", status_code=201, responses=raises(InvalidRequest))
async def create_known_pair(context: ContextDep, principal: Keeper, given: KnownPairIn) -> KnownPairOut:
    """Leave a pair out of the screenings to come. Those that are planned already keep it."""
    low, high = sorted((given.norad_cat_id_1, given.norad_cat_id_2))
    if low == high:
        raise InvalidRequest(f"{low} twice is no pair")
    async with context.store.write(principal.actor) as unit:
        return KnownPairOut.model_validate(await add_known_pair(unit, low, high, given.reason))


@router.delete("/{known_pair_id}", status_code=204, responses=raises(KnownPairNotFound))
async def delete_known_pair(context: ContextDep, principal: Keeper, known_pair_id: Identifier) -> Response:
    """Screen a pair again from the next screening on."""
    async with context.store.write(principal.actor) as unit:
        query = select(KnownPair).where(KnownPair.id == known_pair_id, KnownPair.removed_at.is_(None))
        row = (await unit.session.scalars(query)).one_or_none()
        if row is None:
            raise KnownPairNotFound(f"There is no known pair {known_pair_id}")
        await remove_known_pair(unit, row)
    return Response(status_code=204)
