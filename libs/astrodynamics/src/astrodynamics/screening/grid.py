"""The engine's absolute grid of time.

Step k lasts half a step before to half a step after its node at ``k * STEP_NS`` of TAI. A chunk is a run of steps
whose states are computed together. Neither depends on what is asked for, so that the same work gives the same bits
however a span is cut.
"""

from typing import Final

from astrodynamics.timescales import SECOND_NS

STEP_NS: Final = 120 * SECOND_NS
"""The cost is flat between 90 and 150 s: shorter steps propagate more, longer ones pass more candidates."""
HALF_STEP_NS: Final = STEP_NS // 2
STEPS_PER_CHUNK: Final = 48
CHUNK_NS: Final = STEPS_PER_CHUNK * STEP_NS


def chunk_of(tai_ns: int) -> int:
    """Number of the chunk that holds an instant."""
    return (tai_ns + HALF_STEP_NS) // CHUNK_NS


def chunk_start_ns(chunk: int) -> int:
    """First instant of a chunk."""
    return chunk * CHUNK_NS - HALF_STEP_NS
