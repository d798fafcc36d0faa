"""What a screening found, what it covered, and what it cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from astrodynamics.errors import InvalidRequestError
from astrodynamics.screening.approaches import Approaches, Interval, merged_intervals
from astrodynamics.screening.coverage import Coverage
from astrodynamics.screening.grid import CHUNK_NS, chunk_of, chunk_start_ns


@dataclass(frozen=True)
class Progress:
    """How far a screening is: chunks of the grid done of all, and approaches so far (before pieces are joined)."""

    done: int
    total: int
    approaches: int


@dataclass(frozen=True)
class Statistics:
    """Work and cost.

    Attributes
    ----------
    propagations
        States computed on the grid.
    pairs_compared, pairs_near, candidates
        Pairs at each stage of the sieve, step by step: compared as straight paths, near on these, and left for the
        objects' own propagators.
    wall_s, cpu_s
        Of this process from call to return.
    threads
        That computed at a time.
    """

    propagations: int
    pairs_compared: int
    pairs_near: int
    candidates: int
    wall_s: float
    cpu_s: float
    threads: int


@dataclass(frozen=True, eq=False)
class Result:
    """Outcome of `screen`, or of several joined; ``spans`` are the intervals that were screened, in order."""

    approaches: Approaches
    coverage: Coverage
    statistics: Statistics
    spans: tuple[Interval, ...]


def plan_slices(start_tai_ns: int, stop_tai_ns: int, max_span_ns: int) -> list[Interval]:
    """Cut a span on the engine's grid into half-open slices that can be screened apart and joined.

    Parameters
    ----------
    start_tai_ns, stop_tai_ns
        The span.
    max_span_ns
        Longest slice; no slice is shorter than one chunk of the grid but the first and the last.

    Returns
    -------
    Slices (start, stop) in order; together they are the span.
    """
    if stop_tai_ns <= start_tai_ns:
        raise InvalidRequestError("The span is empty: its stop must be later than its start")
    chunks = max(1, max_span_ns // CHUNK_NS)
    cuts = range(chunk_of(start_tai_ns) + chunks, chunk_of(stop_tai_ns - 1) + 1, chunks)
    edges = [start_tai_ns, *(chunk_start_ns(chunk) for chunk in cuts), stop_tai_ns]
    return [(begin, end) for begin, end in pairwise(edges) if begin < end]


def join(results: Sequence[Result]) -> Result:
    """Join results of slices of the same request into one: nothing lost at the cuts, nothing twice.

    Raises
    ------
    InvalidRequestError
        No results, or results whose spans overlap.
    """
    if not results:
        raise InvalidRequestError("There are no results to join")
    spans = sorted(span for result in results for span in result.spans)
    if any(later[0] < earlier[1] for earlier, later in pairwise(spans)):
        raise InvalidRequestError("The spans of the results overlap: join each slice once")
    statistics = [result.statistics for result in results]
    return Result(
        approaches=Approaches.joined([result.approaches for result in results], spans),
        coverage=Coverage.joined([result.coverage for result in results]),
        statistics=Statistics(
            propagations=sum(part.propagations for part in statistics),
            pairs_compared=sum(part.pairs_compared for part in statistics),
            pairs_near=sum(part.pairs_near for part in statistics),
            candidates=sum(part.candidates for part in statistics),
            wall_s=sum(part.wall_s for part in statistics),
            cpu_s=sum(part.cpu_s for part in statistics),
            threads=max(part.threads for part in statistics),
        ),
        spans=tuple(merged_intervals(spans)),
    )
