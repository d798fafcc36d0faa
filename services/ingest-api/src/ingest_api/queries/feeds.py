"""What is connected outside, and how each ephemeris stands on its way there."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import Field

from ingest_api.parameters import TextFilter, caller, known_parameters_only, viewer_of
from records.identity.permissions import Permission
from records.spacetrack_gateway.reads import feeds, submissions
from servicekit.auth import Principal
from servicekit.http import ContextDep, Page, PageDep, ResponseModel, UtcTimestamp, raises
from servicekit.http.pages import InvalidCursor

__all__ = ["router"]

router = APIRouter(prefix="/v1", dependencies=[Depends(known_parameters_only)], tags=["Space-Track"])

Reader = Annotated[Principal, caller(Permission.FEEDS_READ)]


class FeedOut(ResponseModel):
    """A source or sink outside."""

    name: str
    state: str = Field(description="`not-configured`, `working` or `failing`.")
    missing: list[dict[str, Any]] = Field(description="What is missing, and who must do what.")
    checked_at: UtcTimestamp
    row_version: int


class SubmissionOut(ResponseModel):
    """An ephemeris on its way to Space-Track."""

    id: str
    ephemeris_id: str
    organization_id: str
    state: str = Field(description="`held`: nothing leaves until every reason is gone.")
    reasons: list[dict[str, Any]]
    created_at: UtcTimestamp
    updated_at: UtcTimestamp
    row_version: int


@router.get("/feeds")
async def list_feeds(context: ContextDep, _principal: Reader) -> Page[FeedOut]:
    """List what is connected outside, and how it stands."""
    async with context.store.read() as session:
        rows = await feeds(session)
    return Page(items=[FeedOut.model_validate(row) for row in rows])


@router.get("/submissions", responses=raises(InvalidCursor))
async def list_submissions(
    context: ContextDep, principal: Reader, page: PageDep, state: TextFilter = None
) -> Page[SubmissionOut]:
    """List ephemerides on their way to Space-Track, the newest first."""
    async with context.store.read() as session:
        rows = await submissions(
            session, viewer_of(principal), state=state, after=page.after(datetime, str), limit=page.limit + 1
        )
    return page.page(rows, SubmissionOut.model_validate, lambda row: (row.created_at, row.id))
