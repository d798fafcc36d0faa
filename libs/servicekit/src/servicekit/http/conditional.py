"""Entity tags: not sending what the caller has, and not overwriting what the caller has not seen (RFC 9110, 13.1)."""

import hashlib

from starlette.requests import Request

from servicekit.errors import PreconditionFailed

__all__ = ["check_if_match", "entity_tag", "is_not_modified"]


def entity_tag(*parts: object) -> str:
    """Return the strong entity tag of a state that `parts` determine, for example its identifier and row version."""
    text = "\x1f".join(str(part) for part in parts)
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def is_not_modified(request: Request, tag: str) -> bool:
    """Whether the caller has this state already, so that 304 answers the request."""
    named = request.headers.get("if-none-match")
    return named is not None and _names(named, tag, weak=True)


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
