"""The strip of a run's slices: a cell each, or one for several where there are many."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from dashboard.formats import counted, date_time, seconds
from dashboard.resources import ScreeningTask, ScreeningTasks

__all__ = ["Slice", "in_words", "strip_of"]

_MOST_CELLS: Final = 240
_STATES: Final = ("failed", "running", "waiting", "done")
"""What a cell of several slices shows: the first of these that one of them is in."""


@dataclass(frozen=True)
class Slice:
    """A cell of the strip."""

    state: str
    title: str
    """What a reader is told who points at it."""
    part_done: float
    """How much of the cell is done, 0 to 1."""


def strip_of(tasks: Sequence[ScreeningTask]) -> list[Slice]:
    """Return the cells, in order of time."""
    cells = min(_MOST_CELLS, len(tasks))
    edges = [number * len(tasks) // cells for number in range(cells + 1)] if cells else []
    return [_cell(tasks[begin:end]) for begin, end in pairwise(edges)]


def in_words(tasks: ScreeningTasks) -> str:
    """Say how many slices are in which state, and who could compute them."""
    counts = ", ".join(
        f"{tasks.task_counts[state]:,} {state}" for state in reversed(_STATES) if state in tasks.task_counts
    )
    return f"{counted(tasks.task_count, 'slice')}: {counts}" if counts else "No slices yet"


def _cell(tasks: Sequence[ScreeningTask]) -> Slice:
    counts = Counter(task.state for task in tasks)
    state = next((each for each in _STATES if counts[each]), tasks[0].state)
    done = sum(1.0 if task.state == "done" else task.progress or 0.0 for task in tasks)
    span = f"{date_time(tasks[0].start_time, 'minute')} to {date_time(tasks[-1].stop_time, 'minute')}"
    if len(tasks) > 1:
        return Slice(state, f"{span}: {counted(len(tasks), 'slice')}, {counts['done']} done", done / len(tasks))
    return Slice(state, f"{span}: {_what(tasks[0])}", done)


def _what(task: ScreeningTask) -> str:
    by = f" by {task.worker}" if task.worker else ""
    waited = f", waited {seconds(task.waited_s)}" if task.waited_s is not None else ""
    if task.state == "done":
        return f"done{by} in {seconds(task.wall_s)} ({seconds(task.cpu_s)} of processor time){waited}"
    if task.state == "running":
        share = f" {task.progress:.0%}" if task.progress is not None else ""
        return f"running{share}{by}{waited}"
    again = f", handed out {task.emissions} times" if task.emissions > 1 else ""
    return f"{task.state}{again}"
