"""Whose a satellite is, and what its operator says of it."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends
from pydantic import ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from ingest_api.administration.errors import OrganizationNotFound, SatelliteNotFound
from ingest_api.administration.organizations import Name
from ingest_api.parameters import UUID_PATTERN, NoradCatIdPath, caller, viewer_of
from ingest_api.queries.satellites import SatelliteOut, satellite_tag, show_satellite
from records.identity.permissions import Permission
from records.identity.reads import organization
from records.ingest_api.reads.satellites import facts, name_in_events, satellite
from records.ingest_api.tables import Satellite
from records.ingest_api.writes import assign_satellite, record_facts
from servicekit.auth import Principal
from servicekit.errors import Forbidden, PreconditionFailed
from servicekit.http import ContextDep, RequestModel, check_if_match, known_parameters_only, raises
from servicekit.store import UnitOfWork

__all__ = ["router"]

router = APIRouter(prefix="/v1/satellites", dependencies=[Depends(known_parameters_only)], tags=["Satellites"])

Keeper = Annotated[Principal, caller(Permission.SATELLITES_WRITE)]


class SatelliteIn(RequestModel):
    """What is said of a satellite. What is left out stays; null takes one's own value back."""

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        allow_inf_nan=False,
        frozen=True,
        json_schema_extra={"examples": [{"hard_body_radius_m": 1.5, "maneuverable": "yes", "status": "active"}]},
    )

    organization_id: Annotated[str, Field(pattern=UUID_PATTERN)] | None = Field(
        None, description="Whose it is; an administrator names it."
    )
    name: Name | None = None
    international_designator: Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{3}[A-Z]{1,3}$")] | None = None
    object_type: Literal["payload", "rocket-body", "debris", "unknown"] | None = None
    status: Literal["active", "inactive", "decayed", "unknown"] | None = None
    maneuverable: Literal["yes", "no", "unknown"] | None = None
    hard_body_radius_m: Annotated[float, Field(gt=0, le=1000)] | None = Field(
        None, description="Radius of this object alone, never the sum of two."
    )


@router.put(
    "/{norad_cat_id}",
    responses={
        201: {"model": SatelliteOut, "description": "The satellite is registered now."},
        **raises(SatelliteNotFound, OrganizationNotFound, PreconditionFailed),
    },
)
async def put_satellite(
    request: Request,
    response: Response,
    context: ContextDep,
    principal: Keeper,
    norad_cat_id: NoradCatIdPath,
    given: SatelliteIn,
) -> SatelliteOut:
    """Register a satellite for an organization (an administrator), or say what is known of one's own satellite."""
    values = given.model_dump(exclude_unset=True)
    organization_id = values.pop("organization_id", None)
    if organization_id is not None and not principal.may(Permission.ORGANIZATIONS_WRITE):
        raise Forbidden("Only an administrator says whose a satellite is", permission=Permission.ORGANIZATIONS_WRITE)
    async with context.store.write(principal.actor) as unit:
        if organization_id is not None and await organization(unit.session, organization_id) is None:
            raise OrganizationNotFound(f"There is no organization {organization_id}")
        row = await unit.session.get(Satellite, norad_cat_id, with_for_update=True)
        await _check_own(unit, principal, norad_cat_id, row)
        check_if_match(request, satellite_tag(norad_cat_id, 0 if row is None else row.row_version))
        before = None if row is None else row.organization_id
        if row is None:
            response.status_code = 201
        row = await assign_satellite(unit, norad_cat_id, organization_id)
        source = "admin" if principal.is_staff else "operator"
        news = await _news(unit, norad_cat_id, values, source)
        if news or row.row_version == 0 or row.organization_id != before:
            await record_facts(unit, row, news, source)
    response.headers["ETag"] = satellite_tag(norad_cat_id, row.row_version)
    return await show_satellite(context, viewer_of(principal), norad_cat_id)


async def _check_own(unit: UnitOfWork, principal: Principal, norad_cat_id: int, row: Satellite | None) -> None:
    if principal.is_staff or (row is not None and row.organization_id == principal.organization_id):
        return
    viewer = viewer_of(principal)
    is_seen = await satellite(unit.session, viewer, norad_cat_id) or await name_in_events(
        unit.session, viewer, norad_cat_id
    )
    if not is_seen:
        raise SatelliteNotFound(f"Nothing is recorded of the satellite {norad_cat_id}")
    raise Forbidden(f"The satellite {norad_cat_id} is not your organization's")


async def _news(unit: UnitOfWork, norad_cat_id: int, values: dict[str, Any], source: str) -> dict[str, Any]:
    """Return the values that are not in force already from this source."""
    known = (await facts(unit.session, [norad_cat_id])).get(norad_cat_id, {})

    def is_news(attribute: str, value: Any) -> bool:
        fact = known.get(attribute)
        if value is None:
            return fact is not None and fact.source in {"operator", "admin"}
        return fact is None or fact.value != value or fact.source != source

    return {attribute: value for attribute, value in values.items() if is_news(attribute, value)}
