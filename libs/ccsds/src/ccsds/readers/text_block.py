"""Records of a text ephemeris read in bulk: thousands of lines per step, as long as they are clean."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ccsds.readers.ephemeris_block import FormCount, LineTokens, read_token_numbers, tokens_of_lines
from ccsds.readers.text_layout import STATE_NUMBERS, Layout, TimeForm
from ccsds.syntax.lines import Lines

__all__ = ["ANY_DIGITS", "TextBlock", "read_text_block"]

ANY_DIGITS = 1000
"""The text formats do not limit the digits of a number."""
MAX_TIME_SHAPES = 32


@dataclass(slots=True)
class TextBlock:
    """Records: epochs (n,), states (n, 6), covariance numbers (n, k) or None, line indexes of the states (n,)."""

    epochs: npt.NDArray[np.datetime64]
    states: npt.NDArray[np.float64]
    covariances: npt.NDArray[np.float64] | None
    line_indexes: npt.NDArray[np.int64]
    forms: dict[str, FormCount]


def read_text_block(lines: Lines, first: int, stop: int, layout: Layout) -> TextBlock | None:
    """Read lines first to stop - 1, whole records with or without covariance; None where one is not clean."""
    tokens = tokens_of_lines(lines, first, stop)
    if tokens is None or not tokens.texts:
        return None
    form = layout.time_of_width(int(tokens.per_line[0]))
    if form is None:
        return None
    width = form.token_count + STATE_NUMBERS
    for pattern in ((width, *layout.covariance_lines), (width,)):
        records, rest = divmod(tokens.per_line.size, len(pattern))
        if records and not rest and np.array_equal(tokens.per_line, np.tile(pattern, records)):
            break
    else:
        return None
    stride, head = sum(pattern), form.token_count
    epochs = _read_epochs(lines, tokens, form, stride)
    if epochs is None:
        return None
    is_number = np.ones(len(tokens.texts), dtype=bool)
    texts, shapes = tokens.texts, tokens.shapes
    for column in reversed(range(head)):
        is_number[column::stride] = False
        del texts[column :: stride - (head - 1 - column)]
        del shapes[column :: stride - (head - 1 - column)]
    forms: dict[str, FormCount] = {}
    values = read_token_numbers(texts, shapes, tokens.base + tokens.starts[is_number], ANY_DIGITS, forms)
    if values is None:
        return None
    rows = values.reshape(records, stride - head)
    return TextBlock(
        epochs,
        rows[:, :STATE_NUMBERS],
        rows[:, STATE_NUMBERS:] if len(pattern) > 1 else None,
        tokens.line_indexes[:: len(pattern)],
        forms,
    )


def _read_epochs(lines: Lines, tokens: LineTokens, form: TimeForm, stride: int) -> npt.NDArray[np.datetime64] | None:
    columns = [tokens.shapes[place::stride] for place in range(form.token_count)]
    offsets = [tokens.base + tokens.starts[place::stride] for place in range(form.token_count)]
    shapes = list(zip(*columns, strict=True))
    distinct = set(shapes)
    if len(distinct) > MAX_TIME_SHAPES:
        return None
    epochs = np.empty(len(shapes), dtype="datetime64[ns]")
    for parts in distinct:
        chosen = np.array([shape == parts for shape in shapes]) if len(distinct) > 1 else np.ones(len(shapes), bool)
        blank = np.full((int(chosen.sum()), 1), ord(" "), dtype=np.uint8)
        pieces = []
        for part, starts in zip(parts, offsets, strict=True):
            pieces += [lines.characters[starts[chosen][:, np.newaxis] + np.arange(len(part))], blank]
        read = form.read_many(np.concatenate(pieces[:-1], axis=1), b" ".join(parts).decode("latin-1"))
        if read is None:
            return None
        epochs[chosen] = read
    return epochs
