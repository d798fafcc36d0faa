"""Conjunction data messages, as a record or in KVN."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from ingest_api.negotiation import preferred
from ingest_api.parameters import (
    Identifier,
    IdentifierFilter,
    NoradCatIdFilter,
    TimeFilter,
    caller,
    viewer_of,
    within,
)
from ingest_api.queries.errors import CdmFormatUnavailable, CdmNotFound
from records.identity.permissions import Permission
from records.screening.cdm_texts import read_cdm_text
from records.screening.reads import CdmFilter, cdm, cdms
from servicekit.auth import Principal
from servicekit.http import (
    NOT_MODIFIED,
    ContextDep,
    Page,
    PageDep,
    ResponseModel,
    UtcTimestamp,
    entity_tag,
    is_not_modified,
    known_parameters_only,
    raises,
    tagged_answer,
)
from servicekit.http.pages import InvalidCursor
from servicekit.objects import ObjectDamaged, ObjectNotFound

__all__ = ["CdmOut", "router"]

router = APIRouter(prefix="/v1/cdms", dependencies=[Depends(known_parameters_only)], tags=["Conjunctions"])

Reader = Annotated[Principal, caller(Permission.CONJUNCTIONS_READ)]

JSON = "application/json"
KVN = "application/x-ccsds-kvn"
TEXT = "text/plain"
VARY = {"Vary": "Accept"}


class CdmOut(ResponseModel):
    """A conjunction data message: what is needed to list and plot it."""

    id: str
    source: str = Field(description="`fairway`, `space-track` or `operator`.")
    originator: str
    message_id: str
    recipient_id: str | None = Field(description="The organization that it is for.")
    content_sha256: str
    run_id: str | None
    document_id: str | None
    event_id: str | None
    creation_date: UtcTimestamp
    tca: UtcTimestamp
    norad_cat_id_1: int
    norad_cat_id_2: int
    object_name_1: str
    object_name_2: str
    organization_id_1: str | None
    organization_id_2: str | None
    miss_distance_m: float
    relative_speed_m_s: float
    radial_m: float
    in_track_m: float
    cross_track_m: float
    collision_probability: float | None
    probability_method: str | None
    probability_reason: str | None = Field(description="Why there is no probability.")
    maximum_probability: float | None = Field(description="A bound, no probability.")
    hard_body_radius_m: float | None = Field(description="The sum of both radii.")
    covariance_model: str | None = Field(
        description="The model of a covariance that nobody has determined; null where none was asked for."
    )
    modelled_probability: float | None = Field(
        description="What the probability would be with the modelled covariance: no probability of these objects."
    )
    level: str
    summary: dict[str, Any] = Field(description="The encounter plane, flags and sources.")
    is_replay: bool


@router.get("", responses=raises(InvalidCursor))
async def list_cdms(
    context: ContextDep,
    principal: Reader,
    page: PageDep,
    norad_cat_id: NoradCatIdFilter = None,
    tca_from: TimeFilter = None,
    tca_to: TimeFilter = None,
    event_id: IdentifierFilter = None,
    run_id: IdentifierFilter = None,
    source: Literal["fairway", "space-track", "operator"] | None = None,
) -> Page[CdmOut]:
    """List conjunction data messages, the newest first."""
    within(tca_from, tca_to)
    which = CdmFilter(
        norad_cat_id=norad_cat_id, tca_from=tca_from, tca_to=tca_to, event_id=event_id, run_id=run_id, source=source
    )
    async with context.store.read() as session:
        rows = await cdms(
            session, viewer_of(principal), which=which, after=page.after(datetime, str), limit=page.limit + 1
        )
    return page.page(rows, CdmOut.model_validate, lambda row: (row.creation_date, row.id))


@router.get(
    "/{cdm_id}",
    response_model=None,
    responses={
        200: {
            "model": CdmOut,
            "content": {KVN: {"schema": {"type": "string"}}, TEXT: {"schema": {"type": "string"}}},
            "description": "The record, or the message itself in KVN, as Accept asks.",
        },
        **NOT_MODIFIED,
        **raises(CdmNotFound, CdmFormatUnavailable, ObjectDamaged, ObjectNotFound),
    },
)
async def get_cdm(request: Request, context: ContextDep, principal: Reader, cdm_id: Identifier) -> Response:
    """Show one message: as JSON, or with `Accept: application/x-ccsds-kvn` or `text/plain` in KVN."""
    accept = request.headers.get("accept")
    form = preferred(accept, (JSON, KVN, TEXT))
    if form is None:
        raise CdmFormatUnavailable(f"A CDM is there as {JSON}, {KVN} and {TEXT}, not as {(accept or '')[:80]}")
    async with context.store.read() as session:
        row = await cdm(session, cdm_id, viewer_of(principal))
    if row is None:
        raise CdmNotFound(f"There is no CDM {cdm_id}")
    if form == JSON:
        return tagged_answer(request, CdmOut.model_validate(row), VARY)
    headers = VARY | {"ETag": entity_tag(form, row.content_sha256)}
    if is_not_modified(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    content = await read_cdm_text(context.objects, row.object_key, row.content_sha256)
    return Response(content, media_type=form, headers=headers)
