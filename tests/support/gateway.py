"""The gateway with a simulated Space-Track, on one clock that stands still until it is put forward."""

import base64
import hashlib
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import select
from support import rows
from support.databases import sqlite_store
from support.embedded import MovableClock, deliver, make_context
from support.spacetrack import IDENTITY, PASSWORD, SimulatedSite, make_site
from typing_extensions import override

from records.identity.tables import Organization
from records.ingest_api.events import DocumentReceivedV1
from records.ingest_api.tables import Document
from records.spacetrack_gateway import reads
from records.spacetrack_gateway.tables import SpaceTrackAccount, SpaceTrackCdm, SpaceTrackTask, Submission
from records.validator.events import EphemerisAcceptedV1
from records.validator.tables import Ephemeris
from servicekit.bus import Consumer
from servicekit.context import Context
from servicekit.runtime import ServiceModule
from servicekit.store import Actor, Store
from spacetrack_gateway.accounts.keeping import enter_account
from spacetrack_gateway.accounts.vault import open_vault
from spacetrack_gateway.consents import PushMode, set_push_mode
from spacetrack_gateway.gateway import Gateway
from spacetrack_gateway.module import MODULE
from spacetrack_gateway.settings import SpaceTrackSettings
from spacetrack_gateway.work import gateway_of

__all__ = ["ADMIN", "KEY", "MANEUVER", "ROUTES", "START", "Station", "StillClock", "make_station", "station"]

START = datetime.fromisoformat("2024-09-17T12:07:00+00:00")
KEY = base64.b64encode(hashlib.sha256(b"a key for tests").digest()).decode()
ADMIN = Actor("user", "admin")
ROUTES = ServiceModule(name=MODULE.name, routers=MODULE.routers, consumers=MODULE.consumers)
"""The gateway without its jobs: nothing is asked of anybody."""

MANEUVER = b"""CCSDS_OPM_VERS = 2.0
CREATION_DATE = 2024-09-17T12:00:00
ORIGINATOR = AURORA IMAGING
OBJECT_NAME = AURORA 1
OBJECT_ID = 2020-001A
CENTER_NAME = EARTH
REF_FRAME = EME2000
TIME_SYSTEM = UTC
EPOCH = 2024-09-18T00:00:00.000
X = 7000.0
Y = 0.0
Z = 0.0
X_DOT = 0.0
Y_DOT = 7.5
Z_DOT = 0.0
MAN_EPOCH_IGNITION = 2024-09-18T06:00:00.000
MAN_DURATION = 60.0
MAN_DELTA_MASS = -0.1
MAN_REF_FRAME = RTN
MAN_DV_1 = 0.0
MAN_DV_2 = 0.0001
MAN_DV_3 = 0.0
USER_DEFINED_NORAD_CAT_ID = 90001
USER_DEFINED_MAN_PURPOSE = SK
USER_DEFINED_MAN_STATUS = PREDICTED
USER_DEFINED_MAN_ID = A1-001
"""
"""A maneuver notification of 90001."""


class StillClock(MovableClock):
    """A clock that stands still until it is put forward, by us or by the simulator."""

    def __init__(self, start: datetime) -> None:
        super().__init__(timedelta(0))
        self._moment = start

    @override
    def now(self) -> datetime:
        return self._moment

    @override
    def put_forward(self, by: timedelta) -> None:
        self._moment += by

    advance = put_forward


