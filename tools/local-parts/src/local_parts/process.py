"""A part that runs as a process of its own: started, stopped, killed, paused, and started again on what it has kept."""

import os
import pwd
import signal
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psutil  # type: ignore[import-untyped]

__all__ = ["PartDoesNotStart", "PartMissing", "PartProcess", "as_user"]

_POLL_S = 0.05


class PartMissing(RuntimeError):
    """What the part is made of is not on this machine; the message says how it gets there."""


class PartDoesNotStart(RuntimeError):
    """The part's process ended, or did not answer in time; the message ends with its log."""


def as_user(name: str | None) -> dict[str, Any]:
    """Return the arguments of a subprocess that runs as this user, in this user's group and no other."""
    return {} if name is None else {"user": name, "group": pwd.getpwnam(name).pw_gid, "extra_groups": []}


class PartProcess(ABC):
    """One real part in a folder of its own. Its address stays the same from one start to the next.

    As a context manager it is started at the beginning of the block and stopped at its end.
    """

    name: str = ""
    start_s: float = 180.0
    """How long a start may take."""
    stop_s: float = 20.0
    """How long it may take to end when it is told to, before it is killed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self._process: subprocess.Popen[bytes] | None = None

    # --- what a part says of itself

    @property
    @abstractmethod
    def address(self) -> str:
        """Where clients find it."""

    @property
    def shown_address(self) -> str:
        """The same without any password."""
        return self.address

    @abstractmethod
    def _prepare(self) -> None:
        """Make what has to stand in the folder before a start; called at every start."""

    @abstractmethod
    def _command(self) -> Sequence[str]:
        """Return the command line of the server, which stays in the foreground."""

    @abstractmethod
    def _answers(self) -> bool:
        """Whether the server takes requests."""

    def _environment(self) -> Mapping[str, str]:
        return {}

    def _user(self) -> str | None:
        """Return the user that the server runs as, or None for the one that starts it."""
        return None

    # --- what can be done with it

    @property
    def runs_as(self) -> str | None:
        """The user that the server runs as, where it is another than the one that starts it."""
        return self._user()

    @property
    def log(self) -> Path:
        """What the server has written, from all its starts."""
        return self.folder / "log"

    @property
    def pid(self) -> int | None:
        """The process, while it runs."""
        return self._process.pid if self.is_running and self._process is not None else None

    @property
    def is_running(self) -> bool:
        """Whether there is a process, be it paused."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> Self:
        """Start the server and return when it answers.

        Raises
        ------
        PartMissing
            What it is made of is not here.
        PartDoesNotStart
            It ended or did not answer in time.
        """
        self.launch()
        self.wait_until_ready()
        return self

    def launch(self) -> None:
        """Start the server and do not wait for it."""
        if self.is_running:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        self._prepare()
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own command line
                list(self._command()),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                env={**os.environ, **self._environment()},
                **as_user(self._user()),
                start_new_session=True,  # Ctrl-C is for who started it: parts are stopped in order
            )

    def wait_until_ready(self) -> None:
        """Return when the server answers, or raise PartDoesNotStart."""
        deadline = time.monotonic() + self.start_s
        while not (self._answers() and self.is_running):  # another's server may have the port
            if not self.is_running or time.monotonic() > deadline:
                self.kill()
                tail = self.log.read_text(errors="replace")[-3000:]
                raise PartDoesNotStart(f"{self.name} does not start:\n{tail}")
            time.sleep(_POLL_S)

    def stop(self) -> None:
        """Tell the server to end, and return when it has; kill it where it does not."""
        if self._process is None:
            return
        self.resume()
        if self.is_running:
            self._process.send_signal(self._stop_signal())
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(self.stop_s)
        self.kill()

    def kill(self) -> None:
        """End the server and its children at once, as a power cut would (SIGKILL)."""
        self._signal(signal.SIGKILL)
        if self._process is not None:
            self._process.wait()

    def pause(self) -> None:
        """Stop the server and its children in their tracks (SIGSTOP): connections stay open and nothing answers."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Have them go on after a pause."""
        self._signal(signal.SIGCONT)

    def _stop_signal(self) -> signal.Signals:
        return signal.SIGTERM

    def _signal(self, number: signal.Signals) -> None:
        """Send a signal to the process and all that descend from it, those first that could start others."""
        if self._process is None or self._process.poll() is not None:
            return
        with suppress(psutil.NoSuchProcess):
            parent = psutil.Process(self._process.pid)
            family = parent.children(recursive=True)
            for process in (parent, *family):
                with suppress(psutil.NoSuchProcess):
                    process.send_signal(number)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()
