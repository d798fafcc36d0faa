"""The engine on one slice of a run. Runs in the engine's child: files in, the bytes of the result out."""

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass

import assessment
from assessment.engine_volumes import volume_passes
from assessment.errors import UnusableTrajectoryError
from assessment.volumes import parse_volume
from astrodynamics import screening as engine
from astrodynamics.timescales import DAY_NS
from screening.pinned_files import PinnedFile
from screening.runs.inputs import RunInputs
from screening.runs.population import members_of, population_of
from screening.runs.slice_files import write_slice
from screening.runs.trajectories import load_catalogue, load_ephemeris
from servicekit.child import report_progress

__all__ = ["SliceFound", "SliceOrder", "screen_slice", "warm_engine"]


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
    metadata: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class SliceFound:
    """The file of the slice, and what it cost."""

    content: bytes
    approach_count: int
    cpu_s: float
    wall_s: float


def screen_slice(order: SliceOrder) -> SliceFound:
    """Screen a slice; the same order gives the same bytes, however many threads compute."""
    wall, cpu = time.perf_counter(), time.process_time()
    inputs = order.inputs
    catalogue = None if order.catalogue is None else load_catalogue(order.catalogue)
    ephemerides = tuple(
        load_ephemeris(file, pinned) for file, pinned in zip(order.ephemerides, inputs.ephemerides, strict=True)
    )
    members = members_of(inputs, catalogue)
    population = population_of(members, catalogue, ephemerides)
    age_days = order.longest_element_age_days + (order.start_tai_ns - order.run_start_tai_ns) / DAY_NS
    passes, without_orbit = volume_passes(population, members.primaries, parse_volume(order.volume))
    if not passes:
        number = members.norad_cat_id[without_orbit[0]]
        raise UnusableTrajectoryError(f"Object {number} is on no closed orbit: no volume can be chosen for it.")
    results = []
    for primaries, volume in passes:
        request = engine.Request(
            order.start_tai_ns,
            order.stop_tai_ns,
            volume,
            primaries=primaries,
            secondaries=members.secondaries,
            max_element_age_days=age_days,
        )
        results.append(engine.screen(population, request, threads=order.threads, progress=_report))
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
    )


def _report(progress: engine.Progress) -> None:
    report_progress({"done": progress.done, "total": progress.total})


def warm_engine() -> int:
    """Compile every kernel, or read it from the cache of compiled code; return the process that did."""
    engine.warm_up()
    assessment.warm_up()
    return os.getpid()
