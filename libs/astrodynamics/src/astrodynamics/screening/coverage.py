"""What was screened and what was not, object by object."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]

REASONS: Final = (
    "screened",
    "decayed",
    "element_set_too_old",
    "propagation_failed",
    "outside_ephemeris",
    "wholly_in_past",
    "starts_beyond_span",
)
"""Names of the reason codes, by code."""
SCREENED, DECAYED, ELEMENT_SET_TOO_OLD, PROPAGATION_FAILED, OUTSIDE_EPHEMERIS, WHOLLY_IN_PAST, STARTS_BEYOND_SPAN = (
    range(7)
)


@dataclass(frozen=True, eq=False)
class Coverage:
    """Intervals of every object that took part; together they fill the span.

    Attributes
    ----------
    index
        Of the population, shape (m,), increasing; an object can have several intervals, in order of time.
    from_tai_ns, to_tai_ns
        Ends of the interval.
    reason
        Codes of `REASONS`.
    """

    index: Integers
    from_tai_ns: Integers
    to_tai_ns: Integers
    reason: npt.NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.index)

    def not_screened(self) -> "Coverage":
        """The intervals that were not screened."""
        return self.take(np.flatnonzero(self.reason != SCREENED))

    def screened(self) -> "Coverage":
        """The intervals that were screened."""
        return self.take(np.flatnonzero(self.reason == SCREENED))

    def take(self, rows: npt.NDArray[np.int64]) -> "Coverage":
        """Some of the intervals."""
        return Coverage(self.index[rows], self.from_tai_ns[rows], self.to_tai_ns[rows], self.reason[rows])

    def reason_names(self) -> list[str]:
        """The reason of each interval by name."""
        return [REASONS[code] for code in self.reason]

    def to_columns(self) -> dict[str, npt.NDArray[np.generic]]:
        """The columns by name."""
        return {
            "index": self.index,
            "from_tai_ns": self.from_tai_ns,
            "to_tai_ns": self.to_tai_ns,
            "reason": self.reason,
        }

    @classmethod
    def from_columns(cls, columns: dict[str, npt.NDArray[np.generic]]) -> "Coverage":
        """The reverse of `to_columns`."""
        return cls(
            np.asarray(columns["index"], dtype=np.int64),
            np.asarray(columns["from_tai_ns"], dtype=np.int64),
            np.asarray(columns["to_tai_ns"], dtype=np.int64),
            np.asarray(columns["reason"], dtype=np.uint8),
        )

    @classmethod
    def joined(cls, parts: "Sequence[Coverage]") -> "Coverage":
        """Coverage of several spans: intervals of one object and reason that touch become one.

        What a part said of itself alone is put as the whole would: an ephemeris that lies before or after one slice,
        but not before or after all of them, does not cover that slice; an object decayed within a failing stretch has
        decayed.
        """
        index, begin, end, reason = (
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("index", "from_tai_ns", "to_tai_ns", "reason")
        )
        order = np.lexsort((begin, index))
        index, begin, end, reason = index[order], begin[order], end[order], reason[order]
        if not len(index):
            return cls(index, begin, end, reason)
        objects = np.append(True, index[1:] != index[:-1])
        lowest, highest = (each.reduceat(reason, np.flatnonzero(objects)) for each in (np.minimum, np.maximum))
        mixed = (lowest != highest)[np.cumsum(objects) - 1]
        reason = np.where(mixed & np.isin(reason, (WHOLLY_IN_PAST, STARTS_BEYOND_SPAN)), OUTSIDE_EPHEMERIS, reason)
        opens = objects.copy()
        fails = np.isin(reason, (DECAYED, PROPAGATION_FAILED))
        alike = (reason[1:] == reason[:-1]) | (fails[1:] & fails[:-1])
        opens[1:] |= (begin[1:] != end[:-1]) | ~alike
        first = np.flatnonzero(opens)
        last = np.append(first[1:], len(index)) - 1
        told = np.minimum.reduceat(reason, first).astype(np.uint8)
        return cls(index[first], begin[first], end[last], told)
