"""The gateway in a process of its own, which kills itself with SIGKILL at chosen durable steps.

The simulated Space-Track stands in the process that starts it, on a port, and its clock is the only one: the gateway
puts it forward when it has nothing to do. Processes are forked from a server that has imported everything, so that a
life costs little more than what is done in it.
"""

import asyncio
import multiprocessing
import multiprocessing.context
import os
import signal
import sqlite3
import sys
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from multiprocessing import forkserver
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
import pytest
from pydantic import SecretStr
from support.embedded import deliver, make_context
from support.gateway import KEY, StillClock
from typing_extensions import override

from servicekit import durability
from servicekit.store import Store
from servicekit.store.engine import sqlite_url
from spacetrack_gateway.module import MODULE
from spacetrack_gateway.settings import SpaceTrackSettings
from spacetrack_gateway.work import gateway_of

__all__ = ["Deaths", "GatewayProcess", "Step"]

_PATIENCE_S: Final = 120.0


@dataclass(frozen=True)
class Step:
    """A durable step: its name, and what the gateway was about.

    Attributes
    ----------
    about
        The class of the request under way, or of the last one; ``bus`` while events are delivered.
    """

    name: str
    about: str


@dataclass(frozen=True)
class Deaths:
    """At which durable steps a process dies, counted over all lives on one folder; none twice.

    Attributes
    ----------
    at_step
        At this one of all steps; the first is 1.
    kinds, at
        At the step of that number among those of one kind, for each of these kinds.
    """

    at_step: int | None = None
    kinds: frozenset[Step] = frozenset()
    at: int = 1

    def come(self, step: Step, number: int, number_of_its_kind: int) -> bool:
        """Whether it is time."""
        return number == self.at_step or (step in self.kinds and number_of_its_kind == self.at)


@dataclass
class GatewayProcess:
    """The gateway under test, on the data folder `data`.

    Attributes
    ----------
    settings
        Of the gateway; every process has the same.
    """

    data: Path
    settings: dict[str, Any] = field(default_factory=dict)
    deaths: int = 0

    def live(self, url: str, until: datetime, deaths: Deaths) -> None:
        """Work at the site under `url` until a time; whenever the process has died, another one goes on."""
        with closing(sqlite3.connect(self.data / "fairway.db")) as connection, connection:
            connection.execute("UPDATE space_track_accounts SET base_url = ?", (url.rstrip("/"),))
        context = _forking()
        while True:
            process = context.Process(target=_live, args=(self.data, url, until, deaths, self.settings))
            process.start()
            process.join(_PATIENCE_S)
            if process.is_alive():
                process.kill()
                raise AssertionError("the gateway does not come to an end")
            if process.exitcode == 0:
                return
            assert process.exitcode == -signal.SIGKILL, f"it ended by itself with {process.exitcode}"
            self.deaths += 1

    def steps(self) -> list[Step]:
        """Return the durable steps of all its lives, in their order."""
        return _steps_in(self.data)


class _SiteClock(StillClock):
    """The site's clock, as of when it was last put forward; nobody else does that."""

    def __init__(self, url: str) -> None:
        self._controls = httpx.Client(base_url=url)
        super().__init__(datetime.fromisoformat(self._controls.get("_sim/now").json()["now"]))

    @override
    def put_forward(self, by: timedelta) -> None:
        answer = self._controls.post("_sim/advance", json={"seconds": by.total_seconds()}).raise_for_status()
        super().put_forward(datetime.fromisoformat(answer.json()["now"]) - self.now())

    def close(self) -> None:
        """Close the connection."""
        self._controls.close()


class _Watch(httpx.AsyncHTTPTransport):
    """Notes what is asked, writes durable steps down, and ends the process at some of them."""

    def __init__(self, data: Path, deaths: Deaths) -> None:
        super().__init__()
        before = _steps_in(data)
        self._come, self._of_kind = len(before), Counter(before)
        self._log = os.open(_log(data), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self._deaths = deaths
        self.about = "bus"

    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        parts = urlsplit(str(request.url)).path.split("/")
        self.about = parts[parts.index("class") + 1] if "class" in parts else parts[-1]
        return await super().handle_async_request(request)

    def observe(self, name: str) -> None:
        """Write a durable step down, and die there where it is time."""
        step = Step(name, self.about)
        self._come += 1
        self._of_kind[step] += 1
        os.write(self._log, f"{step.name} {step.about}\n".encode())
        if self._deaths.come(step, self._come, self._of_kind[step]):
            os.kill(os.getpid(), signal.SIGKILL)


def _forking() -> multiprocessing.context.ForkServerContext:
    """Return the server that processes are forked from, started where it is not yet."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["support.gateway_process"])
    with pytest.MonkeyPatch.context() as environment:
        # It does not take our path over, and would not find what it is to import.
        environment.setenv("PYTHONPATH", os.pathsep.join(path for path in sys.path if path))
        forkserver.ensure_running()
    return context


def _log(data: Path) -> Path:
    return data.parent / "steps"


def _steps_in(data: Path) -> list[Step]:
    if not _log(data).exists():
        return []
    return [Step(*line.split(" ")) for line in _log(data).read_text().splitlines()]


def _live(data: Path, url: str, until: datetime, deaths: Deaths, settings: dict[str, Any]) -> None:
    watch = _Watch(data, deaths)
    durability.observe(watch.observe)
    asyncio.run(_work(data, url, until, watch, settings))


async def _work(data: Path, url: str, until: datetime, watch: _Watch, settings: dict[str, Any]) -> None:
    clock = _SiteClock(url)
    store = Store(sqlite_url(data / "fairway.db"), clock)
    async with make_context(store, data) as ctx:
        gateway = gateway_of(ctx, SpaceTrackSettings(secret_key=SecretStr(KEY), **settings), transport=watch)
        await deliver(ctx, MODULE.consumers)
        while clock.now() < until:
            again = await gateway.run_due()
            now = clock.now()
            clock.put_forward(min(max(again, now + timedelta(seconds=1)), until) - now)
        watch.about = "bus"
        await deliver(ctx, MODULE.consumers)
    await store.close()
    clock.close()
