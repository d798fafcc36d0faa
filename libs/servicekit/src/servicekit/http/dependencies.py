"""What a handler asks for: the context, the caller, and the permission that its route needs.

A route states its permission where it is defined::

    @router.get("/{document_id}")
    async def get_document(
        document_id: str, context: ContextDep, principal: Annotated[Principal, Depends(requires("documents:read"))]
    ) -> DocumentOut: ...

A route that anybody may call says so with ``dependencies=[Depends(public_route())]``. An application in which a route
says neither does not start.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.requests import Request

from servicekit.auth import Principal, authenticate
from servicekit.context import Context
from servicekit.errors import Forbidden, Unauthenticated

__all__ = [
    "ContextDep",
    "OptionalPrincipalDep",
    "RouteAccess",
    "get_context",
    "get_principal",
    "public_route",
    "requires",
    "route_access",
]

SIGNED_IN = "signed-in"
PUBLIC = "public"
_PRINCIPAL = "fairway.principal"


async def get_context(request: Request) -> Context:
    """Return the context of the running process."""
    context: Context = request.app.state.context
    return context


ContextDep = Annotated[Context, Depends(get_context)]


async def get_principal(request: Request, context: ContextDep) -> Principal | None:
    """Return who calls, or None; found out once for each request."""
    if _PRINCIPAL not in request.scope:  # not request.state: a server may hand one state to every request
        request.scope[_PRINCIPAL] = await authenticate(request, context)
    principal: Principal | None = request.scope[_PRINCIPAL]
    return principal


OptionalPrincipalDep = Annotated[Principal | None, Depends(get_principal)]


@dataclass(frozen=True)
class Requirement:
    """What a route needs of its caller: a permission, only to be signed in, or nothing."""

    access: str

    async def __call__(self, principal: OptionalPrincipalDep) -> Principal:
        """Return the caller.

        Raises
        ------
        Unauthenticated
            Nobody is signed in.
        Forbidden
            The caller's role lacks the permission.
        """
        if principal is None:
            raise Unauthenticated(headers={"WWW-Authenticate": "Bearer"})
        if self.access != SIGNED_IN and not principal.may(self.access):
            raise Forbidden(f"The role {principal.role} lacks the permission {self.access}", permission=self.access)
        return principal


@dataclass(frozen=True)
class PublicRoute:
    """The statement that anybody may call a route."""

    access: str = PUBLIC

    async def __call__(self) -> None:
        """Let everybody through."""


def requires(permission: str | None = None) -> Requirement:
    """Return a dependency that gives the caller if it has `permission`; with None it only has to be signed in."""
    return Requirement(SIGNED_IN if permission is None else str(permission))


def public_route() -> PublicRoute:
    """Return a dependency that marks a route as open to everybody."""
    return PublicRoute()


@dataclass(frozen=True)
class RouteAccess:
    """One route and what it needs: a permission, ``signed-in``, ``public``, or None where it does not say."""

    method: str
    path: str
    operation_id: str
    access: str | None


def route_access(app: FastAPI) -> Iterator[RouteAccess]:
    """Give every route of `app` with what it needs of its caller, for the OpenAPI document and for tests."""
    for route in iter_route_contexts(app.routes):
        original = route.original_route
        if not isinstance(original, APIRoute):
            continue
        stated = sorted({mark.access for mark in _marks(route.dependant)})
        if len(stated) > 1:
            raise TypeError(f"the route {route.path} states more than one access: {', '.join(stated)}")
        for method in sorted(route.methods or ()):
            yield RouteAccess(method, str(route.path), original.name, stated[0] if stated else None)


def _marks(dependant: Dependant | Any) -> Iterator[Requirement | PublicRoute]:
    if isinstance(dependant.call, Requirement | PublicRoute):
        yield dependant.call
    for inner in dependant.dependencies:
        yield from _marks(inner)
