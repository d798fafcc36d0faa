"""Processes of Fairway's services on real parts, bad links between them, and a supervisor that starts what died."""

import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Self

import psutil  # type: ignore[import-untyped]
from chaos.plan import FREEZE, KILL, Fault
from sqlalchemy.engine import make_url

from local_parts.link import Condition, Link
from local_parts.parts import LocalParts
from local_parts.process import PartProcess
from local_parts.service import Service, fairway

__all__ = ["LINKS", "PARTS", "Fleet", "in_pairs", "together"]

PARTS = ("PostgreSQL", "SeaweedFS", "SMTP", "Kafka")
LINKS = ("link to PostgreSQL", "link to Kafka", "link to S3", "link to SMTP")
_SETTINGS = {
    "FAIRWAY_LOG__LEVEL": "info",
    "FAIRWAY_HTTP__PUBLIC_URL": "https://fairway.example",  # in mails, the same in every run
    "FAIRWAY_KAFKA__SESSION_TIMEOUT_S": "10",
    "FAIRWAY_NOTIFIER__RECONCILE_AFTER_S": "30",
    "FAIRWAY_NOTIFIER__SENDING_LEASE_S": "30",
    "FAIRWAY_SCREENING__CATALOGUE_SLOT": "never",  # what is asked for is all that is screened, whatever the hour
    "FAIRWAY_SCREENING__CONCERN_LIST_SLOTS": "[]",
    "FAIRWAY_SCREENING__OPERATIONAL_SLOTS": "[]",
    "FAIRWAY_SCREENING__TASK_RETRY_MINUTES": "1",
    "FAIRWAY_SCREENING__WORKER_HEARTBEAT_S": "5",
    "FAIRWAY_SCREENING__THREADS": "1",
    "FAIRWAY_VALIDATOR__RECONCILE_AFTER_S": "60",
}
"""Waits of minutes and hours are shortened: what is looked for is that they end well, not how long they are."""
_PATIENCE_S = 600.0
_AGAIN_S = 2.0
"""What ended by itself is started again after so long."""


def in_pairs(services: Sequence[str]) -> dict[str, Sequence[str]]:
    """Return two processes of each service."""
    return {f"{name}/{number}": (name,) for name in services for number in (1, 2)}


def together(services: Sequence[str]) -> dict[str, Sequence[str]]:
    """Return two processes of all services: where nothing is to go wrong, fewer start sooner."""
    return {f"everything/{number}": tuple(services) for number in (1, 2)}


