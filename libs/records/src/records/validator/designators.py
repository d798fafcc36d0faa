"""International designators in force: kept in memory, and brought up to date by what was recorded since."""

import asyncio
import time
import uuid
from collections.abc import Iterable, Sequence
from typing import Any, Final, cast

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from records.ingest_api.facts import facts_in_force
from records.ingest_api.tables import SatelliteFact

__all__ = ["KnownDesignators"]

_ATTRIBUTE: Final = "international_designator"
_OVERLAP_S: Final = 120.0
"""So long, at most, a fact may be on its way: from the making of its identifier to its commit."""
_ANEW_S: Final = 6 * 3600.0
"""After so long everything is read again, whatever was recorded: it takes more than a second for a whole catalogue."""
_MOST_IN_A_QUERY: Final = 500
_FIRST_ID: Final = str(uuid.UUID(int=0))


class KnownDesignators:
    """The designators that satellites have, in upper case. One that several satellites claim decides nothing.

    Facts are only ever appended, and their identifiers begin with the time. So the number of facts behind an identifier
    of some time ago says whether there is anything new, without reading the others.
    """

    def __init__(self) -> None:
        self._of_satellite: dict[int, frozenset[str]] = {}
        self._claimed: dict[str, set[int]] = {}
        self._behind = _FIRST_ID
        self._count = -1
        self._read_s = -_ANEW_S
        self._turn = asyncio.Lock()

    def recorded(self) -> tuple[str, ScalarSelect[int]]:
        """Return the identifier behind which facts are counted, and the query for it, to be a column of another one."""
        return self._behind, select(func.count()).where(SatelliteFact.id > self._behind).scalar_subquery()

    def is_up_to_date(self, behind: str, count: int) -> bool:
        """Whether nothing was recorded since these were read, by what `recorded` gave and the answer to its query."""
        return (behind, count) == (self._behind, self._count) and time.monotonic() - self._read_s < _ANEW_S

    async def bring_up_to_date(self, session: AsyncSession) -> None:
        """Read what was recorded since the last time, in a session that sees one snapshot."""
        async with self._turn:
            anew = time.monotonic() - self._read_s >= _ANEW_S
            facts = await (_all_facts(session) if anew else self._changed_facts(session))
            behind = _id_at(time.time() - _OVERLAP_S)
            count = await session.scalar(select(func.count()).where(SatelliteFact.id > behind))
            if anew:
                self._of_satellite, self._claimed, self._read_s = {}, {}, time.monotonic()
            self._take(facts)
            self._behind, self._count = behind, count or 0

    def number_of(self, designator: str) -> int | None:
        """Return the satellite that alone has a designator, or None."""
        numbers = self._claimed.get(designator, set())
        return next(iter(numbers)) if len(numbers) == 1 else None

    def of(self, numbers: Iterable[int]) -> dict[str, int]:
        """Return the designators of satellites, each with its catalogue number."""
        return {
            designator: number
            for number in numbers
            for designator in self._of_satellite.get(number, ())
            if len(self._claimed[designator]) == 1
        }

    async def _changed_facts(self, session: AsyncSession) -> list[Any]:
        """Every fact of the satellites of which something was recorded."""
        newer = select(SatelliteFact.norad_cat_id).where(
            SatelliteFact.id > self._behind, SatelliteFact.attribute == _ATTRIBUTE
        )
        numbers = sorted(set(await session.scalars(newer)))
        return [
            fact
            for begin in range(0, len(numbers), _MOST_IN_A_QUERY)
            for fact in await _facts_of(session, numbers[begin : begin + _MOST_IN_A_QUERY])
        ]

    def _take(self, facts: Iterable[Any]) -> None:
        of_satellite: dict[int, list[Any]] = {}
        for fact in facts:
            of_satellite.setdefault(fact.norad_cat_id, []).append(fact)
        for number, those in of_satellite.items():
            for designator in self._of_satellite.get(number, ()):
                self._claimed[designator].discard(number)
            in_force = facts_in_force(cast("list[SatelliteFact]", those)).values()
            said = frozenset(str(fact.value).strip().upper() for fact in in_force)
            self._of_satellite[number] = said
            for designator in said:
                self._claimed.setdefault(designator, set()).add(number)


_COLUMNS = (
    SatelliteFact.id,
    SatelliteFact.norad_cat_id,
    SatelliteFact.attribute,
    SatelliteFact.value,
    SatelliteFact.source,
    SatelliteFact.recorded_at,
)


async def _all_facts(session: AsyncSession) -> list[Any]:
    return list(await session.execute(select(*_COLUMNS).where(SatelliteFact.attribute == _ATTRIBUTE)))


async def _facts_of(session: AsyncSession, numbers: Sequence[int]) -> list[Any]:
    query = select(*_COLUMNS).where(SatelliteFact.attribute == _ATTRIBUTE, SatelliteFact.norad_cat_id.in_(numbers))
    return list(await session.execute(query))


def _id_at(unix_s: float) -> str:
    """Return the smallest identifier (UUID of version 7) that is made from a time on."""
    return str(uuid.UUID(int=max(0, int(unix_s * 1000)) << 80))
