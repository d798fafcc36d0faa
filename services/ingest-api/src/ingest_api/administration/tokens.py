"""API tokens: a secret is shown once, when it is made."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import ConfigDict, Field
from starlette.responses import Response

from ingest_api.administration.errors import OrganizationNotFound, RoleNotAllowed, ScopeNotAllowed, TokenNotFound
from ingest_api.administration.grants import check_grant, organization_to_act_for
from ingest_api.administration.organizations import Name
from ingest_api.parameters import (
    UUID_PATTERN,
    Identifier,
    IdentifierFilter,
    caller,
    viewer_of,
)
from records.identity.permissions import ROLE_PERMISSIONS, Permission, Role
from records.identity.reads import tokens
from records.identity.tables import ApiToken
from records.identity.writes import add_token, revoke_token
from servicekit.auth import Principal
from servicekit.errors import InvalidRequest
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

__all__ = ["router"]

router = APIRouter(prefix="/v1/tokens", dependencies=[Depends(known_parameters_only)], tags=["Tokens and sessions"])

Reader = Annotated[Principal, caller(Permission.TOKENS_READ)]
Giver = Annotated[Principal, caller(Permission.TOKENS_WRITE)]


class NewToken(RequestModel):
    """A token to be."""

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "organization_id": "0192f7c2-6f2b-7c1e-9d3a-5b1f0c9a7e11",
                    "name": "flight dynamics",
                    "role": "operator",
                    "scopes": ["documents:write", "documents:read"],
                    "expires_at": "2027-01-01T00:00:00Z",
                }
            ]
        },
    )

    organization_id: Annotated[str, Field(pattern=UUID_PATTERN)]
    name: Name = Field("API token", description="What it is for.")
    role: Annotated[Role, Field(strict=False)]
    scopes: list[Annotated[Permission, Field(strict=False)]] | None = Field(
        None, description="Permissions that the token is limited to; left out: all that its role has."
    )
    expires_at: UtcTimestamp | None = None


class TokenOut(ResponseModel):
    """A token, without its secret."""

    id: str
    organization_id: str
    name: str
    role: str
    scopes: list[str] | None
    prefix: str = Field(description="How the token begins behind `fwy_`.")
    created_by: str
    created_at: UtcTimestamp
    expires_at: UtcTimestamp | None
    revoked_at: UtcTimestamp | None


class TokenWithSecret(TokenOut):
    """A new token."""

    token: str = Field(description="The secret. It is shown this once.")


@router.post("", status_code=201, responses=raises(OrganizationNotFound, RoleNotAllowed, ScopeNotAllowed))
async def create_token(response: Response, context: ContextDep, principal: Giver, new: NewToken) -> TokenWithSecret:
    """Make a token. Nobody hands on more than they have."""
    if new.expires_at is not None and new.expires_at <= context.clock.now():
        raise InvalidRequest("expires_at lies in the past")
    beyond = sorted(set(new.scopes or ()) - ROLE_PERMISSIONS[new.role])
    if beyond:
        raise ScopeNotAllowed(f"The role {new.role.value} does not have {beyond[0].value}")
    async with context.store.write(principal.actor) as unit:
        target = await organization_to_act_for(unit.session, principal, new.organization_id)
        check_grant(principal, target, new.role, new.scopes)
        row, secret = await add_token(
            unit,
            organization_id=target.id,
            name=new.name,
            role=new.role,
            scopes=new.scopes,
            expires_at=new.expires_at,
        )
    response.headers["Cache-Control"] = "no-store"
    return TokenWithSecret(**TokenOut.model_validate(row).model_dump(), token=secret)


@router.get("", responses=raises(InvalidCursor))
async def list_tokens(
    context: ContextDep, principal: Reader, page: PageDep, organization_id: IdentifierFilter = None
) -> Page[TokenOut]:
    """List tokens, the newest first, also those that are revoked."""
    async with context.store.read() as session:
        rows = await tokens(
            session,
            viewer_of(principal),
            organization_id=organization_id,
            after=page.after(datetime, str),
            limit=page.limit + 1,
        )
    return page.page(rows, TokenOut.model_validate, lambda row: (row.created_at, row.id))


@router.delete("/{token_id}", status_code=204, responses=raises(TokenNotFound), response_class=Response)
async def delete_token(context: ContextDep, principal: Giver, token_id: Identifier) -> None:
    """Revoke a token: it is worth nothing from now on, and stays in the list."""
    async with context.store.write(principal.actor) as unit:
        row = await unit.session.get(ApiToken, token_id)
        if row is None or not viewer_of(principal).organization(row.organization_id):
            raise TokenNotFound(f"There is no token {token_id}")
        await revoke_token(unit, token_id)
