"""What the chaos suite is made of: a plan that its seed repeats, links that are bad in the way they are told, work that
has something to find, and checks that can fail."""

import asyncio
import io
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from chaos.contents import read_contents
from chaos.invariants import differences
from chaos.mails import Arrived, Disturbance, doubled_mails
from chaos.plan import plan
from chaos.work import Size, prepare
from support.final_state import content_digest

from local_parts.link import Condition, Link
from servicekit.objects import DirectoryObjects

PROCESSES = ["PostgreSQL", "Kafka", "validator/1", "validator/2", "notifier/1", "notifier/2"]
LINKS = ["link to S3", "link to Kafka"]
SILENCE_S = 0.3


def test_a_seed_repeats_its_plan_and_another_seed_has_another() -> None:
    first, again, other = (plan(seed, count=40, every_s=5, processes=PROCESSES, links=LINKS) for seed in (7, 7, 8))
    assert first == again
    assert first != other
    assert [fault.at_s for fault in first] == [5.0 * number for number in range(1, 41)]
    assert {fault.target for fault in first} == {*PROCESSES, *LINKS}


def test_what_is_down_is_not_hit_again() -> None:
    faults = plan(1, count=100, every_s=5, processes=PROCESSES, links=LINKS)
    for number, fault in enumerate(faults):
        before = [each for each in faults[:number] if each.target == fault.target]
        assert all(each.until_s < fault.at_s for each in before)


@pytest.fixture
async def link() -> AsyncIterator[Link]:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await reader.read(1024):
            writer.write(chunk)
        writer.close()

    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    made = Link(server.sockets[0].getsockname()[1])
    made.__enter__()
    yield made
    await asyncio.to_thread(made.__exit__)
    server.close()
    await server.wait_closed()


async def test_a_cut_link_breaks_off_what_stands_and_takes_nothing_new(link: Link) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", link.port)
    writer.write(b"before")
    assert await reader.readexactly(6) == b"before"
    link.become(Condition.CUT)
    with pytest.raises(ConnectionError):
        assert not await reader.read(1)
        raise ConnectionError
    again, late = await asyncio.open_connection("127.0.0.1", link.port)
    with pytest.raises(ConnectionError):
        assert not await again.read(1)
        raise ConnectionError
    for each in (writer, late):
        each.close()


async def test_a_half_open_link_keeps_the_connection_and_passes_on_later_what_was_sent(link: Link) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", link.port)
    link.become(Condition.HALF_OPEN)
    writer.write(b"meanwhile")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(reader.read(9), SILENCE_S)
    link.become(Condition.WHOLE)
    assert await asyncio.wait_for(reader.readexactly(9), 60) == b"meanwhile"
    writer.close()


async def test_a_slow_link_takes_its_time(link: Link) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", link.port)
    link.become(Condition.SLOW)
    begun = asyncio.get_running_loop().time()
    writer.write(b"slow")
    assert await reader.readexactly(4) == b"slow"
    assert asyncio.get_running_loop().time() - begun >= 0.25
    writer.close()


async def test_an_unavailable_link_answers_every_request_with_503(link: Link) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", link.port)
    writer.write(b"before")
    assert await reader.readexactly(6) == b"before"
    link.become(Condition.UNAVAILABLE)
    later_reader, later = await asyncio.open_connection("127.0.0.1", link.port)
    for each_reader, each in ((reader, writer), (later_reader, later)):
        each.write(b"PUT /fairway/documents/1 HTTP/1.1\r\nContent-Length: 5\r\n\r\nbytes")
        head = await asyncio.wait_for(each_reader.readuntil(b"\r\n\r\n"), 60)
        assert head.startswith(b"HTTP/1.1 503 ")
        each.close()


KILLED = Disturbance("notifier/2", "kill", 100.0, 102.0)
"""The notifier that had just given a mail to the server and had not recorded it."""


@pytest.mark.parametrize(
    ("came_at", "target", "what"),
    [
        pytest.param((99.0, 700.0), "notifier/2", "kill", id="killed a second later; the lease was ten minutes"),
        pytest.param((104.0, 135.0), "SMTP", "freeze", id="the mail server had it waiting"),
        pytest.param((100.5, 101.0), "PostgreSQL", "kill", id="the database was away"),
        pytest.param((101.0, 140.0), "link to SMTP", "cut", id="the answer was lost"),
        pytest.param((101.0, 140.0), "link to PostgreSQL", "cut", id="no commit came back"),
    ],
)
def test_a_mail_that_came_twice_is_explained_by_what_was_wrong_when_it_came_first(
    came_at: tuple[float, float], target: str, what: str
) -> None:
    arrived = [Arrived("twice", at_s) for at_s in came_at]
    (doubled,) = doubled_mails(arrived, [KILLED._replace(target=target, what=what)])
    assert doubled.times == 2
    assert (doubled.because or "").startswith(f"{what} {target}, ")


