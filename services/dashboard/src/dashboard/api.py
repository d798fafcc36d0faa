"""The public API, called with the caller's own credential: what a page may show is what its reader may read."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel
from starlette.requests import Request

from dashboard import resources
from dashboard.in_process import InProcessTransport
from dashboard.multipart_upload import UploadForm
from dashboard.resources import Page
from dashboard.settings import DashboardSettings
from servicekit.auth import CSRF_HEADER, SESSION_COOKIE

__all__ = ["Api", "ApiProblem", "open_api"]

R = TypeVar("R", bound=BaseModel)


class ApiProblem(Exception):
    """The API refused; its problem document says why."""

    def __init__(self, status: int, document: dict[str, Any]) -> None:
        self.status = status
        self.document = document
        super().__init__(self.detail)

    @property
    def code(self) -> str:
        """The stable code of the problem."""
        return str(self.document.get("code") or f"http-{self.status}")

    @property
    def title(self) -> str:
        """What kind of problem it is."""
        return str(self.document.get("title") or "The service refused the request")

    @property
    def detail(self) -> str:
        """What is wrong this time."""
        return str(self.document.get("detail") or self.title)

    @property
    def remedy(self) -> str:
        """What to do about it."""
        return str(self.document.get("remedy") or "")


@cache
def _trusted() -> ssl.SSLContext:
    return httpx.create_ssl_context()


@asynccontextmanager
async def open_api(request: Request, settings: DashboardSettings) -> AsyncIterator["Api"]:
    """Give the API as the caller of `request` may use it: over HTTP, or in this process where no address is set."""
    headers = {name: value for name in ("traceparent", CSRF_HEADER) if (value := request.headers.get(name)) is not None}
    cookie = request.cookies.get(SESSION_COOKIE)
    if cookie is not None:
        headers["Cookie"] = f"{SESSION_COOKIE}={cookie}"
    client = (request.client.host, request.client.port) if request.client else None
    async with httpx.AsyncClient(
        transport=InProcessTransport(request.app, client) if settings.api_url is None else None,
        verify=_trusted() if settings.api_url is not None else False,
        trust_env=False,
        base_url=f"{(settings.api_url or str(request.base_url)).rstrip('/')}/v1/",
        headers=headers,
        timeout=httpx.Timeout(settings.timeout_s, write=None),
    ) as http:
        yield Api(http, f"{settings.space_track_url.rstrip('/')}/v1/" if settings.space_track_url else "")


class Api:
    """The routes that the pages use, typed.

    What the gateway to Space-Track answers is asked at `gateway_url`, which ends in a slash; with the rest, if empty.
    """

    def __init__(self, http: httpx.AsyncClient, gateway_url: str = "") -> None:
        self._http = http
        self._gateway_url = gateway_url

    def present_csrf(self, token: str) -> None:
        """Send the token of a page's form with every write from now on; the API compares it."""
        self._http.headers[CSRF_HEADER] = token

    async def session(self) -> resources.Session:
        """Return who is signed in."""
        return await self._read(resources.Session, "session")

    async def exchange(self, code: str) -> resources.SignedIn:
        """Exchange a sign-in link for a session."""
        return resources.SignedIn.model_validate(await self._send("POST", "session", json={"code": code}))

    async def sign_out(self) -> None:
        """End the session."""
        await self._send("DELETE", "session")

    async def documents(self, **filters: Any) -> Page[resources.Document]:
        """Return uploads, the newest first."""
        return await self._read(Page[resources.Document], "documents", filters)

    async def document(self, document_id: str) -> resources.Document:
        """Return one upload with its verdict."""
        return await self._read(resources.Document, f"documents/{_segment(document_id)}")

    @asynccontextmanager
    async def document_content(self, document_id: str) -> AsyncIterator[httpx.Response]:
        """Give an upload's bytes as they came, streamed."""
        async with self._stream(f"documents/{_segment(document_id)}/content") as response:
            yield response

    async def upload(self, form: UploadForm) -> resources.Document:
        """Pass a file on to the API while it arrives."""
        fields = ("norad_cat_id", "designation", "profile")
        answer = await self._send(
            "POST",
            "documents",
            params={name: value for name in fields if (value := form.fields.get(name))},
            headers={"Content-Type": form.content_type, "X-File-Name": quote(form.file_name)},
            content=form.content,
        )
        return resources.Document.model_validate(answer)

    async def withdraw(self, document_id: str) -> None:
        """Take an upload back."""
        await self._send("DELETE", f"documents/{_segment(document_id)}")

    async def restore(self, document_id: str) -> None:
        """Undo that."""
        await self._send("POST", f"documents/{_segment(document_id)}/restore")

    async def ephemerides(self, **filters: Any) -> Page[resources.Ephemeris]:
        """Return accepted ephemerides, the newest first."""
        return await self._read(Page[resources.Ephemeris], "ephemerides", filters)

    async def ephemeris(self, ephemeris_id: str) -> resources.Ephemeris:
        """Return one accepted ephemeris."""
        return await self._read(resources.Ephemeris, f"ephemerides/{_segment(ephemeris_id)}")

    async def satellites(self, **filters: Any) -> Page[resources.Satellite]:
        """Return satellites by catalogue number."""
        return await self._read(Page[resources.Satellite], "satellites", filters)

    async def satellite(self, norad_cat_id: int) -> resources.Satellite:
        """Return one satellite."""
        return await self._read(resources.Satellite, f"satellites/{norad_cat_id}")

    async def conjunctions(self, **filters: Any) -> Page[resources.Conjunction]:
        """Return conjunction events by TCA."""
        return await self._read(Page[resources.Conjunction], "conjunctions", filters)

    async def conjunction(self, event_id: str) -> resources.Conjunction:
        """Return one event."""
        return await self._read(resources.Conjunction, f"conjunctions/{_segment(event_id)}")

    async def cdms_of(self, event_id: str) -> Page[resources.Cdm]:
        """Return the messages of one event."""
        return await self._read(Page[resources.Cdm], f"conjunctions/{_segment(event_id)}/cdms", {"limit": 200})

    @asynccontextmanager
    async def cdm_content(self, cdm_id: str, media_type: str) -> AsyncIterator[httpx.Response]:
        """Give a CDM in one of its formats, streamed."""
        async with self._stream(f"cdms/{_segment(cdm_id)}", {"Accept": media_type}) as response:
            yield response

    async def screenings(self, **filters: Any) -> Page[resources.Screening]:
        """Return runs, the newest first."""
        return await self._read(Page[resources.Screening], "screenings", filters)

    async def screening(self, run_id: str) -> resources.Screening:
        """Return one run."""
        return await self._read(resources.Screening, f"screenings/{_segment(run_id)}")

    async def screening_tasks(self, run_id: str, **page: Any) -> resources.ScreeningTasks:
        """Return a run slice by slice, with its cost."""
        return await self._read(resources.ScreeningTasks, f"screenings/{_segment(run_id)}/tasks", page)

    async def screening_workers(self) -> Page[resources.ScreeningWorker]:
        """Return the processes that compute."""
        return await self._read(Page[resources.ScreeningWorker], "screening-workers")

    async def request_screening(self, **asked: Any) -> resources.Screening:
        """Ask for a run."""
        return resources.Screening.model_validate(await self._send("POST", "screenings", json=asked))

    async def coverage(self, run_id: str, **page: Any) -> Page[resources.CoverageException]:
        """Return what a run did not screen over the whole interval."""
        return await self._read(Page[resources.CoverageException], f"screenings/{_segment(run_id)}/coverage", page)

    async def approaches(self, run_id: str, **page: Any) -> Page[resources.Approach]:
        """Return the close approaches of a run."""
        return await self._read(Page[resources.Approach], f"screenings/{_segment(run_id)}/approaches", page)

    @asynccontextmanager
    async def approaches_as_csv(self, run_id: str) -> AsyncIterator[httpx.Response]:
        """Give every close approach of a run as CSV, streamed."""
        async with self._stream(f"screenings/{_segment(run_id)}/approaches", {"Accept": "text/csv"}) as response:
            yield response

    async def catalogues(self, **page: Any) -> Page[resources.Catalogue]:
        """Return catalogues, the newest first."""
        return await self._read(Page[resources.Catalogue], "catalogues", page)

    async def catalogue(self, catalogue_id: str) -> resources.Catalogue:
        """Return one catalogue."""
        return await self._read(resources.Catalogue, f"catalogues/{_segment(catalogue_id)}")

    async def feeds(self) -> Page[resources.Feed]:
        """Return what is connected outside, and how it stands."""
        return await self._read(Page[resources.Feed], "feeds")

    async def organizations(self, **page: Any) -> Page[resources.Organization]:
        """Return organizations by name."""
        return await self._read(Page[resources.Organization], "organizations", page)

    async def space_track_link(self, organization_id: str) -> resources.SpaceTrackLink:
        """Return an organization's link to Space-Track with its checklist."""
        path = f"{self._gateway_url}space-track/organizations/{_segment(organization_id)}"
        return await self._read(resources.SpaceTrackLink, path)

    async def change_space_track_link(self, organization_id: str, changes: dict[str, Any]) -> None:
        """Say what the organization allows at Space-Track."""
        await self._send(
            "PATCH", f"{self._gateway_url}space-track/organizations/{_segment(organization_id)}", json=changes
        )

    async def confirm_space_track_step(self, organization_id: str, code: str, *, confirmed: bool) -> None:
        """Confirm a step of the checklist, or take that back."""
        path = f"{self._gateway_url}space-track/organizations/{_segment(organization_id)}/steps/{_segment(code)}"
        await self._send("PUT", path, json={"confirmed": confirmed})

    async def submissions(self, **filters: Any) -> Page[resources.Submission]:
        """Return what is on its way to Space-Track, the newest first."""
        return await self._read(Page[resources.Submission], "submissions", filters)

    async def release_submission(self, submission_id: str) -> None:
        """Have a held file sent."""
        await self._send("POST", f"{self._gateway_url}submissions/{_segment(submission_id)}/release")

    async def delete_submission(self, submission_id: str) -> None:
        """Have a file deleted at Space-Track."""
        await self._send("DELETE", f"{self._gateway_url}submissions/{_segment(submission_id)}")

    async def notifications(self, **filters: Any) -> Page[resources.Notification]:
        """Return mails, the newest first."""
        return await self._read(Page[resources.Notification], "notifications", filters)

    async def notification(self, notification_id: str) -> resources.Notification:
        """Return one mail with its text."""
        return await self._read(resources.Notification, f"notifications/{_segment(notification_id)}")

    async def dead_letters(self, **page: Any) -> Page[resources.DeadLetter]:
        """Return the events that could not be handled."""
        return await self._read(Page[resources.DeadLetter], "dead-letters", page)

    async def dead_letter(self, event_id: str, consumer: str) -> resources.DeadLetter:
        """Return one of them with its payload and error."""
        return await self._read(resources.DeadLetter, f"dead-letters/{_segment(event_id)}/{_segment(consumer)}")

    async def replay_dead_letter(self, event_id: str, consumer: str) -> None:
        """Send one again."""
        await self._send("POST", f"dead-letters/{_segment(event_id)}/{_segment(consumer)}/replay")

    async def _read(self, kind: type[R], path: str, parameters: dict[str, Any] | None = None) -> R:
        given = {name: value for name, value in (parameters or {}).items() if value is not None}
        return kind.model_validate(await self._send("GET", path, params=given))

    async def _send(self, method: str, path: str, **arguments: Any) -> Any:
        response = await self._http.request(method, path, **arguments)
        if response.is_error:
            raise _problem(response)
        return response.json() if response.content else None

    @asynccontextmanager
    async def _stream(self, path: str, headers: dict[str, str] | None = None) -> AsyncIterator[httpx.Response]:
        async with self._http.stream("GET", path, headers=headers) as response:
            if response.is_error:
                await response.aread()
                raise _problem(response)
            yield response


def _segment(identifier: str) -> str:
    return quote(identifier, safe="")


def _problem(response: httpx.Response) -> ApiProblem:
    try:
        document = response.json()
    except ValueError:
        document = {}
    return ApiProblem(response.status_code, document if isinstance(document, dict) else {})
