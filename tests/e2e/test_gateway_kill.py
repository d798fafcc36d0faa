"""The gateway under SIGKILL, at every kind of durable step: no CDM is lost or doubled, no file is sent twice.

A process of its own pulls, syncs, pushes two files and a maneuver notification, and proves them, at a simulated
Space-Track on a port. FAIRWAY_TEST_EVERY_KILL=1 kills it at each of its durable steps, not only at one of each kind.
"""

import asyncio
import hashlib
import os
import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from support.crossing_orbits import crossing_catalogue
from support.embedded import deliver, emit
from support.gateway import ADMIN, START, StillClock, make_station
from support.gateway_process import Deaths, GatewayProcess, Step
from support.orbit_files import omm_csv
from support.spacetrack import IDENTITY, SimulatedSite, make_site, sample_cdm
from support.spacetrack_month import FindsOne

from records.validator.events import DocumentValidatedV1
from spacetrack_gateway.consents import allow_reading
from spacetrack_simulator.request_log import most_within
from validator.module import MODULE as VALIDATOR

UNTIL = START + timedelta(hours=8, minutes=30)
"""There are two pulls until then, and everything daily has been done."""
SETTINGS = {"page_rows": 2, "requests_a_minute": 6, "requests_an_hour": 120}
"""Pages of two CDMs, and a budget so small that passing it would show."""
MESSAGES = 5
THEIRS = "MEME_90002_AURORA-2_2611207_operational__unclassified.txt"
SHARES = 5
"""The kinds of steps are dealt out to so many runs, so that each death has undisturbed work around it."""
EVERY = bool(os.environ.get("FAIRWAY_TEST_EVERY_KILL"))


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Path:
    """A data folder: consent is given, and two ephemerides and a maneuver notification have been found valid."""
    folder = tmp_path_factory.mktemp("prepared")

    async def prepare() -> None:
        async with make_station(folder, sqlite_template) as station:
            await station.consent()
            await allow_reading(station.ctx, ADMIN, station.aurora.id, allowed=True)
            document = await station.add_notification()
            await deliver(station.ctx, VALIDATOR.consumers)
            await emit(station.ctx, DocumentValidatedV1(document_id=document.id, verdict="valid"))
            await station.add_ephemeris(90001)
            await station.add_ephemeris(90001, designation="special", content=b"CCSDS_OEM_VERS = 2.0\n7000 1.5e-3\n")

    asyncio.run(prepare())
    return folder


@contextmanager
def site() -> Iterator[SimulatedSite]:
    """A site with messages, a catalogue, and a file that the operator has put into its folder itself."""
    made = make_site(StillClock(START))
    simulator = made.simulator
    simulator.screenings.screener = FindsOne()
    simulator.add_cdms([sample_cdm(number) for number in range(1, MESSAGES + 1)], gid=made.gid)
    simulator.load_catalogue(omm_csv(crossing_catalogue()))
    folder = simulator.files.folder(made.folder_id)
    assert folder is not None
    simulator.files.store(folder, THEIRS, b"states of the operator's own")
    yield made
    simulator.close()


def live(prepared: Path, folder: Path, made: SimulatedSite, deaths: Deaths) -> GatewayProcess:
    shutil.copytree(prepared, folder / "data")
    process = GatewayProcess(folder / "data", SETTINGS)
    with made.on_a_port() as url:
        process.live(url, UNTIL, deaths)
    return process


@pytest.fixture(scope="module")
def undisturbed(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Step]:
    """The durable steps that there are when nothing happens."""
    with site() as made:
        process = live(prepared, tmp_path_factory.mktemp("undisturbed"), made, Deaths())
        assert_all_is_there_once(process.data, made)
        return process.steps()


