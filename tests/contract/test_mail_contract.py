"""What every mail transport promises."""

import asyncio
from collections.abc import AsyncIterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from support.adapters import MAIL_TRANSPORTS, MailUnderTest

from servicekit.mail import MessageWithoutId


@pytest.fixture(params=sorted(MAIL_TRANSPORTS))
async def mail(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[MailUnderTest]:
    async with MAIL_TRANSPORTS[request.param](tmp_path) as under_test:
        yield under_test


def message(
    message_id: str | None = "<018f@fairway.example>", text: str = "Miss distance 412 m, σ 80 m"
) -> EmailMessage:
    made = EmailMessage()
    made["From"] = "Fairway <fairway@example.org>"
    made["To"] = "Operator <ops@example.com>"
    made["Subject"] = "Close approach — primary 25544"
    if message_id is not None:
        made["Message-ID"] = message_id
    made.set_content(text)
    made.add_attachment(b"CCSDS_CDM_VERS = 1.0\n", maintype="text", subtype="plain", filename="cdm.kvn")
    return made


async def test_a_message_arrives_as_it_was_written(mail: MailUnderTest) -> None:
    await mail.transport.send(message())
    (arrived,) = mail.arrived()
    assert arrived["Subject"] == "Close approach — primary 25544"
    assert arrived["To"] == "Operator <ops@example.com>"
    assert arrived["Message-ID"] == "<018f@fairway.example>"
    body = arrived.get_body()
    assert body is not None
    assert body.get_content().strip() == "Miss distance 412 m, σ 80 m"
    (attachment,) = arrived.iter_attachments()
    assert attachment.get_filename() == "cdm.kvn"


async def test_a_message_that_is_sent_again_keeps_its_message_id(mail: MailUnderTest) -> None:
    await mail.transport.send(message())
    await mail.transport.send(message())
    assert {str(arrived["Message-ID"]) for arrived in mail.arrived()} == {"<018f@fairway.example>"}


async def test_different_messages_both_arrive(mail: MailUnderTest) -> None:
    for message_id in ("<a/b@x>", "<a_b@x>", "<a:b@x>", f"<{'l' * 300}1@x>", f"<{'l' * 300}2@x>", "<..@x>"):
        await mail.transport.send(message(message_id))
    assert len(mail.arrived()) == 6


async def test_messages_at_the_same_time_arrive_once_each(mail: MailUnderTest) -> None:
    wanted = [f"<{number}@fairway.example>" for number in range(12)]
    await asyncio.gather(*(mail.transport.send(message(each, text=f"of {each}")) for each in wanted))
    arrived = {str(each["Message-ID"]): each.get_body() for each in mail.arrived()}
    assert sorted(arrived) == sorted(wanted)
    assert len(mail.arrived()) == len(wanted)
    for message_id, body in arrived.items():
        assert body is not None
        assert body.get_content().strip() == f"of {message_id}"


async def test_a_message_without_an_id_is_refused(mail: MailUnderTest) -> None:
    with pytest.raises(MessageWithoutId):
        await mail.transport.send(message(message_id=None))
    assert mail.arrived() == []
