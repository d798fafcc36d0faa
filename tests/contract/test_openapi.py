"""The OpenAPI document: up to date, whole, and true of the running application."""

import asyncio
import json
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import schemathesis
import uvicorn
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from support import rows
from support.service import running

from fairway.composition import SERVICES, modules
from ingest_api.module import MODULE
from records.identity.permissions import Permission
from records.identity.reads import operations_organization
from servicekit.errors import catalogue
from servicekit.http import known_parameters_only

ROOT = Path(__file__).parents[2]
PUBLIC: dict[str, Any] = json.loads((ROOT / "openapi" / "public.json").read_text())
OPERATIONS = [
    (f"{method.upper()} {path}", operation)
    for path, methods in PUBLIC["paths"].items()
    for method, operation in methods.items()
    if path.startswith("/v1/")
]


def test_the_committed_documents_are_what_the_code_says() -> None:
    checked = subprocess.run([ROOT / "scripts" / "openapi", "--check"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize(("name", "operation"), OPERATIONS, ids=[name for name, _ in OPERATIONS])
def test_every_route_is_described(name: str, operation: dict[str, Any]) -> None:
    assert operation["summary"], name
    assert operation["description"], name
    assert "x-permission" in operation or operation["security"] == [], name
    if operation.get("x-permission") not in {None, "signed-in"}:
        assert operation["x-permission"] in set(Permission), name
    for status, response in operation["responses"].items():
        if status.isdigit() and int(status) >= 400:
            (content,) = response["content"].values()
            for code, example in content["examples"].items():
                assert catalogue()[code].status == int(status), f"{name}: {code}"
                assert example["value"]["code"] == code


def test_every_route_refuses_parameters_that_it_does_not_know() -> None:
    def needs(dependant: Dependant) -> set[object]:
        return {dependant.call}.union(*(needs(inner) for inner in dependant.dependencies))

    routes = [route for module in modules(tuple(SERVICES)) for router in module.routers for route in router.routes]
    ours = [route for route in routes if isinstance(route, APIRoute) and route.path.startswith("/v1/")]
    assert len(ours) >= len(OPERATIONS) - 5
    assert [route.path for route in ours if known_parameters_only not in needs(route.dependant)] == []


class Served(NamedTuple):
    """An application that listens on the loopback, an administrator's token, and identifiers of what is there."""

    address: str
    token: str
    known: dict[str, str | int]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The application on an event loop of its own: Schemathesis calls it from outside, as a client does."""
    started: list[Served] = []
    is_up = threading.Event()
    loop = asyncio.new_event_loop()
    server: list[uvicorn.Server] = []

    async def serve() -> None:
        async with running([MODULE], tmp_path_factory.mktemp("openapi")) as service:
            admin = await service.staff()
            known = await _fill(service.context.store, await service.operator())
            config = uvicorn.Config(service.app, port=0, lifespan="off", log_config=None, ws="none")
            server.append(uvicorn.Server(config))
            listening = socket.create_server(("127.0.0.1", 0))  # takes connections from here on
            port = listening.getsockname()[1]
            started.append(Served(f"http://127.0.0.1:{port}", admin.token, known))
            is_up.set()
            await server[0].serve([listening])
            listening.close()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),), daemon=True)
    thread.start()
    assert is_up.wait(60)
    yield started[0]
    server[0].should_exit = True
    thread.join(60)
    loop.close()


async def _fill(store: Any, operator: Any) -> dict[str, str | int]:
    async with store.read() as session:
        operations = await operations_organization(session)
    owner = rows.organization("Southern Orbits")
    document = rows.document(owner)
    ephemeris = rows.ephemeris(document, 44391)
    catalogue_document = rows.document(operations, "cat.3le", purpose="catalogue")
    pinned = rows.catalogue(catalogue_document)
    run = rows.screening_run(owner, ephemeris_id=ephemeris.id)
    event = rows.conjunction_event(44391, 55555, organization_id_low=owner.id)
    message = rows.cdm(owner, event, 44391, 55555)
    person, membership = rows.member(owner, "person@southern.example")
    await rows.add(store, owner, rows.satellite(44391, owner), document, rows.verdict(document), ephemeris)
    await rows.add(store, catalogue_document, pinned, run, event, message, person, membership)
    return {
        "document_id": document.id,
        "ephemeris_id": ephemeris.id,
        "catalogue_id": pinned.id,
        "screening_id": run.id,
        "event_id": event.id,
        "cdm_id": message.id,
        "norad_cat_id": 44391,
        "organization_id": operator.organization_id,
        "user_id": person.id,
    }


SCHEMA = schemathesis.openapi.from_dict(PUBLIC)


@pytest.mark.parametrize("name", [operation.ok().label for operation in SCHEMA.get_all_operations()])
def test_what_the_application_answers_is_what_the_document_says(name: str, served: Served) -> None:
    # An item for each operation, with a name of its own: those that schemathesis collects share theirs, and of items of
    # one name only one is run where the suite is dealt out to several processes.
    method, path = name.split(" ")

    @settings(
        max_examples=8,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=SCHEMA[path][method].as_strategy())
    def answers_as_is_said(case: schemathesis.Case) -> None:
        if len(str(case.query)) % 2 == 0:  # half of the requests are about something that is there
            for parameter in case.path_parameters or {}:
                case.path_parameters[parameter] = served.known.get(parameter, case.path_parameters[parameter])
        headers = {"Authorization": f"Bearer {served.token}"}
        response = case.call(base_url=served.address, headers=headers, timeout=60)
        checks = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
        case.validate_response(response, checks=checks)

    answers_as_is_said()
