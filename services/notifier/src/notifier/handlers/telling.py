"""Events to which a rule listens: what the rule decides becomes rows; sending comes after."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from notifier.message import Message
from notifier.recipients import People
from notifier.rendering import render
from notifier.rules import Rule, Situation
from notifier.sending import message_id
from notifier.settings import NotifierSettings
from records.notifier import writes
from servicekit.bus import Batch
from servicekit.context import Context
from servicekit.ids import new_id
from servicekit.settings import read_settings

__all__ = ["telling"]


def telling(rule: Rule[Any, Any]) -> Callable[[Context, Batch[Any]], Awaitable[None]]:
    """Return the handler that queues what `rule` decides."""

    async def on_events(ctx: Context, batch: Batch[Any]) -> None:
        rows = {
            event_id: _rows(rule.kind, messages, ctx.settings.mail.sender)
            for event_id, messages in (await _decide(rule, ctx, batch)).items()
            if messages
        }
        if not rows:
            return
        async with batch.transaction() as (unit, fresh):
            ours = [each for each in fresh if each.event_id in rows]
            new = await writes.add(unit, [row for each in ours for row in rows[each.event_id]])
            for each in ours:
                with each.about():
                    await writes.tell(unit, [row for row in rows[each.event_id] if row["id"] in new])

    return on_events


async def _decide(rule: Rule[Any, Any], ctx: Context, batch: Batch[Any]) -> Mapping[str, Iterable[Message]]:
    """Return what is to be said of each event, by its identifier; of most there is nothing."""
    async with ctx.store.look() as session:
        found = await rule.look(session, [each.event for each in batch.deliveries])
    people = People(ctx.store)
    return {
        each.event_id: await rule.decide(
            Situation(
                found=of_event,
                people=people,
                store=ctx.store,
                now=ctx.clock.now(),
                is_replay=ctx.replay,
                base_url=ctx.settings.http.base_url,
            )
        )
        for each, of_event in zip(batch.deliveries, found, strict=True)
        if of_event is not None
    }


def _rows(kind: str, messages: Iterable[Message], sender: str) -> list[dict[str, Any]]:
    settings = read_settings(NotifierSettings)
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
