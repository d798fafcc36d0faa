"""Data lines of an OEM read in bulk: thousands of lines per step, as long as they are clean.

A block is read here only if every line of it can be judged without looking at it alone. Anything else (a comment
between, an odd token, a leap second) is left to the line reader, which reports it with its place.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ccsds.syntax.lines import Lines
from ccsds.syntax.numbers import NONZERO_MANTISSA, shape_problem
from ccsds.syntax.times import read_uniform_times

__all__ = [
    "CovarianceBlock",
    "FormCount",
    "LineTokens",
    "StateBlock",
    "full_matrices",
    "read_covariance_block",
    "read_state_block",
    "read_token_numbers",
    "tokens_of_lines",
]

SHAPE_OF = bytes(ord("0") if chr(code).isdigit() and code < 128 else code for code in range(256))
FATAL = frozenset({"VAL-003", "VAL-004", "VAL-005"})
STATE_COLUMNS = (7, 10)
MAX_EPOCH_SHAPES = 16
COVARIANCE_VALUES = 21
WITH_FRAME = (3, 3, 1, 2, 3, 4, 5, 6)
WITHOUT_FRAME = (3, 1, 2, 3, 4, 5, 6)
LOWER_ROWS, LOWER_COLUMNS = np.tril_indices(6)


@dataclass(slots=True)
class FormCount:
    """How many tokens of a block break a rule of form, and where the first stands."""

    count: int
    offset: int
    text: str


@dataclass(slots=True)
class StateBlock:
    """Clean ephemeris lines: epochs (n,), values (n, 6 or 9), line indexes (n,), and what to say of their form."""

    epochs: npt.NDArray[np.datetime64]
    values: npt.NDArray[np.float64]
    line_indexes: npt.NDArray[np.int64]
    forms: dict[str, FormCount]


@dataclass(slots=True)
class CovarianceBlock:
    """Clean covariance matrices: epochs (m,), lower triangles (m, 21), frames, and line indexes of EPOCH (m,)."""

    epochs: npt.NDArray[np.datetime64]
    triangles: npt.NDArray[np.float64]
    frames: list[str | None]
    line_indexes: npt.NDArray[np.int64]
    forms: dict[str, FormCount]


@dataclass(slots=True)
class LineTokens:
    """The tokens of some lines: offsets from `base`, their number per filled line, texts, and shapes (0 for digits)."""

    base: int
    starts: npt.NDArray[np.int64]
    per_line: npt.NDArray[np.int64]
    line_indexes: npt.NDArray[np.int64]
    texts: list[bytes]
    shapes: list[bytes]


def tokens_of_lines(lines: Lines, first: int, stop: int) -> LineTokens | None:
    """Split lines first to stop - 1 at blanks; None where a character is no blank here and one there."""
    base, end = int(lines.starts[first]), int(lines.ends[stop - 1])
    blank = lines.characters[base:end] <= ord(" ")
    begins = ~blank
    begins[1:] &= blank[:-1]
    starts = np.flatnonzero(begins)
    block = lines.data[base:end]
    texts = block.split()
    if len(texts) != starts.size:
        return None
    bounds = np.append(np.searchsorted(starts, lines.starts[first:stop] - base), starts.size)
    per_line = np.diff(bounds)
    filled = np.flatnonzero(per_line)
    return LineTokens(base, starts, per_line[filled], filled + first, texts, block.translate(SHAPE_OF).split())


def read_state_block(lines: Lines, first: int, stop: int, max_digits: int) -> StateBlock | None:
    """Read ephemeris lines first to stop - 1; None where one of them is not clean."""
    tokens = tokens_of_lines(lines, first, stop)
    if tokens is None or not tokens.texts:
        return None
    columns = int(tokens.per_line[0])
    if columns not in STATE_COLUMNS or np.any(tokens.per_line != columns):
        return None
    forms: dict[str, FormCount] = {}
    epochs = _read_epochs(lines, tokens, slice(0, None, columns), forms)
    if epochs is None:
        return None
    shapes = tokens.shapes
    del shapes[::columns]
    texts = tokens.texts
    del texts[::columns]
    starts = np.delete(tokens.starts, np.s_[::columns])
    values = read_token_numbers(texts, shapes, tokens.base + starts, max_digits, forms)
    if values is None:
        return None
    return StateBlock(epochs, values.reshape(-1, columns - 1), tokens.line_indexes, forms)


def read_covariance_block(lines: Lines, first: int, stop: int, max_digits: int) -> CovarianceBlock | None:
    """Read covariance lines first to stop - 1, whole matrices; None where one of them is not clean."""
    tokens = tokens_of_lines(lines, first, stop)
    if tokens is None:
        return None
    for pattern in (WITH_FRAME, WITHOUT_FRAME):
        matrices, rest = divmod(tokens.per_line.size, len(pattern))
        if matrices and not rest and np.array_equal(tokens.per_line, np.tile(pattern, matrices)):
            break
    else:
        return None
    stride = sum(pattern)
    head = stride - COVARIANCE_VALUES
    texts, shapes = tokens.texts, tokens.shapes
    frames: list[str | None] = [None] * matrices
    if set(texts[0::stride]) != {b"EPOCH"} or set(texts[1::stride]) != {b"="}:
        return None
    if pattern is WITH_FRAME:
        if set(texts[3::stride]) != {b"COV_REF_FRAME"} or set(texts[4::stride]) != {b"="}:
            return None
        frames = [frame.decode("latin-1") for frame in texts[5::stride]]
    forms: dict[str, FormCount] = {}
    epochs = _read_epochs(lines, tokens, slice(2, None, stride), forms)
    if epochs is None:
        return None
    is_value = np.ones(len(texts), dtype=bool)
    for column in range(head):
        is_value[column::stride] = False
    for column in reversed(range(head)):
        del texts[column :: stride - (head - 1 - column)]
        del shapes[column :: stride - (head - 1 - column)]
    values = read_token_numbers(texts, shapes, tokens.base + tokens.starts[is_value], max_digits, forms)
    if values is None:
        return None
    return CovarianceBlock(
        epochs, values.reshape(-1, COVARIANCE_VALUES), frames, tokens.line_indexes[:: len(pattern)], forms
    )


def _read_epochs(
    lines: Lines, tokens: LineTokens, where: slice, forms: dict[str, FormCount]
) -> npt.NDArray[np.datetime64] | None:
    shapes = tokens.shapes[where]
    offsets = tokens.base + tokens.starts[where]
    distinct = set(shapes)
    if len(distinct) > MAX_EPOCH_SHAPES:
        return None
    epochs = np.empty(len(shapes), dtype="datetime64[ns]")
    for shape in distinct:
        chosen = np.array([s == shape for s in shapes]) if len(distinct) > 1 else slice(None)
        read = read_uniform_times(lines.characters, offsets[chosen], shape.decode("latin-1"))
        if read is None:
            return None
        epochs[chosen] = read
        if shape.endswith(b"Z"):
            _count(forms, "TIM-008", read.size, offsets[chosen][0], tokens.texts[where][0])
        if shape[4:9].count(b"-") == 1:
            _count(forms, "STK-005", read.size, offsets[chosen][0], tokens.texts[where][0])
    return epochs


def read_token_numbers(
    texts: list[bytes],
    shapes: list[bytes],
    offsets: npt.NDArray[np.int64],
    max_digits: int,
    forms: dict[str, FormCount],
) -> npt.NDArray[np.float64] | None:
    """Read number tokens, given with their shapes and offsets; None where one has no clear value."""
    exponents = False
    for shape in set(shapes):
        problem = shape_problem(shape.decode("latin-1"), max_digits)
        if problem in FATAL:
            return None
        has_exponent = b"e" in shape or b"E" in shape
        exponents |= has_exponent
        for key in (problem, "STK-001" if has_exponent else None):
            if key is not None:
                index = shapes.index(shape)
                _count(forms, key, shapes.count(shape), offsets[index], texts[index])
    values = np.array(list(map(float, texts)))
    if np.isinf(values).any():
        return None
    if exponents and _underflows(texts[index] for index in np.flatnonzero(values == 0.0)):
        return None
    return values


def _underflows(zeros: Iterable[bytes]) -> bool:
    return any(NONZERO_MANTISSA.match(text.decode("latin-1")) for text in zeros)


def _count(forms: dict[str, FormCount], key: str, count: int, offset: np.int64, text: bytes) -> None:
    known = forms.get(key)
    if known is None:
        forms[key] = FormCount(count, int(offset), text.decode("latin-1"))
        return
    known.count += count
    if offset < known.offset:
        known.offset, known.text = int(offset), text.decode("latin-1")


def full_matrices(triangles: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Lower triangles, row by row, shape (m, 21), to symmetric matrices, shape (m, 6, 6)."""
    matrices = np.empty((triangles.shape[0], 6, 6))
    matrices[:, LOWER_ROWS, LOWER_COLUMNS] = triangles
    matrices[:, LOWER_COLUMNS, LOWER_ROWS] = triangles
    return matrices
