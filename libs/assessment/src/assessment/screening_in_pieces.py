"""A whole screening of any length, its approaches handed on in pieces: memory does not grow with the span."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from assessment.approach_columns import ApproachColumns, CoverageColumns
from assessment.approach_spool import ApproachSpool
from assessment.engine_results import SAME_PASSAGE_NS, approach_columns
from assessment.population_screening import PopulationScreening, coverage_columns, requests_of
from astrodynamics.screening import Coverage, Population, Progress, Request, screen_in_slices
from astrodynamics.screening.grid import chunk_of
from astrodynamics.timescales import SECOND_NS

__all__ = ["ScreenedInPieces", "screened_in_pieces"]

_SLICE_NS: Final = 6 * 3600 * SECOND_NS
"""Of what is in memory at a time: the approaches of a quarter of a day."""


@dataclass(frozen=True, eq=False, kw_only=True)
class ScreenedInPieces:
    """What came of a screening: as `assessment.population_screening.Screened`, but for the approaches.

    Attributes
    ----------
    population, spool
        What the approaches index, and where they wait.
    """

    coverage: CoverageColumns
    propagations: int
    threads: int
    population: Population
    spool: ApproachSpool

    def approaches(self) -> Iterator[ApproachColumns]:
        """Give the approaches in pieces; one after the other they are those of `screen_population`, to the bit."""
        for window in self.spool.windows(SAME_PASSAGE_NS):
            yield approach_columns(self.population, window)


@contextmanager
def screened_in_pieces(
    population: Population,
    asked: PopulationScreening,
    *,
    folder: Path | None = None,
    threads: int | None = None,
    progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Iterator[ScreenedInPieces]:
    """Screen as `screen_population` does, with the approaches on disk until they are asked for.

    Parameters
    ----------
    folder
        Where they wait, some 80 bytes each, in a file that is gone after the block; the system's folder for temporary
        files where None.

    Raises
    ------
    InvalidRequestError
        The request does not fit the population.
    ScreeningCancelledError
        ``cancelled`` said so.
    """
    requests, without_orbit = requests_of(population, asked)
    count = _Count(requests, progress)
    coverages: list[Coverage] = []
    propagations = most_threads = 0
    with ApproachSpool(folder) as spool:
        for number, request in enumerate(requests):
            covered: list[Coverage] = []
            for part in screen_in_slices(
                population, request, _SLICE_NS, threads=threads, progress=count.tell, cancelled=cancelled
            ):
                spool.write(number, part.approaches)
                covered = [Coverage.joined([*covered, part.coverage])]
                propagations += part.statistics.propagations
                most_threads = max(most_threads, part.statistics.threads)
                count.end_of_slice(len(spool))
            coverages += covered
        yield ScreenedInPieces(
            coverage=coverage_columns(population, coverages, without_orbit, asked),
            propagations=propagations,
            threads=most_threads,
            population=population,
            spool=spool,
        )


class _Count:
    """Progress over all slices of all passes, out of that of each."""

    def __init__(self, requests: list[Request], progress: Callable[[Progress], None] | None) -> None:
        self._progress = progress
        self._total = sum(chunk_of(each.stop_tai_ns - 1) + 1 - chunk_of(each.start_tai_ns) for each in requests)
        self._done = self._of_slice = self._approaches = 0

    def tell(self, now: Progress) -> None:
        """Pass on the progress of a slice."""
        self._of_slice = now.total
        if self._progress is not None:
            whole = replace(now, done=self._done + now.done, total=self._total)
            self._progress(replace(whole, approaches=self._approaches + now.approaches))

    def end_of_slice(self, approaches: int) -> None:
        """Count a slice as done."""
        self._done += self._of_slice
        self._of_slice = 0
        self._approaches = approaches
