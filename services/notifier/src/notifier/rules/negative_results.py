"""Negative results: an ephemeris was screened, and nothing came into the volume."""

from collections.abc import Sequence

from notifier.links import screening_page
from notifier.message import Content, Message
from notifier.rules.rule import Rule, Situation
from notifier.screening_facts import owners, screening
from records.screening.events import ScreeningCompletedV1

__all__ = ["RULE"]


async def _decide(situation: Situation[ScreeningCompletedV1]) -> Sequence[Message]:
    if situation.event.state != "completed":
        return []
    result = await screening(situation.session, situation.event.run_id)
    run = result.run
    if result.ephemeris is None or run.approach_count or not run.screened_count:
        return []  # a catalogue run that finds nothing says nothing; one that screened nothing must not say "nothing"
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
        for recipient in await owners(situation.session, run)
    ]


RULE = Rule(kind="negative-results", event=ScreeningCompletedV1, decide=_decide)
