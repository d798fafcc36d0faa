"""Signing in by a link, and out."""

from typing import Annotated

from fastapi import Query
from starlette.requests import Request
from starlette.responses import Response

from dashboard.api import ApiProblem
from dashboard.web import ApiDep, VisitDep, local_path, page_router, render, see_other
from servicekit.auth import SESSION_COOKIE
from servicekit.settings import Settings

__all__ = ["router"]

router = page_router()


@router.get("/sign-in")
async def sign_in_page(
    request: Request,
    api: ApiDep,
    code: Annotated[str | None, Query(max_length=200)] = None,
    next_page: Annotated[str | None, Query(alias="next", max_length=2000)] = None,
) -> Response:
    """Exchange the code of a link for a session; without a code, say how one signs in."""
    if code is None:
        return render("sign_in.html", title="Sign in", text="You are not signed in, or your session has ended.")
    try:
        signed_in = await api.exchange(code)
    except ApiProblem as problem:
        if problem.status not in (400, 401, 404, 409, 410, 422):
            raise
        text = "It was used already, or it is too old. Ask for a new one: each link signs in once."
        return render("sign_in.html", status=410, title="This sign-in link does not work any more", text=text)
    response = see_other(local_path(next_page))
    settings: Settings = request.app.state.settings
    is_https = request.url.scheme == "https" or settings.http.base_url.startswith("https:")
    # no expiry here: in a replay the service's clock is not the browser's; the API ends the session in its own time
    response.set_cookie(SESSION_COOKIE, signed_in.cookie, path="/", httponly=True, samesite="lax", secure=is_https)
    return response


@router.post("/sign-out")
async def sign_out_form(visit: VisitDep) -> Response:
    """End the session, here and in the browser."""
    await visit.form()
    await visit.api.sign_out()
    response = see_other("/sign-in")
    response.delete_cookie(SESSION_COOKIE, path="/", httponly=True, samesite="lax")
    return response
