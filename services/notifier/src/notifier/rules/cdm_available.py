"""New CDMs are there: one mail for each run, organization and recipient."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from notifier.formats import bound, metres, probability, utc
from notifier.links import conjunction_page, screening_page
from notifier.message import Content, Message, Table
from notifier.rules.rule import Rule, Situation
from notifier.screening_facts import Screening, runs, screening
from records.identity.permissions import Permission
from records.screening.events import ScreeningCompletedV1
from records.screening.reads import cdms_of_run
from records.screening.tables import Cdm, ScreeningRun

__all__ = ["RULE"]

_COLUMNS = (
    "TCA",
    "Primary object",
    "Secondary object",
    "Miss distance",
    "Probability of collision",
    "Maximum probability",
    "Level",
    "Event",
)


async def _look(session: AsyncSession, events: Sequence[ScreeningCompletedV1]) -> Sequence[ScreeningRun | None]:
    return [run if run.state == "completed" and run.cdm_count else None for run in await runs(session, events)]


async def _decide(situation: Situation[ScreeningRun]) -> Sequence[Message]:
    async with situation.store.read() as session:
        result = await screening(session, situation.found)
        messages = await cdms_of_run(session, result.run.id)
    found: list[Message] = []
    for organization_id in sorted({each.recipient_id for each in messages if each.recipient_id is not None}):
        own = [each for each in messages if each.recipient_id == organization_id]
        content = _content(situation, result, own)
        why = "you are a member of the organization that these messages are for, and may read conjunctions"
        found.extend(
            Message(
                subject_id=result.run.id,
                recipient=recipient,
                subject=_subject(own),
                content=content,
                reason="Members are told when a screening made new CDMs for their organization.",
                is_synthetic=result.is_synthetic,
                is_replay=situation.is_replay or result.run.is_replay,
            )
            for recipient in await situation.people.members_or_designated(
                organization_id, (Permission.CONJUNCTIONS_READ,), why
            )
        )
    return found


def _subject(own: Sequence[Cdm]) -> str:
    satellites = sorted({each.norad_cat_id_1 for each in own})
    which = f"satellite {satellites[0]}" if len(satellites) == 1 else f"{len(satellites)} satellites"
    return f"{len(own)} new CDM{'s' if len(own) > 1 else ''} for {which}"


def _content(situation: Situation[ScreeningRun], result: Screening, own: Sequence[Cdm]) -> Content:
    rows = tuple(
        (
            utc(each.tca, milliseconds=True),
            f"{each.object_name_1} ({each.norad_cat_id_1})",
            f"{each.object_name_2} ({each.norad_cat_id_2})",
            metres(each.miss_distance_m),
            probability(each.collision_probability, each.probability_reason),
            bound(each.maximum_probability),
            each.level,
            "" if each.event_id is None else conjunction_page(situation.base_url, each.event_id),
        )
        for each in own
    )
    return Content(
        headline=_subject(own),
        paragraphs=(
            (
                "Conjunction data messages are ready for your organization. Those that meet the emergency criteria are "
                "also told in a close approach notification each."
            ),
        ),
        facts=result.facts,
        tables=(Table("CDMs", _COLUMNS, rows), *result.tables),
        links=(("The screening run", screening_page(situation.base_url, result.run.id)),),
    )


RULE = Rule(kind="cdm-available", event=ScreeningCompletedV1, look=_look, decide=_decide)
