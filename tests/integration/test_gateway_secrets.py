"""Nothing that a run writes holds an identity or a password: logs, errors, database, objects, mails, metrics."""

import base64
import json
import logging
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from sqlalchemy import select
from support import rows
from support.embedded import deliver
from support.gateway import ADMIN, Station
from support.spacetrack import IDENTITY, PASSWORD, sample_cdm

from notifier.module import MODULE as NOTIFIER
from records.spacetrack_gateway.tables import SpaceTrackAccount, SpaceTrackRequest
from servicekit.store import Base
from spacetrack_gateway.accounts.keeping import change_password
from spacetrack_gateway.accounts.vault import open_vault
from spacetrack_gateway.feed import report_feed
from spacetrack_gateway.on_demand import ask_now
from spacetrack_simulator.faults import Outage

NEXT_PASSWORD = "a second horse / battery & staple"


def forms(secret: str) -> Iterator[bytes]:
    """A secret as it would look where it had leaked: plain, in a form, in JSON, in base64, in hexadecimal."""
    yield secret.encode()
    yield quote(secret).encode()
    yield quote(secret, safe="").encode()
    yield quote_plus(secret).encode()
    yield json.dumps(secret)[1:-1].encode()
    yield base64.b64encode(secret.encode()).rstrip(b"=")[:-1]
    yield secret.encode().hex().encode()


SECRETS = sorted({form for secret in (IDENTITY, PASSWORD, NEXT_PASSWORD) for form in forms(secret)})


def leaks(content: bytes) -> list[bytes]:
    return [secret for secret in SECRETS if secret in content]


async def dump(station: Station) -> bytes:
    """Every row of every table, as text."""
    lines: list[str] = []
    async with station.ctx.store.read() as session:
        for table in Base.metadata.sorted_tables:
            lines += [repr(tuple(row)) for row in await session.execute(select(table))]
    return "\n".join(lines).encode()


def files(folder: Path) -> Iterable[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


@pytest.fixture
def everything_logged(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.DEBUG)
    for name in ("httpx", "httpcore", "sqlalchemy.engine", "spacetrack_gateway"):
        caplog.set_level(logging.DEBUG, logger=name)
    return caplog


async def test_a_full_run_with_faults_writes_no_secret(
    station: Station, tmp_path: Path, everything_logged: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
):
    simulator = station.site.simulator
    operations = rows.organization("Ops", is_operations=True)
    await rows.add(station.ctx.store, operations, *rows.member(operations, "ops@fairway.example", "admin"))
    simulator.add_cdms([sample_cdm(number) for number in range(5)], gid=station.site.gid)
    await station.consent()
    ephemeris = await station.add_ephemeris()
    await deliver(station.ctx, station.consumers)
    await station.run(timedelta(minutes=20))
    for style in ("503", "200-html", "reset", "truncated"):
        simulator.fail(Outage(path=".*", style=style, count=3))
        station.clock.put_forward(timedelta(hours=3))
        await ask_now(station.ctx, ADMIN, station.account.id, "satellite")
        await station.run(timedelta(minutes=30))
    vault = open_vault(station.settings)
    await change_password(station.ctx, vault, ADMIN, station.account.id, NEXT_PASSWORD)
    station.clock.put_forward(timedelta(hours=10))
    await station.run(timedelta(minutes=5))
    await report_feed(station.ctx)
    await deliver(station.ctx, NOTIFIER.consumers)

    assert (await station.submission(ephemeris)).present_at is not None
    assert len(await station.pulled()) == 5
    assert "login-refused" in {request.outcome for request in await ledger(station)}
    assert leaks(await dump(station)) == []
    for path in files(tmp_path):
        assert leaks(path.read_bytes()) == [], path
    assert leaks(station.ctx.metrics.exposition()) == []
    printed = capfd.readouterr()
    assert leaks((everything_logged.text + printed.out + printed.err).encode()) == []


async def ledger(station: Station) -> list[Any]:
    async with station.ctx.store.read() as session:
        return list(await session.scalars(select(SpaceTrackRequest)))


async def test_neither_an_error_nor_a_row_nor_a_setting_shows_one(station: Station):
    async with station.ctx.store.read() as session:
        account = await session.get_one(SpaceTrackAccount, station.account.id)
    vault = open_vault(station.settings)
    shown = [
        repr(account),
        repr(vars(account)),
        repr(vault),
        repr(station.settings),
        station.settings.model_dump_json(),
    ]
    assert leaks("\n".join(shown).encode()) == []
    assert station.settings.secret_key is not None
    assert station.settings.secret_key.get_secret_value() not in "\n".join(shown)
    assert vault.open(account.sealed_password, account.id, "password") == PASSWORD


async def test_the_search_finds_a_secret_that_is_there(station: Station, tmp_path: Path):
    """That the tests above can fail."""
    async with station.ctx.store.write(ADMIN) as unit:
        (await unit.session.get_one(SpaceTrackAccount, station.account.id)).last_error = f"refused {PASSWORD!r}"
    assert leaks(await dump(station)) == [PASSWORD.encode()]
    assert any(leaks(path.read_bytes()) for path in files(tmp_path))