@dataclass
class Station:
    """A gateway's surroundings: context, simulated site, one account, and the organizations by name."""

    ctx: Context
    site: SimulatedSite
    clock: StillClock
    settings: SpaceTrackSettings
    account: SpaceTrackAccount
    organizations: dict[str, Organization] = field(default_factory=dict)

    @property
    def aurora(self) -> Organization:
        """The organization that the site knows from the start; its satellites are 90001 and 90002."""
        return self.organizations["AURORA IMAGING"]

    def gateway(self, name: str = "one", **settings: Any) -> Gateway:
        """Return a gateway of that name."""
        return gateway_of(
            self.ctx,
            self.settings.model_copy(update=settings),
            gateway_id=name,
            transport=self.site.transport,
        )

    async def run(
        self,
        span: timedelta,
        gateways: Sequence[Gateway] = (),
        *,
        meanwhile: Callable[[datetime], Any] | None = None,
    ) -> None:
        """Let time pass: each gateway works when it said that it would come again, and at least every ten minutes."""
        own = gateways or (self.gateway(),)
        end = self.clock.now() + span
        while True:
            again = min([await gateway.run_due() for gateway in own])
            if meanwhile is not None:
                meanwhile(self.clock.now())
            if self.clock.now() >= end:
                return
            soonest = self.clock.now() + timedelta(seconds=1)
            latest = min(end, self.clock.now() + timedelta(minutes=10))
            self.clock.put_forward(min(max(again, soonest), latest) - self.clock.now())
            self.site.simulator.tick()

    async def add_ephemeris(
        self,
        norad_cat_id: int = 90001,
        *,
        organization: Organization | None = None,
        designation: str = "operational",
        content: bytes = b"CCSDS_OEM_VERS = 2.0\n",
        **values: Any,
    ) -> Ephemeris:
        """Add an accepted ephemeris whose bytes are `content`, with its event in the outbox."""
        owner = organization or self.aurora
        sha256 = hashlib.sha256(content).hexdigest()
        now = self.clock.now()
        document = rows.document(
            owner, values.pop("file_name", "upload.txt"), sha256=sha256, size_bytes=len(content), received_at=now
        )
        defaults = {
            "designation": designation,
            "object_name": f"AURORA {norad_cat_id - 90000}",
            "start_time": now,
            "stop_time": now + timedelta(days=7),
            "accepted_at": now,
            "creation_date": now,
        }
        ephemeris = rows.ephemeris(document, norad_cat_id, **(defaults | values))
        await self.ctx.objects.put(document.object_key, content)
        async with self.ctx.store.write(ADMIN) as unit:
            for row in (document, rows.verdict(document, kind="OEM"), ephemeris):
                unit.session.add(row)
                await unit.session.flush()
            if designation == "operational":
                older = select(Ephemeris).where(
                    Ephemeris.norad_cat_id == norad_cat_id,
                    Ephemeris.designation == "operational",
                    Ephemeris.id != ephemeris.id,
                )
                for each in await unit.session.scalars(older):
                    each.is_active, each.superseded_by = False, ephemeris.id
            unit.emit(EphemerisAcceptedV1(ephemeris_id=ephemeris.id, row_version=1))
        return ephemeris

    async def accepted(self, *args: Any, **values: Any) -> Ephemeris:
        """Add an ephemeris as `add_ephemeris` does, and tell the gateway of it."""
        ephemeris = await self.add_ephemeris(*args, **values)
        await deliver(self.ctx, self.consumers)
        return ephemeris

    def remote_names(self) -> list[str]:
        """Return the names of the files that lie at the site."""
        return [file.name for file in self.site.simulator.files.files()]

    async def add_notification(self, content: bytes = MANEUVER) -> Document:
        """Add a maneuver notification of 90001, as its upload does: nobody has looked at it yet."""
        document = rows.document(
            self.aurora,
            "AURORA IMAGING_1.opm",
            sha256=hashlib.sha256(content).hexdigest(),
            size_bytes=len(content),
            received_at=self.clock.now(),
        )
        await self.ctx.objects.put(document.object_key, content)
        async with self.ctx.store.write(ADMIN) as unit:
            unit.session.add(document)
            await unit.session.flush()
            unit.emit(DocumentReceivedV1(document_id=document.id))
        return document

    async def consent(self, mode: PushMode = "automatic", organization: Organization | None = None) -> None:
        """Have an operator-admin consent."""
        await set_push_mode(self.ctx, ADMIN, (organization or self.aurora).id, mode)

    async def submission(self, ephemeris: Ephemeris) -> Submission:
        """Return how an ephemeris stands."""
        async with self.ctx.store.read() as session:
            return (await session.scalars(select(Submission).where(Submission.ephemeris_id == ephemeris.id))).one()

    async def pulled(self) -> Sequence[SpaceTrackCdm]:
        """Return the rows of CDMs that are stored, by number."""
        async with self.ctx.store.read() as session:
            return (await session.scalars(select(SpaceTrackCdm).order_by(SpaceTrackCdm.cdm_id))).all()

    async def task(self, name: str) -> SpaceTrackTask:
        """Return how far a task is."""
        async with self.ctx.store.read() as session:
            return await session.get_one(SpaceTrackTask, (self.account.id, name))

    async def account_now(self) -> SpaceTrackAccount:
        """Return the account as it stands."""
        async with self.ctx.store.read() as session:
            return (await reads.accounts(session))[0]

    def requests(self, class_name: str | None = None) -> list[Any]:
        """Return the requests that reached the site."""
        return self.site.simulator.log.all(class_name=class_name)

    @property
    def consumers(self) -> Sequence[Consumer]:
        """What the gateway listens to."""
        return MODULE.consumers

    def on_other_settings(self, **settings: Any) -> "Station":
        """Return the same station with other settings of the gateway."""
        return replace(self, settings=self.settings.model_copy(update=settings))


@asynccontextmanager
async def make_station(
    folder: Path, template: Path, *, database: str | None = None, **settings: Any
) -> AsyncIterator[Station]:
    """Give a station on SQLite in `folder`, or on the migrated and empty `database`."""
    clock = StillClock(START)
    site = make_site(clock)
    own = SpaceTrackSettings(secret_key=SecretStr(KEY), base_url=site.base_url.rstrip("/"), **settings)
    opened = sqlite_store(folder, template, clock) if database is None else _store_on(database, clock)
    async with opened as store, make_context(store, folder) as ctx:
        operations = rows.organization("Operations", is_operations=True)
        aurora = rows.organization("Aurora", space_track_title="AURORA IMAGING", gid=str(site.gid))
        await rows.add(store, operations, aurora, rows.satellite(90001, aurora), rows.satellite(90002, aurora))
        account = await enter_account(
            ctx,
            open_vault(own),
            ADMIN,
            name="service",
            base_url=own.base_url,
            identity=IDENTITY,
            password=PASSWORD,
            granted_at=START - timedelta(hours=1),
        )
        yield Station(ctx, site, clock, own, account, {"AURORA IMAGING": aurora})
    site.simulator.close()


@asynccontextmanager
async def _store_on(database: str, clock: StillClock) -> AsyncIterator[Store]:
    store = Store(database, clock)
    try:
        yield store
    finally:
        await store.close()


@pytest.fixture
async def station(tmp_path: Path, sqlite_template: Path) -> AsyncIterator[Station]:
    """A station whose clock begins at `START`."""
    async with make_station(tmp_path, sqlite_template) as made:
        yield made
