"""Mails by SMTP, beyond what every transport promises: refusals, wrong passwords, servers that go and come back."""

from email.message import EmailMessage

import pytest
from pydantic import SecretStr
from support.smtp_server import receiving_server, smtp_settings

from servicekit.errors import Unavailable
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


async def test_a_server_that_went_away_is_connected_to_anew() -> None:
    with receiving_server() as first:
        transport_settings = smtp_settings(first)
        async with open_smtp(transport_settings) as transport:
            await transport.send(message())
            assert transport._client is not None
            transport._client.close()
            await transport.send(message("<2@fairway.example>"))
        ids = [str(arrived["Message-ID"]) for arrived in first.arrived()]
    assert ids == ["<1@fairway.example>", "<2@fairway.example>"]


async def test_one_connection_carries_many_mails() -> None:
    with receiving_server() as server:
        before = server.connections
        async with open_smtp(smtp_settings(server)) as transport:
            for number in range(5):
                await transport.send(message(f"<{number}@fairway.example>"))
        assert len(server.arrived()) == 5
        assert server.connections == before + 1


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