class Fleet:
    """All of it in a folder. As a context manager it runs as long as the block does."""

    def __init__(self, folder: Path, processes: Mapping[str, Sequence[str]], say: Callable[[str], None]) -> None:
        self.folder = folder
        self.parts = LocalParts(folder / "parts")
        self.say = say
        self._stack = ExitStack()
        assert self.parts.kafka is not None
        kafka = self.parts.kafka
        database = make_url(self.parts.postgresql.address).port
        assert database is not None
        targets = (database, kafka.secure_port, self.parts.s3.port, self.parts.mail.port)
        self.links = {name: Link(port) for name, port in zip(LINKS, targets, strict=True)}
        kafka.advertised_secure_port = self.links["link to Kafka"].port
        self._wanted = dict(processes)
        self.services: dict[str, Service] = {}
        self.settings = dict(_SETTINGS)
        """What every process has in its environment beside where its parts are; to be changed before the start."""
        self.own_settings: dict[str, dict[str, str]] = {name: {} for name in processes}
        """What one process has beside that."""
        self.environment: dict[str, str] = {}
        self._not_before: dict[str, float] = {}
        """When what was killed is started again."""
        self._watches = True
        self._watching = threading.Thread(target=self._supervise, name="supervisor", daemon=True)

    @property
    def processes(self) -> dict[str, PartProcess]:
        """Everything that can be killed or frozen."""
        return {part.name: part for part in self.parts.all} | dict(self.services)

    def of(self, service: str) -> list[str]:
        """Return the processes that run a service."""
        return [name for name, services in self._wanted.items() if service in services]

    @property
    def names(self) -> list[str]:
        """Every service that runs here."""
        return sorted({service for services in self._wanted.values() for service in services})

    @property
    def broker_address(self) -> str:
        """Where the broker takes who looks at it, past every bad link."""
        assert self.parts.kafka is not None
        return self.parts.kafka.address

    @property
    def addresses(self) -> list[str]:
        """Where the API answers."""
        return [self.services[name].address for name in self.of("ingest-api")]

    def __enter__(self) -> Self:
        try:
            self._stack.callback(self._kill)
            self.parts.start()
            for link in self.links.values():
                self._stack.enter_context(link)
            self.environment = self._environment()
            self.command("migrate")
            self.token = self.command("token", "bootstrap").split()[-1]
            for name in self._wanted:
                self.services[name] = self._service(name)
            self.start_services()
            self._watching.start()
            self._stack.callback(self._stop_watching)
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def at_the_end(self, do: Callable[[], object]) -> None:
        """Have something done when everything has ended; to be said before the start."""
        self._stack.callback(do)

    def start_services(self) -> None:
        """Start every process of a service, and return when all can do their work."""
        with ThreadPoolExecutor(len(self.services)) as threads:
            list(threads.map(lambda each: each.start(), self.services.values()))
        self.until("every process is ready", lambda: all(each.is_ready for each in self.services.values()))
        self._not_before = {name: at for name, at in self._not_before.items() if name not in self.services}

    def stop_services(self, names: Collection[str] | None = None) -> None:
        """Stop processes of services, every one where none is named, for good until they are started."""
        stopping = list(self.services if names is None else names)
        self._not_before |= dict.fromkeys(stopping, float("inf"))
        if stopping:
            with ThreadPoolExecutor(len(stopping)) as threads:
                list(threads.map(lambda name: self.services[name].stop(), stopping))

    def replace(self, name: str, **settings: str) -> None:
        """Stop one process in good order, and start it with other settings; it can do its work on return."""
        self._not_before[name] = float("inf")
        service = self.services[name]
        service.stop()
        service.change_settings(**settings)
        service.start()
        self.until(f"{name} is ready", lambda: service.is_ready)
        del self._not_before[name]

    def until(self, what: str, holds: Callable[[], bool], patience_s: float = _PATIENCE_S) -> None:
        """Wait until something holds."""
        deadline = time.monotonic() + patience_s
        while not holds():
            if time.monotonic() > deadline:
                raise TimeoutError(f"never: {what}")
            time.sleep(0.25)

    def begin(self, fault: Fault) -> None:
        """Let something go wrong."""
        if fault.kind == KILL:
            self._not_before[fault.target] = time.monotonic() + fault.lasts_s
            self.processes[fault.target].kill()
        elif fault.kind == FREEZE:
            self.processes[fault.target].pause()
        else:
            self.links[fault.target].become(Condition(fault.kind))

    def end(self, fault: Fault) -> None:
        """Let it go right again; what was killed is the supervisor's."""
        if fault.kind == FREEZE:
            self.processes[fault.target].resume()
        elif fault.target in self.links:
            self.links[fault.target].become(Condition.WHOLE)

    def cpu_s(self) -> dict[str, float]:
        """Return how much every running process has computed since its start, its children with it, most first."""
        used = {}
        for name, part in self.processes.items():
            with suppress(psutil.NoSuchProcess):
                process = psutil.Process(part.pid)
                times = [process.cpu_times(), *(child.cpu_times() for child in process.children(recursive=True))]
                used[name] = sum(time.user + time.system for time in times)
        return dict(sorted(used.items(), key=lambda item: -item[1]))

    def sweep(self) -> None:
        """Have what no row names removed at once, as it is after a day: a process more looks at the objects."""
        hours = {"FAIRWAY_RETENTION__UNCLAIMED_OBJECT_HOURS": "0.0001"}
        self._wanted["sweeper"] = ("ingest-api", "screening")
        self.own_settings["sweeper"] = hours
        sweeper = self._service("sweeper")
        sweeper.start()
        self.services["sweeper"] = sweeper

    def command(self, *arguments: str, **settings: str) -> str:
        """Run a command of Fairway's, and return what it said."""
        done = fairway(*arguments, environment=self.environment | settings)
        if done.returncode:
            raise RuntimeError(f"fairway {' '.join(arguments)}: {done.stderr}")
        return str(done.stdout)

    def _service(self, name: str) -> Service:
        own = {"FAIRWAY_KAFKA__GROUP_INSTANCE_ID": name.replace("/", "-"), **self.own_settings[name]}
        folder = self.folder / "services" / name.replace("/", "-")
        return Service(self._wanted[name][0], folder, self.environment | own, *self._wanted[name][1:])

    def _environment(self) -> dict[str, str]:
        """Return the settings of every process: each part is reached by its link."""
        given = {**self.parts.environment(), **self.settings}
        url = make_url(self.parts.postgresql.address_of("fairway", "postgresql+asyncpg"))
        by_link = url.set(port=self.links["link to PostgreSQL"].port).render_as_string(hide_password=False)
        return given | {
            "FAIRWAY_DATABASE__URL_FILE": str(self.parts.keep_secret("database-url-by-link", by_link)),
            "FAIRWAY_KAFKA__BOOTSTRAP_SERVERS": f"localhost:{self.links['link to Kafka'].port}",
            "FAIRWAY_S3__ENDPOINT_URL": f"http://127.0.0.1:{self.links['link to S3'].port}",
            "FAIRWAY_MAIL__SMTP__PORT": str(self.links["link to SMTP"].port),
        }

    def _supervise(self) -> None:
        while self._watches:
            now = time.monotonic()
            for name, process in list(self.processes.items()):
                if process.is_running:
                    if self._not_before.get(name, now) < now:
                        del self._not_before[name]
                elif name not in self._not_before:
                    self.say(f"{name} ended by itself")
                    self._not_before[name] = now + _AGAIN_S
                elif now >= self._not_before[name]:
                    self._not_before[name] = now + _AGAIN_S  # where it ends at once
                    process.launch()
            time.sleep(0.2)

    def _kill(self) -> None:
        """End everything at once: nobody looks at it any more."""
        for process in self.processes.values():
            process.kill()

    def _stop_watching(self) -> None:
        self._watches = False
        self._watching.join()
