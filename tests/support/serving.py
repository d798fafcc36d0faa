"""The small service as a process that a test starts, asks and ends."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Running", "serving", "start"]

_TESTS = Path(__file__).parents[1]


@dataclass
class Running:
    """The process, and the address that it said."""

    process: "subprocess.Popen[str]"
    address: str


def start(folder: Path, port: int = 0) -> "subprocess.Popen[str]":
    """Start it on a folder; port 0 is one that is free."""
    return subprocess.Popen(
        [sys.executable, "-m", "support.sample_process", str(folder), str(port)],
        env={**os.environ, "PYTHONPATH": str(_TESTS)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@contextmanager
def serving(folder: Path) -> Iterator[Running]:
    """Give it, answering, as long as the block runs."""
    with start(folder) as process:
        assert process.stdout is not None
        try:
            yield Running(process, process.stdout.readline().strip())
        finally:
            process.kill()
