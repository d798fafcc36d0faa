"""Which objects could not be screened when, and why."""

import numpy as np
import numpy.typing as npt

from astrodynamics.screening.approaches import merged_intervals
from astrodynamics.screening.coverage import (
    DECAYED,
    ELEMENT_SET_TOO_OLD,
    OUTSIDE_EPHEMERIS,
    PROPAGATION_FAILED,
    SCREENED,
    STARTS_BEYOND_SPAN,
    WHOLLY_IN_PAST,
    Coverage,
)
from astrodynamics.screening.grid import CHUNK_NS, HALF_STEP_NS, STEP_NS
from astrodynamics.screening.participants import Participants
from astrodynamics.screening.population import Population
from astrodynamics.screening.request import Request

Interval = tuple[int, int, int]
"""From, to and reason."""
_ECCENTRICITY_OUTSIDE, _DECAYED = 1, 6
"""Error numbers of SGP4."""


class CoverageRecorder:
    """Collects, chunk by chunk, the nodes at which an object had no state; states the coverage of all at the end.

    Elements count as screened from the first to the last node with a state, so that nothing is claimed between a node
    with and one without; ephemerides within their usable intervals, to the nanosecond.
    """

    def __init__(self, population: Population, request: Request, participants: Participants) -> None:
        self._population = population
        self._span = (request.start_tai_ns, request.stop_tai_ns)
        self._taking_part = np.flatnonzero((participants.role != 0) | participants.too_old)
        self._too_old = participants.too_old
        self._without_state: dict[int, dict[int, npt.NDArray[np.bool_]]] = {}

    def record(self, chunk: int, without_state: dict[int, npt.NDArray[np.bool_]]) -> None:
        """Note, for the objects that lacked some state in a chunk, at which of its nodes they had one."""
        for index, valid in without_state.items():
            self._without_state.setdefault(index, {})[chunk] = valid

    def finished(self) -> Coverage:
        """Coverage of every object that took part."""
        rows: list[tuple[int, int, int, int]] = []
        start, stop = self._span
        for index in self._taking_part.tolist():
            if self._too_old[index]:
                intervals: list[Interval] = [(start, stop, ELEMENT_SET_TOO_OLD)]
            elif self._population.is_ephemeris(index):
                intervals = self._of_ephemeris(index)
            elif index in self._without_state:
                intervals = self._of_failing_elements(index)
            else:
                intervals = [(start, stop, SCREENED)]
            rows.extend((index, *interval) for interval in intervals)
        columns = np.array(rows, dtype=np.int64).reshape(-1, 4)
        return Coverage(columns[:, 0], columns[:, 1], columns[:, 2], columns[:, 3].astype(np.uint8))

    def _of_ephemeris(self, index: int) -> list[Interval]:
        start, stop = self._span
        usable = self._population.ephemerides[index - len(self._population.elements)].usable_intervals
        if usable[-1][1] <= start:
            return [(start, stop, WHOLLY_IN_PAST)]
        if usable[0][0] >= stop:
            return [(start, stop, STARTS_BEYOND_SPAN)]
        screened = [(max(begin, start), min(end, stop)) for begin, end in usable if begin < stop and end > start]
        return _filled(screened, start, stop, OUTSIDE_EPHEMERIS)

    def _of_failing_elements(self, index: int) -> list[Interval]:
        start, stop = self._span
        failing: list[tuple[int, int]] = []
        for chunk, valid in sorted(self._without_state[index].items()):
            edges = np.flatnonzero(np.diff(np.concatenate([[False], ~valid, [False]])))
            ends_ns = chunk * CHUNK_NS - HALF_STEP_NS + edges * STEP_NS
            failing += [(int(begin), int(end)) for begin, end in ends_ns.reshape(-1, 2)]
        screened: list[tuple[int, int]] = []
        cursor = start
        for begin, end in merged_intervals(failing):
            if cursor < begin:
                screened.append((cursor, min(begin, stop)))
            cursor = max(cursor, end)
        if cursor < stop:
            screened.append((cursor, stop))
        whole = _filled(screened, start, stop, PROPAGATION_FAILED)
        return [
            (begin, end, self._reason(index, begin, end) if reason == PROPAGATION_FAILED else reason)
            for begin, end, reason in whole
        ]

    def _reason(self, index: int, begin: int, end: int) -> int:
        """Decayed by SGP4's own word, or as drag has carried the mean eccentricity below zero; else just failed.

        Judged at the nodes of the grid, so that slices of a span tell together what the whole does.
        """
        elements = self._population.elements
        first, last = (begin + HALF_STEP_NS) // STEP_NS, (end - 1 + HALF_STEP_NS) // STEP_NS
        nodes = np.arange(first, last + 1, dtype=np.int64) * STEP_NS
        errors = self._population.propagator.propagate(nodes, [index])[2][0]
        dragged = (elements.bstar[index] > 0.0) & (nodes > elements.epoch_tai_ns[index])
        decayed = (errors == _DECAYED) | (dragged & (errors == _ECCENTRICITY_OUTSIDE))
        return DECAYED if decayed.any() else PROPAGATION_FAILED


def _filled(screened: list[tuple[int, int]], start: int, stop: int, reason: int) -> list[Interval]:
    """The screened intervals, and the rest of the span with its reason."""
    intervals: list[Interval] = []
    cursor = start
    for begin, end in screened:
        if begin > cursor:
            intervals.append((cursor, begin, reason))
        intervals.append((begin, end, SCREENED))
        cursor = end
    if cursor < stop:
        intervals.append((cursor, stop, reason))
    return intervals
