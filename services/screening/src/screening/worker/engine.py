"""The engine on one slice of a run. Runs in the engine's child: files in, the bytes of the result out."""

import os
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

import assessment
from assessment.errors import UnusableTrajectoryError
from astrodynamics import screening as engine
from astrodynamics.errors import ScreeningCancelledError
from screening.pinned_files import PinnedFile
from screening.runs.inputs import RunInputs
from screening.runs.population import engine_requests, members_of, population_of
from screening.runs.slice_files import write_slice
from screening.runs.trajectories import forget_trajectories, load_catalogue, load_ephemeris
from screening.worker.memory import limit_memory, peak_memory_bytes, require_room, watch_peak
from screening.worker.slice_watch import SliceWatch

__all__ = ["SliceFound", "SliceOrder", "SliceTooLong", "TooLittleMemoryError", "screen_slice", "warm_engine"]

_MIB: Final = 1024 * 1024
_ROOM_OF_A_THREAD: Final = 16 * _MIB
"""Its stack, and what it needs until it can say that it needs more."""


class TooLittleMemoryError(Exception):
    """The slice needs more memory than the process may take; the message says how much that is."""


@dataclass(frozen=True, kw_only=True)
class SliceOrder:
    """What one task is to screen.

    Attributes
    ----------
    ephemerides
        In the order of the inputs.
    volume
        As `assessment.volumes.parse_volume` reads it.
    run_start_tai_ns
        The age of element sets counts from here, so that all slices of a run judge alike.
    start_tai_ns, stop_tai_ns
        The slice.
    longest_s
        What is going to take longer is broken off as soon as that can be told.
    memory_mib
        What the process may take.
    """

    inputs: RunInputs
    catalogue: PinnedFile | None
    ephemerides: tuple[PinnedFile, ...]
    volume: str
    run_start_tai_ns: int
    start_tai_ns: int
    stop_tai_ns: int
    threads: int
    longest_element_age_days: float
    longest_s: float
    memory_mib: int
    metadata: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class SliceFound:
    """The file of the slice, and what it cost."""

    content: bytes
    approach_count: int
    cpu_s: float
    wall_s: float
    peak_memory_bytes: int


@dataclass(frozen=True, kw_only=True)
class SliceTooLong:
    """The slice was broken off: about so many core seconds it would have taken."""

    core_s: float


def screen_slice(order: SliceOrder) -> SliceFound | SliceTooLong:
    """Screen a slice; the same order gives the same bytes, however many threads compute.

    Raises
    ------
    UnusableTrajectoryError
        No primary is on a closed orbit.
    PinnedObjectChangedError
        An input is not what was pinned.
    TooLittleMemoryError
        It needs more than it may take, also when nothing of earlier slices is kept.
    """
    warm_engine()  # what is imported and compiled on the way is there before memory may run short
    limit_memory(order.memory_mib * _MIB)
    watch_peak()
    try:
        return _screened(order)
    except (MemoryError, RuntimeError, SystemError) as error:
        if not _is_short_of_memory(error):
            raise
        _populations.clear()
        forget_trajectories()
    try:
        return _screened(order)
    except (MemoryError, RuntimeError, SystemError) as error:
        if not _is_short_of_memory(error):
            raise
        raise TooLittleMemoryError(f"more than {order.memory_mib} MiB") from None


def _is_short_of_memory(error: Exception) -> bool:
    """Whether it is; a thread whose stack finds no room says so in words alone, some functions in C say nothing."""
    words = ("can't start new thread", "returned NULL without setting an exception")
    return isinstance(error, MemoryError) or any(each in str(error) for each in words)


def _screened(order: SliceOrder) -> SliceFound | SliceTooLong:
    wall, cpu = time.perf_counter(), time.process_time()
    people = _population(order)
    require_room((order.threads + 1) * _ROOM_OF_A_THREAD)
    results = []
    for asked in people.requests:
        request = replace(
            asked,
            start_tai_ns=order.start_tai_ns,
            stop_tai_ns=order.stop_tai_ns,
            max_element_age_days=order.longest_element_age_days,
            ages_at_tai_ns=order.run_start_tai_ns,
        )
        watch = SliceWatch(order.threads, order.longest_s)
        try:
            results.append(
                engine.screen(
                    people.population,
                    request,
                    threads=order.threads,
                    progress=watch.progress,
                    cancelled=watch.is_too_long,
                )
            )
        except ScreeningCancelledError:
            return SliceTooLong(core_s=watch.expected_core_s)
    content = write_slice(
        [result.approaches for result in results],
        engine.Coverage.joined([result.coverage.not_screened() for result in results]),
        order.metadata,
    )
    return SliceFound(
        content=content,
        approach_count=sum(len(result.approaches) for result in results),
        cpu_s=time.process_time() - cpu,
        wall_s=time.perf_counter() - wall,
        peak_memory_bytes=peak_memory_bytes(),
    )


@dataclass(frozen=True)
class _People:
    """The members of a run with their trajectories, and what is asked of the engine for each slice."""

    population: engine.Population
    requests: tuple[engine.Request, ...]


_MOST_KEPT: Final = 2
_populations: OrderedDict[tuple[str, str], _People] = OrderedDict()
"""Of the runs that are under way: the slices of one run have the same."""


def _population(order: SliceOrder) -> _People:
    key = (order.inputs.model_dump_json(), order.volume)
    if key in _populations:
        _populations.move_to_end(key)
        return _populations[key]
    inputs = order.inputs
    catalogue = None if order.catalogue is None else load_catalogue(order.catalogue)
    ephemerides = tuple(
        load_ephemeris(file, pinned) for file, pinned in zip(order.ephemerides, inputs.ephemerides, strict=True)
    )
    members = members_of(inputs, catalogue)
    population = population_of(members, catalogue, ephemerides)
    interval = (order.start_tai_ns, order.stop_tai_ns)
    requests = engine_requests(population, members, inputs, order.volume, catalogue, interval)
    if not requests:
        number = members.norad_cat_id[members.primaries[0]]
        raise UnusableTrajectoryError(f"Object {number} is on no closed orbit: no volume can be chosen for it.")
    _populations[key] = _People(population, requests)
    if len(_populations) > _MOST_KEPT:
        _populations.popitem(last=False)
    return _populations[key]


@cache
def warm_engine() -> int:
    """Compile every kernel, or read it from the cache of compiled code; return the process that did."""
    engine.warm_up()
    assessment.warm_up()
    return os.getpid()
