"""People, their roles, and links that sign them in."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import Field
from sqlalchemy.exc import IntegrityError
from starlette.responses import Response

from ingest_api.administration.bootstrap import sign_in_address
from ingest_api.administration.errors import EmailTaken, OrganizationNotFound, RoleNotAllowed, UserNotFound
from ingest_api.administration.grants import check_grant, organization_to_act_for
from ingest_api.administration.organizations import EmailAddress, Name
from ingest_api.parameters import (
    UUID_PATTERN,
    Identifier,
    IdentifierFilter,
    caller,
    viewer_of,
)
from ingest_api.settings import IngestApiSettings
from records.identity.permissions import Permission, Role
from records.identity.reads import membership_role, user, user_with_email, users
from records.identity.tables import User
from records.identity.writes import add_membership, add_sign_in_link, add_user, remove_membership
from servicekit.auth import Principal
from servicekit.http import (
    ContextDep,
    Page,
    PageDep,
    RequestModel,
    ResponseModel,
    UtcTimestamp,
    known_parameters_only,
    raises,
)
from servicekit.http.pages import InvalidCursor
from servicekit.settings import read_settings

__all__ = ["router"]

router = APIRouter(prefix="/v1", dependencies=[Depends(known_parameters_only)], tags=["Organizations and people"])

Reader = Annotated[Principal, caller(Permission.USERS_READ)]
Administrator = Annotated[Principal, caller(Permission.USERS_WRITE)]

OrganizationId = Annotated[str, Field(pattern=UUID_PATTERN)]
RoleName = Annotated[Role, Field(strict=False)]


class NewUser(RequestModel):
    """A person to be, with a role in an organization."""

    name: Name
    email: EmailAddress
    organization_id: OrganizationId
    role: RoleName


class RoleIn(RequestModel):
    """A role."""

    role: RoleName


class UserOut(ResponseModel):
    """A person in one of their organizations."""

    id: str
    name: str
    email: str
    organization_id: str
    role: str
    created_at: UtcTimestamp


class NewSignInLink(RequestModel):
    """Whom a link is to sign in, and where."""

    user_id: OrganizationId
    organization_id: OrganizationId


class SignInLinkOut(ResponseModel):
    """A link that signs one person in, once."""

    url: str
    expires_at: UtcTimestamp


def _user_out(person: User, organization_id: str, role: str) -> UserOut:
    return UserOut(
        id=person.id,
        name=person.name,
        email=person.email,
        organization_id=organization_id,
        role=role,
        created_at=person.created_at,
    )


@router.post("/users", status_code=201, responses=raises(EmailTaken, OrganizationNotFound, RoleNotAllowed))
async def create_user(context: ContextDep, principal: Administrator, new: NewUser) -> UserOut:
    """Add a person with a role in an organization."""
    try:
        async with context.store.write(principal.actor) as unit:
            target = await organization_to_act_for(unit.session, principal, new.organization_id)
            check_grant(principal, target, new.role)
            if await user_with_email(unit.session, new.email) is not None:
                raise EmailTaken(f"There is a user {new.email.lower()}")
            person = await add_user(unit, name=new.name, email=new.email)
            await add_membership(unit, person.id, target.id, new.role)
    except IntegrityError:
        raise EmailTaken(f"There is a user {new.email.lower()}") from None
    return _user_out(person, target.id, new.role)


@router.get("/users", responses=raises(InvalidCursor))
async def list_users(
    context: ContextDep, principal: Reader, page: PageDep, organization_id: IdentifierFilter = None
) -> Page[UserOut]:
    """List people by e-mail address, once for each organization that they have a role in."""
    async with context.store.read() as session:
        rows = await users(
            session,
            viewer_of(principal),
            organization_id=organization_id,
            after=page.after(str, str),
            limit=page.limit + 1,
        )
    return page.page(
        rows,
        lambda row: _user_out(row[0], row[1].organization_id, row[1].role),
        lambda row: (row[0].email, row[1].organization_id),
    )


@router.put(
    "/users/{user_id}/memberships/{organization_id}",
    responses=raises(OrganizationNotFound, RoleNotAllowed, UserNotFound),
)
async def put_membership(
    context: ContextDep, principal: Administrator, user_id: Identifier, organization_id: Identifier, given: RoleIn
) -> UserOut:
    """Give a person a role in an organization, in place of the one that they had there."""
    async with context.store.write(principal.actor) as unit:
        person = await user(unit.session, user_id)
        if person is None:
            raise UserNotFound(f"There is no user {user_id}")
        target = await organization_to_act_for(unit.session, principal, organization_id)
        check_grant(principal, target, given.role)
        await add_membership(unit, user_id, organization_id, given.role)
    return _user_out(person, organization_id, given.role)


@router.delete(
    "/users/{user_id}/memberships/{organization_id}",
    status_code=204,
    responses=raises(UserNotFound),
    response_class=Response,
)
async def delete_membership(
    context: ContextDep, principal: Administrator, user_id: Identifier, organization_id: Identifier
) -> None:
    """Take a person's role in an organization away; their sessions there end with it."""
    async with context.store.write(principal.actor) as unit:
        if not await remove_membership(unit, user_id, organization_id):
            raise UserNotFound(f"The user {user_id} has no role in the organization {organization_id}")


@router.post("/sign-in-links", status_code=201, responses=raises(OrganizationNotFound, UserNotFound, RoleNotAllowed))
async def create_sign_in_link(
    response: Response, context: ContextDep, principal: Administrator, new: NewSignInLink
) -> SignInLinkOut:
    """Make a link that signs a person in, once and not for long. Send it to nobody else."""
    lifetime = read_settings(IngestApiSettings).sign_in_link_lifetime
    async with context.store.write(principal.actor) as unit:
        target = await organization_to_act_for(unit.session, principal, new.organization_id)
        role = await membership_role(unit.session, new.user_id, new.organization_id)
        if role is None:
            raise UserNotFound(f"The user {new.user_id} has no role in {target.name}")
        check_grant(principal, target, Role(role))
        row, secret = await add_sign_in_link(
            unit, user_id=new.user_id, organization_id=new.organization_id, lifetime=lifetime
        )
    response.headers["Cache-Control"] = "no-store"
    return SignInLinkOut(url=sign_in_address(context, secret), expires_at=row.expires_at)
