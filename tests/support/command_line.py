"""The command line in the test's own process, and as processes of its own where they must live on."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from fairway.cli import main

__all__ = ["Ended", "Served", "fairway", "program", "serving"]

_PATIENCE_S = 90.0
_LONGEST_S = 600.0
"""Of a command that ends by itself; it may have to compile kernels first."""


class Ended(NamedTuple):
    """How a command ended, and what it printed."""

    exit_code: int
    output: str
    errors: str


class Served(NamedTuple):
    """A process that serves, and where."""

    process: subprocess.Popen[bytes]
    url: str
    token: str | None
    """The administrator's, at the first start on a folder."""
    sign_in: str
    said: str


def fairway(capsys: pytest.CaptureFixture[str], *arguments: object) -> Ended:
    """Run a command here."""
    capsys.readouterr()
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    printed = capsys.readouterr()
    return Ended(int(ended.value.code or 0), printed.out, printed.err)


def program(*arguments: object, **environment: str) -> Ended:
    """Run a command as a process of its own, with no setting but those in `environment`."""
    done = subprocess.run(
        [sys.executable, "-m", "fairway", *(str(argument) for argument in arguments)],
        capture_output=True,
        text=True,
        env=_environment(environment),
        timeout=_LONGEST_S,
        check=False,
    )
    return Ended(done.returncode, done.stdout, done.stderr)


@contextmanager
def serving(folder: Path, *arguments: object, **environment: str) -> Iterator[Served]:
    """Run ``fairway up`` on a folder and any free port, until the block ends."""
    log = folder.with_suffix(".stderr")
    command = [sys.executable, "-m", "fairway", "up", "--data", str(folder), "--port", "0"]
    with log.open("wb") as errors:
        process = subprocess.Popen(
            [*command, *(str(argument) for argument in arguments)], stderr=errors, env=_environment(environment)
        )
    try:
        yield _served(process, log)
    finally:
        process.terminate()
        try:
            process.wait(_PATIENCE_S)
        finally:
            process.kill()


def _served(process: subprocess.Popen[bytes], log: Path) -> Served:
    deadline = time.monotonic() + _PATIENCE_S
    while not (address := re.search(r"^API +(\S+)/v1$", log.read_text(), re.MULTILINE)):
        if process.poll() is not None or time.monotonic() > deadline:
            raise AssertionError(f"it does not serve:\n{log.read_text()}")
        time.sleep(0.05)
    said = log.read_text()
    token = re.search(r"token \(shown once\): (\S+)", said)
    sign_in = re.search(r"^sign in +(\S+)", said, re.MULTILINE)
    assert sign_in is not None
    return Served(process, address[1], token[1] if token else None, sign_in[1], said)


def _environment(given: dict[str, str]) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("FAIRWAY_")}
    return own | given
