"""What two operators share, a third has no part in, and an analyst sees, in a running API."""

from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from support import rows
from support.service import Caller, Running, running

from ingest_api.module import MODULE
from records.identity.permissions import Role
from records.identity.tables import Organization
from records.screening.tables import Cdm, ConjunctionEvent, ScreeningRun

__all__ = ["KVN", "World", "add_run", "get"]

KVN = b"CCSDS_CDM_VERS = 1.0\n"


class World(NamedTuple):
    """Two operators that share an event, a third that has no part in it, and an analyst."""

    service: Running
    north: Caller
    south: Caller
    east: Caller
    analyst: Caller
    shared: ConjunctionEvent
    message: Cdm


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """The API with the event that two operators share, and its message."""
    async with running([MODULE], tmp_path) as service:
        north = await service.operator("Northern Orbits", satellites=[44391])
        south = await service.operator("Southern Orbits", satellites=[55555])
        east = await service.operator("Eastern Orbits", satellites=[66666])
        event = rows.conjunction_event(
            44391, 55555, organization_id_low=north.organization_id, organization_id_high=south.organization_id
        )
        async with service.context.store.read() as session:
            owner = await session.get_one(Organization, north.organization_id)
        message = rows.cdm(
            owner,
            event,
            44391,
            55555,
            organization_id_1=north.organization_id,
            organization_id_2=south.organization_id,
            content_sha256=sha256(KVN).hexdigest(),
        )
        await rows.add(service.context.store, event, message)
        await service.context.objects.put(message.object_key, KVN)
        analyst = await service.staff(Role.ANALYST)
        yield World(service, north, south, east, analyst, event, message)


async def get(caller: Caller, path: str, **parameters: Any) -> Any:
    """Return what a caller is answered."""
    response = await caller.client.get(path, params=parameters)
    assert response.status_code == 200, response.text
    return response.json()


async def add_run(world: World, **values: Any) -> ScreeningRun:
    """Add a screening run of the northern operator."""
    async with world.service.context.store.read() as session:
        owner = await session.get_one(Organization, world.north.organization_id)
    run = rows.screening_run(owner, **values)
    await rows.add(world.service.context.store, run)
    return run
