"""Maneuvers that operators told of, with their history and what they name."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from ingest_api.parameters import Identifier, NoradCatIdFilter, TimeFilter, caller, viewer_of
from ingest_api.queries.errors import ManeuverNotFound
from records.identity.permissions import Permission
from records.ingest_api.reads.maneuvers import ManeuverFilter, ephemeris_of, event_of, maneuver, maneuvers, notices
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

router = APIRouter(prefix="/v1/maneuvers", dependencies=[Depends(known_parameters_only)], tags=["Maneuvers"])

Reader = Annotated[Principal, caller(Permission.MANEUVERS_READ)]
Status = Literal["PREDICTED", "DETERMINED", "CANCELLED", "WITHDRAWN"]


class ManeuverSummary(ResponseModel):
    """A maneuver as its newest notification has it. Times are UTC."""

    id: str
    organization_id: str
    norad_cat_id: int
    man_id: str | None = Field(description="The operator's identifier: one is one maneuver of its satellite.")
    notified_at: UtcTimestamp = Field(description="CREATION_DATE of the newest notification.")
    is_public: bool = Field(description="Every operator may read it; otherwise its owner and analysts.")
    purpose: str = Field(description="USER_DEFINED_MAN_PURPOSE: `SK`, `COLA`, `DEORBIT`, …")
    status: str = Field(
        description="`PREDICTED`, `DETERMINED` or `CANCELLED`; `WITHDRAWN` where every notification was taken back."
    )
    epoch_ignition: UtcTimestamp
    duration_s: float = Field(description="0 is an impulsive maneuver.")
    delta_mass_kg: float | None
    ref_frame: str
    delta_v_km_s: list[float] = Field(description="Three components in `ref_frame`.")
    dv_overall_km_s: float = Field(description="As given, else computed of the components.")
    tca: UtcTimestamp | None = Field(description="Of the conjunction that it answers.")
    ephemeris_name: str | None = Field(description="File name of the ephemeris that contains it.")
    accepted_at: UtcTimestamp


class ManeuverNoticeOut(ResponseModel):
    """What one notification said of a maneuver."""

    document_id: str
    notified_at: UtcTimestamp
    status: str
    said: dict[str, Any]
    accepted_at: UtcTimestamp


class ManeuverOut(ManeuverSummary):
    """A maneuver with its history, and the ephemeris and the event that it names, where the caller may see them."""

    ephemeris_id: str | None = None
    conjunction_id: str | None = None
    history: list[ManeuverNoticeOut] = Field(default_factory=list, description="The first notification first.")


@router.get("", responses=raises(InvalidCursor))
async def list_maneuvers(
    context: ContextDep,
    principal: Reader,
    page: PageDep,
    norad_cat_id: NoradCatIdFilter = None,
    status: Status | None = None,
    purpose: str | None = None,
    not_before: TimeFilter = None,
) -> Page[ManeuverSummary]:
    """List maneuvers, the latest ignition first."""
    which = ManeuverFilter(norad_cat_id=norad_cat_id, status=status, purpose=purpose, not_before=not_before)
    async with context.store.read() as session:
        rows = await maneuvers(
            session, viewer_of(principal), which=which, after=page.after(datetime, str), limit=page.limit + 1
        )
    return page.page(rows, ManeuverSummary.model_validate, lambda row: (row.epoch_ignition, row.id))


@router.get("/{maneuver_id}", response_model=ManeuverOut, responses={**NOT_MODIFIED, **raises(ManeuverNotFound)})
async def get_maneuver(request: Request, context: ContextDep, principal: Reader, maneuver_id: Identifier) -> Response:
    """Show one maneuver with its history."""
    viewer = viewer_of(principal)
    async with context.store.read() as session:
        row = await maneuver(session, viewer, maneuver_id)
        if row is None:
            raise ManeuverNotFound(f"There is no maneuver {maneuver_id}")
        history = await notices(session, row)
        ephemeris = await ephemeris_of(session, viewer, row)
        event = await event_of(session, viewer, row)
    found = ManeuverOut(
        **ManeuverSummary.model_validate(row).model_dump(),
        ephemeris_id=None if ephemeris is None else ephemeris.id,
        conjunction_id=None if event is None else event.id,
        history=[ManeuverNoticeOut.model_validate(each) for each in history],
    )
    return tagged_answer(request, found)