def assert_all_is_there_once(data: Path, made: SimulatedSite) -> None:
    """Compare what the gateway has stored with what is at the site, and what it asked with its limits."""
    with sqlite3.connect(f"file:{data / 'fairway.db'}?mode=ro", uri=True) as connection:
        connection.row_factory = sqlite3.Row

        def table(query: str) -> list[tuple[Any, ...]]:
            return [tuple(row) for row in connection.execute(query)]

        published = made.simulator.store.select("SELECT CDM_ID, GID FROM expandedspacedata_cdm")
        there = Counter((row["CDM_ID"], str(row["GID"])) for row in published)
        stored = table("SELECT cdm_id, gid, organization_id FROM space_track_cdms")
        assert len(there) == MESSAGES + 2, "each ephemeris was screened, with one message"
        assert Counter(row[:2] for row in stored) == there
        assert None not in {row[2] for row in stored}
        files = made.simulator.files.files()
        sent = table("SELECT remote_name, state, content_sha256, kind, remote_file_id FROM submissions")
        assert Counter(file.name for file in files) == Counter([THEIRS, *(row[0] for row in sent)])
        assert {row[0]: row[2] for row in sent}.items() <= {file.name: file.sha256 for file in files}.items()
        assert sorted((row[3], row[1]) for row in sent) == [
            ("ephemeris", "screened"),
            ("ephemeris", "screened"),
            ("maneuver", "present"),
        ]
        documents = table("SELECT id, purpose, object_key, sha256 FROM documents WHERE source = 'space-track'")
        received = table("SELECT json_extract(payload, '$.document_id') FROM outbox WHERE topic LIKE '%.received.v1'")
        ours = Counter(row[0] for row in received if row[0] in {document[0] for document in documents})
        assert ours == Counter(document[0] for document in documents)
        assert Counter(document[1] for document in documents)["operator"] == 1
        assert Counter(document[1] for document in documents)["catalogue"] == 1
        for _, _, key, sha256 in documents:
            assert hashlib.sha256((data / "objects" / key).read_bytes()).hexdigest() == sha256
        synced = table("SELECT name FROM space_track_tasks WHERE succeeded_at IS NULL")
        assert synced == [], "every task has ended well"
    asked = made.simulator.log.all(account=IDENTITY)
    assert most_within(asked, 60.0) <= SETTINGS["requests_a_minute"]
    assert most_within(asked, 3600.0) <= SETTINGS["requests_an_hour"]
    assert made.simulator.police.mails() == []


def test_something_of_each_kind_is_done(undisturbed: list[Step]) -> None:
    abouts = {step.about for step in undisturbed if step.name == "request:after"}
    assert abouts >= {"login", "cdm", "upload", "file", "download", "car", "folder", "satellite", "organization"}
    assert abouts >= {"gp", "satcat"}
    assert {step.name for step in undisturbed} >= {"commit:before", "commit:after", "object:before", "object:after"}


@pytest.mark.slow
@pytest.mark.parametrize("at", [1, 2])
@pytest.mark.parametrize("share", range(SHARES))
def test_killed_at_each_kind_of_step(
    share: int, at: int, prepared: Path, undisturbed: list[Step], tmp_path: Path
) -> None:
    kinds = [step for step, count in Counter(undisturbed).items() if count >= at][share::SHARES]
    with site() as made:
        process = live(prepared, tmp_path, made, Deaths(kinds=frozenset(kinds), at=at))
        assert_all_is_there_once(process.data, made)
    assert len(kinds) - 3 <= process.deaths <= len(kinds), "a death may change the order, so that a kind does not come"


@pytest.mark.slow
@pytest.mark.skipif(not EVERY, reason="takes an hour: set FAIRWAY_TEST_EVERY_KILL=1")
def test_killed_at_every_step(prepared: Path, undisturbed: list[Step], tmp_path: Path) -> None:
    for at_step in range(1, len(undisturbed) + 1):
        with site() as made:
            folder = tmp_path / str(at_step)
            process = live(prepared, folder, made, Deaths(at_step=at_step))
            assert process.deaths == 1, f"at {at_step} of {len(undisturbed)}"
            assert_all_is_there_once(process.data, made)
            shutil.rmtree(folder)
