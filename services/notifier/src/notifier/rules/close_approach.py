"""Close-approach notifications: an approach meets the emergency criteria, or would if its probability were known.

One for each event, level and designated address; again when the level rises or the picture changes materially. Which
messages of an event are told follows from all of them in their order, so that it does not matter how many of them had
come when the notifier looked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import cast

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from assessment.criteria import Level, severity
from assessment.event_changes import EventPicture, materially_changed
from notifier.formats import bound, metres, metres_per_second, probability, utc, words
from notifier.links import conjunction_page
from notifier.message import Content, Message, Recipient, Table
from notifier.recipients import People
from notifier.rules.rule import Rule, Situation, named
from notifier.screening_facts import synthetic_runs
from records.identity.permissions import Permission
from records.screening.events import ConjunctionUpdatedV1
from records.screening.reads import cdms_of_event
from records.screening.tables import Cdm, ConjunctionEvent

__all__ = ["RULE", "Telling", "tellings"]

_TOLD = ("unquantified", "emergency")


@dataclass(frozen=True)
class Telling:
    """One message of an event that somebody is told of, and why."""

    cdm: Cdm
    occasion: str
    """Level and count, for example ``emergency-2``."""
    reasons: tuple[str, ...]


def tellings(messages: Sequence[Cdm]) -> list[Telling]:
    """Return which messages of one event, for one organization, are told: the first of a level, and what changed since.

    `messages` are in any order. A message is compared with the one before it (has the level risen?) and with the one
    that was told last (has the picture changed materially?).
    """
    ordered = sorted(messages, key=_age)
    found: list[Telling] = []
    told: Cdm | None = None
    for before, cdm in pairwise((None, *ordered)):
        if cdm is None or cdm.level not in _TOLD:
            continue
        reasons = list(materially_changed(None if told is None else _picture(told), _picture(cdm)))
        if told is not None and before is not None and severity(_level(cdm)) > severity(_level(before)):
            reasons = ["level_raised", *(reason for reason in reasons if reason != "level_raised")]
        if reasons:
            count = 1 + sum(telling.cdm.level == cdm.level for telling in found)
            found.append(Telling(cdm, f"{cdm.level}-{count}", tuple(reasons)))
            told = cdm
    return found


def _age(cdm: Cdm) -> tuple[datetime, bool, str, str]:
    """Return by what messages are in order: of those made at one moment, what knows more comes later."""
    return (cdm.creation_date, cdm.collision_probability is not None, cdm.originator, cdm.message_id)


def _level(cdm: Cdm) -> Level:
    return cast("Level", cdm.level)  # the column holds nothing else


def _picture(cdm: Cdm) -> EventPicture:
    return EventPicture(
        level=_level(cdm),
        state="active",
        tca=cdm.tca,
        miss_distance_m=cdm.miss_distance_m,
        collision_probability=cdm.collision_probability,
        maximum_probability=cdm.maximum_probability,
    )


async def _look(session: AsyncSession, events: Sequence[ConjunctionUpdatedV1]) -> Sequence[ConjunctionEvent | None]:
    """Return the conjunctions with a message that is told; none passed, mitigated, or merged: another tells of it."""
    is_told = exists().where(Cdm.event_id == ConjunctionEvent.id, Cdm.level.in_(_TOLD))
    query = select(ConjunctionEvent, is_told).where(ConjunctionEvent.id.in_(sorted({each.event_id for each in events})))
    found = {row.id: (row, has_message) for row, has_message in await session.execute(query)}
    wanted = [named(found, each.event_id, "conjunction event") for each in events]
    return [
        row if has_message and row.state == "active" and row.redirect_to is None else None
        for row, has_message in wanted
    ]


async def _decide(situation: Situation[ConjunctionEvent]) -> Sequence[Message]:
    event = situation.found
    async with situation.store.read() as session:
        messages = await cdms_of_event(session, event.id)
        synthetic = await synthetic_runs(session, messages)
    found: list[Message] = []
    for organization_id in sorted({event.organization_id_low, event.organization_id_high} - {None}, key=str):
        recipients = await _addressees(situation.people, organization_id)
        own = [message for message in messages if _is_for(message, organization_id)]
        told = tellings(own)
        for index, telling in enumerate(told):
            content = _content(situation, event, telling, told[:index])
            found.extend(
                Message(
                    subject_id=event.id,
                    occasion=telling.occasion,
                    recipient=recipient,
                    subject=_subject(telling),
                    content=content,
                    reason=_reason(telling),
                    is_synthetic=telling.cdm.run_id in synthetic,
                    is_replay=situation.is_replay or telling.cdm.is_replay,
                )
                for recipient in recipients
            )
    return found


def _is_for(cdm: Cdm, organization_id: str | None) -> bool:
    if cdm.recipient_id is not None:
        return cdm.recipient_id == organization_id
    return organization_id in (cdm.organization_id_1, cdm.organization_id_2)


async def _addressees(people: People, organization_id: str | None) -> Sequence[Recipient]:
    if organization_id is None:
        return []
    return (
        await people.designated(organization_id)
        or await people.members(
            organization_id,
            (Permission.CONJUNCTIONS_READ,),
            "your organization has designated no address for close-approach notifications, so all its members get them",
        )
        or await people.operations(
            "the satellite's organization has neither a designated address nor a member: somebody has to call it"
        )
    )


def _subject(telling: Telling) -> str:
    cdm = telling.cdm
    title = "Close approach notification" if cdm.level == "emergency" else "Close approach, probability not quantified"
    return (
        f"{title}: {cdm.object_name_1} ({cdm.norad_cat_id_1}) and {cdm.object_name_2} ({cdm.norad_cat_id_2}), "
        f"TCA {utc(cdm.tca)}"
    )


def _reason(telling: Telling) -> str:
    cdm = telling.cdm
    met = (
        "the approach meets the emergency criteria"
        if cdm.level == "emergency"
        else "the approach meets the geometry of the emergency criteria and its upper bound reaches 1e-4"
    )
    again = "" if telling.reasons == ("new",) else f" It is sent again because of: {_reasons(telling)}."
    return f"It was sent because {met}.{again}"


def _reasons(telling: Telling) -> str:
    return ", ".join(words(reason) for reason in telling.reasons)


def _content(
    situation: Situation[ConjunctionEvent], event: ConjunctionEvent, telling: Telling, earlier: Sequence[Telling]
) -> Content:
    cdm = telling.cdm
    paragraphs = [_opening(cdm)]
    if earlier:
        paragraphs.append(f"You have been told of this event before. What is new: {_reasons(telling)}.")
    return Content(
        headline=f"{cdm.object_name_1} and {cdm.object_name_2}: {metres(cdm.miss_distance_m)} at {utc(cdm.tca)}",
        paragraphs=tuple(paragraphs),
        facts=(
            ("Primary object", f"{cdm.object_name_1} ({cdm.norad_cat_id_1})"),
            ("Secondary object", f"{cdm.object_name_2} ({cdm.norad_cat_id_2})"),
            ("Time of closest approach", utc(cdm.tca, milliseconds=True)),
            ("Overall miss distance", metres(cdm.miss_distance_m)),
            ("Radial miss distance", metres(cdm.radial_m)),
            ("In-track miss distance", metres(cdm.in_track_m)),
            ("Cross-track miss distance", metres(cdm.cross_track_m)),
            ("Relative speed", metres_per_second(cdm.relative_speed_m_s)),
            ("Probability of collision", _probability(cdm)),
            ("Maximum probability", bound(cdm.maximum_probability)),
            ("Combined hard-body radius", _radius(cdm)),
            ("CDM", f"{cdm.message_id}, created {utc(cdm.creation_date)} by {cdm.originator}"),
        ),
        tables=_history(earlier),
        links=(("The event with its messages", conjunction_page(situation.base_url, event.id)),),
    )


def _opening(cdm: Cdm) -> str:
    if cdm.level == "emergency":
        return "This predicted close approach meets the emergency reporting criteria."
    return (
        "This predicted close approach meets the geometry of the emergency reporting criteria, but its probability "
        f"cannot be computed ({cdm.probability_reason or 'no reason was recorded'}). Only an upper bound is known, and "
        "it reaches 1e-4. It is not counted as an emergency."
    )


def _probability(cdm: Cdm) -> str:
    text = probability(cdm.collision_probability, cdm.probability_reason)
    computed = cdm.collision_probability is not None and cdm.probability_method is not None
    return f"{text} ({cdm.probability_method})" if computed else text


def _radius(cdm: Cdm) -> str:
    return "not known" if cdm.hard_body_radius_m is None else metres(cdm.hard_body_radius_m)


def _history(earlier: Sequence[Telling]) -> tuple[Table, ...]:
    if not earlier:
        return ()
    rows = tuple(
        (
            utc(telling.cdm.creation_date),
            utc(telling.cdm.tca, milliseconds=True),
            metres(telling.cdm.miss_distance_m),
            probability(telling.cdm.collision_probability, telling.cdm.probability_reason),
            telling.cdm.level,
        )
        for telling in reversed(earlier)
    )
    columns = ("Created", "TCA", "Miss distance", "Probability of collision", "Level")
    return (Table("What you were told before", columns, rows),)


RULE = Rule(kind="close-approach", event=ConjunctionUpdatedV1, look=_look, decide=_decide)
