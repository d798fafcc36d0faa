"""From a row to a mail on its way: queued, sending, sent. A mail that is sent again keeps its Message-ID."""

from datetime import timedelta
from email.message import EmailMessage
from email.utils import parseaddr

from notifier.measuring import MAIL_WAIT_S, MAILS
from notifier.settings import NotifierSettings
from records.notifier import reads, writes
from records.notifier.events import NotificationQueuedV1
from records.notifier.tables import Notification
from servicekit.bus import Consumer, Delivery
from servicekit.context import Context
from servicekit.holds import is_outbound_held, outbound_hold, release_outbound
from servicekit.observability import logger
from servicekit.settings import Settings, read_settings
from servicekit.store import Actor

__all__ = ["CONSUMERS", "SEND_ATTEMPTS", "email", "message_id", "on_notification_queued", "reconcile"]

SEND_ATTEMPTS = 8
"""After so many failures a mail is given up, and its event is a dead letter that can be replayed."""

_NOTIFIER = Actor.service("notifier")
_log = logger(__name__)

_in_hand: set[str] = set()
"""Mails that this process is sending. A later try takes a mail over whose sender seems gone; here it would know."""


def message_id(notification_id: str, sender: str, settings: NotifierSettings) -> str:
    """Return the Message-ID (without angle brackets) of a notification's mail."""
    _, address = parseaddr(sender)
    domain = settings.message_id_domain or address.rpartition("@")[2] or "localhost"
    return f"{notification_id}@{domain}"


def email(row: Notification, sender: str, settings: NotifierSettings) -> EmailMessage:
    """Return the mail of a row: the same row gives the same mail."""
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = row.recipient
    if settings.reply_to is not None:
        mail["Reply-To"] = settings.reply_to
    mail["Subject"] = row.mail_subject
    mail["Date"] = row.created_at
    mail["Message-ID"] = f"<{row.message_id}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Fairway-Notification"] = row.kind
    mail.set_content(row.mail_text)
    if row.mail_html is not None:
        mail.add_alternative(row.mail_html, subtype="html")
        boundary = f"=_{row.id}"  # the library's own is random, and a mail sent again is the same mail
        mail.set_boundary(boundary)
    return mail


async def on_notification_queued(ctx: Context, delivery: Delivery[NotificationQueuedV1]) -> None:
    """Send the mail, unless it was sent or somebody is at it."""
    if await is_outbound_held(ctx):
        return  # it stays queued, and is brought up again when the hold has ended
    notification_id = delivery.event.notification_id
    if notification_id in _in_hand:
        return  # an event that brought it up again: whoever sends it answers for it
    _in_hand.add(notification_id)
    try:
        await _send(ctx, delivery)
    finally:
        _in_hand.discard(notification_id)


async def _send(ctx: Context, delivery: Delivery[NotificationQueuedV1]) -> None:
    settings = read_settings(NotifierSettings)
    notification_id = delivery.event.notification_id
    async with ctx.store.write(_NOTIFIER) as unit:
        row = await writes.begin_sending(
            unit, notification_id, lease=settings.sending_lease, take_over=delivery.attempt > 1
        )
        if row is None and await unit.session.get(Notification, notification_id) is None:
            raise LookupError(f"event {delivery.event_id} names the notification {notification_id}, which is not there")
    if row is None:
        return
    try:
        await ctx.mail.send(email(row, ctx.settings.mail.sender, settings))
    except Exception as error:
        await _record_failure(ctx, row, error, is_last=delivery.attempt >= SEND_ATTEMPTS, settings=settings)
        raise
    async with delivery.transaction() as unit:
        await writes.mark_sent(unit, row)
    ctx.metrics.of(MAILS).labels(row.kind, "sent").inc()
    ctx.metrics.of(MAIL_WAIT_S).observe(max(0.0, (ctx.clock.now() - row.created_at).total_seconds()))


async def _record_failure(
    ctx: Context, row: Notification, error: Exception, *, is_last: bool, settings: NotifierSettings
) -> None:
    ctx.metrics.of(MAILS).labels(row.kind, "given-up" if is_last else "failed").inc()
    text = f"{type(error).__name__}: {error}"
    async with ctx.store.write(_NOTIFIER) as unit:
        if is_last:
            await writes.mark_failed(unit, row, error=text)
        else:
            await writes.put_back(unit, row.id, error=text, due_at=unit.now + settings.sending_lease)


async def reconcile(ctx: Context) -> None:
    """Bring up again the mails that nobody seems to be sending."""
    settings = read_settings(NotifierSettings)
    if await is_outbound_held(ctx):
        await _drop_what_was_held(ctx)
        return
    async with ctx.store.read() as session:
        forgotten = await reads.unsent(session, ctx.clock.now() - settings.reconcile_after)
    if not forgotten:
        return
    _log.warning("mails are still unsent and are brought up again", count=len(forgotten))
    async with ctx.store.write(_NOTIFIER) as unit:
        await writes.wake_again(unit, forgotten, due_at=unit.now + timedelta(seconds=settings.sending_lease_s))


async def _drop_what_was_held(ctx: Context) -> None:
    """Give up the mails that were held back, where who releases the hold wants that; then the hold is over."""
    async with ctx.store.write(_NOTIFIER) as unit:
        hold = await outbound_hold(unit.session)
        if hold is None or not hold.drops_mails:
            return
        dropped = await writes.give_up_queued(unit, since=hold.since, error="given up when the hold ended")
        await release_outbound(unit)
    _log.warning("mails that were held back are given up", count=dropped)


def _at_a_time(settings: Settings) -> int:
    """As many as there are connections to the mail server; files are written one after the other."""
    return 1 if settings.mail.smtp.host is None else settings.mail.smtp.connections


CONSUMERS = (
    Consumer(
        name="notifier.send",
        event=NotificationQueuedV1,
        handler=on_notification_queued,
        concurrency=_at_a_time,
        attempts=SEND_ATTEMPTS,
        outages_count=True,  # a recipient that is refused looks the same
    ),
)
