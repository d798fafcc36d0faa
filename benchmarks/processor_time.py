"""Processor time of whole groups of processes: what else runs on the machine disturbs it least."""

import os
from pathlib import Path

__all__ = ["cpu_s"]

_TICKS = os.sysconf("SC_CLK_TCK")


def cpu_s(pid: int | None) -> float:
    """Processor time of a process and of all below it, those that have ended too."""
    total, waiting = 0.0, [] if pid is None else [pid]
    parents: dict[int, list[int]] = {}
    times: dict[int, float] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        child = int(stat.parent.name)
        parents.setdefault(int(fields[1]), []).append(child)
        times[child] = sum(int(each) for each in fields[11:15]) / _TICKS
    while waiting:
        each = waiting.pop()
        total += times.get(each, 0.0)
        waiting += parents.get(each, [])
    return total
