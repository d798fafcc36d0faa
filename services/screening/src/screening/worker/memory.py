"""What the engine's process may take of memory, and what it took."""

import multiprocessing
import resource
from pathlib import Path
from typing import Final

__all__ = ["limit_memory", "peak_memory_bytes", "require_room", "resident_bytes", "watch_peak"]

_STATUS: Final = Path("/proc/self/status")
_CLEAR: Final = Path("/proc/self/clear_refs")
_FORGET_PEAK: Final = "5"
_KIBIBYTE: Final = 1024


def limit_memory(most_bytes: int) -> None:
    """Have allocations beyond `most_bytes` fail in this process, where it is a child that computes.

    What counts is what is set aside (private, writable memory), so that it fails by an error and not by a kill.
    """
    if multiprocessing.parent_process() is not None:
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        resource.setrlimit(resource.RLIMIT_DATA, (most_bytes, hard))


def require_room(room_bytes: int) -> None:
    """Raise where less than `room_bytes` is left of what `limit_memory` allows.

    A thread that finds no memory for its own start leaves its starter waiting for ever, so there has to be room for it.

    Raises
    ------
    MemoryError
        There is less, or none.
    """
    most_bytes, _ = resource.getrlimit(resource.RLIMIT_DATA)
    if most_bytes != resource.RLIM_INFINITY and _status("VmData") + room_bytes > most_bytes:
        raise MemoryError


def watch_peak() -> None:
    """Begin to measure the peak anew, where the system allows it; else it is that of the process' whole life."""
    try:
        _CLEAR.write_text(_FORGET_PEAK)
    except OSError:
        return


def peak_memory_bytes() -> int:
    """Return the most resident memory of this process since `watch_peak`."""
    return _status("VmHWM") or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _KIBIBYTE


def resident_bytes() -> int:
    """Return the resident memory of this process."""
    return _status("VmRSS")


def _status(name: str) -> int:
    try:
        lines = _STATUS.read_text().splitlines()
    except OSError:
        return 0
    found = [int(line.split()[1]) for line in lines if line.startswith(f"{name}:")]
    return found[0] * _KIBIBYTE if found else 0
