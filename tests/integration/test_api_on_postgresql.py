"""The API on PostgreSQL, where transactions do run at the same time: what must happen once happens once."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from support import rows
from support.databases import postgres_database
from support.service import Running, running

from ingest_api.administration.bootstrap import create_sign_in_link, ensure_administrator
from ingest_api.module import MODULE
from records.ingest_api.tables import Document, DocumentWithdrawal
from servicekit.store.plumbing import OutboxRow

HEADERS = {"X-File-Name": "a.oem", "Content-Type": "text/plain"}


@pytest.fixture
async def service(postgres_server: str, postgres_templates: set[str], tmp_path: Path) -> AsyncIterator[Running]:
    async with (
        postgres_database(postgres_server, postgres_templates) as url,
        running([MODULE], tmp_path, database={"url": url}) as started,
    ):
        yield started


async def test_a_process_holds_as_many_connections_as_its_settings_say(
    postgres_server: str, postgres_templates: set[str], tmp_path: Path
) -> None:
    held = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
    async with (
        postgres_database(postgres_server, postgres_templates) as url,
        running([MODULE], tmp_path, database={"url": url, "connections_kept": 2, "connections_beside": 0}) as started,
        started.context.store.look() as session,
    ):
        assert (await session.execute(held)).scalar_one() == 4


async def test_four_first_starts_at_once_make_one_administrator(service: Running) -> None:
    secrets = await asyncio.gather(*(ensure_administrator(service.context) for _ in range(4)))
    (secret,) = [each for each in secrets if each is not None]
    assert (await service.with_token(secret).get("/v1/me")).json()["role"] == "admin"


async def test_six_uploads_of_one_file_at_once_are_one_document_with_one_event(service: Running) -> None:
    operator = await service.operator()
    answers = await asyncio.gather(
        *(operator.client.post("/v1/documents", content=b"x", headers=HEADERS) for _ in range(6))
    )
    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [202]
    assert len({answer.json()["id"] for answer in answers}) == 1
    async with service.context.store.read() as session:
        assert await session.scalar(select(func.count()).select_from(Document)) == 1
        assert await session.scalar(select(func.count()).select_from(OutboxRow)) == 1
    assert len([info async for info in service.context.objects.list("documents/")]) == 2


async def test_one_key_at_once_has_one_effect(service: Running) -> None:
    operator = await service.operator(satellites=[44391])
    answers = await asyncio.gather(
        *(
            operator.client.post("/v1/screenings", json={"norad_cat_id": 44391}, headers={"Idempotency-Key": "one"})
            for _ in range(4)
        )
    )
    assert {answer.status_code for answer in answers} <= {202, 409}
    assert len({answer.json()["id"] for answer in answers if answer.status_code == 202}) == 1
    async with service.context.store.read() as session:
        assert await session.scalar(select(func.count()).select_from(OutboxRow)) == 1


async def test_withdrawing_at_once_withdraws_once(service: Running) -> None:
    operator = await service.operator()
    place = (await operator.client.post("/v1/documents", content=b"x", headers=HEADERS)).headers["location"]
    document_id = place.rpartition("/")[2]
    async with service.context.store.read() as session:
        document = await session.get_one(Document, document_id)
    made = rows.ephemeris(document, 44391)
    await rows.add(service.context.store, made)
    answers = await asyncio.gather(*(operator.client.delete(place) for _ in range(5)))
    assert {answer.status_code for answer in answers} == {204}
    async with service.context.store.read() as session:
        assert await session.scalar(select(func.count()).select_from(DocumentWithdrawal)) == 1
    kinds = [item["kind"] for item in (await operator.client.get("/v1/changes")).json()["items"]]
    assert kinds == ["document.received", "document.withdrawn", "ephemeris.withdrawn"]


async def test_a_sign_in_link_used_twice_at_once_signs_in_once(service: Running) -> None:
    await ensure_administrator(service.context)
    code = (await create_sign_in_link(service.context)).partition("code=")[2]
    answers = await asyncio.gather(*(service.client.post("/v1/session", json={"code": code}) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 401, 401, 401]


async def test_a_satellite_described_by_two_at_once_keeps_both_or_refuses_one(service: Running) -> None:
    admin = await service.staff()
    made = await admin.client.put("/v1/satellites/44391", json={"name": "NORTH 1"})
    tag = {"If-Match": made.headers["etag"]}
    answers = await asyncio.gather(
        *(
            admin.client.put("/v1/satellites/44391", json={"hard_body_radius_m": radius}, headers=tag)
            for radius in (1.0, 2.0)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412]
