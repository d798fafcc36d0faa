"""A feed does not work any more, or works again: each is told once, however often it is looked at in between."""

from collections.abc import Sequence

from sqlalchemy import select

from notifier.links import feeds_page
from notifier.message import Content, Message, Recipient, Table
from notifier.recipients import operations
from notifier.rules.rule import Rule, Situation
from records.notifier.tables import Notification
from records.spacetrack_gateway.events import FeedUpdatedV1
from records.spacetrack_gateway.tables import Feed

__all__ = ["RULE"]

_KIND = "feed"
_FAILING, _WORKING = "failing since ", "working since "


async def _decide(situation: Situation[FeedUpdatedV1]) -> Sequence[Message]:
    feed = await situation.session.get(Feed, situation.event.name)
    if feed is None or feed.state != situation.event.state:
        return []  # it has moved on, and tells of that by itself
    if feed.state == "failing":
        who = await operations(situation.session, "you belong to the organization that runs this service")
        return [_message(situation, feed, recipient, f"{_FAILING}{feed.state_since.isoformat()}") for recipient in who]
    if feed.state == "working":
        occasion = f"{_WORKING}{feed.state_since.isoformat()}"
        return [_message(situation, feed, each, occasion) for each in await _told_of_the_failure(situation)]
    return []


async def _told_of_the_failure(situation: Situation[FeedUpdatedV1]) -> Sequence[Recipient]:
    """Those whose newest news of the feed is that it failed."""
    query = (
        select(Notification)
        .where(Notification.kind == _KIND, Notification.subject_id == situation.event.name)
        .order_by(Notification.created_at, Notification.id)
    )
    newest = {row.recipient: row for row in await situation.session.scalars(query)}
    return [
        Recipient(row.recipient, row.organization_id, "you were told that the feed had failed")
        for row in newest.values()
        if row.occasion.startswith(_FAILING)
    ]


def _message(situation: Situation[FeedUpdatedV1], feed: Feed, recipient: Recipient, occasion: str) -> Message:
    is_failing = feed.state == "failing"
    headline = f"The feed {feed.name} {'does not work' if is_failing else 'works again'}"
    faults = tuple((str(step.get("what", "")), str(step.get("who", ""))) for step in feed.missing)
    return Message(
        subject_id=feed.name,
        occasion=occasion,
        recipient=recipient,
        subject=headline,
        content=Content(
            headline=headline,
            paragraphs=(
                "Until it works again, nothing new comes from there and nothing arrives there. What waits is kept."
                if is_failing
                else "What had waited is being done now, the most urgent first.",
            ),
            facts=(("Since", f"{feed.state_since:%Y-%m-%d %H:%M:%S} UTC"),),
            tables=(Table("What is wrong", ("What", "Who does what"), faults),) if faults else (),
            links=(("The feeds", feeds_page(situation.base_url)),),
        ),
        reason=f"A feed that changes between working and failing is told once each; {feed.name} is {feed.state}.",
        is_replay=situation.is_replay,
    )


RULE = Rule(kind=_KIND, event=FeedUpdatedV1, decide=_decide)
