"""Ephemerides that were accepted."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from ingest_api.parameters import Identifier, NoradCatIdFilter, TimeFilter, caller, viewer_of
from ingest_api.queries.errors import EphemerisNotFound
from records.identity.permissions import Permission
from records.ingest_api.reads.accepted import EphemerisFilter, ephemerides, ephemeris
from records.spacetrack_gateway.reads import submission_of_ephemeris
from records.validator.tables import Ephemeris
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

router = APIRouter(prefix="/v1/ephemerides", dependencies=[Depends(known_parameters_only)], tags=["Ephemerides"])

Reader = Annotated[Principal, caller(Permission.EPHEMERIDES_READ)]


class SubmissionState(ResponseModel):
    """How the ephemeris stands on its way to Space-Track."""

    id: str
    state: str = Field(description="`held`: nothing leaves until every reason is gone.")
    reasons: list[dict[str, Any]]


class EphemerisSummary(ResponseModel):
    """An accepted ephemeris; several segments are one, from the earliest start to the latest stop, in UTC."""

    id: str
    document_id: str
    organization_id: str
    norad_cat_id: int
    designation: str = Field(description="`operational` or `special`.")
    is_active: bool = Field(description="Current: neither withdrawn nor superseded.")
    superseded_by: str | None
    withdrawn_at: UtcTimestamp | None
    file_name: str
    creation_date: UtcTimestamp
    originator: str
    object_name: str
    international_designator: str = Field(description="OBJECT_ID as given.")
    ref_frame: str
    time_system: str
    center_name: str
    start_time: UtcTimestamp
    stop_time: UtcTimestamp
    state_count: int
    segment_count: int
    has_covariance: bool
    accepted_at: UtcTimestamp


class EphemerisOut(EphemerisSummary):
    """An accepted ephemeris, and how it stands on its way to Space-Track."""

    submission: SubmissionState | None = None


@router.get("", responses=raises(InvalidCursor))
async def list_ephemerides(
    context: ContextDep,
    principal: Reader,
    page: PageDep,
    norad_cat_id: NoradCatIdFilter = None,
    designation: Literal["operational", "special"] | None = None,
    is_active: Annotated[bool | None, Query(description="Current: neither withdrawn nor superseded.")] = None,
    covers: TimeFilter = None,
) -> Page[EphemerisSummary]:
    """List accepted ephemerides, the newest first."""
    which = EphemerisFilter(norad_cat_id=norad_cat_id, designation=designation, is_active=is_active, covers=covers)
    async with context.store.read() as session:
        rows = await ephemerides(
            session, viewer_of(principal), which=which, after=page.after(datetime, str), limit=page.limit + 1
        )
    return page.page(rows, EphemerisSummary.model_validate, _key)


def _key(row: Ephemeris) -> tuple[datetime, str]:
    return row.accepted_at, row.id


@router.get("/{ephemeris_id}", response_model=EphemerisOut, responses={**NOT_MODIFIED, **raises(EphemerisNotFound)})
async def get_ephemeris(request: Request, context: ContextDep, principal: Reader, ephemeris_id: Identifier) -> Response:
    """Show one accepted ephemeris. Its bytes are those of its document."""
    viewer = viewer_of(principal)
    async with context.store.read() as session:
        row = await ephemeris(session, viewer, ephemeris_id)
        submission = None if row is None else await submission_of_ephemeris(session, ephemeris_id, viewer)
    if row is None:
        raise EphemerisNotFound(f"There is no ephemeris {ephemeris_id}")
    state = None if submission is None else SubmissionState.model_validate(submission)
    found = EphemerisOut(**EphemerisSummary.model_validate(row).model_dump(), submission=state)
    return tagged_answer(request, found)
