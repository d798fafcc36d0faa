"""The whole service on the local parts: every service a process of its own, behind one address."""

import asyncio
import json
import threading
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import Any, Self

from local_parts.parts import LocalParts
from local_parts.ports import free_port
from local_parts.reverse_proxy import ReverseProxy, Rule
from local_parts.service import Service, fairway

__all__ = ["SERVICES", "CommandFailed", "Installation"]

SERVICES = (
    "ingest-api",
    "validator",
    "screening",
    "screening-worker",
    "spacetrack-gateway",
    "notifier",
    "dashboard",
)
_LONGEST_PAUSE_S = 30.0
_STEADY_S = 60.0
"""A service that ran for so long and then died is started again without a pause."""


class CommandFailed(RuntimeError):
    """A command of Fairway's did not do what it is for; the message is what it said."""


class Installation:
    """Services on parts. As a context manager it runs as long as the block does."""

    def __init__(
        self,
        parts: LocalParts,
        *,
        port: int = 0,
        settings: Mapping[str, str] | None = None,
        services: Sequence[str] = SERVICES,
        say: Callable[[str], None] = print,
    ) -> None:
        self.parts = parts
        self.port = port or free_port()
        self.services: dict[str, Service] = {}
        self._wanted = tuple(services)
        self._settings = dict(settings or {})
        self._say = say
        self._table: dict[str, Any] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._told_to_stop: asyncio.Event
        self._listens = threading.Event()
        self._resting: set[str] = set()
        """Services that are stopped on purpose."""
        self._thread = threading.Thread(target=lambda: asyncio.run(self._keep_up()), name="one address", daemon=True)

    @property
    def address(self) -> str:
        """The one address of pages and API."""
        return f"http://127.0.0.1:{self.port}"

    def environment(self) -> dict[str, str]:
        """Return the settings of every process."""
        return {
            **self.parts.environment(),
            "FAIRWAY_HTTP__PUBLIC_URL": self.address,
            "FAIRWAY_DASHBOARD__API_URL": self.address,
            **self._settings,
        }

    @property
    def administrator_token(self) -> str:
        """The first administrator's token; it is kept beside the parts' passwords."""
        return (self.parts.folder / "secrets" / "administrator").read_text()

    def start(self) -> Self:
        """Start parts and services, and return when every service answers.

        Raises
        ------
        PartMissing, PartDoesNotStart, CommandFailed
            Something does not work; what has been started runs still.
        """
        self.parts.start()
        environment = self.environment()
        self._prepare_database(environment)
        for name in self._wanted:
            self.services[name] = Service(name, self.parts.folder / "services" / name, environment)
        with ThreadPoolExecutor(len(self.services)) as threads:
            list(threads.map(lambda service: service.start(), self.services.values()))
        self._table = json.loads(self._run("routes", "--format", "json", environment=environment))
        self._thread.start()
        self._listens.wait()
        return self

    def stop(self) -> None:
        """Stop services, then parts."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._told_to_stop.set)
            self._thread.join()
        if self.services:
            with ThreadPoolExecutor(len(self.services)) as threads:
                list(threads.map(lambda service: service.stop(), self.services.values()))
        self.parts.stop()

    async def _keep_up(self) -> None:
        """Answer at the one address and start again what dies, until told to stop."""
        self._loop = asyncio.get_running_loop()
        self._told_to_stop = asyncio.Event()
        rules = [Rule(**rule) for rule in self._table["rules"]]
        ports = {name: service.port for name, service in self.services.items()}
        async with ReverseProxy(self.port, rules, ports, private=self._table["private"]):
            watching = asyncio.create_task(self._restart_what_dies())
            self._listens.set()
            await self._told_to_stop.wait()
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)

    def restart(self, name: str, **settings: str) -> None:
        """Stop a service and start it with other settings."""
        self._resting.add(name)
        try:
            self.services[name].stop()
            self.services[name].change_settings(**settings)
            self.services[name].start()
        finally:
            self._resting.discard(name)

    def sign_in_link(self) -> str:
        """Return an address that signs the administrator in, once."""
        first = self._asked("users")["items"][0]
        person = {"user_id": first["id"], "organization_id": first["organization_id"]}
        return str(self._asked("sign-in-links", person)["url"])

    def _asked(self, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        request = urllib.request.Request(  # noqa: S310 - our own address
            f"{self.address}/v1/{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self.administrator_token}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - our own address
            answered: dict[str, Any] = json.load(answer)
        return answered

    def _prepare_database(self, environment: Mapping[str, str]) -> None:
        self._run("migrate", environment=environment)
        if not (self.parts.folder / "secrets" / "administrator").exists():
            token = self._run("token", "bootstrap", environment=environment).strip().splitlines()[-1]
            self.parts.keep_secret("administrator", token)

    def _run(self, *arguments: str, environment: Mapping[str, str]) -> str:
        done = fairway(*arguments, environment=environment)
        if done.returncode:
            raise CommandFailed(f"fairway {arguments[0]}: {done.stderr.strip()}")
        return done.stdout

    async def _restart_what_dies(self) -> None:
        """Say which service has ended, and start it again, after a longer pause each time that it does not stay."""
        started = dict.fromkeys(self.services, monotonic())
        pauses = dict.fromkeys(self.services, 0.0)
        due = dict.fromkeys(self.services, 0.0)
        gone: set[str] = set()
        while True:
            await asyncio.sleep(0.25)
            for name, service in self.services.items():
                if service.is_running or name in self._resting:
                    continue
                if name not in gone:
                    steady = monotonic() - started[name] > _STEADY_S
                    pauses[name] = 0.0 if steady else min(max(1.0, 2 * pauses[name]), _LONGEST_PAUSE_S)
                    due[name] = monotonic() + pauses[name]
                    gone.add(name)
                    self._say(f"{name} ended; it is started again in {pauses[name]:.0f} s (log: {_short(service.log)})")
                if monotonic() >= due[name]:
                    service.launch()
                    started[name] = monotonic()
                    gone.discard(name)

    def __enter__(self) -> Self:
        try:
            return self.start()
        except BaseException:
            self.stop()
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()


def _short(file: Path) -> str:
    return str(file.relative_to(Path.cwd())) if file.is_relative_to(Path.cwd()) else str(file)
