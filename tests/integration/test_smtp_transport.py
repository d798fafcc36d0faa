"""Mails by SMTP, beyond what every transport promises: refusals, wrong passwords, servers that go and come back."""

import asyncio
from collections.abc import Awaitable, Callable
from email.message import EmailMessage
from typing import Literal

import pytest
from pydantic import SecretStr
from support.buses import until
from support.smtp_server import SlowServer, receiving_server, slow_server, smtp_settings

from servicekit.errors import Unavailable
from servicekit.mail import smtp
from servicekit.mail.smtp import open_smtp
from servicekit.settings import SmtpSettings


def message(message_id: str = "<1@fairway.example>", **headers: str) -> EmailMessage:
    made = EmailMessage()
    made["From"] = "Fairway <fairway@example.org>"
    made["To"] = headers.get("to", "Operator <ops@example.com>")
    if "cc" in headers:
        made["Cc"] = headers["cc"]
    made["Subject"] = "Close approach"
    made["Message-ID"] = message_id
    made.set_content("Miss distance 412 m, σ 80 m")
    return made


async def test_a_recipient_that_the_server_refuses_fails_the_mail() -> None:
    with receiving_server() as server:
        server.refuse("gone@example.com")
        async with open_smtp(smtp_settings(server)) as transport:
            with pytest.raises(Unavailable, match=r"gone@example\.com of 1@fairway\.example"):
                await transport.send(message(cc="gone@example.com"))
            with pytest.raises(Unavailable, match="did not take"):
                await transport.send(message(to="gone@example.com"))
            await transport.send(message("<2@fairway.example>"))
        assert str(server.arrived()[-1]["Message-ID"]) == "<2@fairway.example>"


async def test_a_wrong_password_is_said_without_it() -> None:
    with receiving_server() as server:
        async with open_smtp(smtp_settings(server, password=SecretStr("not the one"))) as transport:
            with pytest.raises(Unavailable, match="SMTPAuthenticationError 535") as caught:
                await transport.send(message())
        assert "not the one" not in repr(caught.value)
        assert server.arrived() == []


async def test_a_certificate_that_is_not_trusted_ends_it() -> None:
    with receiving_server() as server:
        async with open_smtp(smtp_settings(server, ca_file=None)) as transport:
            with pytest.raises(Unavailable):
                await transport.send(message())
        assert server.arrived() == []


async def test_one_connection_carries_many_mails() -> None:
    with receiving_server() as server:
        before = server.connections
        async with open_smtp(smtp_settings(server)) as transport:
            for number in range(5):
                await transport.send(message(f"<{number}@fairway.example>"))
        assert len(server.arrived()) == 5
        assert server.connections == before + 1


async def test_a_connection_that_has_rested_is_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "_RESTS_MOST_S", 0.0)
    with receiving_server() as server:
        before = server.connections
        async with open_smtp(smtp_settings(server)) as transport:
            for number in range(2):
                await transport.send(message(f"<{number}@fairway.example>"))
                await until(_true_of(lambda: not transport._idle))
        assert len(server.arrived()) == 2
        assert server.connections == before + 2


def _true_of(condition: Callable[[], bool]) -> Callable[[], Awaitable[bool]]:
    async def asked() -> bool:
        return condition()

    return asked


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_mails_at_the_same_time_share_the_connections(security: Literal["starttls", "tls"]) -> None:
    with receiving_server(security) as server:
        before = server.connections
        async with open_smtp(smtp_settings(server, connections=3)) as transport:
            for _ in range(2):
                await asyncio.gather(*(transport.send(message(f"<{number}@fairway.example>")) for number in range(8)))
        assert len(server.arrived()) == 16
        assert server.connections == before + 3


def in_the_clear(server: SlowServer, connections: int) -> SmtpSettings:
    return SmtpSettings(host="127.0.0.1", port=server.port, security="none", connections=connections)


async def test_a_slow_server_is_given_as_many_mails_at_a_time_as_there_are_connections() -> None:
    async with slow_server() as server, open_smtp(in_the_clear(server, 4)) as transport, asyncio.TaskGroup() as group:
        for number in range(10):
            group.create_task(transport.send(message(f"<{number}@fairway.example>")))
        await server.holds(4)
        server.take()
    assert len(server.taken) == 10
    assert (server.most, server.opened) == (4, 4)


async def test_connections_that_the_server_closed_are_replaced() -> None:
    async with slow_server() as server, open_smtp(in_the_clear(server, 2)) as transport:
        server.take()
        for round_of_mails in range(3):
            await asyncio.gather(*(transport.send(message(f"<{round_of_mails}.{n}@x>")) for n in range(4)))
            server.hang_up()
    assert len(server.taken) == 12
    assert server.opened == 6


async def test_a_mail_whose_connection_broke_is_unavailable_and_the_others_arrive() -> None:
    async with slow_server() as server, open_smtp(in_the_clear(server, 2)) as transport:
        broken = [asyncio.create_task(transport.send(message(f"<{number}@x>"))) for number in range(2)]
        await server.holds(2)
        server.hang_up()
        assert [type(each) for each in await asyncio.gather(*broken, return_exceptions=True)] == [Unavailable] * 2
        server.take()
        await asyncio.gather(*(transport.send(message(f"<{number}@x>")) for number in range(2)))


async def test_a_mail_that_is_given_up_half_way_leaves_its_connection_to_nobody() -> None:
    async with slow_server() as server, open_smtp(in_the_clear(server, 1)) as transport:
        given_up = asyncio.create_task(transport.send(message()))
        await server.holds(1)
        given_up.cancel()
        await asyncio.wait([given_up])
        server.take()
        await transport.send(message("<2@fairway.example>"))
    assert b"<2@fairway.example>" in server.taken[-1]
    assert server.opened == 2


async def test_a_server_that_was_killed_and_came_back_gets_the_mail() -> None:
    with receiving_server("tls") as server:
        async with open_smtp(smtp_settings(server)) as transport:
            await transport.send(message())
            server.kill()
            with pytest.raises(Unavailable):
                await transport.send(message("<2@fairway.example>"))
            server.start()
            await transport.send(message("<2@fairway.example>"))
        ids = [str(arrived["Message-ID"]) for arrived in server.arrived()]
    assert ids == ["<1@fairway.example>", "<2@fairway.example>"]


async def test_a_server_is_asked_whether_it_lets_us_in_without_a_mail() -> None:
    with receiving_server() as server:
        async with open_smtp(smtp_settings(server)) as transport:
            await transport.check()
        async with open_smtp(smtp_settings(server, password=SecretStr("not the one"))) as transport:
            with pytest.raises(Unavailable, match="SMTPAuthenticationError 535"):
                await transport.check()
        assert server.arrived() == []


async def test_no_server_is_unavailable() -> None:
    async with open_smtp(SmtpSettings(host="127.0.0.1", port=9, security="none", timeout_s=2)) as transport:
        with pytest.raises(Unavailable, match="mail server did not take"):
            await transport.send(message())
