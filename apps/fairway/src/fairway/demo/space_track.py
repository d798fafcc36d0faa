"""Space-Track's part in a demonstration: a simulated site, and how the operators are linked with it.

What takes hours there is done at once: ephemerides are screened as they come, and CDMs are asked for when they are out.
"""

import asyncio
import os
import secrets
import tempfile
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fairway.catalogue_files import unpacked_file
from fairway.demo.operators import OPERATORS
from fairway.demo.scenario import Scenario
from servicekit.context import Context
from servicekit.settings import read_settings
from servicekit.store import Actor
from spacetrack_gateway.accounts.keeping import enter_account
from spacetrack_gateway.accounts.vault import open_vault
from spacetrack_gateway.consents import PushMode, set_push_mode
from spacetrack_gateway.on_demand import ask_out_of_turn
from spacetrack_gateway.settings import SpaceTrackSettings
from spacetrack_simulator import LoggedRequest, Settings, Simulator, create_app
from spacetrack_simulator.server import serving

__all__ = ["MODES", "SpaceTrackLink", "keep_secret_key", "simulated_site"]

IDENTITY: Final = "fairway@demonstration.example"
MODES: Final[tuple[PushMode, ...]] = ("automatic", "manual", "off")
"""What each of the operators allows: sending at once, sending when somebody says so, sending nothing."""

_ACTOR: Final = Actor.service("demonstration")
_REPORTED_DAYS: Final = 1.0


def keep_secret_key(folder: Path) -> None:
    """Have the gateway seal its account with a key in the data folder, and look for its uploads without delay."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "space-track.key"
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(b64encode(secrets.token_bytes(32)).decode())
    os.environ["FAIRWAY_SPACE_TRACK__SECRET_KEY_FILE"] = str(file)
    os.environ["FAIRWAY_SPACE_TRACK__LOOK_AFTER_S"] = "0"


@dataclass
class SpaceTrackLink:
    """The simulated site, and the service's account with it.

    Attributes
    ----------
    url
        Of the site; it ends with a slash.
    """

    ctx: Context
    simulator: Simulator
    url: str
    catalogue: "asyncio.Future[int]"
    account_id: str = ""

    async def enter(self, organization_ids: list[str]) -> None:
        """Enter the service's account, and let each operator say whether its files may be sent."""
        await self.catalogue
        account = await enter_account(
            self.ctx,
            open_vault(read_settings(SpaceTrackSettings)),
            _ACTOR,
            name="demonstration",
            base_url=self.url,
            identity=IDENTITY,
            password=self._password,
        )
        self.account_id = account.id
        for organization_id, mode in zip(organization_ids, MODES, strict=True):
            await set_push_mode(self.ctx, _ACTOR, organization_id, mode)

    async def screen(self) -> None:
        """Have the site screen what it has got."""
        await asyncio.to_thread(self.simulator.tick)

    async def ask(self) -> None:
        """Have the gateway ask for results and CDMs now; its next turns would be hours away."""
        await ask_out_of_turn(self.ctx, _ACTOR, self.account_id, "cdm", "car")

    def requests(self) -> list[LoggedRequest]:
        """List what the account has asked, by the site's own log."""
        return self.simulator.log.all(account=IDENTITY)

    def furnish(self, scenario: Scenario) -> None:
        """Give the operators their folders and satellites at the site, and the account its access."""
        self._password = secrets.token_urlsafe()
        self.simulator.faults.policing.cadence = False
        self.simulator.add_account(IDENTITY, self._password)
        numbers = [int(number) for number in scenario.elements.norad_cat_id]
        for ordinal, operator in enumerate(OPERATORS):
            own = slice(ordinal, None, len(OPERATORS))
            title = operator.space_track_title
            gid = self.simulator.add_organization(
                title, gid=int(operator.gid), objects=numbers[own], service_level=operator.service_level
            )
            self.simulator.accounts.join(IDENTITY, gid)
            grants = {IDENTITY: "rw"}
            self.simulator.add_folder(f"/Ephemeris/{title}", gid=gid, grants=grants)
            self.simulator.add_folder(f"/Maneuvers/{title}", gid=gid, kind="maneuvers", grants=grants)
            for number, name in zip(numbers[own], scenario.names[own], strict=True):
                self.simulator.add_satellite(number, name, gid=gid, hard_body_radius_m=3.0)


@contextmanager
def simulated_site(ctx: Context, scenario: Scenario) -> Iterator[SpaceTrackLink]:
    """Give a simulated Space-Track on a port of this machine, on the service's clock, with the scenario's catalogue."""
    settings = Settings(
        special_latency_s=0, operational_slots_h=(), operational_latency_s=0, near_earth_days=_REPORTED_DAYS
    )
    simulator = Simulator(settings, ctx.clock)
    with serving(create_app(simulator=simulator)) as url:
        loading = asyncio.ensure_future(asyncio.to_thread(_load, simulator, scenario))
        link = SpaceTrackLink(ctx, simulator, url, loading)
        link.furnish(scenario)
        try:
            yield link
        finally:
            loading.cancel()
    simulator.close()


def _load(simulator: Simulator, scenario: Scenario) -> int:
    """Give the site the same catalogue; a real one comes packed, as the service takes it."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / scenario.file_name
        file.write_bytes(scenario.content)
        return simulator.load_catalogue(unpacked_file(file))
