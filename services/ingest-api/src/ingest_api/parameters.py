"""Parameters that many routes share."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Path, Query

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
    "caller",
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
