"""Signing in with a link, who is signed in, and signing out."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from ingest_api.administration.errors import SignInLinkInvalid
from ingest_api.parameters import SignedInDep
from ingest_api.settings import IngestApiSettings
from records.identity.permissions import Permission
from records.identity.reads import organization, sign_in_link
from records.identity.writes import add_session, remove_session, use_sign_in_link
from servicekit.auth import SESSION_COOKIE, Principal, hash_secret
from servicekit.context import Context
from servicekit.http import (
    ContextDep,
    RequestModel,
    ResponseModel,
    UtcTimestamp,
    known_parameters_only,
    public_route,
    raises,
)
from servicekit.settings import read_settings
from servicekit.store import Actor

__all__ = ["router"]

router = APIRouter(prefix="/v1", dependencies=[Depends(known_parameters_only)], tags=["Tokens and sessions"])


class SignIn(RequestModel):
    """The code of a sign-in link."""

    code: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[A-Za-z0-9_-]+$")]


class SignedIn(ResponseModel):
    """A session. The cookie is also set by the answer's header."""

    cookie: str = Field(description="Value of the cookie `fairway_session`.")
    csrf_token: str = Field(description="Send it as X-CSRF-Token with every request that changes something.")
    expires_at: UtcTimestamp


class Me(ResponseModel):
    """Who calls, and how the service stands."""

    subject_id: str
    kind: str = Field(description="`token` or `session`.")
    name: str
    role: str
    organization_id: str | None
    organization_name: str | None
    is_staff: bool
    permissions: list[Permission]
    csrf_token: str | None = Field(description="Of a session.")
    is_replay: bool = Field(description="Archived days are replayed: nothing that is made is about now.")
    now: UtcTimestamp = Field(description="The service's clock; in a replay it is not the real time.")


@router.post("/session", status_code=201, dependencies=[Depends(public_route())], responses=raises(SignInLinkInvalid))
async def create_session(response: Response, context: ContextDep, given: SignIn) -> SignedIn:
    """Exchange the code of a sign-in link for a session. A code works once."""
    secret_hash = hash_secret(given.code)
    async with context.store.read() as session:
        link = await sign_in_link(session, secret_hash)
    if link is None:
        raise SignInLinkInvalid
    lifetime = read_settings(IngestApiSettings).session_lifetime
    async with context.store.write(Actor("user", link.user_id, link.organization_id)) as unit:
        if not await use_sign_in_link(unit, secret_hash):
            raise SignInLinkInvalid
        row, cookie = await add_session(
            unit, user_id=link.user_id, organization_id=link.organization_id, lifetime=lifetime
        )
    response.set_cookie(
        SESSION_COOKIE,
        cookie,
        max_age=int(lifetime.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=context.settings.http.base_url.startswith("https:"),
    )
    response.headers["Cache-Control"] = "no-store"
    return SignedIn(cookie=cookie, csrf_token=row.csrf, expires_at=row.expires_at)


@router.get("/session")
async def get_session(context: ContextDep, principal: SignedInDep) -> Me:
    """Show who is signed in."""
    return await _me(context, principal)


@router.get("/me")
async def get_me(context: ContextDep, principal: SignedInDep) -> Me:
    """Show whose token or session this is, and what it may do."""
    return await _me(context, principal)


async def _me(context: Context, principal: Principal) -> Me:
    name = None
    if principal.organization_id is not None:
        async with context.store.read() as session:
            row = await organization(session, principal.organization_id)
        name = None if row is None else row.name
    return Me(
        subject_id=principal.subject_id,
        kind=principal.kind,
        name=principal.name,
        role=principal.role,
        organization_id=principal.organization_id,
        organization_name=name,
        is_staff=principal.is_staff,
        permissions=sorted(Permission(each) for each in principal.permissions),
        csrf_token=principal.csrf,
        is_replay=context.replay,
        now=context.clock.now(),
    )


@router.delete("/session", status_code=204, response_class=Response)
async def delete_session(request: Request, context: ContextDep, principal: SignedInDep) -> Response:
    """Sign out. A token has no session; for it this does nothing."""
    cookie = request.cookies.get(SESSION_COOKIE)
    if principal.kind == "session" and cookie is not None:
        async with context.store.write(principal.actor) as unit:
            await remove_session(unit, cookie, principal.subject_id)
    response = Response(status_code=204)
    response.delete_cookie(SESSION_COOKIE, httponly=True, samesite="lax")
    return response
