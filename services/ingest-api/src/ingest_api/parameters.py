"""Parameters that many routes share, and the refusal of those that a route does not know."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Path, Query
from fastapi.dependencies.models import Dependant
from starlette.requests import Request

from records.identity.permissions import Permission
from records.identity.visibility import Viewer
from servicekit.auth import Principal
from servicekit.errors import InvalidRequest
from servicekit.http import UtcTimestamp, requires

__all__ = [
    "UUID_PATTERN",
    "Identifier",
    "IdentifierFilter",
    "NoradCatIdFilter",
    "NoradCatIdPath",
    "SignedInDep",
    "TextFilter",
    "TimeFilter",
    "UnknownParameter",
    "caller",
    "known_parameters_only",
    "viewer_of",
    "within",
]

UUID_PATTERN = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"

Identifier = Annotated[str, Path(pattern=UUID_PATTERN, examples=["0192f7c2-6f2b-7c1e-9d3a-5b1f0c9a7e11"])]
IdentifierFilter = Annotated[str | None, Query(pattern=UUID_PATTERN)]
NoradCatIdPath = Annotated[int, Path(ge=1, le=999_999_999, examples=[44391])]
NoradCatIdFilter = Annotated[int | None, Query(ge=1, le=999_999_999, description="Catalogue number.")]
TextFilter = Annotated[str | None, Query(min_length=1, max_length=80, pattern=r"^[ -~]+$")]
TimeFilter = Annotated[UtcTimestamp | None, Query(description="A time with its zone, as 2024-09-17T12:00:00Z.")]


class UnknownParameter(InvalidRequest):
    """The query has a parameter that the route does not know: ignoring it could answer another question."""

    code = "unknown-parameter"
    title = "Unknown query parameter"
    remedy = "Leave it out, or correct its name; `known` lists what the route takes."


async def known_parameters_only(request: Request) -> None:
    """Refuse a query with a parameter that the route does not declare."""
    known = sorted(set(_query_names(request.scope["route"].dependant)))
    unknown = sorted(set(request.query_params) - set(known))
    if unknown:
        raise UnknownParameter(f"This route knows no parameter {unknown[0][:40]!r}", known=known)


def _query_names(dependant: Dependant | Any) -> Iterator[str]:
    for parameter in dependant.query_params:
        yield parameter.alias
    for inner in dependant.dependencies:
        yield from _query_names(inner)


def caller(permission: Permission) -> Any:
    """Return the dependency that gives a caller who has `permission`."""
    return Depends(requires(permission))


SignedInDep = Annotated[Principal, Depends(requires())]


def viewer_of(principal: Principal) -> Viewer:
    """Return whose eyes an answer is made for."""
    return Viewer.of(principal)


def within(earliest: datetime | None, latest: datetime | None) -> None:
    """Refuse a span that ends before it begins."""
    if earliest is not None and latest is not None and latest < earliest:
        raise InvalidRequest("The time span ends before it begins")
