"""An application made of services: its life, its health, its description."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

import pytest
from fastapi import APIRouter, Depends, FastAPI
from sqlalchemy import func, select
from support.sample_service import MODULE, SampleAuthenticator, running, sample

from servicekit.bus import Consumer, Delivery
from servicekit.context import Context
from servicekit.errors import Unavailable
from servicekit.events import Event
from servicekit.http import public_route
from servicekit.runtime import FolderInUse, Job, ServiceModule, create_app, openapi_app
from servicekit.settings import Settings
from servicekit.store import Actor
from servicekit.store.plumbing import AuditEntry

TESTER = Actor("system", "test")


class ThingAddedV1(Event):
    topic: ClassVar[str] = "thing.added.v1"

    thing_id: str


def context_of(app: FastAPI) -> Context:
    context: Context = app.state.context
    return context


async def test_a_process_answers_consumes_and_does_its_jobs(tmp_path: Path) -> None:
    handled: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    job_ran = asyncio.Event()

    async def on_thing_added(_context: Context, delivery: Delivery[ThingAddedV1]) -> None:
        async with delivery.transaction() as unit:
            unit.audit("thing.handled", "thing", delivery.event.thing_id)
        handled.set_result(delivery.event.thing_id)

    async def reconcile(context: Context) -> None:
        async with context.store.write(TESTER) as unit:
            unit.emit(ThingAddedV1(thing_id="from the job"))
        job_ran.set()

    module = ServiceModule(
        name="things",
        consumers=[Consumer(name="things.handle", event=ThingAddedV1, handler=on_thing_added)],
        jobs=[Job(name="things.reconcile", every=timedelta(hours=1), run=reconcile)],
    )
    app = sample(tmp_path, module)
    async with running(app) as client, asyncio.timeout(60):
        await job_ran.wait()
        assert await handled == "from the job"
        metrics = (await client.get("/metrics")).text
    assert 'fairway_job_runs_total{name="things.reconcile",outcome="done"} 1.0' in metrics
    assert "fairway_outbox_oldest_age_seconds" in metrics


async def test_a_handler_in_hand_is_finished_before_the_store_is_closed(tmp_path: Path) -> None:
    begun, finish = asyncio.Event(), asyncio.Event()

    async def slow(_context: Context, delivery: Delivery[ThingAddedV1]) -> None:
        begun.set()
        await finish.wait()
        async with delivery.transaction() as unit:
            unit.audit("thing.handled", "thing", delivery.event.thing_id)

    module = ServiceModule(name="things", consumers=[Consumer(name="things.slow", event=ThingAddedV1, handler=slow)])
    app = sample(tmp_path, module)
    async with running(app), asyncio.timeout(60):
        async with context_of(app).store.write(TESTER) as unit:
            unit.emit(ThingAddedV1(thing_id="1"))
        await begun.wait()
        asyncio.get_running_loop().call_later(0.05, finish.set)
    again = sample(tmp_path, ServiceModule(name="reader"))
    async with running(again), context_of(again).store.read() as session:
        assert await session.scalar(select(func.count()).select_from(AuditEntry)) == 1


async def test_starts_are_awaited_before_anything_is_answered_and_a_failure_stops_the_process(tmp_path: Path) -> None:
    started: list[str] = []

    async def start(context: Context) -> None:
        started.append(type(context).__name__)

    async with running(sample(tmp_path, ServiceModule(name="x", start=start))):
        assert started == ["Context"]

    async def fail(_context: Context) -> None:
        raise Unavailable("the directory of frames does not answer")

    app = sample(tmp_path, ServiceModule(name="x", start=fail))
    with pytest.raises(Unavailable, match="directory of frames"):
        async with app.router.lifespan_context(app):
            pass
    async with running(sample(tmp_path)) as client:
        assert (await client.get("/healthz")).status_code == 200, "the folder was given free"


async def test_a_process_is_ready_when_it_is_warm(tmp_path: Path) -> None:
    warm = asyncio.Event()

    async def compile_kernels(_context: Context) -> None:
        await warm.wait()

    async with running(sample(tmp_path, ServiceModule(name="screening", warm=compile_kernels))) as client:
        cold = await client.get("/readyz")
        assert (cold.status_code, cold.json()["ready"]) == (503, False)
        assert cold.json()["checks"]["warm"] == "warming up: screening"
        assert (await client.get("/healthz")).json() == {"status": "ok"}
        warm.set()
        await asyncio.gather(*(task for task in asyncio.all_tasks() if task.get_name() == "screening.warm"))
        ready = await client.get("/readyz")
        assert (ready.status_code, set(ready.json()["checks"].values())) == (200, {"ok"})


async def test_a_process_that_cannot_write_objects_is_healthy_and_not_ready(tmp_path: Path) -> None:
    app = sample(tmp_path)
    async with running(app) as client:
        (tmp_path / "objects" / ".partial").rmdir()
        response = await client.get("/readyz")
        assert response.status_code == 503
        assert response.json()["checks"]["objects"] == "objects cannot be written (FileNotFoundError)"
        assert (await client.get("/healthz")).status_code == 200


async def test_two_processes_cannot_have_one_folder(tmp_path: Path) -> None:
    second = sample(tmp_path)
    async with running(sample(tmp_path)):
        with pytest.raises(FolderInUse):
            async with second.router.lifespan_context(second):
                pass


async def test_what_a_killed_process_left_half_written_is_gone_after_the_start(tmp_path: Path) -> None:
    partial = tmp_path / "objects" / ".partial"
    partial.mkdir(parents=True)
    (partial / "018f").write_bytes(b"half")
    async with running(sample(tmp_path)):
        assert list(partial.iterdir()) == []


async def test_folders_of_files_are_served_as_they_are(tmp_path: Path) -> None:
    static = tmp_path / "static"
    static.mkdir()
    (static / "page.css").write_text("body { margin: 0 }")
    module = ServiceModule(name="dashboard", static={"/static/dashboard": static})
    async with running(sample(tmp_path / "data", module)) as client:
        response = await client.get("/static/dashboard/page.css")
        assert response.headers["content-type"].startswith("text/css")
        assert (await client.get("/static/dashboard/../data/fairway.db")).status_code == 404
        assert (await client.get("/static/dashboard/%2e%2e/data/fairway.db")).status_code == 404


def test_the_description_is_the_same_every_time_and_needs_nothing_running() -> None:
    first, second = openapi_app([MODULE]).openapi(), openapi_app([MODULE]).openapi()
    assert json.dumps(first) == json.dumps(second)
    assert list(first["paths"]) == sorted(first["paths"])


def test_the_description_of_a_running_application_is_that_of_the_same_services(tmp_path: Path) -> None:
    assert sample(tmp_path).openapi() == openapi_app([MODULE], version="0").openapi()


def test_every_operation_states_who_may_call_it_and_what_goes_wrong() -> None:
    document = openapi_app([MODULE]).openapi()
    add = document["paths"]["/v1/things"]["post"]
    assert add["operationId"] == "add_thing"
    assert add["x-permission"] == "things:write"
    assert add["security"] == [{"token": []}, {"session": []}]
    assert {"201", "401", "403", "404", "413", "422", "default"} == set(add["responses"])
    missing = add["responses"]["404"]
    assert missing["description"] == "`thing-not-found`: No such thing"
    content = missing["content"]["application/problem+json"]
    assert content["schema"] == {"$ref": "#/components/schemas/Problem"}
    assert content["examples"]["thing-not-found"]["value"]["status"] == 404
    assert document["paths"]["/healthz"]["get"]["security"] == []
    assert {"token", "session"} == set(document["components"]["securitySchemes"])


def test_every_schema_that_is_named_is_there_and_the_frameworks_own_error_is_not() -> None:
    document = openapi_app([MODULE]).openapi()
    schemas = document["components"]["schemas"]
    assert "ThingPage" in schemas
    assert "HTTPValidationError" not in schemas
    named = {part.split('"')[0] for part in json.dumps(document).split("#/components/schemas/")[1:]}
    assert named <= set(schemas)


async def answer() -> None:
    """Answer nothing."""


def test_routers_of_all_services_are_one_application(tmp_path: Path) -> None:
    router = APIRouter(prefix="/v1/other", dependencies=[Depends(public_route())])
    router.add_api_route("", answer)
    app = create_app(
        [MODULE, ServiceModule(name="other", routers=[router])],
        Settings(data=tmp_path),
        authenticator=SampleAuthenticator(),
    )
    assert {"/v1/things", "/v1/other", "/healthz"} <= set(app.openapi()["paths"])
