"""Organizations: who uses this service, and where their close-approach notifications go."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends
from pydantic import ConfigDict, Field
from sqlalchemy.exc import IntegrityError
from starlette.requests import Request
from starlette.responses import Response

from ingest_api.administration.errors import NameTaken, OrganizationNotFound
from ingest_api.parameters import Identifier, caller, viewer_of
from ingest_api.submissions.fields import Profile
from records.identity.permissions import Permission
from records.identity.reads import organization, organization_named, organizations
from records.identity.tables import Organization
from records.identity.writes import add_organization, change_organization
from servicekit.auth import Principal
from servicekit.context import Context
from servicekit.errors import Forbidden, PreconditionFailed
from servicekit.http import (
    ContextDep,
    Page,
    PageDep,
    RequestModel,
    ResponseModel,
    UtcTimestamp,
    check_if_match,
    entity_tag,
    known_parameters_only,
    raises,
)
from servicekit.http.pages import InvalidCursor

__all__ = ["EmailAddress", "Name", "router"]

router = APIRouter(
    prefix="/v1/organizations", dependencies=[Depends(known_parameters_only)], tags=["Organizations and people"]
)

Reader = Annotated[Principal, caller(Permission.ORGANIZATIONS_READ)]
Administrator = Annotated[Principal, caller(Permission.ORGANIZATIONS_WRITE)]
AddressKeeper = Annotated[Principal, caller(Permission.ADDRESSES_WRITE)]

Name = Annotated[str, Field(min_length=1, max_length=120, pattern=r"^[^\x00-\x1f\x7f]+$")]
EmailAddress = Annotated[str, Field(max_length=254, pattern=r"^[^@\s\x00-\x1f\x7f<>,;]+@[A-Za-z0-9.-]+$")]
Addresses = Annotated[list[EmailAddress], Field(max_length=50)]


class NewOrganization(RequestModel):
    """An organization to be."""

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "name": "Northern Orbits",
                    "space_track_title": "NORTHERN ORBITS LTD",
                    "service_level": "basic",
                    "close_approach_addresses": ["flight-dynamics@northern.example"],
                }
            ]
        },
    )

    name: Name
    space_track_title: Name | None = Field(None, description="Exactly as Space-Track has it.")
    gid: Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[ -~]+$")] | None = None
    service_level: Literal["basic", "advanced"] = "basic"
    default_profile: Profile | None = None
    close_approach_addresses: Addresses = Field(default_factory=list)


class OrganizationChange(RequestModel):
    """What is to change; what is left out stays."""

    name: Name | None = None
    space_track_title: Name | None = None
    gid: Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[ -~]+$")] | None = None
    service_level: Literal["basic", "advanced"] | None = None
    default_profile: Profile | None = None
    close_approach_addresses: Addresses | None = None


class OrganizationOut(ResponseModel):
    """An organization."""

    id: str
    name: str
    space_track_title: str | None
    gid: str | None
    service_level: str
    default_profile: str | None
    is_operations: bool = Field(description="Whether it runs this service.")
    close_approach_addresses: list[str]
    created_at: UtcTimestamp
    row_version: int


@router.post("", status_code=201, responses=raises(NameTaken))
async def create_organization(
    response: Response, context: ContextDep, principal: Administrator, new: NewOrganization
) -> OrganizationOut:
    """Add an operator's organization."""
    try:
        async with context.store.write(principal.actor) as unit:
            if await organization_named(unit.session, new.name) is not None:
                raise NameTaken(f"There is an organization {new.name!r}")
            row = await add_organization(unit, **new.model_dump())
    except IntegrityError:
        raise NameTaken(f"There is an organization {new.name!r}") from None
    response.headers["Location"] = f"/v1/organizations/{row.id}"
    response.headers["ETag"] = _tag(row)
    return OrganizationOut.model_validate(row)


@router.get("", responses=raises(InvalidCursor))
async def list_organizations(context: ContextDep, principal: Reader, page: PageDep) -> Page[OrganizationOut]:
    """List organizations by name: all for staff, one's own for everybody else."""
    async with context.store.read() as session:
        rows = await organizations(session, viewer_of(principal), after=page.after(str), limit=page.limit + 1)
    return page.page(rows, OrganizationOut.model_validate, lambda row: (row.name,))


@router.get("/{organization_id}", responses=raises(OrganizationNotFound))
async def get_organization(
    response: Response, context: ContextDep, principal: Reader, organization_id: Identifier
) -> OrganizationOut:
    """Show one organization."""
    row = await _found(context, principal, organization_id)
    response.headers["ETag"] = _tag(row)
    return OrganizationOut.model_validate(row)


@router.patch("/{organization_id}", responses=raises(OrganizationNotFound, NameTaken, PreconditionFailed))
async def update_organization(
    request: Request,
    response: Response,
    context: ContextDep,
    principal: AddressKeeper,
    organization_id: Identifier,
    change: OrganizationChange,
) -> OrganizationOut:
    """Change an organization: an operator's administrator its addresses and default profile, an administrator all."""
    await _found(context, principal, organization_id)
    values = change.model_dump(exclude_unset=True)
    beyond = sorted(values.keys() - {"close_approach_addresses", "default_profile"})
    if beyond and not principal.may(Permission.ORGANIZATIONS_WRITE):
        raise Forbidden(f"Only an administrator changes {beyond[0]}", permission=Permission.ORGANIZATIONS_WRITE)
    required = ("name", "service_level", "close_approach_addresses")
    values = {name: value for name, value in values.items() if value is not None or name not in required}
    try:
        async with context.store.write(principal.actor) as unit:
            row = await unit.session.get_one(Organization, organization_id, with_for_update=True)
            check_if_match(request, _tag(row))
            await change_organization(unit, row, values)
    except IntegrityError:
        raise NameTaken(f"There is an organization {change.name!r}") from None
    response.headers["ETag"] = _tag(row)
    return OrganizationOut.model_validate(row)


async def _found(context: Context, principal: Principal, organization_id: str) -> Organization:
    async with context.store.read() as session:
        row = await organization(session, organization_id)
    if row is None or not viewer_of(principal).organization(organization_id):
        raise OrganizationNotFound(f"There is no organization {organization_id}")
    return row


def _tag(row: Organization) -> str:
    return entity_tag("organization", row.id, row.row_version)
