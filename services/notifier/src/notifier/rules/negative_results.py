"""Negative results: an ephemeris was screened, and nothing came into the volume."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from notifier.links import screening_page
from notifier.message import Content, Message
from notifier.rules.rule import Rule, Situation
from notifier.screening_facts import owners, runs, screening
from records.screening.events import ScreeningCompletedV1
from records.screening.tables import ScreeningRun

__all__ = ["RULE"]


async def _look(session: AsyncSession, events: Sequence[ScreeningCompletedV1]) -> Sequence[ScreeningRun | None]:
    return [run if _is_told(run) else None for run in await runs(session, events)]


def _is_told(run: ScreeningRun) -> bool:
    """Whether nothing came in. A catalogue run then says nothing; one that screened nothing must not say "nothing"."""
    return (
        run.state == "completed"
        and run.ephemeris_id is not None
        and not run.approach_count
        and bool(run.screened_count)
    )


async def _decide(situation: Situation[ScreeningRun]) -> Sequence[Message]:
    run = situation.found
    async with situation.store.read() as session:
        result = await screening(session, run)
    if result.ephemeris is None:
        return []
    paragraphs = [
        (
            f"{result.ephemeris.file_name} was screened against {result.against}, and no object came into the "
            "screening volume during the interval below."
        )
    ]
    if run.not_screened_count:
        paragraphs.append(
            f"This does not hold for {run.not_screened_count} objects that could not be screened, or not over the "
            "whole interval; they are listed with the reasons."
        )
    if run.known_pair_approach_count:
        paragraphs.append(
            "Nor does it hold for objects that are known to stay with yours: they did come into the volume "
            f"({run.known_pair_approach_count} approaches), and are left out."
        )
    content = Content(
        headline=f"No results for {result.ephemeris.file_name}",
        paragraphs=tuple(paragraphs),
        facts=result.facts,
        tables=result.tables,
        links=(("The screening run", screening_page(situation.base_url, run.id)),),
    )
    return [
        Message(
            subject_id=run.id,
            recipient=recipient,
            subject=f"Negative results: {result.ephemeris.file_name}",
            content=content,
            reason="Whoever owns a screened ephemeris is told when nothing was found.",
            is_synthetic=result.is_synthetic,
            is_replay=situation.is_replay or run.is_replay,
        )
        for recipient in await owners(situation.people, run)
    ]


RULE = Rule(kind="negative-results", event=ScreeningCompletedV1, look=_look, decide=_decide)
