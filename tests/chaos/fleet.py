"""Two processes of each service on real parts, bad links between them, and a supervisor that starts again what died."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from chaos.plan import FREEZE, KILL, Fault
from sqlalchemy.engine import make_url

from local_parts.link import Condition, Link
from local_parts.parts import LocalParts
from local_parts.process import PartProcess
from local_parts.service import Service, fairway

__all__ = ["Fleet"]

_SETTINGS = {
    "FAIRWAY_LOG__LEVEL": "info",
    "FAIRWAY_HTTP__PUBLIC_URL": "https://fairway.example",  # in mails, the same in every run
    "FAIRWAY_KAFKA__SESSION_TIMEOUT_S": "10",
    "FAIRWAY_SCREENING__CATALOGUE_SLOT": "never",
    "FAIRWAY_SCREENING__WORKER_HEARTBEAT_S": "5",
    "FAIRWAY_SCREENING__THREADS": "1",
}
_PATIENCE_S = 600.0


class Fleet:
    """All of it in a folder. As a context manager it runs as long as the block does."""

    def __init__(self, folder: Path, services: Sequence[str], say: Callable[[str], None]) -> None:
        self.folder = folder
        self.parts = LocalParts(folder / "parts")
        self._say = say
        self._stack = ExitStack()
        assert self.parts.kafka is not None
        kafka = self.parts.kafka
        database = make_url(self.parts.postgresql.address).port
        assert database is not None
        self.links = {
            "link to PostgreSQL": Link(database),
            "link to Kafka": Link(kafka.secure_port),
            "link to S3": Link(self.parts.s3.port),
            "link to SMTP": Link(self.parts.mail.port),
        }
        kafka.advertised_secure_port = self.links["link to Kafka"].port
        self._names = [f"{name}/{number}" for name in services for number in (1, 2)]
        self.services: dict[str, Service] = {}
        self._not_before: dict[str, float] = {}
        """When what was killed is started again."""
        self._watches = True
        self._watching = threading.Thread(target=self._supervise, name="supervisor", daemon=True)

    @property
    def processes(self) -> dict[str, PartProcess]:
        """Everything that can be killed or frozen."""
        return {part.name: part for part in self.parts.all} | dict(self.services)

    def __enter__(self) -> Self:
        try:
            self.parts.start()
            self._stack.callback(self.parts.stop)
            for link in self.links.values():
                self._stack.enter_context(link)
            self.environment = self._environment()
            self._command("migrate")
            self.token = self._command("token", "bootstrap").split()[-1]
            for name in self._names:
                folder = self.folder / "services" / name.replace("/", "-")
                named = {"FAIRWAY_KAFKA__GROUP_INSTANCE_ID": name.replace("/", "-")}
                self.services[name] = Service(name.partition("/")[0], folder, self.environment | named)
            self._stack.callback(self._stop_services)
            with ThreadPoolExecutor(4) as threads:
                list(threads.map(lambda each: each.start(), self.services.values()))
            self.until("every process is ready", lambda: all(each.is_ready for each in self.services.values()))
            self._watching.start()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._watches = False
        self._watching.join()
        self._stack.close()

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

    def sweep(self) -> None:
        """Have what no row names removed at once, as it is after a day."""
        for name in ("ingest-api/1", "screening/1"):
            self._not_before[name] = time.monotonic() + _PATIENCE_S
            self.services[name].stop()
            self.services[name].change_settings(FAIRWAY_RETENTION__UNCLAIMED_OBJECT_HOURS="0.0001")
            self.services[name].start()
            del self._not_before[name]

    def _environment(self) -> dict[str, str]:
        """Return the settings of every process: each part is reached by its link."""
        given = {**self.parts.environment(), **_SETTINGS}
        url = make_url(self.parts.postgresql.address_of("fairway", "postgresql+asyncpg"))
        by_link = url.set(port=self.links["link to PostgreSQL"].port).render_as_string(hide_password=False)
        return given | {
            "FAIRWAY_DATABASE__URL_FILE": str(self.parts.keep_secret("database-url-by-link", by_link)),
            "FAIRWAY_KAFKA__BOOTSTRAP_SERVERS": f"localhost:{self.links['link to Kafka'].port}",
            "FAIRWAY_S3__ENDPOINT_URL": f"http://127.0.0.1:{self.links['link to S3'].port}",
            "FAIRWAY_MAIL__SMTP__PORT": str(self.links["link to SMTP"].port),
        }

    def _command(self, *arguments: str) -> str:
        done = fairway(*arguments, environment=self.environment)
        if done.returncode:
            raise RuntimeError(f"fairway {' '.join(arguments)}: {done.stderr}")
        return str(done.stdout)

    def _supervise(self) -> None:
        while self._watches:
            for name, process in self.processes.items():
                if not process.is_running and time.monotonic() >= self._not_before.get(name, 0.0):
                    if name not in self._not_before:
                        self._say(f"         {name} ended by itself")
                    process.launch()
            time.sleep(0.2)

    def _stop_services(self) -> None:
        with ThreadPoolExecutor(len(self.services)) as threads:
            list(threads.map(lambda each: each.stop(), self.services.values()))
