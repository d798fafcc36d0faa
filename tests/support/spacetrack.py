"""A simulated Space-Track for tests: in the test's own process, or on a port where connections really drop.

`spacetrack` is the fixture: a site with one account, one organization with two satellites, and its two folders.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import numpy as np
import pytest
from fastapi import FastAPI
from typing_extensions import override

from ccsds import Cdm
from spacetrack_simulator import (
    Clock,
    ConnectionDropped,
    ConnectionHung,
    MovableClock,
    Settings,
    Simulator,
    cdm_from_states,
    create_app,
)
from spacetrack_simulator.server import serving

__all__ = [
    "IDENTITY",
    "NOON",
    "PASSWORD",
    "SimulatedSite",
    "SimulatorTransport",
    "make_site",
    "sample_cdm",
    "spacetrack",
]

NOON = datetime(2024, 9, 17, 12, 7, tzinfo=UTC)
IDENTITY = "service@fairway.example"
PASSWORD = "correct horse battery staple"
BASE_URL = "http://space-track.test/"


class SimulatorTransport(httpx.AsyncBaseTransport):
    """Requests to the simulator without a socket; a dropped connection is what httpx makes of one."""

    def __init__(self, app: FastAPI) -> None:
        self._inner = httpx.ASGITransport(app)

    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        try:
            response = await self._inner.handle_async_request(request)
        except ConnectionDropped as error:
            raise httpx.RemoteProtocolError(str(error), request=request) from error
        except ConnectionHung as error:
            raise httpx.ReadTimeout(str(error), request=request) from error
        return response


@dataclass(frozen=True)
class SimulatedSite:
    """A simulated site with one account in good standing.

    Attributes
    ----------
    gid, folder_id, maneuver_folder_id
        Of the one organization, `AURORA IMAGING`, whose satellites are 90001 and 90002.
    """

    app: FastAPI
    simulator: Simulator
    gid: int
    folder_id: int
    maneuver_folder_id: int
    identity: str = IDENTITY
    password: str = PASSWORD
    base_url: str = BASE_URL

    @property
    def transport(self) -> SimulatorTransport:
        """For `httpx.AsyncClient(transport=…, base_url=site.base_url)`."""
        return SimulatorTransport(self.app)

    def client(self) -> httpx.AsyncClient:
        """A client that is not logged in."""
        return httpx.AsyncClient(transport=self.transport, base_url=self.base_url)

    async def logged_in(self) -> httpx.AsyncClient:
        """A client that is logged in."""
        client = self.client()
        answer = await client.post("ajaxauth/login", data={"identity": self.identity, "password": self.password})
        assert answer.json() == "", answer.text
        return client

    @contextmanager
    def on_a_port(self) -> Iterator[str]:
        """Serve the same site on a port of this machine; gives its address."""
        with serving(self.app) as url:
            yield url

    def advance(self, **by: float) -> None:
        """Put the site's own clock forward, by `timedelta` words; what comes due happens."""
        self.simulator.advance(timedelta(**by))


def make_site(clock: Clock | None = None, settings: Settings | None = None) -> SimulatedSite:
    """Make a site; on the clock that is given (anything with `now()`), or on one of its own that stands still."""
    app = create_app(settings or Settings(), clock or MovableClock(NOON))
    simulator: Simulator = app.state.simulator
    gid = simulator.add_organization("AURORA IMAGING", constellation="AURORA", objects=(90001, 90002))
    simulator.add_account(IDENTITY, PASSWORD, gids=[gid])
    for number in (90001, 90002):
        simulator.add_satellite(number, f"AURORA {number - 90000}", gid=gid, hard_body_radius_m=3.5)
    grants = {IDENTITY: "rw"}
    return SimulatedSite(
        app=app,
        simulator=simulator,
        gid=gid,
        folder_id=simulator.add_folder("/Ephemeris/AURORA IMAGING", gid=gid, grants=grants),
        maneuver_folder_id=simulator.add_folder("/Maneuvers/AURORA IMAGING", gid=gid, kind="maneuvers", grants=grants),
    )


@pytest.fixture
async def spacetrack() -> AsyncIterator[SimulatedSite]:
    """A site on a clock of its own, which begins at `NOON` and moves with `advance`."""
    site = make_site()
    yield site
    site.simulator.close()


def sample_cdm(
    number: int = 1, *, tca: datetime = NOON + timedelta(days=2), primary: int = 90001, **changes: Any
) -> Cdm:
    """Make a message of two near-circular orbits that cross; `number` tells messages and secondaries apart."""
    sigma = np.diag([900.0, 40_000.0, 400.0, 0.04, 0.0009, 0.0004])
    values: dict[str, Any] = {
        "norad_cat_ids": (primary, 80_000 + number),
        "tca": tca + timedelta(seconds=number),
        "creation_date": tca - timedelta(days=2),
        "positions_km": (np.array([7000.0, 0.0, 0.0]), np.array([7000.1, 0.2, -0.15])),
        "velocities_km_s": (np.array([0.0, 7.5, 0.0]), np.array([0.0, 0.0, 7.5])),
        "covariances_rtn_m2": (sigma, sigma * 4),
        "collision_probability": 1.5e-5,
    }
    return cdm_from_states(**(values | changes))
