"""Catalogues that were accepted."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from ingest_api.parameters import Identifier, caller
from ingest_api.queries.errors import CatalogueNotFound
from records.identity.permissions import Permission
from records.ingest_api.reads.accepted import catalogue, catalogues
from servicekit.auth import Principal
from servicekit.http import (
    NOT_MODIFIED,
    ContextDep,
    Page,
    PageDep,
    ResponseModel,
    UtcTimestamp,
    known_parameters_only,
    raises,
    tagged_answer,
)
from servicekit.http.pages import InvalidCursor

__all__ = ["router"]

router = APIRouter(prefix="/v1/catalogues", dependencies=[Depends(known_parameters_only)], tags=["Catalogues"])

Reader = Annotated[Principal, caller(Permission.CATALOGUES_READ)]


class CatalogueOut(ResponseModel):
    """A set of elements that screening can use. The newest is the one that it does use."""

    id: str
    document_id: str
    label: str
    is_synthetic: bool = Field(description="Made by a generator; nothing in it exists.")
    object_count: int
    refused_count: int = Field(description="Element sets that could not be used.")
    oldest_epoch: UtcTimestamp
    newest_epoch: UtcTimestamp
    accepted_at: UtcTimestamp


@router.get("", responses=raises(InvalidCursor))
async def list_catalogues(context: ContextDep, _principal: Reader, page: PageDep) -> Page[CatalogueOut]:
    """List catalogues, the newest first."""
    async with context.store.read() as session:
        rows = await catalogues(session, after=page.after(datetime, str), limit=page.limit + 1)
    return page.page(rows, CatalogueOut.model_validate, lambda row: (row.accepted_at, row.id))


@router.get("/{catalogue_id}", response_model=CatalogueOut, responses={**NOT_MODIFIED, **raises(CatalogueNotFound)})
async def get_catalogue(
    request: Request, context: ContextDep, _principal: Reader, catalogue_id: Identifier
) -> Response:
    """Show one catalogue."""
    async with context.store.read() as session:
        row = await catalogue(session, catalogue_id)
    if row is None:
        raise CatalogueNotFound(f"There is no catalogue {catalogue_id}")
    return tagged_answer(request, CatalogueOut.model_validate(row))
