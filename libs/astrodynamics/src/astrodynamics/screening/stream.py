"""A long span screened slice by slice, its approaches handed on as they are complete: memory does not grow with it."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from astrodynamics.screening.approaches import OPEN_EXIT, Approaches
from astrodynamics.screening.engine import screen
from astrodynamics.screening.population import Population
from astrodynamics.screening.request import Request
from astrodynamics.screening.result import Progress, Result, plan_slices


class SliceJoiner:
    """Approaches of slices that follow each other, handed on as soon as they are complete.

    What goes on at the end of a slice, such as a pair that stays together, waits for the next one. All that is handed
    on is what `Approaches.joined` makes of all slices, to the bit; within each part it is in order of time.

    Parameters
    ----------
    start_tai_ns, stop_tai_ns
        The whole span.
    """

    def __init__(self, start_tai_ns: int, stop_tai_ns: int) -> None:
        self._span = (start_tai_ns, stop_tai_ns)
        self._waiting: list[Approaches] = []

    def add(self, found: Approaches, stop_tai_ns: int) -> Approaches:
        """Take what the next slice found, which ends at ``stop_tai_ns``; return what is complete by then."""
        pieces = Approaches.pieces([*self._waiting, found])
        goes_on = ((pieces.flags & OPEN_EXIT) != 0) & (pieces.exit_tai_ns == stop_tai_ns)
        if stop_tai_ns == self._span[1]:
            goes_on = np.zeros(len(pieces), dtype=bool)
        self._waiting = [pieces.take(goes_on)]
        return Approaches.joined([pieces.take(~goes_on)], [self._span])


def screen_in_slices(
    population: Population,
    request: Request,
    max_span_ns: int,
    *,
    threads: int | None = None,
    progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Iterator[Result]:
    """Screen a span in slices of the engine's grid.

    All approaches together are those of `screen`, to the bit; see `SliceJoiner`.

    Parameters
    ----------
    population, request, threads, progress, cancelled
        As for `screen`; progress counts the chunks of each slice.
    max_span_ns
        Longest slice.

    Yields
    ------
    One result for each slice: its coverage and statistics, and the approaches that are complete by its end.
    """
    joiner = SliceJoiner(request.start_tai_ns, request.stop_tai_ns)
    ages_at = request.start_tai_ns if request.ages_at_tai_ns is None else request.ages_at_tai_ns
    for start, stop in plan_slices(request.start_tai_ns, request.stop_tai_ns, max_span_ns):
        part = replace(request, start_tai_ns=start, stop_tai_ns=stop, ages_at_tai_ns=ages_at)
        result = screen(population, part, threads=threads, progress=progress, cancelled=cancelled)
        yield replace(result, approaches=joiner.add(result.approaches, stop))
