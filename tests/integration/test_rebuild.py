"""Documents recorded again from the objects into an older or empty database, on SQLite and PostgreSQL."""

import json
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from support.buses import until
from support.command_line import Ended, program
from support.kafka import kafka_settings
from support.service import Running, running

from ingest_api.module import MODULE
from local_parts.postgresql import PostgreSQL
from records.identity.tables import Organization
from records.ingest_api.tables import Document
from records.validator.tables import Verdict
from servicekit.holds import outbound_hold
from servicekit.store.plumbing import AuditEntry, OutboxRow
from validator.module import MODULE as VALIDATOR

HEADERS = {"Content-Type": "text/plain"}


@dataclass(frozen=True)
class Installation:
    """A data folder with a database that can be saved, brought back and emptied."""

    folder: Path
    settings: dict[str, Any]
    environment: dict[str, str]
    save: Callable[[], None]
    restore: Callable[[], None]
    empty: Callable[[], None]

    def run(self, *arguments: str) -> Ended:
        return program(*arguments, FAIRWAY_DATA=str(self.folder), **self.environment)


@pytest.fixture(params=["sqlite", "postgresql"])
async def installation(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Installation]:
    folder, kept = tmp_path / "data", tmp_path / "backup"
    if request.param == "sqlite":
        database = folder / "fairway.db"

        def empty() -> None:
            for file in folder.glob("fairway.db*"):
                file.unlink()

        def restore() -> None:
            empty()
            shutil.copyfile(kept, database)

        def save_file() -> None:
            with sqlite3.connect(database) as live, sqlite3.connect(kept) as copy:
                live.backup(copy)

        yield Installation(folder, {}, {}, save_file, restore, empty)
        return
    with on_postgresql(folder, kept, tmp_path / "server") as installed:
        yield installed


@contextmanager
def on_postgresql(folder: Path, kept: Path, server_folder: Path) -> Iterator[Installation]:
    with PostgreSQL(server_folder, settings={"fsync": "off"}) as server:
        server.run("createdb", "fairway")
        url = server.address_of("fairway", "postgresql+asyncpg")

        def make_anew() -> None:
            server.run("dropdb", "--force", "fairway")
            server.run("createdb", "fairway")

        def bring_back() -> None:
            make_anew()
            server.run("pg_restore", "--dbname=fairway", kept)

        def emptied() -> None:
            make_anew()
            assert program("migrate", FAIRWAY_DATA=str(folder), FAIRWAY_DATABASE__URL=url).exit_code == 0

        def save() -> None:
            server.run("pg_dump", "--format=custom", f"--file={kept}", "fairway")

        settings = {"database": {"url": url}}
        yield Installation(folder, settings, {"FAIRWAY_DATABASE__URL": url}, save, bring_back, emptied)


async def documents(installation: Installation, *, send: tuple[str, ...] = ()) -> list[tuple[Any, ...]]:
    """Send files of these names, and return every document's row."""
    async with running([MODULE], installation.folder, **installation.settings) as service:
        if send:
            async with service.context.store.read() as session:
                known = (await session.scalars(select(Organization.id).where(Organization.name == "Northern"))).first()
            operator = await service.operator("Northern") if known is None else await service.staff()
            query = {} if known is None else {"organization_id": known}
            for name in send:
                answer = await operator.client.post(
                    "/v1/documents", content=name.encode(), headers=HEADERS | {"X-File-Name": name}, params=query
                )
                assert answer.status_code == 202, answer.text
        async with service.context.store.read() as session:
            rows = await session.scalars(select(Document).order_by(Document.id))
            return [
                (row.id, row.organization_id, row.uploader_kind, row.file_name, row.sha256, row.received_at)
                for row in rows
            ]


async def test_what_came_after_the_backup_is_recorded_again_as_it_was(installation: Installation) -> None:
    await documents(installation, send=("before.oem",))
    installation.save()
    everything = await documents(installation, send=("after.oem", "later.oem"))
    installation.restore()
    ended = installation.run("rebuild", "--format", "json")
    assert ended.exit_code == 0, ended.errors
    counts = json.loads(ended.output)
    assert (counts["known"], counts["rebuilt"], counts["damaged"]) == (1, 2, [])
    again = json.loads(installation.run("rebuild", "--format", "json").output)
    assert (again["known"], again["rebuilt"]) == (3, 0)
    assert await documents(installation) == everything
    async with running([MODULE], installation.folder, **installation.settings) as service:
        async with service.context.store.read() as session:
            hold = await outbound_hold(session)
            told = await session.scalar(select(func.count()).select_from(OutboxRow))
            audited = await session.scalar(
                select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "document.received")
            )
        assert hold is not None
        assert "restored" in hold.reason
        assert told == audited == 3, "each is told of once"
    assert installation.run("release-outbound").exit_code == 0
    nothing_held = installation.run("release-outbound")
    assert (nothing_held.exit_code, "nothing is held" in nothing_held.errors) == (2, True)


