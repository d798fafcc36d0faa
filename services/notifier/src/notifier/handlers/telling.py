"""An event to which a rule listens: what the rule decides becomes rows; sending comes after."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from notifier.message import Message
from notifier.rendering import render
from notifier.rules import Rule, Situation
from notifier.sending import message_id
from notifier.settings import NotifierSettings
from records.notifier import writes
from servicekit.bus import Delivery
from servicekit.context import Context
from servicekit.ids import new_id
from servicekit.settings import read_settings

__all__ = ["telling"]


def telling(rule: Rule[Any]) -> Callable[[Context, Delivery[Any]], Awaitable[None]]:
    """Return the handler that queues what `rule` decides."""

    async def on_event(ctx: Context, delivery: Delivery[Any]) -> None:
        settings = read_settings(NotifierSettings)
        async with ctx.store.read() as session:
            messages = await rule.decide(
                Situation(
                    event=delivery.event,
                    session=session,
                    now=ctx.clock.now(),
                    is_replay=ctx.replay,
                    base_url=ctx.settings.http.base_url,
                )
            )
        rows = _rows(rule.kind, messages, ctx.settings.mail.sender, settings)
        if rows:
            async with delivery.transaction() as unit:
                await writes.queue(unit, rows)

    return on_event


def _rows(kind: str, messages: Iterable[Message], sender: str, settings: NotifierSettings) -> list[dict[str, Any]]:
    rows = []
    for message in messages:
        mail = render(message, longest_table=settings.longest_table)
        notification_id = new_id()
        rows.append(
            {
                "id": notification_id,
                "kind": kind,
                "subject_id": message.subject_id,
                "occasion": message.occasion,
                "recipient": message.recipient.address,
                "organization_id": message.recipient.organization_id,
                "message_id": message_id(notification_id, sender, settings),
                "mail_subject": mail.subject,
                "mail_text": mail.text,
                "mail_html": mail.html,
                "reason": f"{message.reason} Told because {message.recipient.why}.",
            }
        )
    return rows
