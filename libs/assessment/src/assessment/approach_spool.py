"""Approaches of a long screening on disk, as they are found, and read back in order of time: memory stays bounded.

Slices are written one after the other, each in order of time. They overlap: what goes on over several slices is
complete only later, and a passage can be followed to a closest approach outside its slice. Reading merges them.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Final, Self

import numpy as np
import numpy.typing as npt

from astrodynamics.screening import Approaches

__all__ = ["ApproachSpool"]

Records = npt.NDArray[np.void]

_ROW: Final = np.dtype(
    [
        ("number_of_pass", np.int16),
        ("first", np.int32),
        ("second", np.int32),
        ("tca_tai_ns", np.int64),
        ("miss_distance_km", np.float64),
        ("relative_speed_km_s", np.float64),
        ("radial_km", np.float64),
        ("in_track_km", np.float64),
        ("cross_track_km", np.float64),
        ("kind", np.uint8),
        ("entry_tai_ns", np.int64),
        ("exit_tai_ns", np.int64),
        ("minima", np.int32),
        ("flags", np.uint8),
    ]
)
_ROWS_IN_MEMORY: Final = 1 << 18
"""When reading back: shared by all slices."""
_ROWS_OF_A_SLICE: Final = 256
"""At least."""
_ROWS_OF_A_WINDOW: Final = 1 << 16
"""At least, but for the last: what is done with a window costs something however small it is."""


class ApproachSpool:
    """A temporary file without a name, which is gone when it is closed or the process ends.

    Parameters
    ----------
    folder
        Where it lies; the system's folder for temporary files where None.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._file: IO[bytes] = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed with this
        self._slices: list[tuple[int, int]] = []
        self._rows = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __len__(self) -> int:
        """Return how many rows have been written."""
        return self._rows

    def write(self, number_of_pass: int, approaches: Approaches) -> None:
        """Add what one slice of a pass of the engine found."""
        if not len(approaches):
            return
        rows = np.empty(len(approaches), dtype=_ROW)
        rows["number_of_pass"] = number_of_pass
        for name, column in approaches.to_columns().items():
            rows[name] = column
        self._file.seek(0, 2)
        self._file.write(rows.view(np.uint8).data)
        self._slices.append((self._rows, self._rows + len(rows)))
        self._rows += len(rows)

    def windows(self, apart_ns: int) -> Iterator[list[Approaches]]:
        """Give everything once, by pass, in windows of time.

        Parameters
        ----------
        apart_ns
            Closest approaches that are not farther from each other than this stay in one window.
        """
        held: list[Records] = []
        count = 0
        for rows in self._merged():
            held.append(rows)
            count += len(rows)
            if count < _ROWS_OF_A_WINDOW:
                continue
            ordered = _in_order(np.concatenate(held))
            gaps = np.flatnonzero(np.diff(ordered["tca_tai_ns"]) > apart_ns)
            cut = int(gaps[-1]) + 1 if len(gaps) else 0
            if cut:
                yield _by_pass(ordered[:cut])
            held, count = [ordered[cut:].copy()], len(ordered) - cut
        if count:
            yield _by_pass(_in_order(np.concatenate(held)))

    def _merged(self) -> Iterator[Records]:
        """Blocks of rows, none of which holds a time before one that an earlier block holds."""
        at_once = max(_ROWS_OF_A_SLICE, _ROWS_IN_MEMORY // max(1, len(self._slices)))
        ahead = [_SliceReader(self._file, begin, end, at_once) for begin, end in self._slices]
        while ahead:
            horizon = min((one.known_until for one in ahead if one.has_more), default=None)
            taken = [one.take_until(horizon) for one in ahead]
            ahead = [one for one in ahead if not one.is_empty]
            yield np.concatenate(taken)


class _SliceReader:
    """Rows of one slice in their order; some of them are in memory."""

    def __init__(self, file: IO[bytes], begin: int, end: int, at_once: int) -> None:
        self._file, self._next, self._end, self._at_once = file, begin, end, at_once
        self._rows = np.empty(0, dtype=_ROW)
        self._fill()

    @property
    def has_more(self) -> bool:
        """Whether rows are left on disk."""
        return self._next < self._end

    @property
    def is_empty(self) -> bool:
        """Whether no row is left at all."""
        return not len(self._rows)

    @property
    def known_until(self) -> int:
        """Time of the last row in memory."""
        return int(self._rows["tca_tai_ns"][-1])

    def take_until(self, horizon: int | None) -> Records:
        """Remove and return the rows in memory up to a time, all where None."""
        times = self._rows["tca_tai_ns"]
        cut = len(times) if horizon is None else int(np.searchsorted(times, horizon, side="right"))
        taken, self._rows = self._rows[:cut], self._rows[cut:]
        if not len(self._rows):
            self._fill()
        return taken

    def _fill(self) -> None:
        count = min(self._at_once, self._end - self._next)
        self._file.seek(self._next * _ROW.itemsize)
        self._rows = np.frombuffer(self._file.read(count * _ROW.itemsize), dtype=_ROW)
        self._next += count


def _in_order(rows: Records) -> Records:
    return rows[np.argsort(rows["tca_tai_ns"], kind="stable")]


def _by_pass(rows: Records) -> list[Approaches]:
    """The rows of each pass in the order in which the engine gives them for a whole span."""
    passes = []
    for number in range(int(rows["number_of_pass"].max()) + 1):
        of_pass = rows[rows["number_of_pass"] == number]
        keys = (of_pass["entry_tai_ns"], of_pass["second"], of_pass["first"], of_pass["tca_tai_ns"])
        ordered = of_pass[np.lexsort(keys)]
        columns: dict[str, npt.NDArray[Any]] = {name: ordered[name] for name in _ROW.names or ()}
        passes.append(Approaches.from_columns(columns))
    return passes
