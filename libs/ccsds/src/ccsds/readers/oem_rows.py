"""The ephemeris lines and covariance matrices of one OEM segment, as they come in: in bulk or line by line."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from ccsds.messages.oem import OemCovariances
from ccsds.messages.value import frozen_array
from ccsds.readers.ephemeris_block import CovarianceBlock, FormCount, StateBlock, full_matrices

__all__ = ["CovarianceRows", "StateRows"]

POSITION, VELOCITY, ACCELERATION = slice(0, 3), slice(3, 6), slice(6, 9)


@dataclass
class _Forms:
    forms: dict[str, FormCount] = field(default_factory=dict)

    def count_form(self, key: str, offset: int, text: str, count: int = 1) -> None:
        """Remember that a token breaks a rule of form."""
        known = self.forms.get(key)
        if known is None:
            self.forms[key] = FormCount(count, offset, text)
        else:
            known.count += count

    def merge_forms(self, forms: dict[str, FormCount]) -> None:
        for key, form in forms.items():
            self.count_form(key, form.offset, form.text, form.count)


@dataclass
class StateRows(_Forms):
    """States of a segment in the order of their lines."""

    blocks: list[StateBlock] = field(default_factory=list)
    pending: list[tuple[int, bool, list[float], int]] = field(default_factory=list)
    leap_rows: list[int] = field(default_factory=list)
    count: int = 0

    def add(self, ns: int, leap_second: bool, values: list[float], line_index: int) -> None:
        """Take one line's epoch and its 6 or 9 numbers."""
        if leap_second:
            self.leap_rows.append(self.count)
        self.pending.append((ns, leap_second, values, line_index))
        self.count += 1

    def add_block(self, block: StateBlock) -> None:
        """Take many lines at once."""
        self.flush()
        self.blocks.append(block)
        self.merge_forms(block.forms)
        self.count += block.epochs.size

    def flush(self) -> None:
        """Turn the lines taken one by one into blocks of equal width."""
        start = 0
        rows = self.pending
        while start < len(rows):
            width = len(rows[start][2])
            stop = start
            while stop < len(rows) and len(rows[stop][2]) == width:
                stop += 1
            chunk = rows[start:stop]
            self.blocks.append(
                StateBlock(
                    np.array([row[0] for row in chunk], dtype=np.int64).astype("datetime64[ns]"),
                    np.array([row[2] for row in chunk]),
                    np.array([row[3] for row in chunk], dtype=np.int64),
                    {},
                )
            )
            start = stop
        self.pending = []

    @property
    def widths(self) -> set[int]:
        """The numbers of values per line that occur."""
        return {block.values.shape[1] for block in self.blocks}

    def line_indexes(self) -> npt.NDArray[np.int64]:
        """Index of the line of each state, shape (n,)."""
        return np.concatenate([block.line_indexes for block in self.blocks])

    def epochs(self) -> npt.NDArray[np.datetime64]:
        """datetime64[ns], shape (n,)."""
        return np.concatenate([block.epochs for block in self.blocks])

    def leap_second(self) -> npt.NDArray[np.bool_] | None:
        """Where the text reads :60, shape (n,); None where nowhere."""
        if not self.leap_rows:
            return None
        leap = np.zeros(self.count, dtype=bool)
        leap[self.leap_rows] = True
        return leap

    def states(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.float64] | None]:
        """Positions, velocities, accelerations: shape (n, 3) each; NaN where a line has no acceleration."""
        positions = np.concatenate([block.values[:, POSITION] for block in self.blocks])
        velocities = np.concatenate([block.values[:, VELOCITY] for block in self.blocks])
        if self.widths == {6}:
            return positions, velocities, None
        none = np.full((1, 3), np.nan)
        accelerations = np.concatenate(
            [
                block.values[:, ACCELERATION] if block.values.shape[1] > ACCELERATION.start
                else np.repeat(none, block.values.shape[0], axis=0)
                for block in self.blocks
            ]
        )  # fmt: skip
        return positions, velocities, accelerations


@dataclass
class CovarianceRows(_Forms):
    """Covariance matrices of a segment in the order of their lines."""

    comments: list[str] = field(default_factory=list)
    blocks: list[CovarianceBlock] = field(default_factory=list)
    leap_rows: list[int] = field(default_factory=list)
    count: int = 0

    def add(self, ns: int, leap_second: bool, frame: str | None, triangle: list[float], line_index: int) -> None:
        """Take one matrix: epoch, frame and its 21 numbers row by row."""
        if leap_second:
            self.leap_rows.append(self.count)
        self.blocks.append(
            CovarianceBlock(
                np.array([ns], dtype=np.int64).astype("datetime64[ns]"),
                np.array([triangle]),
                [frame],
                np.array([line_index], dtype=np.int64),
                {},
            )
        )
        self.count += 1

    def add_block(self, block: CovarianceBlock) -> None:
        """Take many matrices at once."""
        self.blocks.append(block)
        self.merge_forms(block.forms)
        self.count += block.epochs.size

    def line_indexes(self) -> npt.NDArray[np.int64]:
        """Index of the EPOCH line of each matrix, shape (m,)."""
        return np.concatenate([block.line_indexes for block in self.blocks])

    def build(self) -> OemCovariances | None:
        """The typed covariances; None where there are no matrices."""
        if not self.blocks:
            return None
        leap = None
        if self.leap_rows:
            leap = np.zeros(self.count, dtype=bool)
            leap[self.leap_rows] = True
        return OemCovariances(
            epochs=frozen_array(np.concatenate([block.epochs for block in self.blocks])),
            matrices=frozen_array(full_matrices(np.concatenate([block.triangles for block in self.blocks]))),
            frames=tuple(frame for block in self.blocks for frame in block.frames),
            comments=tuple(self.comments),
            leap_second=leap,
        )
