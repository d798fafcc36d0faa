"""What tests have a child process do. The child imports this module by its name."""

import os
import signal
import time
from pathlib import Path

from servicekit.child import report_progress
from servicekit.errors import NotFound

__all__ = ["count", "die", "fail", "private_mib", "process_id", "refuse", "work_forever"]


def process_id() -> int:
    """Return the child's process id."""
    return os.getpid()


def private_mib() -> int:
    """Return what the child has set aside of private memory, which is what a limit on it counts."""
    (line,) = [each for each in Path("/proc/self/status").read_text().splitlines() if each.startswith("VmData:")]
    return int(line.split()[1]) // 1024


def count(to: int) -> int:
    """Report every number up to `to`, and return it."""
    for number in range(1, to + 1):
        report_progress({"done": number, "of": to})
    return to


def fail(message: str) -> None:
    """Raise an error of Python's."""
    raise ValueError(message)


def refuse(detail: str) -> None:
    """Raise one of our own errors, with everything that it carries."""
    raise NotFound(detail, headers={"X": "y"}, norad_cat_id=25544)


def die() -> None:
    """End the child as the kernel does when memory runs out."""
    os.kill(os.getpid(), signal.SIGKILL)


def work_forever(pid_file: str) -> None:
    """Say who works, and never come to an end."""
    report_progress(os.getpid())
    Path(pid_file).write_text(str(os.getpid()))
    while True:
        time.sleep(0.05)
