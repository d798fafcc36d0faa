"""Cutting a run into tasks: half-open slices that meet on the engine's grid and are short enough to be lost."""

from datetime import datetime
from typing import Final

from astrodynamics.screening import plan_slices
from astrodynamics.timescales import SECOND_NS, from_datetime
from screening.runs.inputs import RunInputs

__all__ = ["core_seconds", "slices_tai_ns"]

_HOUR_NS: Final = 3600 * SECOND_NS
_CORE_S_PER_OBJECT_HOUR_ONE: Final = 2e-6
_CORE_S_PER_OBJECT_HOUR_ALL: Final = 6e-5
"""What an hour of one object costs, one primary against many and all against all: 1.1e-6 and 5.5e-5 were measured with
26,905 objects and handbook volumes on a core of 2.1 GHz."""


def core_seconds(inputs: RunInputs, hours: float) -> float:
    """Return about how long one core needs for the run."""
    everybody = inputs.primary is None and inputs.primary_numbers is None
    rate = _CORE_S_PER_OBJECT_HOUR_ALL if everybody else _CORE_S_PER_OBJECT_HOUR_ONE
    return rate * inputs.objects * hours


def slices_tai_ns(
    inputs: RunInputs, start: datetime, stop: datetime, *, longest_core_s: float
) -> tuple[tuple[int, int], ...]:
    """Cut [start, stop) so that a slice takes at most about `longest_core_s`, and is never less than a chunk.

    Inner borders are those of chunks of the engine, whatever the start: no chunk is computed twice.

    Returns
    -------
    tuple
        Start and stop of each slice in TAI nanoseconds since 1970; each begins where the one before it ends.
    """
    first, last = from_datetime(start), from_datetime(stop)
    pieces = core_seconds(inputs, (last - first) / _HOUR_NS) / longest_core_s
    if pieces <= 1.0:
        return ((first, last),)
    return tuple(plan_slices(first, last, int((last - first) / pieces)))
