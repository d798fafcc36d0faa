"""After a restore everything that leaves is held: mails, requests to Space-Track, and the sweeping of objects."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from support.embedded import MovableClock, deliver, mails
from support.gateway import Station

from ingest_api.submissions.sweep import sweep as sweep_documents
from notifier.module import MODULE
from notifier.sending import reconcile
from records.notifier import writes
from records.notifier.tables import Notification
from screening.runs.sweep import sweep as sweep_runs
from servicekit.context import Context
from servicekit.holds import hold_outbound, is_outbound_held, release_outbound
from servicekit.ids import new_id
from servicekit.settings import RetentionSettings, Settings
from servicekit.store import Actor
from servicekit.store.plumbing import AuditEntry

SENDER = [consumer for consumer in MODULE.consumers if consumer.name == "notifier.send"]
SOMEBODY = Actor("system", "test")


async def hold(context: Context) -> None:
    async with context.store.write(SOMEBODY) as unit:
        assert await hold_outbound(unit, "the database was restored")
        assert not await hold_outbound(unit, "again")


async def release(context: Context, *, drop_mails: bool = False) -> bool:
    async with context.store.write(SOMEBODY) as unit:
        return await release_outbound(unit, drop_mails=drop_mails)


async def queue(context: Context, recipient: str) -> None:
    notification_id = new_id()
    row = {
        "id": notification_id,
        "kind": "verdict",
        "subject_id": "document-1",
        "occasion": "once",
        "recipient": recipient,
        "organization_id": None,
        "message_id": f"{notification_id}@fairway.example",
        "mail_subject": "Accepted: north.oem",
        "mail_text": "north.oem is valid\n",
        "mail_html": None,
        "reason": "test",
    }
    async with context.store.write(SOMEBODY) as unit:
        await writes.add(unit, [row])
        await writes.tell(unit, [row])


async def states(context: Context) -> dict[str, str]:
    async with context.store.read() as session:
        return {row.recipient: row.state for row in await session.scalars(select(Notification))}


async def later(context: Context) -> None:
    assert isinstance(context.clock, MovableClock)
    context.clock.put_forward(timedelta(hours=1))
    await reconcile(context)
    await deliver(context, SENDER)


async def test_a_mail_that_is_held_is_sent_after_the_release(embedded: Context) -> None:
    await hold(embedded)
    await queue(embedded, "ada@north.example")
    await deliver(embedded, SENDER)
    await later(embedded)
    assert mails(embedded) == []
    assert await states(embedded) == {"ada@north.example": "queued"}
    assert await release(embedded)
    await later(embedded)
    (mail,) = mails(embedded)
    assert mail["To"] == "ada@north.example"
    assert not await release(embedded), "nothing is held any more"


async def test_mails_that_were_held_can_be_given_up_and_the_next_ones_leave(embedded: Context) -> None:
    await hold(embedded)
    await queue(embedded, "told.before@north.example")
    await deliver(embedded, SENDER)
    assert await release(embedded, drop_mails=True)
    assert await is_outbound_held(embedded), "until the notifier has given them up"
    await later(embedded)
    assert not await is_outbound_held(embedded)
    assert await states(embedded) == {"told.before@north.example": "failed"}
    await queue(embedded, "new@north.example")
    await deliver(embedded, SENDER)
    assert [mail["To"] for mail in mails(embedded)] == ["new@north.example"]


async def test_holding_and_releasing_are_audited(embedded: Context) -> None:
    await hold(embedded)
    await release(embedded)
    async with embedded.store.read() as session:
        actions = (await session.scalars(select(AuditEntry.action).order_by(AuditEntry.id))).all()
    assert list(actions) == ["outbound.held", "outbound.released"]


@pytest.mark.parametrize("key", ["documents/0192f0c4-0000-7000-8000-000000000000", "cdms/0192f0c4.kvn"])
async def test_nothing_is_swept_that_the_database_may_be_rebuilt_from(embedded: Context, key: str) -> None:
    await embedded.objects.put(key, b"of a row that the backup does not have")
    at_once = Settings(data=embedded.settings.data, retention=RetentionSettings(unclaimed_object_hours=1e-9))
    object.__setattr__(embedded, "settings", at_once)
    await hold(embedded)
    for sweep in (sweep_documents, sweep_runs):
        await sweep(embedded)
    assert await embedded.objects.exists(key)
    await release(embedded)
    for sweep in (sweep_documents, sweep_runs):
        await sweep(embedded)
    assert not await embedded.objects.exists(key)


async def test_the_gateway_asks_and_sends_nothing_until_the_release(station: Station) -> None:
    await hold(station.ctx)
    await station.run(timedelta(hours=3))
    assert station.requests() == []
    await release(station.ctx)
    await station.run(timedelta(hours=3))
    assert station.requests() != []
