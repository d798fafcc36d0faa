"""The screening engine: chunks of the grid, computed by threads, joined into one answer."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from astrodynamics.errors import ScreeningCancelledError
from astrodynamics.screening.approaches import FOLLOWED, Approaches, classified, join_pieces
from astrodynamics.screening.coarse_look import LOOKS, near_primaries
from astrodynamics.screening.gaps import CoverageRecorder
from astrodynamics.screening.grid import HALF_STEP_NS, STEP_NS, STEPS_PER_CHUNK, chunk_of
from astrodynamics.screening.participants import Participants, choose_participants
from astrodynamics.screening.population import Population
from astrodynamics.screening.request import Request
from astrodynamics.screening.result import Progress, Result, Statistics
from astrodynamics.timescales import SECOND_NS

if TYPE_CHECKING:
    from astrodynamics.screening.states import Trajectories
    from astrodynamics.screening.volumes import Volumes

Columns = dict[str, npt.NDArray[np.generic]]

FIRST_ROOM = 1 << 17
"""Candidates and encounters of a chunk for which memory is set aside at first; more is taken when needed."""


def screen(
    population: Population,
    request: Request,
    *,
    threads: int | None = None,
    progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Result:
    """Find every close approach that a request asks for.

    Parameters
    ----------
    population
        The objects.
    request
        Span, volumes, and who against whom. A slice of a longer span is screened by giving the slice's ends; `join`
        puts slices together.
    threads
        How many compute at a time; as many as this process may use where None. The result does not depend on it.
    progress
        Called from this thread after each chunk of the grid.
    cancelled
        Asked from this thread after each chunk; True ends the screening.

    Returns
    -------
    Approaches, coverage of every object that took part, and statistics. Nothing that fails for one object stops the
    rest.

    Raises
    ------
    InvalidRequestError
        The request does not fit the population.
    ScreeningCancelledError
        ``cancelled`` said so.
    """
    wall, cpu = time.perf_counter(), time.process_time()
    work = _prepare(population, request)
    workers = max(1, threads if threads is not None else len(os.sched_getaffinity(0)))
    chunks = range(chunk_of(request.start_tai_ns), chunk_of(request.stop_tai_ns - 1) + 1)
    pieces: list[Columns] = []
    done = 0
    propagations = 0
    if len(work.participants.members):
        for outcome in _in_parallel(work, chunks, workers):
            pieces.append(outcome.pieces)
            work.counts += outcome.counts
            propagations += outcome.propagations
            work.coverage.record(outcome.chunk, outcome.without_state)
            done += 1
            if progress is not None:
                progress(Progress(done, len(chunks), sum(len(columns["first"]) for columns in pieces)))
            if cancelled is not None and cancelled():
                raise ScreeningCancelledError(f"The screening was cancelled after {done} of {len(chunks)} chunks")
    approaches = _finish(work, pieces)
    return Result(
        approaches=approaches,
        coverage=work.coverage.finished(),
        statistics=Statistics(
            propagations=propagations,
            pairs_compared=int(work.counts[0]),
            pairs_near=int(work.counts[1]),
            candidates=int(work.counts[2]),
            wall_s=time.perf_counter() - wall,
            cpu_s=time.process_time() - cpu,
            threads=workers,
        ),
        spans=((request.start_tai_ns, request.stop_tai_ns),),
    )


@dataclass(frozen=True, eq=False)
class _Outcome:
    """Of one chunk: pieces of approaches, counts of the sieve, and which members lacked a state at which nodes."""

    chunk: int
    pieces: Columns
    counts: npt.NDArray[np.int64]
    without_state: dict[int, npt.NDArray[np.bool_]]
    propagations: int


@dataclass(eq=False)
class _Work:
    """What all chunks share."""

    population: Population
    request: Request
    participants: Participants
    trajectories: "Trajectories"
    volumes: "Volumes"
    coverage: CoverageRecorder
    memory: threading.local = field(default_factory=threading.local)
    counts: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(3, dtype=np.int64))


def _prepare(population: Population, request: Request) -> _Work:
    from astrodynamics.screening.volumes import Volumes  # noqa: PLC0415 - numba, at first use

    participants = choose_participants(population, request)
    trajectories = population.trajectories(request.start_tai_ns, request.stop_tai_ns)
    volumes = Volumes(participants.shape, participants.half_sizes_km, participants.reach_km)
    return _Work(
        population, request, participants, trajectories, volumes, CoverageRecorder(population, request, participants)
    )


def _in_parallel(work: _Work, chunks: range, workers: int) -> Iterator[_Outcome]:
    """Outcomes as they come; what has not begun when the caller stops is dropped."""
    with ThreadPoolExecutor(workers) as pool:
        running: list[Future[_Outcome]] = [pool.submit(_screen_chunk, work, chunk) for chunk in chunks]
        try:
            for future in as_completed(running):
                yield future.result()
        finally:
            for future in running:
                future.cancel()


def _screen_chunk(work: _Work, chunk: int) -> _Outcome:
    """Propagate a whole chunk, then sieve and analyse those of its steps that the span touches.

    With few primaries only for who a coarse look has left.
    """
    from astrodynamics.screening.close_pairs import COLUMNS as CANDIDATE_COLUMNS  # noqa: PLC0415 - numba, at first use
    from astrodynamics.screening.encounters import ENCOUNTER, Span, analyse_candidates  # noqa: PLC0415
    from astrodynamics.screening.sieve import sieve_chunk  # noqa: PLC0415
    from astrodynamics.screening.states import EPHEMERIS, fill_tile  # noqa: PLC0415

    who, request = work.participants, work.request
    first_node_ns = chunk * STEPS_PER_CHUNK * STEP_NS
    propagations = 0
    if len(who.few_primaries):
        propagations += LOOKS * len(who.members)
        who = who.only(near_primaries(work.trajectories, work.volumes, who, first_node_ns, EPHEMERIS))
    propagations += STEPS_PER_CHUNK * len(who.members)
    desk = _desk_of_this_thread(work)
    tile = desk.states[: STEPS_PER_CHUNK * 6 * len(who.members)].reshape(STEPS_PER_CHUNK, 6, -1)
    unmodelled_km = np.empty(len(who.members))
    fill_tile(work.trajectories, who.members, first_node_ns, STEP_NS, tile, unmodelled_km)
    valid = np.isfinite(tile[:, 0, :])
    without_state = {int(who.members[m]): valid[:, m] for m in np.flatnonzero(~valid.all(axis=0))}

    begin = max(0, (request.start_tai_ns - first_node_ns + HALF_STEP_NS) // STEP_NS)
    end = min(STEPS_PER_CHUNK, -((first_node_ns - HALF_STEP_NS - request.stop_tai_ns) // STEP_NS))
    counts = np.zeros(3, dtype=np.int64)
    gates = (who.members_radial_gate_km, who.members_gate_km, who.members_role)
    while True:
        counts[:] = 0
        found = sieve_chunk(
            tile[begin:end], unmodelled_km, work.volumes, who.members, *gates, who.few_primaries,
            0.5 * STEP_NS / SECOND_NS, desk.candidates, counts,
        )  # fmt: skip
        if found <= len(desk.candidates):
            break
        desk.candidates = np.empty((2 * found, CANDIDATE_COLUMNS), dtype=np.int32)

    span = Span(request.start_tai_ns, request.stop_tai_ns)
    while True:
        found_encounters = analyse_candidates(
            work.trajectories, work.volumes, who.mutual, work.population.norad_cat_id, who.known,
            who.members, first_node_ns + begin * STEP_NS, STEP_NS, span, desk.candidates[:found], desk.encounters,
        )  # fmt: skip
        if found_encounters <= len(desk.encounters):
            break
        desk.encounters = np.empty(2 * found_encounters, dtype=ENCOUNTER)
    rows_found = desk.encounters[:found_encounters]
    pieces = join_pieces({name: rows_found[name].copy() for name in ENCOUNTER.names or ()})
    return _Outcome(chunk, pieces, counts, without_state, propagations)


@dataclass(eq=False)
class _Desk:
    """Memory that a thread keeps from chunk to chunk: fresh pages would cost a tenth of the work."""

    states: npt.NDArray[np.float64]
    candidates: npt.NDArray[np.int32]
    encounters: npt.NDArray[np.void]


def _desk_of_this_thread(work: _Work) -> _Desk:
    from astrodynamics.screening.close_pairs import COLUMNS  # noqa: PLC0415 - numba, at first use
    from astrodynamics.screening.encounters import ENCOUNTER  # noqa: PLC0415

    desk: _Desk | None = getattr(work.memory, "desk", None)
    if desk is None:
        desk = work.memory.desk = _Desk(
            np.empty(STEPS_PER_CHUNK * 6 * len(work.participants.members)),
            np.empty((FIRST_ROOM, COLUMNS), dtype=np.int32),
            np.empty(FIRST_ROOM, dtype=ENCOUNTER),
        )
    return desk


def _finish(work: _Work, pieces: list[Columns]) -> Approaches:
    """Join the pieces of all chunks, follow stretches without a minimum to theirs, describe and classify."""
    from astrodynamics.screening.encounters import ENCOUNTER, describe, follow  # noqa: PLC0415

    names = ENCOUNTER.names or ()
    every = {name: np.concatenate([np.zeros(0, ENCOUNTER[name]), *(part[name] for part in pieces)]) for name in names}
    joined = join_pieces(every)
    encounters = np.empty(len(joined["first"]), dtype=ENCOUNTER)
    for name in names:
        encounters[name] = joined[name]
    if set(work.request.volume.shapes) != {"sphere"}:
        follow(work.trajectories, work.volumes, encounters, FOLLOWED)
    described = np.empty((len(encounters), 5))
    describe(work.trajectories, encounters, described)
    columns: Columns = {name: encounters[name].copy() for name in names}
    for place, name in enumerate(
        ("miss_distance_km", "relative_speed_km_s", "radial_km", "in_track_km", "cross_track_km")
    ):
        columns[name] = described[:, place].copy()
    columns = classified(columns, [(work.request.start_tai_ns, work.request.stop_tai_ns)])
    return Approaches.from_columns(columns)
