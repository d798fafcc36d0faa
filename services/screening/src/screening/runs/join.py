"""From the slices of a run to the whole: every approach once, continuous stays in one piece, coverage for everybody.

Runs in the engine's child: files in, files and a few rows out. One slice is in memory at a time, with what goes on at
its end; the rest waits on disk.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from assessment.approach_columns import ApproachColumns, ApproachWriter, write_coverage
from assessment.approach_spool import ApproachSpool
from assessment.engine_results import SAME_PASSAGE_NS, approach_columns
from astrodynamics.screening import Coverage, Population, SliceJoiner
from screening.pinned_files import PinnedFile
from screening.runs.gaps import Gap, added, coverage_columns, gaps_of, joined_gaps, of_the_whole
from screening.runs.inputs import RunInputs
from screening.runs.pair_numbers import PairNumbers
from screening.runs.population import Members, members_of, population_of
from screening.runs.slice_files import read_slice
from screening.runs.trajectories import load_catalogue, load_ephemeris
from screening.runs.watched import Watch, Watched

__all__ = ["JoinOrder", "JoinedRun", "SliceFile", "join_run"]

_APPROACHES: Final = "approaches.parquet"
_CANDIDATES: Final = "candidates.parquet"


@dataclass(frozen=True)
class SliceFile:
    """A task's result."""

    file: PinnedFile
    start_tai_ns: int
    stop_tai_ns: int


@dataclass(frozen=True, kw_only=True)
class JoinOrder:
    """What is to be joined.

    Attributes
    ----------
    slices
        In the order of their times; each begins where the one before it ends.
    parties
        Numbers whose approaches may become CDMs.
    watched
        Pairs with an event in the interval.
    most_gaps
        How many gaps come back as rows; the coverage file has all.
    folder
        Where the files of the result are written, and what is needed on the way: some 80 bytes an approach.
    """

    run_id: str
    inputs: RunInputs
    catalogue: PinnedFile | None
    ephemerides: tuple[PinnedFile, ...]
    slices: tuple[SliceFile, ...]
    parties: frozenset[int]
    watched: tuple[Watched, ...]
    most_gaps: int
    folder: Path


@dataclass(frozen=True, kw_only=True)
class JoinedRun:
    """The whole of a run.

    Attributes
    ----------
    approaches, candidates
        Parquet files: all approaches, and those of the `parties`.
    candidate_numbers
        Who takes part in the latter.
    coverage
        The content of a Parquet file.
    known_pair_approach_count
        Approaches of known pairs: found, and left out of everything else.
    object_count
        Objects that were to be screened against the primaries.
    screened_count
        Those of them that were screened over the whole interval.
    gap_counts
        Objects by reason.
    gaps
        The first of all gaps.
    found_nothing
        The watched pairs that were screened at their time of closest approach and had nothing in the volume.
    """

    approaches: Path
    candidates: Path
    candidate_numbers: frozenset[int]
    coverage: bytes
    approach_count: int
    known_pair_approach_count: int
    object_count: int
    screened_count: int
    not_screened_count: int
    gap_counts: dict[str, int]
    gaps: tuple[Gap, ...]
    found_nothing: tuple[Watched, ...]


def join_run(order: JoinOrder) -> JoinedRun:
    """Join the slices of a run.

    Raises
    ------
    PinnedObjectChangedError
        A slice's file is not the one that was recorded.
    """
    start, stop = order.slices[0].start_tai_ns, order.slices[-1].stop_tai_ns
    catalogue = None if order.catalogue is None else load_catalogue(order.catalogue)
    members = members_of(order.inputs, catalogue)
    ephemerides = tuple(
        load_ephemeris(file, pinned) for file, pinned in zip(order.ephemerides, order.inputs.ephemerides, strict=True)
    )
    population = population_of(members, catalogue, ephemerides)
    watch = Watch(order.watched, order.inputs)
    with _joined_slices(order) as (spool, not_screened):
        written = _write_approaches(order, spool, population, watch)
    gaps = joined_gaps(gaps_of(of_the_whole(not_screened, start, stop), members))
    everybody = _secondaries(members)
    gone = {(gap.norad_cat_id, gap.designator) for gap in gaps}
    return JoinedRun(
        approaches=order.folder / _APPROACHES,
        candidates=order.folder / _CANDIDATES,
        candidate_numbers=frozenset(written.candidate_numbers),
        coverage=write_coverage(coverage_columns(everybody, gaps, start, stop), {"run": order.run_id}),
        approach_count=written.approaches,
        known_pair_approach_count=written.of_known_pairs,
        object_count=len(everybody),
        screened_count=0 if _primary_is_gone(order, gaps, start, stop) else len(everybody - gone),
        not_screened_count=len(gone),
        gap_counts=dict(Counter(reason for _, _, reason in {(g.norad_cat_id, g.designator, g.reason) for g in gaps})),
        gaps=tuple(gaps[: order.most_gaps]),
        found_nothing=watch.found_nothing(gaps, members, start, stop),
    )