async def test_an_empty_database_gets_everything_and_organizations_by_their_identifiers(
    installation: Installation,
) -> None:
    everything = await documents(installation, send=("one.oem", "two.oem"))
    installation.empty()
    counts = json.loads(installation.run("rebuild", "--format", "json").output)
    assert (counts["rebuilt"], counts["organizations"]) == (2, 1)
    assert await documents(installation) == everything


async def test_damaged_and_unfinished_uploads_are_told_and_left_alone(installation: Installation) -> None:
    await documents(installation)
    installation.save()
    names = ("a.oem", "b.oem", "c.oem", "d.oem", "e.oem")
    (broken, *_), (missing, *_), (torn, *_), (bare, *_), _ = await documents(installation, send=names)
    objects = installation.folder / "objects" / "documents"
    (objects / broken).write_bytes(b"rotten")
    (objects / missing).unlink()
    (objects / f"{torn}.envelope.json").write_bytes(b'{"id": "')
    (objects / f"{bare}.envelope.json").write_bytes(b"[]")
    (objects / "0192f0c4-0000-7000-8000-000000000000").write_bytes(b"never acknowledged")
    installation.restore()
    ended = installation.run("rebuild", "--format", "json")
    assert ended.exit_code == 1
    counts = json.loads(ended.output)
    assert counts["rebuilt"] == 1
    assert counts["damaged"] == [broken, missing, torn, bare]
    assert len(await documents(installation)) == 1
    assert (objects / broken).read_bytes() == b"rotten"


@pytest.fixture
def on_a_broker(tmp_path: Path, kafka_address: str) -> Iterator[Installation]:
    kafka = kafka_settings(kafka_address)
    with on_postgresql(tmp_path / "data", tmp_path / "backup", tmp_path / "server") as installed:
        environment = {
            "FAIRWAY_KAFKA__BOOTSTRAP_SERVERS": kafka_address,
            "FAIRWAY_KAFKA__TOPIC_PREFIX": kafka.topic_prefix,
        }
        yield replace(
            installed,
            settings=installed.settings | {"kafka": kafka},
            environment=installed.environment | environment,
        )


async def test_a_broker_that_is_ahead_of_the_backup_is_given_its_events_again(on_a_broker: Installation) -> None:
    """The one document was told of before the backup and decided on after it; the other came after it altogether."""
    installation = on_a_broker
    assert installation.run("migrate").exit_code == 0
    async with running([MODULE], installation.folder, **installation.settings) as service:
        operator = (await service.operator("Northern")).client
        sent = await operator.post("/v1/documents", content=b"before", headers=HEADERS | {"X-File-Name": "before.oem"})
        assert sent.status_code == 202, sent.text
        await until(lambda: everything_is_published(service))
    installation.save()
    await documents(installation, send=("after.oem",))
    async with running([MODULE, VALIDATOR], installation.folder, **installation.settings) as service:
        await until(lambda: verdicts(service, 2), 60)
    installation.restore()

    ended = installation.run("rebuild", "--format", "json")
    assert ended.exit_code == 0, ended.errors
    counts = json.loads(ended.output)
    assert (counts["known"], counts["rebuilt"], counts["events_published_again"]) == (1, 1, 1)
    async with running([MODULE, VALIDATOR], installation.folder, **installation.settings) as service:
        await until(lambda: verdicts(service, 2), 60)
        await until(lambda: everything_is_published(service))
        async with service.context.store.read() as session:
            told = await session.scalar(
                select(func.count()).select_from(OutboxRow).where(OutboxRow.topic == "document.validated.v1")
            )
    assert told == 2, "each has its verdict once"


async def everything_is_published(service: Running) -> bool:
    async with service.context.store.read() as session:
        return not await session.scalar(
            select(func.count()).select_from(OutboxRow).where(OutboxRow.published_at.is_(None))
        )


async def verdicts(service: Running, number: int) -> bool:
    async with service.context.store.read() as session:
        return await session.scalar(select(func.count()).select_from(Verdict)) == number
