"""Satellites, with the source of each value."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from ingest_api.administration.errors import SatelliteNotFound
from ingest_api.parameters import IdentifierFilter, NoradCatIdPath, caller, viewer_of
from records.identity.permissions import Permission
from records.identity.visibility import Viewer
from records.ingest_api.facts import ATTRIBUTES
from records.ingest_api.reads.satellites import SatelliteRecord, name_in_events, satellite, satellites
from servicekit.auth import Principal
from servicekit.context import Context
from servicekit.http import (
    ContextDep,
    Page,
    PageDep,
    ResponseModel,
    UtcTimestamp,
    entity_tag,
    is_not_modified,
    known_parameters_only,
    raises,
)
from servicekit.http.pages import InvalidCursor

__all__ = ["SatelliteOut", "router", "satellite_out", "satellite_tag", "show_satellite"]

router = APIRouter(prefix="/v1/satellites", dependencies=[Depends(known_parameters_only)], tags=["Satellites"])

Reader = Annotated[Principal, caller(Permission.SATELLITES_READ)]


class FactOut(ResponseModel):
    """A value, who says so, and since when."""

    value: Any
    source: str = Field(description="`operator`, `admin`, `space-track` or `catalogue`.")
    recorded_at: UtcTimestamp | None


class SatelliteOut(ResponseModel):
    """A satellite: whose it is, and each value in force with its source."""

    norad_cat_id: int
    organization_id: str | None
    row_version: int
    facts: dict[str, FactOut] = Field(
        description=f"By attribute: {', '.join(ATTRIBUTES)}. `hard_body_radius_m` is the radius of this object alone."
    )


def satellite_tag(norad_cat_id: int, row_version: int) -> str:
    """Return the entity tag of a satellite's present state."""
    return entity_tag("satellite", norad_cat_id, row_version)


def satellite_out(record: SatelliteRecord) -> SatelliteOut:
    """Return a satellite as the API shows it."""
    row = record.satellite
    return SatelliteOut(
        norad_cat_id=row.norad_cat_id,
        organization_id=row.organization_id,
        row_version=row.row_version,
        facts={
            attribute: FactOut(value=fact.value, source=fact.source, recorded_at=fact.recorded_at)
            for attribute, fact in sorted(record.facts.items())
        },
    )


async def show_satellite(context: Context, viewer: Viewer, norad_cat_id: int) -> SatelliteOut:
    """Return a satellite that `viewer` may see; of the other object of an event at least its name.

    Raises
    ------
    SatelliteNotFound
        There is nothing that the viewer may see.
    """
    async with context.store.read() as session:
        record = await satellite(session, viewer, norad_cat_id)
        name = None if record else await name_in_events(session, viewer, norad_cat_id)
    if record is not None:
        return satellite_out(record)
    if name is None:
        raise SatelliteNotFound(f"Nothing is recorded of the satellite {norad_cat_id}")
    facts = {"name": FactOut(value=name, source="catalogue", recorded_at=None)}
    return SatelliteOut(norad_cat_id=norad_cat_id, organization_id=None, row_version=0, facts=facts)


@router.get("", responses=raises(InvalidCursor))
async def list_satellites(
    context: ContextDep, principal: Reader, page: PageDep, organization_id: IdentifierFilter = None
) -> Page[SatelliteOut]:
    """List satellites by catalogue number: one's own, and the other one of each event that one is in."""
    async with context.store.read() as session:
        rows = await satellites(
            session,
            viewer_of(principal),
            organization_id=organization_id,
            after=page.after(int),
            limit=page.limit + 1,
        )
    return page.page(rows, satellite_out, lambda row: (row.satellite.norad_cat_id,))


@router.get(
    "/{norad_cat_id}", responses={304: {"description": "Unchanged."}, **raises(SatelliteNotFound)}, response_model=None
)
async def get_satellite(
    request: Request, response: Response, context: ContextDep, principal: Reader, norad_cat_id: NoradCatIdPath
) -> SatelliteOut | Response:
    """Show one satellite with the source and the time of each value."""
    shown = await show_satellite(context, viewer_of(principal), norad_cat_id)
    tag = satellite_tag(norad_cat_id, shown.row_version)
    if is_not_modified(request, tag):
        return Response(status_code=304, headers={"ETag": tag})
    response.headers["ETag"] = tag
    return shown