@pytest.mark.parametrize(
    ("came_at", "disturbances"),
    [
        pytest.param((100.5, 101.0), [], id="nothing was wrong"),
        pytest.param(
            (100.5, 101.0),
            [
                KILLED._replace(target=target)
                for target in ("validator/1", "screening-worker/2", "SeaweedFS", "link to S3", "Kafka", "link to Kafka")
            ],
            id="only what has no part in mails was wrong",
        ),
        pytest.param((115.0, 130.0), [KILLED], id="it was over long before"),
        pytest.param((90.0, 101.0), [KILLED], id="it came first long before, and only again meanwhile"),
        pytest.param((98.0, 99.0), [KILLED], id="it had come twice before anything was wrong"),
    ],
)
def test_a_mail_that_came_twice_outside_of_such_a_fault_is_a_finding(
    came_at: tuple[float, float], disturbances: list[Disturbance]
) -> None:
    (doubled,) = doubled_mails([Arrived("twice", at_s) for at_s in came_at], disturbances)
    assert doubled.because is None
    assert "no fault of what can double it" in str(doubled)


def test_a_restored_database_explains_what_left_after_its_backup_and_what_came_once_is_no_doubled_mail() -> None:
    arrived = [*(Arrived("sent-after-the-backup", at_s) for at_s in (550.0, 900.0)), Arrived("once", 560.0)]
    (doubled,) = doubled_mails(arrived, [], [(500.0, 600.0)])
    assert doubled.message_id == "sent-after-the-backup"
    assert "backup" in (doubled.because or "")


START = datetime(2026, 11, 23, tzinfo=UTC)


def test_the_work_has_pairs_that_meet_and_three_messages_of_every_pair_that_is_told() -> None:
    work = prepare(Size(uploads=40, cdms=9, screenings=1, over_s=10), START)
    assert len(work.partners) == 2
    assert work.event_count == 3 + len(work.partners)
    own = {file.name.split("_")[1]: file.content for file in work.files if file.key.startswith("good")}
    for number, partner in work.partners.items():
        apart_km = positions_km(partner.content) - positions_km(own[str(number - 1000)])
        assert 0.1 < np.linalg.norm(apart_km, axis=1).min() < 0.7


def positions_km(content: bytes) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    states = [line.split() for line in content.decode().splitlines() if line[:2] == "20" and len(line.split()) == 7]
    return np.array([[float(value) for value in state[1:4]] for state in states])


def test_what_an_object_holds_is_compared_apart_from_identifiers_and_times_of_making() -> None:
    text = b"CREATION_DATE = 2026-11-22T10:00:00\nMESSAGE_ID = 000041000_conj_000042000_1_a\nMISS_DISTANCE = 143.0\n"
    later = text.replace(b"T10:00", b"T11:30").replace(b"_1_a", b"_1_b")
    assert content_digest("cdms/1.kvn", text) == content_digest("cdms/2.kvn", later)
    assert content_digest("cdms/1.kvn", text) != content_digest("cdms/1.kvn", text.replace(b"143.0", b"143.1"))

    rows = {"norad_cat_id": [41_000, 41_001], "designator": [str(UUID(int=1)), None], "from_tai_ns": [1, 2]}
    coverage = content_digest("coverage.parquet", parquet(rows))
    assert coverage == content_digest("coverage.parquet", parquet(rows | {"designator": [str(UUID(int=2)), None]}))
    assert coverage != content_digest("coverage.parquet", parquet(rows | {"from_tai_ns": [1, 3]}))


def parquet(rows: dict[str, list[Any]]) -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.table(rows), file)
    return file.getvalue()


async def test_an_object_that_is_gone_or_holds_something_else_is_a_finding(tmp_path: Path) -> None:
    objects = DirectoryObjects(tmp_path)
    for key in ("documents/whole", "documents/other"):
        await objects.put(key, b"as it is now")
    expected = {
        "documents/whole": sha256(b"as it is now").hexdigest(),
        "documents/other": sha256(b"as it was").hexdigest(),
        "screenings/1/coverage.parquet": None,
    }
    contents = await read_contents(objects, expected)
    assert set(contents.digests) == {"documents/whole", "documents/other"}
    assert contents.damaged == [
        "an object is not what was stored there: documents/other",
        "an object that a row names is not there: screenings/1/coverage.parquet",
    ]


def test_another_content_is_a_difference_of_two_runs() -> None:
    expected = {"runs": ["ephemeris-catalogue | completed | digest-1", "ephemeris-catalogue | completed | digest-1"]}
    found = {"runs": ["ephemeris-catalogue | completed | digest-1", "ephemeris-catalogue | completed | digest-2"]}
    assert not list(differences(expected, expected))
    assert list(differences(expected, found)) == [
        "runs: missing ephemeris-catalogue | completed | digest-1",
        "runs: too many ephemeris-catalogue | completed | digest-2",
    ]
