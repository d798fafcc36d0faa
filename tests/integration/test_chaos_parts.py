"""What the chaos suite is made of: a plan that its seed repeats, and links that are bad in the way they are told."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from chaos.invariants import Arrived, doubled_mails
from chaos.plan import plan

from local_parts.link import Condition, Link

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


def test_a_mail_that_came_twice_is_explained_by_a_fault_or_by_a_restore_and_by_nothing_else() -> None:
    fault, restored = (100.0, 120.0), (500.0, 600.0)
    arrived = [
        *(Arrived("in-a-fault", at_s) for at_s in (90.0, 130.0)),
        *(Arrived("sent-after-the-backup", at_s) for at_s in (550.0, 900.0)),
        *(Arrived("out-of-nothing", at_s) for at_s in (300.0, 301.0)),
        Arrived("once", 302.0),
    ]
    count, unexplained = doubled_mails(arrived, [fault], [restored])
    assert count == 3
    assert [line.split()[2] for line in unexplained] == ["out-of-nothing"]
