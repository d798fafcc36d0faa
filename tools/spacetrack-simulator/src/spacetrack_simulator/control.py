"""The simulator's own controls, kept off the imitated interface: `/_sim/…`."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, ConfigDict, Field

from assessment import ServiceLevel
from spacetrack_simulator.clock import WouldNotMoveError
from spacetrack_simulator.faults import Faults, Outage
from spacetrack_simulator.fileshare import FolderKind, StoredFile
from spacetrack_simulator.policing import Mail
from spacetrack_simulator.request_log import LoggedRequest, most_within
from spacetrack_simulator.simulator import Simulator

__all__ = ["control_router"]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Advance(_Model):
    """By how much the clock is put forward."""

    seconds: float = Field(ge=0)


class Now(_Model):
    """The simulated time."""

    now: datetime


class OrganizationIn(_Model):
    """An organization; its GID is given to it if none is asked for."""

    name: str
    constellation: str | None = None
    gid: int | None = None
    objects: list[int] = Field(default_factory=list)
    service_level: ServiceLevel = "advanced"


class AccountIn(_Model):
    """An account and the organizations that it is a user of."""

    identity: str
    password: str
    gids: list[int] = Field(default_factory=list)


class FolderIn(_Model):
    """A folder and who may use it: `r`, `w` or `rw` by account."""

    path: str
    gid: int
    kind: FolderKind = "ephemeris"
    grants: dict[str, str] = Field(default_factory=dict)


class SatelliteIn(_Model):
    """What the site says of a satellite."""

    norad_cat_id: int
    name: str
    gid: int
    maneuverable: str | None = "Y"
    hard_body_radius_m: float | None = None
    status: str = "ACTIVE"


class RowsIn(_Model):
    """Rows of a class; of class `cdm`, numbers are given where there are none."""

    rows: list[dict[str, Any]]
    gid: int | None = None
    visible_from: datetime | None = None


class Numbered(_Model):
    """The number of what was made."""

    id: int


class RequestCount(_Model):
    """Requests of an account, and the most in any minute and hour."""

    account: str
    requests: int
    most_in_a_minute: int
    most_in_an_hour: int


def control_router(simulator: Simulator) -> APIRouter:
    """Make the routes."""
    router = APIRouter(prefix="/_sim", tags=["simulator"])
    _add_time_and_faults(router, simulator)
    _add_contents(router, simulator)
    _add_records(router, simulator)
    return router


def _add_time_and_faults(router: APIRouter, simulator: Simulator) -> None:
    @router.get("/now")
    async def now() -> Now:
        return Now(now=simulator.clock.now())

    @router.post("/advance")
    async def advance(body: Advance) -> Now:
        try:
            return Now(now=await asyncio.to_thread(simulator.advance, timedelta(seconds=body.seconds)))
        except WouldNotMoveError as error:
            raise HTTPException(409, str(error)) from error

    @router.get("/faults")
    async def faults() -> Faults:
        return simulator.faults

    @router.put("/faults")
    async def set_faults(body: Faults) -> Faults:
        simulator.set_faults(body)
        return simulator.faults

    @router.delete("/faults", status_code=204)
    async def end_faults() -> None:
        simulator.set_faults(Faults())
        simulator.outages.end()

    @router.post("/outages", status_code=204)
    async def begin_outage(body: Outage) -> None:
        simulator.fail(body)

    @router.delete("/outages", status_code=204)
    async def end_outages() -> None:
        simulator.outages.end()

    @router.delete("/sessions", status_code=204)
    async def end_sessions(identity: str | None = None) -> None:
        simulator.accounts.end_sessions(identity)


def _add_contents(router: APIRouter, simulator: Simulator) -> None:
    @router.post("/organizations", status_code=201)
    async def add_organization(body: OrganizationIn) -> Numbered:
        return Numbered(id=simulator.add_organization(**body.model_dump()))

    @router.post("/accounts", status_code=204)
    async def add_account(body: AccountIn) -> None:
        simulator.add_account(body.identity, body.password, gids=body.gids)

    @router.post("/accounts/{identity}/lock", status_code=204)
    async def lock(identity: str) -> None:
        simulator.accounts.lock(identity, "locked by hand")

    @router.post("/accounts/{identity}/unlock", status_code=204)
    async def unlock(identity: str) -> None:
        simulator.accounts.unlock(identity)

    @router.post("/folders", status_code=201)
    async def add_folder(body: FolderIn) -> Numbered:
        return Numbered(id=simulator.add_folder(body.path, gid=body.gid, kind=body.kind, grants=body.grants))

    @router.put("/folders/{folder_id}/grants/{identity}", status_code=204)
    async def grant(folder_id: int, identity: str, permissions: str = "rw") -> None:
        simulator.files.grant(identity, folder_id, permissions)

    @router.delete("/folders/{folder_id}/grants/{identity}", status_code=204)
    async def revoke(folder_id: int, identity: str) -> None:
        simulator.files.revoke(identity, folder_id)

    @router.post("/satellites", status_code=204)
    async def add_satellite(body: SatelliteIn) -> None:
        simulator.add_satellite(**body.model_dump())

    @router.post("/rows/{class_name}", status_code=204)
    async def add_rows(class_name: str, body: RowsIn) -> None:
        if class_name == "cdm" and body.gid is not None:
            for row in body.rows:
                simulator.add_cdm(row, gid=body.gid, cdm_id=row.get("CDM_ID"), visible_from=body.visible_from)
            return
        try:
            simulator.add_rows(class_name, body.rows, gid=body.gid, visible_from=body.visible_from)
        except LookupError as error:
            raise HTTPException(404, str(error)) from error


def _add_records(router: APIRouter, simulator: Simulator) -> None:
    @router.get("/files")
    async def files(folder_id: int | None = None) -> list[StoredFile]:
        return simulator.files.files(folder_id)

    @router.get("/mails")
    async def mails(account: str | None = None) -> list[Mail]:
        return simulator.police.mails(account)

    @router.get("/requests")
    async def requests(
        account: str | None = None, since: datetime | None = None, class_name: str | None = None
    ) -> list[LoggedRequest]:
        return simulator.log.all(account=account, since=since, class_name=class_name)

    @router.get("/requests/count")
    async def count(account: str) -> RequestCount:
        logged = simulator.log.all(account=account)
        return RequestCount(
            account=account,
            requests=len(logged),
            most_in_a_minute=most_within(logged, 60.0),
            most_in_an_hour=most_within(logged, 3600.0),
        )
