"""A screening gave no result: it failed, was refused, or could screen nothing. Silence would read as "clear"."""

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
    return [None if _why(run) is None else run for run in await runs(session, events)]


async def _decide(situation: Situation[ScreeningRun]) -> Sequence[Message]:
    run = situation.found
    async with situation.store.read() as session:
        result = await screening(session, run)
    content = Content(
        headline=f"Not screened: {result.primary}",
        paragraphs=(
            f"The screening of {result.primary} against {result.against} gave no result: {_why(run)}",
            "Nothing is known about close approaches from this run.",
        ),
        facts=result.facts,
        tables=result.tables,
        links=(("The screening run", screening_page(situation.base_url, run.id)),),
    )
    recipients = await owners(situation.people, run) or await situation.people.analysts(
        "you are an analyst and no organization owns what was screened"
    )
    return [
        Message(
            subject_id=run.id,
            recipient=recipient,
            subject=f"Not screened: {result.primary}",
            content=content,
            reason="A screening that gives no result is told, since silence could be taken for a good result.",
            is_synthetic=result.is_synthetic,
            is_replay=situation.is_replay or run.is_replay,
        )
        for recipient in recipients
    ]


def _why(run: ScreeningRun) -> str | None:
    if run.state in ("failed", "refused"):
        return run.reason or f"it {run.state}, and no reason was recorded."
    if run.state == "completed" and run.object_count and not run.screened_count and not run.approach_count:
        return "none of the objects could be screened over the whole interval."
    return None


RULE = Rule(kind="not-screened", event=ScreeningCompletedV1, look=_look, decide=_decide)
