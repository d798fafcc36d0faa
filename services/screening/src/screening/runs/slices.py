"""Cutting a run into tasks: half-open slices that meet on the engine's grid and are short enough to be lost."""

import math
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Final

from astrodynamics.screening.grid import STEP_NS, STEPS_PER_CHUNK, chunk_of, chunk_start_ns
from astrodynamics.timescales import SECOND_NS, from_datetime
from screening.runs.costs import core_seconds
from screening.runs.inputs import RunInputs

__all__ = ["Cutting", "cut_again", "slices_tai_ns"]

Slice = tuple[int, int]

_HOUR_NS: Final = 3600 * SECOND_NS
_SHORTEST_S: Final = 1.0
"""A task that takes less is not cut further for the sake of sharing: reading its inputs would cost too much of it."""
_TASKS_A_WORKER: Final = 6
"""So many tasks for each worker at least, so that none waits long for the last one."""


@dataclass(frozen=True)
class Cutting:
    """What decides how small the tasks of a run are.

    Attributes
    ----------
    aim_s
        How long a task should take.
    workers
        How many there are to share the run.
    threads
        How many cores each of them has.
    factor
        What runs of this kind have cost in the units of `core_seconds`.
    """

    aim_s: float
    workers: int = 1
    threads: int = 1
    factor: float = 1.0

    def pieces(self, core_s: float) -> int:
        """Return into how many tasks work of so many core seconds is to be cut."""
        wall_s = core_s / self.threads
        shared = min(self.workers * _TASKS_A_WORKER, wall_s / _SHORTEST_S) if self.workers > 1 else 1.0
        return max(1, math.ceil(wall_s / self.aim_s), math.floor(shared))


def slices_tai_ns(
    inputs: RunInputs, start: datetime, stop: datetime, *, volume: str, cutting: Cutting
) -> tuple[Slice, ...]:
    """Cut [start, stop) so that a slice takes about as long as it should, and every worker has some.

    Inner borders are those of chunks of the engine, whatever the start: no chunk is computed twice. Only where a chunk
    is too much for one task is it cut at its steps, each part propagating the whole of it.

    Returns
    -------
    tuple
        Start and stop of each slice in TAI nanoseconds since 1970; each begins where the one before it ends.
    """
    first, last = from_datetime(start), from_datetime(stop)
    core_s = cutting.factor * core_seconds(inputs, (last - first) / _HOUR_NS, volume)
    return cut_again(first, last, cutting.pieces(core_s))


def cut_again(first: int, last: int, pieces: int) -> tuple[Slice, ...]:
    """Cut [first, last) into so many slices, fewer where the grid has not so many borders; the same in, the same out.

    Parameters
    ----------
    first, last
        TAI nanoseconds since 1970.
    pieces
        How many are wanted, at least 1.
    """
    chunks = chunk_of(last - 1) + 1 - chunk_of(first)
    parts_of_chunk = min(STEPS_PER_CHUNK, max(1, math.ceil(pieces / chunks)))
    cells = chunks * parts_of_chunk
    wanted = min(pieces, cells) if parts_of_chunk == 1 else cells
    edges = {first, last}
    for piece in range(1, wanted):
        chunk, part = divmod(piece * cells // wanted, parts_of_chunk)
        edge = _border(chunk_of(first) + chunk, part * STEPS_PER_CHUNK // parts_of_chunk)
        if first < edge < last:
            edges.add(edge)
    return tuple(pairwise(sorted(edges)))


def _border(chunk: int, step: int) -> int:
    return chunk_start_ns(chunk) + step * STEP_NS
