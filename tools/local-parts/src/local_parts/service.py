"""Services of Fairway's as a process, by the command line: ``fairway serve NAME…``."""

import os
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from typing_extensions import override

from local_parts.ports import free_port
from local_parts.process import PartMissing, PartProcess

__all__ = ["Service", "fairway", "fairway_program"]


class Service(PartProcess):
    """One process of one service, or of several; several processes of the same may run side by side."""

    start_s = 300.0
    """The first start on a machine compiles kernels."""
    stop_s = 40.0

    def __init__(self, service: str, folder: Path, environment: Mapping[str, str], *beside: str, port: int = 0) -> None:
        super().__init__(folder)
        self.name = service
        self.services = (service, *beside)
        self.port = port or free_port()
        self._settings = dict(environment)

    @property
    @override
    def address(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def change_settings(self, **settings: str) -> None:
        """Have the process started with other settings from its next start on."""
        self._settings |= settings

    @property
    def is_ready(self) -> bool:
        """Whether it says that it can do its work."""
        return self._says_yes("readyz")

    @override
    def _prepare(self) -> None:
        pass

    @override
    def _command(self) -> Sequence[str]:
        return [fairway_program(), "serve", *self.services, "--host", "127.0.0.1", "--port", str(self.port)]

    @override
    def _environment(self) -> Mapping[str, str]:
        return self._settings

    @override
    def _answers(self) -> bool:
        return self._says_yes("healthz")

    def _says_yes(self, path: str) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/{path}", timeout=5.0):  # noqa: S310 - our own address
                return True
        except OSError:
            return False


def fairway_program() -> str:
    """Return the program ``fairway`` of this environment.

    Raises
    ------
    PartMissing
        It is not installed.
    """
    beside = Path(sys.executable).with_name("fairway")
    found = str(beside) if beside.exists() else shutil.which("fairway")
    if found is None:
        raise PartMissing("there is no program `fairway`: run make setup")
    return found


def fairway(*arguments: str, environment: Mapping[str, str], **options: Any) -> subprocess.CompletedProcess[str]:
    """Run a command of Fairway's to its end, and return what it said."""
    return subprocess.run(  # noqa: S603 - our own command line
        [fairway_program(), *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        **options,
    )
