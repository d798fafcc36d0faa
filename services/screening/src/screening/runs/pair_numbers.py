"""Pairs of catalogue numbers, looked for among many approaches at once."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from assessment.approach_columns import ApproachColumns

__all__ = ["PairNumbers"]


class PairNumbers:
    """A set of pairs of catalogue numbers.

    Parameters
    ----------
    pairs
        The smaller number first.
    """

    def __init__(self, pairs: Iterable[tuple[int, int]]) -> None:
        self._keys = np.unique(np.array([low << 32 | high for low, high in pairs], dtype=np.int64))

    def which(self, columns: ApproachColumns) -> npt.NDArray[np.bool_]:
        """Return which approaches are of these pairs, shape (n,)."""
        return np.isin(columns.norad_cat_id_1 << 32 | columns.norad_cat_id_2, self._keys)
