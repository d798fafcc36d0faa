"""What is connected outside, and how each ephemeris stands on its way there."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import RedirectResponse
from pydantic import Field

from ingest_api.parameters import Identifier, TextFilter, caller, viewer_of
from records.identity.permissions import Permission
from records.spacetrack_gateway.reads import feeds, submissions
from servicekit.auth import Principal
from servicekit.http import ContextDep, Page, PageDep, ResponseModel, UtcTimestamp, known_parameters_only, raises
from servicekit.http.pages import InvalidCursor

__all__ = ["router"]

router = APIRouter(prefix="/v1", dependencies=[Depends(known_parameters_only)], tags=["Space-Track"])

Reader = Annotated[Principal, caller(Permission.FEEDS_READ)]


class FeedOut(ResponseModel):
    """A source or sink outside."""

    name: str
    state: str = Field(description="`not-configured`, `working` or `failing`.")
    state_since: UtcTimestamp
    missing: list[dict[str, Any]] = Field(description="What is missing, and who must do what.")
    detail: dict[str, Any] = Field(description="In numbers: accounts, their remaining budget, what was done last.")
    checked_at: UtcTimestamp
    row_version: int


class SubmissionOut(ResponseModel):
    """An ephemeris or a maneuver notification on its way to Space-Track."""

    id: str
    kind: str = Field(description="`ephemeris` or `maneuver`.")
    document_id: str
    ephemeris_id: str | None
    organization_id: str
    designation: str
    state: str = Field(
        description="`held` (nothing leaves until every reason is gone), `queued`, `sent` (handed over, not proven), "
        "`present` (read back and equal), `screened`, `not-screened`, `failed`, `superseded`, `withdrawn`, "
        "`deleting`, `deleted`."
    )
    reasons: list[dict[str, Any]]
    remote_name: str | None = Field(description="The name under which it is sent.")
    remote_file_id: int | None = Field(description="Its number at Space-Track, once it was found there.")
    attempts: int = Field(description="How often its bytes were handed over.")
    sent_at: UtcTimestamp | None
    present_at: UtcTimestamp | None
    result_at: UtcTimestamp | None
    result: dict[str, Any] = Field(description="What Space-Track said of its screening, and how many CDMs name it.")
    created_at: UtcTimestamp
    updated_at: UtcTimestamp
    row_version: int


@router.get("/feeds")
async def list_feeds(context: ContextDep, principal: Reader) -> Page[FeedOut]:
    """List what is connected outside, and how it stands."""
    async with context.store.read() as session:
        rows = await feeds(session, viewer_of(principal))
    return Page(items=[FeedOut.model_validate(row) for row in rows])


@router.get(
    "/organizations/{organization_id}/space-track", status_code=308, response_class=RedirectResponse, name="find_link"
)
async def find_link(_principal: Reader, organization_id: Identifier) -> RedirectResponse:
    """Find an organization's link to Space-Track, its checklist with it: it stands at the gateway's own address."""
    return RedirectResponse(f"/v1/space-track/organizations/{organization_id}", status_code=308)


@router.get("/submissions", responses=raises(InvalidCursor))
async def list_submissions(
    context: ContextDep, principal: Reader, page: PageDep, state: TextFilter = None
) -> Page[SubmissionOut]:
    """List ephemerides and maneuver notifications on their way to Space-Track, the newest first."""
    async with context.store.read() as session:
        rows = await submissions(
            session, viewer_of(principal), state=state, after=page.after(datetime, str), limit=page.limit + 1
        )
    return page.page(rows, SubmissionOut.model_validate, lambda row: (row.created_at, row.id))
