"""A mail is a row first; whatever happens in between, it is sent, and under one Message-ID."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import select
from support import rows
from support.buses import BusUnderTest
from support.embedded import NOON, MovableClock, deliver, emit, mails
from support.smtp_server import slow_server

from notifier.module import MODULE
from notifier.sending import SEND_ATTEMPTS, on_notification_queued, reconcile
from records.identity.visibility import Viewer
from records.notifier import reads, writes
from records.notifier.events import NotificationQueuedV1
from records.notifier.tables import Notification
from records.screening.reads import EVERYTHING
from records.validator.events import DocumentValidatedV1
from servicekit import durability
from servicekit.bus import Delivery
from servicekit.bus.dead_letters import dead_letters, replay
from servicekit.context import Context
from servicekit.errors import StorageFull
from servicekit.ids import new_id
from servicekit.mail import EmlDirectory
from servicekit.mail.smtp import open_smtp
from servicekit.settings import MailSettings, Settings, SmtpSettings
from servicekit.store import Actor, Store

SENDER = [consumer for consumer in MODULE.consumers if consumer.name == "notifier.send"]


def _row(recipient: str = "ada@north.example", **values: object) -> dict[str, object]:
    notification_id = new_id()
    return {
        "id": notification_id,
        "kind": "verdict",
        "subject_id": "document-1",
        "occasion": "once",
        "recipient": recipient,
        "organization_id": None,
        "message_id": f"{notification_id}@fairway.example",
        "mail_subject": "Accepted: north.oem",
        "mail_text": "north.oem is valid\n",
        "mail_html": "<p>north.oem is valid</p>\n",
        "reason": "test",
        **values,
    }


async def _queue(store: Store, *wanted: dict[str, object]) -> frozenset[str]:
    async with store.write(Actor("system", "test")) as unit:
        new = await writes.add(unit, wanted)
        await writes.tell(unit, [row for row in wanted if row["id"] in new])
        return new


async def _only(store: Store) -> Notification:
    async with store.read() as session:
        return (await session.scalars(select(Notification))).one()


async def test_a_queued_mail_is_sent_and_recorded(embedded: Context):
    await _queue(embedded.store, _row())
    await deliver(embedded, SENDER)
    row = await _only(embedded.store)
    (mail,) = mails(embedded)
    assert (row.state, row.attempts) == ("sent", 1)
    assert mail["Message-ID"] == f"<{row.message_id}>"


async def test_of_one_occasion_and_recipient_there_is_one_row(store: Store):
    assert len(await _queue(store, _row(), _row(), _row("ben@north.example"))) == 2
    assert await _queue(store, _row()) == frozenset()


class Killed(BaseException):
    """The process ends here."""


@pytest.fixture
def killed_at() -> Iterator[Callable[[str], None]]:
    """Have the process end at the moment of that name."""

    def arm(moment: str) -> None:
        def kill(name: str) -> None:
            if name == moment:
                durability.observe(None)
                raise Killed

        durability.observe(kill)

    yield arm
    durability.observe(None)


@pytest.mark.parametrize("moment", ["mail:before", "mail:after", "commit:before", "commit:after"])
async def test_a_process_that_ends_while_sending_leaves_one_mail_in_the_end(embedded: Context, moment, killed_at):
    await _queue(embedded.store, _row())
    row = await _only(embedded.store)
    event = NotificationQueuedV1(notification_id=row.id)

    class Sender:
        async def send(self, message: EmailMessage) -> None:
            killed_at(moment)  # not before: what is told apart are the moments from here on
            await EmlDirectory(embedded.settings.data / "mail").send(message)

    first = Delivery(event, "event-1", "notifier.send", 1, embedded.store)
    with pytest.raises(Killed):
        await on_notification_queued(Context(**(vars(embedded) | {"mail": Sender()})), first)
    await on_notification_queued(embedded, Delivery(event, "event-1", "notifier.send", 2, embedded.store))

    (mail,) = mails(embedded)
    assert mail["Message-ID"] == f"<{row.message_id}>"
    assert (await _only(embedded.store)).state == "sent"


class FullDisk:
    def __init__(self, folder: Path, failures: int) -> None:
        self._inner = EmlDirectory(folder)
        self.failures = failures

    async def send(self, message: EmailMessage) -> None:
        if self.failures:
            self.failures -= 1
            raise StorageFull("There is no room left to write the mail")
        await self._inner.send(message)


async def test_a_mail_that_could_not_be_written_is_tried_again(embedded: Context):
    await _queue(embedded.store, _row())
    full = FullDisk(embedded.settings.data / "mail", failures=2)
    await deliver(Context(**(vars(embedded) | {"mail": full})), SENDER)
    row = await _only(embedded.store)
    assert (row.state, row.attempts, row.error) == ("sent", 3, None)
    assert len(mails(embedded)) == 1


async def test_a_mail_that_is_given_up_says_why_and_can_be_replayed(embedded: Context):
    await _queue(embedded.store, _row())
    full = FullDisk(embedded.settings.data / "mail", failures=SEND_ATTEMPTS)
    context = Context(**(vars(embedded) | {"mail": full}))
    await deliver(context, SENDER)
    row = await _only(embedded.store)
    assert row.state == "failed"
    assert "no room left" in str(row.error)

    async with embedded.store.read() as session:
        (dead,) = await dead_letters(session)
    async with embedded.store.write(Actor("user", "root")) as unit:
        assert await replay(unit, dead.event_id, dead.consumer)
    await deliver(context, SENDER)
    assert (await _only(embedded.store)).state == "sent"
    assert len(mails(embedded)) == 1


async def test_a_slow_server_is_given_several_mails_at_a_time_on_either_bus(bus_under_test: BusUnderTest):
    async with slow_server() as server:
        smtp = SmtpSettings(host="127.0.0.1", port=server.port, security="none", connections=3)
        async with open_smtp(smtp) as transport:
            context = bus_under_test.context
            settings = Settings(data=context.settings.data, kafka=context.settings.kafka, mail=MailSettings(smtp=smtp))
            bus_under_test.context = context = replace(context, settings=settings, mail=transport)
            await bus_under_test.prepare(SENDER)
            wanted = [_row(f"{number}@north.example") for number in range(7)]
            await _queue(context.store, *wanted)
            delivering = asyncio.create_task(bus_under_test.deliver(SENDER))
            await server.holds(3)
            server.take()
            await delivering
    assert server.most == 3
    assert len({mail.partition(b"Message-ID: ")[2].splitlines()[0] for mail in server.taken}) == len(server.taken) == 7
    async with context.store.read() as session:
        found = await session.execute(select(Notification.state, Notification.attempts))
    assert {tuple(row) for row in found} == {("sent", 1)}


async def test_a_later_try_does_not_take_over_a_mail_that_this_process_is_sending(embedded: Context):
    await _queue(embedded.store, _row())
    row = await _only(embedded.store)
    event = NotificationQueuedV1(notification_id=row.id)
    async with slow_server() as server:
        smtp = SmtpSettings(host="127.0.0.1", port=server.port, security="none")
        async with open_smtp(smtp) as transport:
            context = replace(embedded, mail=transport)
            first = asyncio.create_task(
                on_notification_queued(context, Delivery(event, "event-1", "notifier.send", 1, embedded.store))
            )
            await server.holds(1)
            await on_notification_queued(context, Delivery(event, "event-2", "notifier.send", 2, embedded.store))
            server.take()
            await first
    assert len(server.taken) == 1
    assert (await _only(embedded.store)).attempts == 1


async def test_a_mail_that_nobody_sends_is_brought_up_again(embedded: Context):
    await _queue(embedded.store, _row())
    row = await _only(embedded.store)
    async with embedded.store.write(Actor("system", "test")) as unit:
        await writes.begin_sending(unit, row.id, lease=timedelta(seconds=60), take_over=False)
    await deliver(embedded, SENDER)
    assert mails(embedded) == [], "somebody else has the lease"

    assert isinstance(embedded.clock, MovableClock)
    embedded.clock.put_forward(timedelta(hours=1))
    await reconcile(embedded)
    await deliver(embedded, SENDER)
    assert len(mails(embedded)) == 1


async def test_a_mail_that_was_sent_is_not_sent_again(embedded: Context):
    await _queue(embedded.store, _row())
    await deliver(embedded, SENDER)
    row = await _only(embedded.store)
    await emit(embedded, NotificationQueuedV1(notification_id=row.id))
    await deliver(embedded, SENDER)
    assert (await _only(embedded.store)).attempts == 1


async def test_a_rule_that_fails_stops_no_other(embedded: Context):
    north = rows.organization()
    document = rows.document(north, uploader_kind="user")
    await rows.add(embedded.store, north, *rows.member(north, "ada@north.example"), document)
    await rows.add(embedded.store, rows.verdict(document, findings=[{"severity": "no such"}]))
    await rows.add(embedded.store, *rows.member(north, "ann@north.example", "analyst"))
    await emit(embedded, DocumentValidatedV1(document_id=document.id, verdict="valid"))
    await deliver(embedded, MODULE.consumers)

    assert [mail["To"] for mail in mails(embedded)] == ["ann@north.example"]
    async with embedded.store.read() as session:
        assert [dead.consumer for dead in await dead_letters(session)] == ["notifier.verdict"]


async def test_mails_are_listed_newest_first_for_whom_they_concern(store: Store):
    north, south = rows.organization(), rows.organization("Southern Orbits")
    await rows.add(store, north, south)
    await _queue(store, _row("a@north.example", organization_id=north.id))
    await _queue(store, _row("b@north.example", organization_id=north.id))
    await _queue(store, _row("c@south.example", organization_id=south.id))

    viewer = Viewer(north.id, is_staff=False)
    async with store.read() as session:
        first = await reads.notifications(session, viewer, limit=1)
        rest = await reads.notifications(session, viewer, after=(first[0].created_at, first[0].id))
        everything = await reads.notifications(session, EVERYTHING)
        foreign = await reads.notification(session, everything[0].id, viewer)
    assert [row.recipient for row in (*first, *rest)] == ["b@north.example", "a@north.example"]
    assert everything[0].recipient == "c@south.example"
    assert foreign is None


@pytest.mark.parametrize("state", ["queued", "sending"])
async def test_a_mail_is_forgotten_when_it_is_unsent_after_it_was_due(store: Store, state: str):
    await _queue(store, _row())
    row = await _only(store)
    async with store.write(Actor("system", "test")) as unit:
        stored = await unit.session.get_one(Notification, row.id)
        stored.state, stored.due_at = state, NOON
    async with store.read() as session:
        assert await reads.unsent(session, NOON - timedelta(seconds=1)) == []
        assert list(await reads.unsent(session, NOON)) == [row.id]
