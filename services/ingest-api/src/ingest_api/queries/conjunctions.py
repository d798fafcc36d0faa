"""Conjunction events and their messages."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from ingest_api.parameters import (
    Identifier,
    NoradCatIdFilter,
    TimeFilter,
    caller,
    viewer_of,
    within,
)
from ingest_api.queries.cdms import CdmOut
from ingest_api.queries.errors import ConjunctionNotFound
from records.identity.permissions import Permission
from records.screening.reads import CdmFilter, ConjunctionFilter, cdms, conjunction, conjunctions
from records.screening.tables import ConjunctionEvent
from servicekit.auth import Principal
from servicekit.context import Context
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

router = APIRouter(prefix="/v1/conjunctions", dependencies=[Depends(known_parameters_only)], tags=["Conjunctions"])

Reader = Annotated[Principal, caller(Permission.CONJUNCTIONS_READ)]
Level = Literal["none", "reportable", "unquantified", "emergency"]
State = Literal["active", "superseded", "mitigated", "passed"]


class ConjunctionOut(ResponseModel):
    """All messages about one passage of one pair; the figures are those of the latest message."""

    id: str
    norad_cat_id_low: int
    norad_cat_id_high: int
    object_name_low: str
    object_name_high: str
    organization_id_low: str | None
    organization_id_high: str | None
    state: str = Field(description="`active`, `superseded`, `mitigated` or `passed`.")
    redirect_to: str | None = Field(description="After a merge: the event that goes on.")
    level: str = Field(description="`none`, `reportable`, `unquantified` or `emergency`.")
    tca: UtcTimestamp
    miss_distance_m: float
    relative_speed_m_s: float
    collision_probability: float | None = Field(description="Null: it could not be computed; never 0 for that.")
    maximum_probability: float | None = Field(description="A bound, no probability.")
    worst_probability: float | None = Field(description="The greatest probability of any message.")
    smallest_miss_distance_m: float
    cdm_count: int
    latest_cdm_id: str
    created_at: UtcTimestamp
    updated_at: UtcTimestamp
    is_replay: bool
    row_version: int


class HistoryEntry(ResponseModel):
    """What one message said."""

    model_config = ConfigDict(extra="allow", frozen=True)

    creation_date: UtcTimestamp
    tca: UtcTimestamp
    miss_distance_m: float
    collision_probability: float | None = None
    maximum_probability: float | None = None
    level: str | None = None


class HistoryOut(ResponseModel):
    """How an event has changed, the oldest message first."""

    event_id: str
    items: list[HistoryEntry]


@router.get("", responses=raises(InvalidCursor))
async def list_conjunctions(
    context: ContextDep,
    principal: Reader,
    page: PageDep,
    norad_cat_id: NoradCatIdFilter = None,
    tca_from: TimeFilter = None,
    tca_to: TimeFilter = None,
    minimum_probability: Annotated[
        float | None,
        Query(ge=0, le=1, allow_inf_nan=False, description="An event without a probability meets no minimum."),
    ] = None,
    maximum_miss_distance_m: Annotated[float | None, Query(ge=0, le=1e9, allow_inf_nan=False)] = None,
    state: State | None = None,
    level: Level | None = None,
) -> Page[ConjunctionOut]:
    """List conjunction events by TCA: those that one of the caller's satellites is in, or all for staff."""
    within(tca_from, tca_to)
    which = ConjunctionFilter(
        norad_cat_id=norad_cat_id,
        tca_from=tca_from,
        tca_to=tca_to,
        minimum_probability=minimum_probability,
        maximum_miss_distance_m=maximum_miss_distance_m,
        state=state,
        level=level,
    )
    async with context.store.read() as session:
        rows = await conjunctions(
            session, viewer_of(principal), which=which, after=page.after(datetime, str), limit=page.limit + 1
        )
    return page.page(rows, ConjunctionOut.model_validate, lambda row: (row.tca, row.id))


@router.get("/{event_id}", response_model=ConjunctionOut, responses={**NOT_MODIFIED, **raises(ConjunctionNotFound)})
async def get_conjunction(request: Request, context: ContextDep, principal: Reader, event_id: Identifier) -> Response:
    """Show one event. After a merge `redirect_to` names the event that goes on."""
    return tagged_answer(request, ConjunctionOut.model_validate(await _found(context, principal, event_id)))


@router.get("/{event_id}/cdms", responses=raises(ConjunctionNotFound, InvalidCursor))
async def list_conjunction_cdms(
    context: ContextDep, principal: Reader, event_id: Identifier, page: PageDep
) -> Page[CdmOut]:
    """List the messages of an event, the newest first."""
    await _found(context, principal, event_id)
    async with context.store.read() as session:
        rows = await cdms(
            session,
            viewer_of(principal),
            which=CdmFilter(event_id=event_id),
            after=page.after(datetime, str),
            limit=page.limit + 1,
        )
    return page.page(rows, CdmOut.model_validate, lambda row: (row.creation_date, row.id))


@router.get("/{event_id}/history", responses=raises(ConjunctionNotFound))
async def get_conjunction_history(context: ContextDep, principal: Reader, event_id: Identifier) -> HistoryOut:
    """Show how an event has changed from message to message."""
    row = await _found(context, principal, event_id)
    entries: list[dict[str, Any]] = row.history
    return HistoryOut(event_id=event_id, items=[HistoryEntry.model_validate(entry) for entry in entries])


async def _found(context: Context, principal: Principal, event_id: str) -> ConjunctionEvent:
    async with context.store.read() as session:
        row = await conjunction(session, event_id, viewer_of(principal))
    if row is None:
        raise ConjunctionNotFound(f"There is no conjunction event {event_id}")
    return row
