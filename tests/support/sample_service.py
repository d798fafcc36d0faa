"""A small service for tests of the plumbing: things that can be listed, added, uploaded and watched."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated

import httpx
from asgi_lifespan import LifespanManager
from fastapi import APIRouter, Depends, FastAPI, UploadFile
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from records.migrations import MIGRATIONS
from servicekit.auth import Principal
from servicekit.errors import NotFound
from servicekit.http import (
    ContextDep,
    IdempotencyDep,
    Page,
    PageDep,
    PreferencesDep,
    RequestModel,
    ResponseModel,
    ServerSentEvent,
    UtcTimestamp,
    accepts_upload,
    check_if_match,
    entity_tag,
    event_stream,
    fingerprint,
    is_not_modified,
    json_answer,
    public_route,
    raises,
    requires,
)
from servicekit.runtime import ServiceModule, create_app
from servicekit.settings import Settings
from servicekit.store.plumbing import AuditEntry

__all__ = ["CSRF", "MODULE", "READER", "SESSION", "WRITER", "SampleAuthenticator", "ThingNotFound", "running", "sample"]

READER = {"Authorization": "Bearer reader"}
WRITER = {"Authorization": "Bearer writer"}
SESSION = {"Cookie": "fairway_session=known"}
CSRF = "csrf-of-the-session"


class ThingNotFound(NotFound):
    """No thing has this number."""

    code = "thing-not-found"
    title = "No such thing"


class SampleAuthenticator:
    """Knows the tokens `reader` and `writer`, and the session `known`."""

    async def authenticate_token(self, _session: AsyncSession, secret: str, _now: datetime) -> Principal | None:
        permissions = {"reader": {"things:read"}, "writer": {"things:read", "things:write"}}.get(secret)
        return None if permissions is None else _principal("token", secret, permissions)

    async def authenticate_session(self, _session: AsyncSession, cookie: str, _now: datetime) -> Principal | None:
        return _principal("session", "person", {"things:read", "things:write"}) if cookie == "known" else None


def _principal(kind: str, name: str, permissions: set[str]) -> Principal:
    return Principal(
        subject_id=name,
        kind="token" if kind == "token" else "session",
        name=name,
        organization_id="018f",
        role="operator",
        permissions=frozenset(permissions),
        is_staff=False,
        csrf=CSRF if kind == "session" else None,
    )


class NewThing(RequestModel):
    """What a thing is made of."""

    name: str
    at: UtcTimestamp


class Thing(ResponseModel):
    """A thing."""

    name: str
    at: UtcTimestamp
    size: float | None = None


Reader = Annotated[Principal, Depends(requires("things:read"))]
Writer = Annotated[Principal, Depends(requires("things:write"))]

router = APIRouter(prefix="/v1/things", tags=["Things"])


@router.get("")
async def list_things(page: PageDep, _principal: Reader) -> Page[Thing]:
    """List nothing."""
    page.after(str)
    return Page(items=[])


@router.post("", status_code=201, response_model=Thing, responses=raises(ThingNotFound))
async def add_thing(thing: NewThing, context: ContextDep, principal: Writer, idempotency: IdempotencyDep) -> Response:
    """Add a thing: an audit entry is its effect."""
    request_hash = fingerprint(thing.model_dump_json())
    if (answer := await idempotency.answer(request_hash)) is not None:
        return answer
    async with context.store.write(principal.actor) as unit:
        unit.audit("thing.added", "thing", thing.name)
        response = json_answer(Thing(name=thing.name, at=thing.at), 201, {"Location": f"/v1/things/{thing.name}"})
        await idempotency.record(unit, request_hash, response)
    return response


@router.get("/count")
async def count_things(context: ContextDep, _principal: Reader) -> int:
    """Count what was added."""
    async with context.store.read() as session:
        return await session.scalar(select(func.count()).select_from(AuditEntry)) or 0


@router.post("/files")
@accepts_upload
async def upload_thing(request: Request, _principal: Writer) -> int:
    """Take a file piece by piece."""
    return sum([len(chunk) async for chunk in request.stream()])


@router.post("/forms")
@accepts_upload
async def upload_form(file: UploadFile, _principal: Writer) -> int:
    """Take a file of a form."""
    return len(await file.read())


@router.get("/crash")
async def crash(_principal: Reader) -> None:
    """Fail as nobody expected."""
    raise RuntimeError("the password is hunter2")


@router.get("/crash-midway")
async def crash_midway(_principal: Reader) -> Response:
    """Fail when half the answer is out."""

    async def half() -> AsyncIterator[bytes]:
        yield b"half"
        raise RuntimeError("midway")

    return StreamingResponse(half())


@router.get("/missing", responses=raises(ThingNotFound))
async def get_missing(_principal: Reader) -> None:
    """Be about something that is not there."""
    raise ThingNotFound("No thing 7", number=7)


@router.get("/preferences")
async def get_preferences(preferences: PreferencesDep, _principal: Reader) -> float | None:
    """Say how long the caller would wait."""
    return preferences.wait_s


@router.get("/versioned")
async def get_versioned(request: Request, _principal: Reader) -> Response:
    """Have one state."""
    tag = entity_tag("thing", 3)
    return Response(status_code=304 if is_not_modified(request, tag) else 200, headers={"ETag": tag})


@router.put("/versioned")
async def put_versioned(request: Request, _principal: Writer) -> None:
    """Have one state that may be overwritten by who has seen it."""
    check_if_match(request, entity_tag("thing", 3))


@router.get("/progress")
async def watch(request: Request, _principal: Reader) -> StreamingResponse:
    """Tell three steps, then wait for ever."""

    async def steps() -> AsyncIterator[ServerSentEvent]:
        for step in range(3):
            yield ServerSentEvent(data={"step": step}, event="step", id=str(step))
        await asyncio.Event().wait()

    return event_stream(request, steps())


@router.get("/whoami")
async def who_am_i(principal: Annotated[Principal, Depends(requires())]) -> str:
    """Name the caller."""
    return principal.name


@router.get("/public", dependencies=[Depends(public_route())])
async def get_public() -> str:
    """Greet everybody."""
    return "hello"


MODULE = ServiceModule(name="things", routers=[router])


@asynccontextmanager
async def running(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Give a client of `app`, which runs as long as the block."""
    async with (
        LifespanManager(app, startup_timeout=60, shutdown_timeout=60),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app, raise_app_exceptions=False), base_url="http://fairway.test"
        ) as client,
    ):
        yield client


def sample(folder: Path, *modules: ServiceModule, **settings: object) -> FastAPI:
    """Return the application of the small service, on embedded parts in `folder`."""
    return create_app(
        modules or [MODULE],
        Settings.model_validate({"data": folder, **settings}),
        authenticator=SampleAuthenticator(),
        migrate=MIGRATIONS.upgrade,
    )
