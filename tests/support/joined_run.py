"""Runs to be joined, as large as one likes, and what memory that takes."""

from hashlib import sha256
from pathlib import Path

import numpy as np

from assessment.catalogues import Catalogue, catalogue_to_columns
from astrodynamics.screening import Approaches, Coverage
from screening.pinned_files import PinnedFile
from screening.runs.inputs import PinnedCatalogue, RunInputs
from screening.runs.join import JoinedRun, JoinOrder, SliceFile, join_run
from screening.runs.slice_files import write_slice
from screening.worker.memory import peak_memory_bytes, resident_bytes, watch_peak

__all__ = ["join_and_measure", "join_order", "made_up_slices"]

Slice = tuple[list[Approaches], Coverage, int, int]
"""What the passes of the engine found, what was not screened, start and stop."""

_OPEN_AT_BOTH_ENDS = 3
_SECOND_NS = 1_000_000_000


def join_order(folder: Path, catalogue: Catalogue, slices: list[Slice], parties: frozenset[int]) -> JoinOrder:
    """Return the order to join slices of the catalogue against itself."""

    def file(name: str, content: bytes) -> PinnedFile:
        (folder / name).write_bytes(content)
        return PinnedFile(folder / name, sha256(content).hexdigest())

    columns = file("catalogue.npz", catalogue_to_columns(catalogue))
    pinned = PinnedCatalogue(
        id="c", key="k", sha256=columns.sha256, label="made up", is_synthetic=True, object_count=len(catalogue)
    )
    return JoinOrder(
        run_id="r",
        inputs=RunInputs(catalogue=pinned, against="catalogue"),
        catalogue=columns,
        ephemerides=(),
        slices=tuple(
            SliceFile(file(f"{number}.parquet", write_slice(passes, missed)), start, stop)
            for number, (passes, missed, start, stop) in enumerate(slices)
        ),
        parties=parties,
        watched=(),
        most_gaps=100,
        folder=folder,
    )


def made_up_slices(count: int, *, approaches: int, objects: int, start_tai_ns: int) -> list[Slice]:
    """Return hours with so many approaches each of random pairs, and one pair that stays together throughout."""
    rng = np.random.default_rng(3)
    nothing = np.zeros(0, dtype=np.int64)
    slices: list[Slice] = []
    for number in range(count):
        start = start_tai_ns + number * 3600 * _SECOND_NS
        stop = start + 3600 * _SECOND_NS
        tca = np.sort(rng.integers(start + 10 * _SECOND_NS, stop - 10 * _SECOND_NS, approaches))
        first = rng.integers(2, objects - 1, approaches)
        columns = {
            "first": first,
            "second": rng.integers(first + 1, objects),
            "tca_tai_ns": tca,
            "entry_tai_ns": tca - _SECOND_NS,
            "exit_tai_ns": tca + _SECOND_NS,
            "minima": np.ones(approaches),
            "flags": np.zeros(approaches),
            "kind": np.zeros(approaches),
        } | {
            name: rng.random(approaches)
            for name in ("miss_distance_km", "relative_speed_km_s", "radial_km", "in_track_km", "cross_track_km")
        }
        middle = (start + stop) // 2
        stays = {"first": 0, "second": 1, "tca_tai_ns": middle, "entry_tai_ns": start, "exit_tai_ns": stop, "minima": 1}
        stays |= {"flags": _OPEN_AT_BOTH_ENDS, "kind": 2}
        found = {name: np.append(column, stays.get(name, 0.5)) for name, column in columns.items()}
        passes = [Approaches.from_columns(found)]
        slices.append((passes, Coverage(nothing, nothing, nothing, nothing.astype(np.uint8)), start, stop))
    return slices


def join_and_measure(order: JoinOrder) -> tuple[JoinedRun, int]:
    """Join, and return also by how many bytes the process was larger at its largest than before."""
    watch_peak()
    before = resident_bytes()
    joined = join_run(order)
    return joined, peak_memory_bytes() - before
