"""What mails about screenings say of a run: what it screened over which interval, and what it did not."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from notifier.formats import utc, words
from notifier.message import Recipient, Table
from notifier.recipients import People
from notifier.rules.rule import named
from records.identity.permissions import Permission
from records.screening.events import ScreeningCompletedV1
from records.screening.reads import coverage_exceptions
from records.screening.tables import Cdm, ScreeningRun
from records.validator.tables import Catalogue, Ephemeris

__all__ = ["Screening", "owners", "runs", "screening", "synthetic_runs"]

_EXAMPLES = 5
_AGAINST = {
    "ephemeris-catalogue": "the catalogue",
    "ephemeris-ephemerides": "the operational ephemerides of other satellites",
    "catalogue-catalogue": "the catalogue",
    "concern-list": "the catalogue",
}


@dataclass(frozen=True)
class Screening:
    """A run with what took part in it."""

    run: ScreeningRun
    ephemeris: Ephemeris | None
    catalogue: Catalogue | None
    not_screened: Table | None

    @property
    def is_synthetic(self) -> bool:
        """Whether the catalogue was made up."""
        return self.catalogue is not None and self.catalogue.is_synthetic

    @property
    def primary(self) -> str:
        """What was screened, in words."""
        if self.ephemeris is not None:
            return f"{self.ephemeris.file_name} ({self.ephemeris.object_name}, {self.ephemeris.norad_cat_id})"
        return "the catalogue" if self.run.norad_cat_id is None else f"satellite {self.run.norad_cat_id}"

    @property
    def against(self) -> str:
        """What it was screened against, in words."""
        text = _AGAINST.get(self.run.kind, words(self.run.kind))
        return text if self.catalogue is None else f"{text} ({self.catalogue.label})"

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """Label and value of what a reader needs in order to know what the result covers."""
        run = self.run
        interval = (
            "none"
            if run.start_time is None or run.stop_time is None
            else f"{utc(run.start_time)} to {utc(run.stop_time)}"
        )
        return (
            ("Screened", self.primary),
            ("Against", self.against),
            ("Interval", interval),
            ("Volume", run.volume),
            ("Objects", _count(run.object_count)),
            ("Screened over the whole interval", _count(run.screened_count)),
            ("Not, or not over the whole interval", _count(run.not_screened_count)),
            ("Run", run.id),
        )

    @property
    def tables(self) -> tuple[Table, ...]:
        """What was not screened, and why."""
        return () if self.not_screened is None else (self.not_screened,)


def _count(value: int | None) -> str:
    return "not known" if value is None else str(value)


async def runs(session: AsyncSession, events: Sequence[ScreeningCompletedV1]) -> Sequence[ScreeningRun]:
    """Return the run of each event, in one statement.

    Raises
    ------
    LookupError
        There is no such run.
    """
    query = select(ScreeningRun).where(ScreeningRun.id.in_(sorted({each.run_id for each in events})))
    found = {row.id: row for row in await session.scalars(query)}
    return [named(found, each.run_id, "screening run") for each in events]


async def screening(session: AsyncSession, row: ScreeningRun) -> Screening:
    """Return a run with what took part in it."""
    ephemeris = None if row.ephemeris_id is None else await session.get(Ephemeris, row.ephemeris_id)
    catalogue = None if row.catalogue_id is None else await session.get(Catalogue, row.catalogue_id)
    return Screening(row, ephemeris, catalogue, await _not_screened(session, row))


async def _not_screened(session: AsyncSession, row: ScreeningRun) -> Table | None:
    if not row.exception_counts:
        return None
    rows = []
    for reason, count in sorted(row.exception_counts.items(), key=lambda each: (-each[1], each[0])):
        examples = await coverage_exceptions(session, row.id, reason=reason, limit=_EXAMPLES)
        shown = ", ".join(str(each.norad_cat_id) for each in examples)
        more = f"{shown}, …" if shown and count > len(examples) else shown
        rows.append((words(reason), str(count), more))
    return Table(
        "Not screened, or not over the whole interval",
        ("Because", "Objects", "Catalogue numbers"),
        tuple(rows),
        "Nothing is known of approaches to these objects in the times that were not screened.",
    )


async def owners(people: People, row: ScreeningRun) -> Sequence[Recipient]:
    """Return who hears of a run's result: the members of the primary's organization who may read conjunctions."""
    if row.organization_id is None:
        return []
    why = "you are a member of the organization whose satellite was screened"
    return await people.members_or_designated(row.organization_id, (Permission.CONJUNCTIONS_READ,), why)


async def synthetic_runs(session: AsyncSession, messages: Iterable[Cdm]) -> frozenset[str | None]:
    """Return the runs, among those that made these messages, whose catalogue was made up."""
    runs = {message.run_id for message in messages if message.run_id is not None}
    query = (
        select(ScreeningRun.id)
        .join(Catalogue, Catalogue.id == ScreeningRun.catalogue_id)
        .where(ScreeningRun.id.in_(runs), Catalogue.is_synthetic)
    )
    return frozenset(await session.scalars(query))
