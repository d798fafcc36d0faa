"""The pages on a stand-in for the API."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from support.stand_in_api import COOKIE, SIGNED_IN, StandInApi, page

from dashboard.module import MODULE
from servicekit.http.problems import handle_errors
from servicekit.settings import Settings


@pytest.fixture
def api() -> StandInApi:
    """An API where somebody is signed in and nothing has happened yet."""
    stand_in = StandInApi()
    stand_in.put("session", SIGNED_IN)
    for path in (
        "documents",
        "conjunctions",
        "catalogues",
        "screenings",
        "feeds",
        "satellites",
        "ephemerides",
        "notifications",
        "dead-letters",
    ):
        stand_in.put(path, page())
    return stand_in


@pytest.fixture
async def browser(api: StandInApi, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[httpx.AsyncClient]:
    """A signed-in browser, without the screen."""
    monkeypatch.delenv("FAIRWAY_DASHBOARD__API_URL", raising=False)
    app = FastAPI()
    app.state.settings = Settings()
    handle_errors(app)
    for router in MODULE.routers:
        app.include_router(router)

    @app.api_route("/v1/{path:path}", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
    async def answer(request: Request, path: str) -> Response:
        return await api(request, path)

    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://fairway.test", cookies={"fairway_session": COOKIE}
    ) as client:
        yield client
