"""How long a slice is going to take, told from the chunks of it that are done."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from astrodynamics.screening import Progress
from screening.worker.memory import resident_bytes
from servicekit.child import report_progress

__all__ = ["SliceWatch"]


@dataclass
class SliceWatch:
    """Tells the parent how far the engine is, and whether a slice is going to take too long.

    It goes by processor time and by the clock, whichever promises less: a core that others use too, or of which a
    pod may have a part only, takes longer than it works. By the clock the longest pause between two chunks is left
    out, for a process that was stopped once is not slow.

    Attributes
    ----------
    threads
        How many chunks are computed at a time.
    longest_s
        How long the slice may take.
    clock_s, processor_s
        Seconds that have passed, and seconds that this process has worked.
    """

    threads: int
    longest_s: float
    clock_s: Callable[[], float] = time.perf_counter
    processor_s: Callable[[], float] = time.process_time
    done: int = 0
    total: int = 0

    def __post_init__(self) -> None:
        self._begun_processor_s = self.processor_s()
        self._begun_s = self._last_s = self.clock_s()
        self._longest_pause_s = 0.0

    def progress(self, progress: Progress) -> None:
        """Take note of a chunk that is done."""
        now_s = self.clock_s()
        self._longest_pause_s = max(self._longest_pause_s, now_s - self._last_s)
        self._last_s = now_s
        self.done, self.total = progress.done, progress.total
        report_progress({"done": progress.done, "total": progress.total, "memory_bytes": resident_bytes()})

    @property
    def expected_core_s(self) -> float:
        """About how much processor time the whole slice needs."""
        return (self.processor_s() - self._begun_processor_s) * self.total / self.done

    @property
    def expected_s(self) -> float:
        """About how long the whole slice takes."""
        by_processor_s = self.expected_core_s / self.threads
        if self.done <= self.threads:
            return by_processor_s
        going_on_s = self._last_s - self._begun_s - self._longest_pause_s
        return max(by_processor_s, going_on_s * self.total / (self.done - 1))

    def is_too_long(self) -> bool:
        """Whether it is; with the first chunks of every thread the second half of the next ones is counted already."""
        if self.done < self.threads or self.done == self.total:
            return False
        return self.expected_s > self.longest_s
