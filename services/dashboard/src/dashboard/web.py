"""What every page is made with: templates, the reader's session, and errors as pages."""

from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote, urlencode, urlsplit

import httpx
import jinja2
from fastapi import APIRouter, Depends
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from typing_extensions import override

from dashboard import formats, wording
from dashboard.api import Api, ApiProblem, open_api
from dashboard.assets import asset_url
from dashboard.resources import Catalogue, Session
from dashboard.settings import DashboardSettings
from servicekit.errors import FairwayError, InvalidRequest, Unavailable
from servicekit.http import public_route
from servicekit.observability import logger
from servicekit.settings import read_settings

__all__ = ["ApiDep", "Visit", "VisitDep", "local_path", "page_router", "render", "see_other"]

_log = logger(__name__)

POLICY = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
)
HEADERS = {
    "Content-Security-Policy": "; ".join(POLICY),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for name in formats.__all__:
        environment.filters[name] = getattr(formats, name)
    environment.filters["probability_reason"] = wording.probability_reason
    environment.filters["method_name"] = wording.method_name
    environment.globals["asset_url"] = asset_url
    return environment


_TEMPLATES = _environment()


def render(template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """Return a page that no session is needed for."""
    html = _TEMPLATES.get_template(template).render({"visitor": None, "path": "", "catalogue_in_use": None, **values})
    return HTMLResponse(html, status_code=status, headers=HEADERS)


def see_other(path: str) -> RedirectResponse:
    """Send the browser on with GET, as after a form."""
    return RedirectResponse(path, status_code=303, headers={"Cache-Control": "no-store"})


def local_path(address: str | None) -> str:
    """Return `address` if it is a path of this site, else the first page: no link leads a reader elsewhere."""
    if not address or not address.startswith("/") or address.startswith(("//", "/\\")):
        return "/"
    parts = urlsplit(address)
    return "/" if parts.scheme or parts.netloc else address


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of somebody who is signed in."""

    request: Request
    api: Api
    session: Session
    catalogue: Catalogue | None
    """The catalogue that screening uses now."""

    def page(self, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
        """Return a page."""
        request = self.request
        return render(
            template,
            status=status,
            visitor=self.session,
            now=self.session.now,
            catalogue_in_use=self.catalogue,
            path=request.url.path,
            link_to=self.link_to,
            **values,
        )

    def link_to(self, **changes: str | int | None) -> str:
        """Return the address of this page with other query parameters; None takes one away."""
        query: dict[str, str] = dict(self.request.query_params)
        for name, value in changes.items():
            query.pop(name, None)
            if value is not None:
                query[name] = str(value)
        return f"{self.request.url.path}?{urlencode(query)}" if query else self.request.url.path

    async def form(self) -> dict[str, str]:
        """Read a small form; its token goes on to the API, which checks it."""
        async with self.request.form(max_files=0, max_fields=50) as sent:
            fields = {name: value for name, value in sent.items() if isinstance(value, str)}
        self.api.present_csrf(fields.pop("csrf", ""))
        return fields


async def _api(request: Request) -> AsyncIterator[Api]:
    async with open_api(request, read_settings(DashboardSettings)) as api:
        yield api


ApiDep = Annotated[Api, Depends(_api)]


async def _visit(request: Request, api: ApiDep) -> Visit:
    session = await api.session()
    catalogues = (await api.catalogues(limit=1)).items if session.may("catalogues:read") else []
    return Visit(request, api, session, catalogues[0] if catalogues else None)


VisitDep = Annotated[Visit, Depends(_visit)]


class PageRoute(APIRoute):
    """A route whose errors are pages for people, and that leads to the sign-in page where nobody is signed in."""

    @override
    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        answer = super().get_route_handler()

        async def answer_with_pages(request: Request) -> Response:
            try:
                return await answer(request)
            except ApiProblem as problem:
                if problem.status == 401:
                    return _lead_to_sign_in(request)
                return _error_page(problem.status, problem.title, problem.detail, problem.remedy)
            except RequestValidationError as fault:
                fields = ", ".join(dict.fromkeys(str(each["loc"][-1]) for each in fault.errors()))
                return _fault_page(InvalidRequest(f"The page cannot read: {fields}"))
            except httpx.TransportError as error:
                _log.warning("the API does not answer", error=repr(error))
                return _fault_page(Unavailable("The pages cannot reach the service behind them"))
            except FairwayError as error:
                return _fault_page(error)

        return answer_with_pages


def _lead_to_sign_in(request: Request) -> Response:
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    address = f"/sign-in?next={quote(wanted, safe='')}" if request.method == "GET" and wanted != "/" else "/sign-in"
    if "hx-request" in request.headers:
        return Response(status_code=204, headers={"HX-Redirect": "/sign-in"})
    return see_other(address)


def _fault_page(error: FairwayError) -> Response:
    return _error_page(error.status, error.title, error.detail, error.remedy)


def _error_page(status: int, title: str, detail: str, remedy: str) -> Response:
    return render("error.html", status=status, code=status, title=title, detail=detail, remedy=remedy)


def page_router() -> APIRouter:
    """Return a router of pages.

    Its routes are open as far as this process knows: they hold nothing of their own, and the API behind them asks for
    the credential that the browser sent.
    """
    return APIRouter(route_class=PageRoute, include_in_schema=False, dependencies=[Depends(public_route())])
