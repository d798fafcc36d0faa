"""A database or an object store that is away for a while: requests say when to try again, and nothing is lost."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import func, select
from support.seaweedfs import s3_service
from support.service import Running, running

from ingest_api.module import MODULE
from local_parts.ports import free_port
from local_parts.postgresql import PostgreSQL
from local_parts.reverse_proxy import ReverseProxy, Rule
from records.ingest_api.tables import Document
from servicekit.ids import new_id
from servicekit.objects.s3 import open_s3_objects
from servicekit.settings import S3Settings

HEADERS = {"X-File-Name": "a.oem", "Content-Type": "text/plain"}
ATTEMPTS = 3
SLOW_DOWN = (
    b"HTTP/1.1 503 Slow Down\r\nContent-Type: application/xml\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s"
)
SAYS = b"<Error><Code>SlowDown</Code><Message>later</Message></Error>"


class Gate:
    """A way to the object store that can be closed: it answers 503 then, for good or for so many requests."""

    def __init__(self, port: int) -> None:
        self._open = {"s3": port}
        self.way = dict(self._open)
        self.refused = 0
        self._left: int | None = None
        self.closed_port = 0

    def close(self, requests: int | None = None) -> None:
        self._left = requests
        self.way["s3"] = self.closed_port

    def open(self) -> None:
        self.way.update(self._open)

    async def refuse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        self.refused += 1
        writer.write(SLOW_DOWN % (len(SAYS), SAYS))
        await writer.drain()
        writer.close()
        if self._left is not None and self.refused >= self._left:
            self.open()


@pytest.fixture
async def gate() -> AsyncIterator[tuple[Gate, S3Settings]]:
    service = s3_service()
    made = Gate(urlsplit(service.url).port or 0)
    refusing = await asyncio.start_server(made.refuse, "127.0.0.1", 0)
    made.closed_port = refusing.sockets[0].getsockname()[1]
    async with ReverseProxy(free_port(), [Rule("prefix", "/", "s3")], made.way) as proxy:
        settings = S3Settings(
            bucket=f"fairway-{new_id()}",
            endpoint_url=proxy.address,
            access_key_id=service.access_key_id,
            secret_access_key=service.secret_access_key,
            attempts=ATTEMPTS,
            timeout_s=10,
        )
        async with open_s3_objects(settings) as objects:
            await objects.make_bucket()
        yield made, settings
    refusing.close()


@asynccontextmanager
async def serving(folder: Path, settings: S3Settings) -> AsyncIterator[Running]:
    async with running([MODULE], folder, s3=settings) as started:
        yield started


async def documents(service: Running) -> int:
    async with service.context.store.read() as session:
        return await session.scalar(select(func.count()).select_from(Document)) or 0


async def test_no_upload_is_acknowledged_while_objects_cannot_be_kept(
    gate: tuple[Gate, S3Settings], tmp_path: Path
) -> None:
    way, settings = gate
    async with serving(tmp_path, settings) as service:
        operator = await service.operator()
        way.close()
        refused = await operator.client.post("/v1/documents", content=b"x", headers=HEADERS)
        assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
        assert int(refused.headers["Retry-After"]) > 0
        assert way.refused >= ATTEMPTS, "it was tried again before the caller was told"
        assert not (await service.client.get("/readyz")).is_success
        assert await documents(service) == 0
        way.open()
        taken = await operator.client.post("/v1/documents", content=b"x", headers=HEADERS)
        assert taken.status_code == 202
        assert len([info async for info in service.context.objects.list("documents/")]) == 2
        assert await documents(service) == 1


async def test_a_short_refusal_is_nothing_that_a_caller_sees(gate: tuple[Gate, S3Settings], tmp_path: Path) -> None:
    way, settings = gate
    async with serving(tmp_path, settings) as service:
        operator = await service.operator()
        way.close(requests=ATTEMPTS - 1)
        taken = await operator.client.post("/v1/documents", content=b"x", headers=HEADERS)
        assert taken.status_code == 202
        assert way.refused == ATTEMPTS - 1


async def test_a_database_that_is_away_is_said_and_found_again(tmp_path: Path) -> None:
    folder = tmp_path / "postgresql"
    with PostgreSQL(folder) as server:
        url = server.address_of("postgres", "postgresql+asyncpg")
        async with running([MODULE], tmp_path, database={"url": url}) as service:
            operator = await service.operator()
            server.kill()
            for _ in range(2):  # connections that broke off, and those that cannot be had
                refused = await operator.client.get("/v1/documents")
                assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
                assert refused.headers["Retry-After"]
            refused = await operator.client.post("/v1/documents", content=b"x", headers=HEADERS)
            assert refused.status_code == 503
            await asyncio.to_thread(server.start)
            answer = await operator.client.post("/v1/documents", content=b"x", headers=HEADERS)
            assert answer.status_code == 202
