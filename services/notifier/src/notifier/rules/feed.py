"""Something of a feed is not in order any more, or is again: each is told once, however often it is looked at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from notifier.links import feeds_page, link_page
from notifier.message import Content, Message, Recipient, Table
from notifier.rules.rule import Rule, Situation
from records.identity.permissions import Permission
from records.identity.tables import Organization
from records.notifier.tables import Notification
from records.spacetrack_gateway.events import FeedUpdatedV1
from records.spacetrack_gateway.feed_names import organization_of
from records.spacetrack_gateway.tables import Feed

__all__ = ["RULE"]

_KIND = "feed"
_BAD, _WELL = "bad ", "well "


@dataclass(frozen=True)
class _Fault:
    """Something that is not in order, and since when."""

    code: str
    since: str
    what: str
    who: str

    @property
    def key(self) -> str:
        """What makes it the same fault for as long as it lasts."""
        return f"{self.code} {self.since}"


async def _look(session: AsyncSession, events: Sequence[FeedUpdatedV1]) -> Sequence[Feed | None]:
    query = select(Feed).where(Feed.name.in_(sorted({each.name for each in events})), Feed.state != "not-configured")
    found = {row.name: row for row in await session.scalars(query)}
    return [found.get(each.name) for each in events]


async def _decide(situation: Situation[Feed]) -> Sequence[Message]:
    feed = situation.found
    faults = [_fault(feed, entry) for entry in feed.missing]
    named = await _name(situation, feed)
    told = [
        _bad(situation, feed, named, fault, recipient)
        for recipient in (await _recipients(situation, feed) if faults else ())
        for fault in faults
    ]
    lasting = {fault.key for fault in faults}
    over = [row for row in await _told_of_faults(situation) if row.occasion.removeprefix(_BAD) not in lasting]
    return [*told, *(_well(situation, feed, named, row) for row in over)]


def _fault(feed: Feed, entry: Mapping[str, Any]) -> _Fault:
    since = str(entry.get("since") or feed.state_since.isoformat())
    return _Fault(str(entry["code"]), since, str(entry.get("what", "")), str(entry.get("who", "")))


async def _name(situation: Situation[Feed], feed: Feed) -> str:
    owner = organization_of(feed.name)
    if owner is None:
        return f"The feed {feed.name}"
    async with situation.store.look() as session:
        organization = await session.get_one(Organization, owner)
    return f"The Space-Track link of {organization.name}"


async def _recipients(situation: Situation[Feed], feed: Feed) -> Sequence[Recipient]:
    """Return who is told of a link: its organization; of a feed of the service: those who run it."""
    owner = organization_of(feed.name)
    run_it = "you belong to the organization that runs this service"
    if owner is None:
        return await situation.people.operations(run_it)
    why = "you may upload for your organization, or decide on its link to Space-Track"
    permissions = (Permission.SPACE_TRACK_WRITE, Permission.DOCUMENTS_WRITE)
    return await situation.people.members_or_designated(owner, permissions, why) or await situation.people.operations(
        f"{run_it}, and the link's own has nobody who could be told"
    )


async def _told_of_faults(situation: Situation[Feed]) -> Sequence[Notification]:
    """Return what was said of faults of the feed, one row for each fault and recipient."""
    query = select(Notification).where(
        Notification.kind == _KIND,
        Notification.subject_id == situation.found.name,
        Notification.occasion.startswith(_BAD),
    )
    async with situation.store.look() as session:
        return (await session.scalars(query.order_by(Notification.created_at, Notification.id))).all()


def _label(code: str) -> str:
    number, _, rest = code.rpartition("/")
    return f"{rest.replace('-', ' ')} of {number}" if number else rest.replace("-", " ")


def _bad(situation: Situation[Feed], feed: Feed, named: str, fault: _Fault, recipient: Recipient) -> Message:
    headline = f"{named} is not in order: {_label(fault.code)}"
    return Message(
        subject_id=feed.name,
        occasion=f"{_BAD}{fault.key}",
        recipient=recipient,
        subject=headline,
        content=Content(
            headline=headline,
            paragraphs=("What waits is kept. Another mail says when this is in order again.",),
            facts=(("Since", _time(fault.since)),),
            tables=(Table("What is wrong", ("What", "Who does what"), ((fault.what, fault.who),)),),
            links=_links(situation, feed),
        ),
        reason=f"A line of the checklist that turns bad is told once; {_label(fault.code)} has.",
        is_replay=situation.is_replay,
    )


def _well(situation: Situation[Feed], feed: Feed, named: str, told: Notification) -> Message:
    code, _, since = told.occasion.removeprefix(_BAD).rpartition(" ")
    headline = f"{named} is in order again: {_label(code)}"
    return Message(
        subject_id=feed.name,
        occasion=f"{_WELL}{code} {since}",
        recipient=Recipient(told.recipient, told.organization_id, "you were told that it was not in order"),
        subject=headline,
        content=Content(
            headline=headline,
            paragraphs=("What had waited is being done now, the most urgent first.",),
            facts=(("It had not been since", _time(since)),),
            links=_links(situation, feed),
        ),
        reason=f"The end of what was told is told once; {_label(code)} is in order again.",
        is_replay=situation.is_replay,
    )


def _time(since: str) -> str:
    return f"{since[:19].replace('T', ' ')} UTC"


def _links(situation: Situation[Feed], feed: Feed) -> tuple[tuple[str, str], ...]:
    owner = organization_of(feed.name)
    if owner is None:
        return (("The feeds", feeds_page(situation.base_url)),)
    return (("The checklist", link_page(situation.base_url, owner)),)


RULE = Rule(kind=_KIND, event=FeedUpdatedV1, look=_look, decide=_decide)
