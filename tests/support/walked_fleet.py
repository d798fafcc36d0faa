"""Two operators and their first ephemerides, on the walk to messages and events; and what the walk ends in."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from typing import Any, Self

from sqlalchemy import select
from support.crossing_orbits import (
    CROSSING,
    DECAYED,
    OURS,
    THEIRS,
    UNOWNED,
    crossing_catalogue,
    ephemeris_of,
)
from support.embedded import NOON
from support.rows import add, catalogue, document, ephemeris, organization, satellite

from assessment.catalogues import catalogue_to_columns
from assessment.trajectories import ephemeris_to_columns
from records.ingest_api.tables import SatelliteFact
from records.screening.events import ConjunctionUpdatedV1
from records.screening.tables import Cdm, ConjunctionEvent, CoverageException, ScreeningRun
from records.validator.events import EphemerisAcceptedV1
from servicekit.context import Context
from servicekit.events import Event
from servicekit.ids import new_id
from servicekit.store.plumbing import OutboxRow
from servicekit.threads import in_thread

__all__ = ["WALKED", "ThisProcess", "WalkedFleet"]

WALKED = {
    "runs": [
        ("ephemeris-catalogue", OURS, "completed", 2, 3, 3),
        ("ephemeris-catalogue", THEIRS, "completed", 2, 2, 3),
        ("ephemeris-ephemerides", THEIRS, "completed", 1, 2, 1),
    ],
    "exceptions": [(DECAYED, "decayed", 0), (DECAYED, "decayed", 0)],
    "cdms": [
        (OURS, UNOWNED, "reportable"),
        (OURS, THEIRS, "emergency"),
        (OURS, THEIRS, "unquantified"),
        (OURS, THEIRS, "unquantified"),
        (THEIRS, OURS, "emergency"),
        (THEIRS, OURS, "unquantified"),
        (THEIRS, OURS, "unquantified"),
    ],
    "events": [(OURS, UNOWNED, 1, "active", "reportable"), (OURS, THEIRS, 6, "active", "emergency")],
    "new events told": 2,
    "objects": {"catalogues": 1, "cdms": 7, "ephemerides": 2, "screenings": 9},
}
"""What the fleet's walk ends in, whatever happens on the way."""


class WalkedFleet:
    """Two operators with a satellite and an ephemeris each, and a catalogue with both and three more."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.north, self.south = organization("Northern Orbits"), organization("Southern Orbits")
        papers = [document(self.north, f"{name}.oem") for name in ("north", "south")] + [
            document(self.north, "cat.tle")
        ]
        papers[1].organization_id = self.south.id
        trajectories = [ephemeris_of(OURS), ephemeris_of(THEIRS)]
        contents = [ephemeris_to_columns(each) for each in trajectories] + [catalogue_to_columns(crossing_catalogue())]
        span = {"start_time": CROSSING - timedelta(minutes=40), "stop_time": CROSSING + timedelta(minutes=40)}
        self.ours = ephemeris(papers[0], OURS, columns_sha256=sha256(contents[0]).hexdigest(), **span)
        self.theirs = ephemeris(
            papers[1],
            THEIRS,
            columns_sha256=sha256(contents[1]).hexdigest(),
            accepted_at=NOON + timedelta(seconds=1),
            **span,
        )
        self.catalogue = catalogue(
            papers[2], columns_sha256=sha256(contents[2]).hexdigest(), object_count=5, is_synthetic=True
        )
        self.papers, self.contents = papers, contents

    async def store(self) -> Self:
        """Put all of it into the database and the object store."""
        radius = SatelliteFact(
            id=new_id(),
            norad_cat_id=OURS,
            attribute="hard_body_radius_m",
            value=7.5,
            source="operator",
            recorded_by="token",
            recorded_at=NOON,
        )
        await add(
            self.context.store,
            self.north,
            self.south,
            satellite(OURS, self.north),
            satellite(THEIRS, self.south),
            radius,
            *self.papers,
            self.ours,
            self.theirs,
            self.catalogue,
        )
        keys = (self.ours.columns_key, self.theirs.columns_key, self.catalogue.columns_key)
        for key, content in zip(keys, self.contents, strict=True):
            await self.context.objects.put(key, content)
        return self

    @property
    def accepted(self) -> list[EphemerisAcceptedV1]:
        """The events that set the walk off."""
        return [EphemerisAcceptedV1(ephemeris_id=row.id, row_version=1) for row in (self.ours, self.theirs)]

    async def rows(self, table: type[Any], *order: Any) -> list[Any]:
        """Return the rows of a table."""
        async with self.context.store.read() as session:
            return list(await session.scalars(select(table).order_by(*order)))

    async def told(self, kind: type[Event]) -> list[dict[str, Any]]:
        """Return the payloads of all events of a kind."""
        rows = await self.rows(OutboxRow, OutboxRow.id)
        return [row.payload for row in rows if row.topic == kind.topic]

    async def outcome(self) -> dict[str, Any]:
        """What people see in the end, without identifiers and times of doing."""
        runs = await self.rows(ScreeningRun)
        cdms = await self.rows(Cdm)
        events = await self.rows(ConjunctionEvent)
        told = await self.told(ConjunctionUpdatedV1)
        exceptions = await self.rows(CoverageException)
        return {
            "runs": sorted(
                (run.kind, run.norad_cat_id, run.state, run.approach_count, run.cdm_count, run.screened_count)
                for run in runs
            ),
            "exceptions": sorted((row.norad_cat_id, row.reason, row.ordinal) for row in exceptions),
            "cdms": sorted((cdm.norad_cat_id_1, cdm.norad_cat_id_2, cdm.level) for cdm in cdms),
            "events": sorted(
                (event.norad_cat_id_low, event.norad_cat_id_high, event.cdm_count, event.state, event.level)
                for event in events
            ),
            "new events told": sum("new" in event["reasons"] for event in told),
            "objects": Counter([info.key.split("/")[0] async for info in self.context.objects.list("")]),
        }


class ThisProcess:
    """Runs what a child would run, without the seconds that a new process takes."""

    async def run(self, function: Callable[..., Any], *args: Any, **_listeners: Any) -> Any:
        """Call the function in a thread of this process."""
        return await in_thread(function, *args)
