"""Two operators whose ephemerides are planned, a catalogue, and what was planned."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pytest
from sqlalchemy import select
from support.embedded import NOON, MovableClock, deliver, emit, make_context
from support.rows import add, catalogue, document, ephemeris, organization, satellite

from assessment.catalogues import Catalogue, catalogue_to_columns
from astrodynamics.sgp4 import ElementArrays
from astrodynamics.timescales import from_datetime
from records.identity.tables import Organization
from records.screening import reads
from records.screening.events import ScreeningRequestedV1
from records.screening.tables import ScreeningRun
from records.validator.events import EphemerisAcceptedV1
from records.validator.tables import Catalogue as CatalogueRow
from records.validator.tables import Ephemeris
from screening.module import MODULE
from servicekit.context import Context
from servicekit.events import Event
from servicekit.ids import new_id
from servicekit.store import Store
from servicekit.store.plumbing import OutboxRow

__all__ = [
    "DAY",
    "PLANNING",
    "Fleet",
    "a_catalogue",
    "accepted",
    "asked",
    "either_fleet",
    "events_of",
    "fleet",
    "runs_of",
]

PLANNING = [consumer for consumer in MODULE.consumers if consumer.name.startswith("screening.plan")]
DAY = timedelta(days=1)
Fleet: TypeAlias = tuple[Context, Organization, Organization, Ephemeris, Ephemeris]


def accepted(row: Ephemeris) -> EphemerisAcceptedV1:
    """Return the event that tells of an ephemeris."""
    return EphemerisAcceptedV1(ephemeris_id=row.id, row_version=row.row_version)


async def runs_of(context: Context) -> list[ScreeningRun]:
    """Return what was planned."""
    async with context.store.read() as session:
        return list(await session.scalars(select(ScreeningRun).order_by(ScreeningRun.kind, ScreeningRun.id)))


async def events_of(context: Context, kind: type[Event]) -> list[dict[str, Any]]:
    """Return the payloads of the events of a kind, in their order."""
    async with context.store.read() as session:
        return [
            row.payload
            for row in await session.scalars(
                select(OutboxRow).where(OutboxRow.topic == kind.topic).order_by(OutboxRow.id)
            )
        ]


async def asked(context: Context, request: dict[str, Any], organization_id: str | None = None) -> ScreeningRun:
    """Ask for a run, and return what became of it."""
    run_id = new_id()
    await emit(
        context,
        ScreeningRequestedV1(run_id=run_id, requested_by="token-1", organization_id=organization_id, request=request),
    )
    await deliver(context, PLANNING)
    async with context.store.read() as session:
        run = await reads.run(session, run_id)
    assert run is not None
    return run


async def two_operators(context: Context) -> Fleet:
    """Add two operators, with one operational ephemeris each; the second was accepted an hour later."""
    north, south = organization("Northern Orbits"), organization("Southern Orbits")
    documents = [document(north, "north.oem"), document(south, "south.oem")]
    first = ephemeris(documents[0], 25544, accepted_at=NOON - DAY)
    second = ephemeris(documents[1], 43013, accepted_at=NOON - DAY + timedelta(hours=1))
    await add(context.store, north, south, satellite(25544, north), satellite(43013, south), *documents, first, second)
    return context, north, south, first, second


async def a_catalogue(
    context: Context, owner: Organization, *, numbers: Sequence[int] = (5, 25544), accepted_at: datetime = NOON
) -> CatalogueRow:
    """Add a catalogue of objects on one orbit."""
    content = catalogue_to_columns(
        Catalogue(
            ElementArrays(
                norad_cat_id=np.array(numbers),
                epoch_tai_ns=np.full(len(numbers), from_datetime(NOON)),
                **{
                    name: np.full(len(numbers), value)
                    for name, value in {
                        "mean_motion_rev_day": 15.0,
                        "eccentricity": 0.001,
                        "inclination_deg": 50.0,
                        "raan_deg": 1.0,
                        "arg_of_perigee_deg": 1.0,
                        "mean_anomaly_deg": 1.0,
                        "bstar": 0.0,
                    }.items()
                },
            ),
            tuple(f"OBJECT {number}" for number in numbers),
            tuple("" for _ in numbers),
        )
    )
    paper = document(owner, f"catalogue-{new_id()}.tle", purpose="catalogue")
    row = catalogue(
        paper, columns_sha256=sha256(content).hexdigest(), object_count=len(numbers), accepted_at=accepted_at
    )
    await context.objects.put(row.columns_key, content)
    await add(context.store, paper, row)
    return row


@pytest.fixture
async def fleet(embedded: Context) -> Fleet:
    """Two operators, with one operational ephemeris each; the second was accepted an hour later."""
    return await two_operators(embedded)


@pytest.fixture
async def either_fleet(store: Store, tmp_path: Path) -> AsyncIterator[Fleet]:
    """The same on SQLite and on PostgreSQL."""
    store.clock = MovableClock.starting_at(NOON)
    async with make_context(store, tmp_path) as context:
        yield await two_operators(context)
