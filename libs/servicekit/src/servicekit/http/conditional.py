"""Entity tags: not sending what the caller has, and not overwriting what the caller has not seen (RFC 9110, 13.1)."""

import hashlib
from typing import Any

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from servicekit.errors import PreconditionFailed
from servicekit.http.models import json_answer

__all__ = ["NOT_MODIFIED", "check_if_match", "entity_tag", "is_not_modified", "tagged_answer"]

NOT_MODIFIED: dict[int | str, dict[str, Any]] = {304: {"description": "The caller has this state already."}}
"""What `tagged_answer` adds to a route's responses."""


def entity_tag(*parts: object) -> str:
    """Return the strong entity tag of a state that `parts` determine, for example its identifier and row version."""
    text = "\x1f".join(str(part) for part in parts)
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def is_not_modified(request: Request, tag: str) -> bool:
    """Whether the caller has this state already, so that 304 answers the request."""
    named = request.headers.get("if-none-match")
    return named is not None and _names(named, tag, weak=True)


def tagged_answer(request: Request, model: BaseModel, headers: dict[str, str] | None = None) -> Response:
    """Answer with `model` and the entity tag of what it says, or with 304 where the caller has it already."""
    answer = json_answer(model, headers=headers)
    tag = entity_tag(bytes(answer.body).decode())
    if is_not_modified(request, tag):
        return Response(status_code=304, headers={**(headers or {}), "ETag": tag})
    answer.headers["ETag"] = tag
    return answer


def check_if_match(request: Request, tag: str) -> None:
    """Let a write through whose If-Match names the present state, or that has none.

    Raises
    ------
    PreconditionFailed
        It names another state: somebody has changed it.
    """
    named = request.headers.get("if-match")
    if named is not None and not _names(named, tag, weak=False):
        raise PreconditionFailed("If-Match names another state than the present one", headers={"ETag": tag})


def _names(header: str, tag: str, *, weak: bool) -> bool:
    if header.strip() == "*":
        return True
    given = (each.strip() for each in header.split(","))
    return tag in (each.removeprefix("W/") if weak else each for each in given)