@contextmanager
def _joined_slices(order: JoinOrder) -> Iterator[tuple[ApproachSpool, Coverage]]:
    """Give the approaches of all slices on disk, and what was not screened."""
    start, stop = order.slices[0].start_tai_ns, order.slices[-1].stop_tai_ns
    nothing = np.zeros(0, dtype=np.int64)
    not_screened = Coverage(nothing, nothing, nothing, nothing.astype(np.uint8))
    joiners: list[SliceJoiner] = []
    with ApproachSpool(order.folder) as spool:
        for each in order.slices:
            passes, of_slice = read_slice(each.file.read())
            joiners = joiners or [SliceJoiner(start, stop) for _ in passes]
            for number, (joiner, found) in enumerate(zip(joiners, passes, strict=True)):
                spool.write(number, joiner.add(found, each.stop_tai_ns))
            not_screened = added(not_screened, of_slice)
        yield spool, not_screened


@dataclass
class _Written:
    """What was written, in figures."""

    approaches: int
    of_known_pairs: int
    candidate_numbers: set[int]


def _write_approaches(order: JoinOrder, spool: ApproachSpool, population: Population, watch: Watch) -> _Written:
    """Write the approaches in their order, window by window of time, and those of the parties beside them."""
    metadata = {"run": order.run_id}
    known, parties = PairNumbers(order.inputs.known_pairs), np.array(sorted(order.parties), dtype=np.int64)
    wanted = None if order.inputs.pairs is None else PairNumbers(order.inputs.pairs)
    written = _Written(0, 0, set())
    with (
        (order.folder / _APPROACHES).open("wb") as file,
        (order.folder / _CANDIDATES).open("wb") as chosen_file,
        ApproachWriter(file, metadata) as writer,
        ApproachWriter(chosen_file, metadata) as chosen_writer,
    ):
        for every in _windows(spool, population):
            columns = every if wanted is None else every.rows(wanted.which(every))
            is_known = known.which(columns)
            counted = columns.rows(~is_known)
            written.of_known_pairs += int(is_known.sum())
            written.approaches += len(counted)
            writer.write(counted)
            watch.look_through(counted)
            is_chosen = np.isin(counted.norad_cat_id_1, parties) | np.isin(counted.norad_cat_id_2, parties)
            chosen = counted.rows(is_chosen)
            chosen_writer.write(chosen)
            for numbers in (chosen.norad_cat_id_1, chosen.norad_cat_id_2):
                written.candidate_numbers.update(np.unique(numbers).tolist())
    return written


def _windows(spool: ApproachSpool, population: Population) -> Iterable[ApproachColumns]:
    return (approach_columns(population, window) for window in spool.windows(SAME_PASSAGE_NS))


def _secondaries(members: Members) -> set[tuple[int, str]]:
    return set(
        zip(
            members.norad_cat_id[members.secondaries].tolist(),
            [designator or "" for designator in members.designator[members.secondaries]],
            strict=True,
        )
    )


def _primary_is_gone(order: JoinOrder, gaps: Sequence[Gap], start: int, stop: int) -> bool:
    primary = order.inputs.primary
    return primary is not None and any(
        gap.designator == primary.id and gap.from_tai_ns <= start and gap.to_tai_ns >= stop for gap in gaps
    )
