"""A long span screened slice by slice, its approaches handed on as they are complete: memory does not grow with it."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from astrodynamics.screening.approaches import OPEN_EXIT, Approaches
from astrodynamics.screening.engine import screen
from astrodynamics.screening.population import Population
from astrodynamics.screening.request import Request
from astrodynamics.screening.result import Progress, Result, plan_slices


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

    What goes on at the end of a slice, such as a pair that stays together, waits for the next one. All approaches
    together are those of `screen`, to the bit; within each part they are in order of time.

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
    whole = [(request.start_tai_ns, request.stop_tai_ns)]
    waiting: list[Approaches] = []
    ages_at = request.start_tai_ns if request.ages_at_tai_ns is None else request.ages_at_tai_ns
    for start, stop in plan_slices(*whole[0], max_span_ns):
        part = replace(request, start_tai_ns=start, stop_tai_ns=stop, ages_at_tai_ns=ages_at)
        result = screen(population, part, threads=threads, progress=progress, cancelled=cancelled)
        pieces = Approaches.pieces([*waiting, result.approaches])
        goes_on = ((pieces.flags & OPEN_EXIT) != 0) & (pieces.exit_tai_ns == stop)
        if stop == request.stop_tai_ns:
            goes_on = np.zeros(len(pieces), dtype=bool)
        waiting = [pieces.take(goes_on)]
        yield replace(result, approaches=Approaches.joined([pieces.take(~goes_on)], whole))
