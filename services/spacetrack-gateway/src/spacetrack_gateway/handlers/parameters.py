"""Parameters and callers that the gateway's routes share."""

from typing import Annotated, Any

from fastapi import Depends, Path
from pydantic import Field

from records.identity.permissions import Permission
from servicekit.http import requires

__all__ = ["Identifier", "Text", "caller"]

Identifier = Annotated[
    str,
    Path(
        pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
        examples=["0192f7c2-6f2b-7c1e-9d3a-5b1f0c9a7e11"],
    ),
]
Text = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[^\x00-\x1f\x7f]+$")]


def caller(permission: Permission) -> Any:
    """Return the dependency that gives a caller who has `permission`."""
    return Depends(requires(permission))
