"""Expanded results: an ephemeris was screened, objects came into the volume, and none meets the emergency criteria.

For the basic level of service, as the handbook has it. At the advanced level the CDMs say the same; where the criteria
made no CDM of what was found, this mail is sent at any level, since nothing else would tell of it.
"""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from notifier.formats import bound, metres, probability, utc
from notifier.links import screening_page
from notifier.message import Content, Message, Table
from notifier.rules.rule import Rule, Situation
from notifier.screening_facts import owners, runs, screening
from records.identity.tables import Organization
from records.screening.events import ScreeningCompletedV1
from records.screening.reads import cdms_of_run
from records.screening.tables import Cdm, ScreeningRun

__all__ = ["RULE"]


async def _look(session: AsyncSession, events: Sequence[ScreeningCompletedV1]) -> Sequence[ScreeningRun | None]:
    return [run if _may_be_told(run) else None for run in await runs(session, events)]


def _may_be_told(run: ScreeningRun) -> bool:
    return (
        run.state == "completed"
        and run.ephemeris_id is not None
        and run.organization_id is not None
        and bool(run.approach_count)
    )


async def _decide(situation: Situation[ScreeningRun]) -> Sequence[Message]:
    run = situation.found
    async with situation.store.read() as session:
        own = await cdms_of_run(session, run.id, recipient_id=run.organization_id)
        organization = await session.get_one(Organization, run.organization_id)
        if any(each.level == "emergency" for each in own) or (organization.service_level != "basic" and own):
            return []
        result = await screening(session, run)
    if result.ephemeris is None or run.approach_count is None:
        return []
    count = f"{run.approach_count} close approach{'es' if run.approach_count > 1 else ''}"
    content = Content(
        headline=f"{count} in the volume for {result.ephemeris.file_name}",
        paragraphs=(
            (
                f"{result.ephemeris.file_name} was screened against {result.against}: {count} in the screening volume, "
                "and none that meets the emergency criteria."
            ),
            f"{len(own)} of them met the criteria of your level of service ({organization.service_level}) for a CDM."
            if own
            else f"None met the criteria of your level of service ({organization.service_level}) for a CDM.",
        ),
        facts=result.facts,
        tables=(*_closest(own), *result.tables),
        links=(("The screening run with every approach", screening_page(situation.base_url, run.id)),),
    )
    return [
        Message(
            subject_id=run.id,
            recipient=recipient,
            subject=f"Expanded results: {count} for {result.ephemeris.file_name}",
            content=content,
            reason="Whoever owns a screened ephemeris is told of results that are no emergency.",
            is_synthetic=result.is_synthetic,
            is_replay=situation.is_replay or run.is_replay,
        )
        for recipient in await owners(situation.people, run)
    ]


def _closest(own: Sequence[Cdm]) -> tuple[Table, ...]:
    if not own:
        return ()
    rows = tuple(
        (
            utc(each.tca, milliseconds=True),
            f"{each.object_name_2} ({each.norad_cat_id_2})",
            metres(each.miss_distance_m),
            probability(each.collision_probability, each.probability_reason),
            bound(each.maximum_probability),
        )
        for each in own
    )
    columns = ("TCA", "Secondary object", "Miss distance", "Probability of collision", "Maximum probability")
    return (Table("Approaches with a CDM", columns, rows),)


RULE = Rule(kind="expanded-results", event=ScreeningCompletedV1, look=_look, decide=_decide)
