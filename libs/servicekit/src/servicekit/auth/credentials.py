"""What a request carries to say who sends it: a bearer token, or the session cookie with a CSRF header on writes."""

import hmac
from typing import TYPE_CHECKING

from starlette.requests import Request

from servicekit.auth.principal import Principal
from servicekit.errors import FairwayError, Unauthenticated

if TYPE_CHECKING:
    from servicekit.context import Context

__all__ = ["CSRF_HEADER", "SESSION_COOKIE", "CsrfTokenMissing", "authenticate"]

SESSION_COOKIE = "fairway_session"
CSRF_HEADER = "X-CSRF-Token"

_READING = frozenset({"GET", "HEAD", "OPTIONS"})


class CsrfTokenMissing(FairwayError):
    """A write came with the session cookie alone, which another site could have made the browser send."""

    code = "csrf-token-missing"
    status = 403
    title = "CSRF token missing or wrong"
    remedy = "Send the session's token in the header X-CSRF-Token, or use an API token."


async def authenticate(request: Request, context: "Context") -> Principal | None:
    """Return who sends `request`, or None where it carries no credential or an ended session.

    Raises
    ------
    Unauthenticated
        There is an Authorization header, but not with a token that is valid now.
    CsrfTokenMissing
        A session writes without its CSRF token.
    """
    authorization = request.headers.get("authorization")
    if authorization is not None:
        return await _by_token(authorization, context)
    cookie = request.cookies.get(SESSION_COOKIE)
    if not cookie:
        return None
    async with context.store.read() as session:
        principal = await context.authenticator.authenticate_session(session, cookie, context.clock.now())
    if principal is not None and request.method not in _READING:
        _check_csrf(principal, request.headers.get(CSRF_HEADER))
    return principal


async def _by_token(authorization: str, context: "Context") -> Principal:
    scheme, _, secret = authorization.partition(" ")
    principal = None
    if scheme.lower() == "bearer" and secret.strip():
        async with context.store.look() as session:
            principal = await context.authenticator.authenticate_token(session, secret.strip(), context.clock.now())
    if principal is None:
        raise Unauthenticated(
            "The Authorization header holds no token that is valid now",
            headers={"WWW-Authenticate": 'Bearer error="invalid_token"'},
        )
    return principal


def _check_csrf(principal: Principal, presented: str | None) -> None:
    expected = principal.csrf
    if expected and presented and hmac.compare_digest(presented.encode(), expected.encode()):
        return
    raise CsrfTokenMissing("This session's request changes something, and its X-CSRF-Token header is missing or wrong")
