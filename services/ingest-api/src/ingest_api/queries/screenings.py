"""Screenings: asking for one, following it, and reading what it found and what it could not screen."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from ingest_api.administration.errors import SatelliteNotFound
from ingest_api.negotiation import preferred
from ingest_api.parameters import (
    Identifier,
    IdentifierFilter,
    NoradCatIdFilter,
    TextFilter,
    caller,
    viewer_of,
)
from ingest_api.queries.approaches import approach_csv, approach_out, approach_page
from ingest_api.queries.errors import EphemerisNotFound, ScreeningNotFound, ScreeningRequestInvalid
from ingest_api.queries.screening_models import (
    ApproachOut,
    CoverageExceptionOut,
    CoverageOut,
    ScreeningOut,
    ScreeningRequestIn,
)
from ingest_api.queries.screening_requests import check_request, request_screening, requested_screening
from records.identity.permissions import Permission
from records.identity.visibility import Viewer
from records.screening.reads import RunFilter, coverage_exceptions, run, runs
from servicekit.auth import Principal
from servicekit.context import Context
from servicekit.http import (
    NOT_MODIFIED,
    ContextDep,
    IdempotencyDep,
    Page,
    PageDep,
    ServerSentEvent,
    event_stream,
    fingerprint,
    json_answer,
    known_parameters_only,
    raises,
    tagged_answer,
)
from servicekit.http.idempotency import IdempotencyKeyInUse, IdempotencyKeyReused
from servicekit.http.pages import InvalidCursor
from servicekit.ids import new_id

__all__ = ["progress_of", "router"]

router = APIRouter(prefix="/v1/screenings", dependencies=[Depends(known_parameters_only)], tags=["Screenings"])

Reader = Annotated[Principal, caller(Permission.SCREENINGS_READ)]
Asker = Annotated[Principal, caller(Permission.SCREENINGS_WRITE)]
MissFilter = Annotated[float | None, Query(ge=0, le=1e9, allow_inf_nan=False, description="At most so far apart.")]

CSV = "text/csv"
_PAUSE_S = 0.25


@router.post(
    "",
    status_code=202,
    response_model=None,
    responses={
        202: {"model": ScreeningOut, "description": "Asked for; follow `Location`."},
        **raises(
            EphemerisNotFound, SatelliteNotFound, ScreeningRequestInvalid, IdempotencyKeyReused, IdempotencyKeyInUse
        ),
    },
)
async def create_screening(
    context: ContextDep, principal: Asker, idempotency: IdempotencyDep, asked: ScreeningRequestIn
) -> Response:
    """Ask for a screening. Operators screen their own ephemerides and satellites, staff everything.

    What can only be found out when the run is planned (an object that the catalogue does not have, no catalogue at
    all) makes the run `refused`, with its reason.
    """
    request_hash = fingerprint(asked.model_dump_json())
    if (answer := await idempotency.answer(request_hash)) is not None:
        return answer
    organization_id = await check_request(context, principal, asked)
    run_id = new_id()
    async with context.store.write(principal.actor) as unit:
        stands = await request_screening(unit, run_id, asked, organization_id, is_replay=context.replay)
        response = json_answer(stands, 202, {"Location": f"/v1/screenings/{run_id}"})
        await idempotency.record(unit, request_hash, response)
    return response


@router.get("", responses=raises(InvalidCursor))
async def list_screenings(
    context: ContextDep,
    principal: Reader,
    page: PageDep,
    ephemeris_id: IdentifierFilter = None,
    norad_cat_id: NoradCatIdFilter = None,
    state: TextFilter = None,
    kind: TextFilter = None,
) -> Page[ScreeningOut]:
    """List screenings that have been planned, the newest first."""
    which = RunFilter(ephemeris_id=ephemeris_id, norad_cat_id=norad_cat_id, state=state, kind=kind)
    async with context.store.read() as session:
        rows = await runs(
            session, viewer_of(principal), which=which, after=page.after(datetime, str), limit=page.limit + 1
        )
    return page.page(rows, ScreeningOut.model_validate, lambda row: (row.requested_at, row.id))


@router.get("/{screening_id}", response_model=ScreeningOut, responses={**NOT_MODIFIED, **raises(ScreeningNotFound)})
async def get_screening(request: Request, context: ContextDep, principal: Reader, screening_id: Identifier) -> Response:
    """Show one screening: how far it is, and what it counted."""
    return tagged_answer(request, await _stands(context, viewer_of(principal), screening_id))


async def _stands(context: Context, viewer: Viewer, screening_id: str) -> ScreeningOut:
    async with context.store.read() as session:
        row = await run(session, screening_id, viewer)
    found = (
        await requested_screening(context, viewer, screening_id) if row is None else ScreeningOut.model_validate(row)
    )
    if found is None:
        raise ScreeningNotFound(f"There is no screening {screening_id}")
    return found


@router.get("/{screening_id}/coverage", responses=raises(ScreeningNotFound, InvalidCursor))
async def get_screening_coverage(
    context: ContextDep, principal: Reader, screening_id: Identifier, page: PageDep, reason: TextFilter = None
) -> CoverageOut:
    """Show what was covered, and page by page what was not screened and why."""
    stands = await _stands(context, viewer_of(principal), screening_id)
    after = page.after(int)
    async with context.store.read() as session:
        rows = await coverage_exceptions(
            session, screening_id, reason=reason, after=after[0] if after else None, limit=page.limit + 1
        )
    shown = page.page(rows, CoverageExceptionOut.model_validate, lambda row: (row.ordinal,))
    return CoverageOut(
        screening_id=screening_id,
        state=stands.state,
        start_time=stands.start_time,
        stop_time=stands.stop_time,
        object_count=stands.object_count,
        screened_count=stands.screened_count,
        not_screened_count=stands.not_screened_count,
        exception_counts=stands.exception_counts,
        known_pair_approach_count=stands.known_pair_approach_count,
        items=shown.items,
        next_cursor=shown.next_cursor,
    )


@router.get(
    "/{screening_id}/approaches",
    response_model=None,
    responses={
        200: {
            "model": Page[ApproachOut],
            "content": {CSV: {"schema": {"type": "string"}}},
            "description": "A page as JSON, or every approach as CSV with the columns of `fairway screen`.",
        },
        **raises(ScreeningNotFound, InvalidCursor),
    },
)
async def list_approaches(
    request: Request,
    context: ContextDep,
    principal: Reader,
    screening_id: Identifier,
    page: PageDep,
    norad_cat_id: NoradCatIdFilter = None,
    maximum_miss_distance_m: MissFilter = None,
) -> Page[ApproachOut] | Response:
    """List every approach of a screening by TCA; with `Accept: text/csv` all of them at once.

    A screening that is not completed has none yet.
    """
    viewer = viewer_of(principal)
    await _stands(context, viewer, screening_id)
    async with context.store.read() as session:
        row = await run(session, screening_id, viewer)
    key = row.approaches_key if row is not None else None
    narrowed: dict[str, Any] = {
        "norad_cat_id": norad_cat_id,
        "maximum_miss_distance_m": maximum_miss_distance_m,
    }
    if preferred(request.headers.get("accept"), ("application/json", CSV)) == CSV:
        return StreamingResponse(approach_csv(context.objects, key, **narrowed), media_type=CSV)
    after = page.after(int)
    if key is None:
        return Page(items=[])
    rows = await approach_page(
        context.objects, key, after_row=after[0] if after else -1, limit=page.limit + 1, **narrowed
    )
    return page.page(rows, approach_out, lambda approach: (approach.row,))


@router.get(
    "/{screening_id}/progress",
    response_class=StreamingResponse,
    responses={
        200: {"content": {"text/event-stream": {}}, "description": "Each state as an event, until the last one."},
        **raises(ScreeningNotFound),
    },
)
async def follow_screening(
    request: Request, context: ContextDep, principal: Reader, screening_id: Identifier
) -> Response:
    """Follow a screening by server-sent events: `progress` whenever something changes, `end` with the last state."""
    viewer = viewer_of(principal)
    stands = await _stands(context, viewer, screening_id)
    return event_stream(request, progress_of(context, viewer, stands))


async def progress_of(context: Context, viewer: Viewer, stands: ScreeningOut) -> AsyncIterator[ServerSentEvent]:
    """Give an event for each state of a screening, from the one that `stands` to the last."""
    told: tuple[object, ...] | None = None
    while True:
        now = (stands.state, stands.tasks_done, stands.task_count, stands.row_version)
        if now != told:
            told = now
            kind = "end" if stands.is_finished else "progress"
            yield ServerSentEvent(data=stands, event=kind, id=f"{stands.row_version}.{stands.tasks_done}")
        if stands.is_finished:
            return
        await asyncio.sleep(_PAUSE_S)
        stands = await _stands(context, viewer, stands.id)
