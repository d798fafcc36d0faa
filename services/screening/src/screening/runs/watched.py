"""Pairs that have an event: whether a run screened them and found nothing."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from assessment.approach_columns import ApproachColumns
from screening.runs.gaps import Gap
from screening.runs.inputs import RunInputs
from screening.runs.pair_numbers import PairNumbers
from screening.runs.population import Members

__all__ = ["Watch", "Watched"]

_SAME_PASSAGE_NS: Final = 1_200_000_000_000
"""An approach of a pair so near in time to an event's is that event's: the longest window of grouping."""


@dataclass(frozen=True)
class Watched:
    """A pair that has an event, to see whether this run screened it and found nothing."""

    norad_cat_id_low: int
    norad_cat_id_high: int
    tca_tai_ns: int

    @property
    def pair(self) -> tuple[int, int]:
        """The two numbers, the smaller first."""
        return self.norad_cat_id_low, self.norad_cat_id_high


class Watch:
    """Looks through approaches, some at a time, for those of watched pairs.

    Parameters
    ----------
    watched
        The pairs.
    inputs
        Of the run: pairs that are left out of it on purpose were not screened, and it answers nothing of theirs.
    """

    def __init__(self, watched: Iterable[Watched], inputs: RunInputs) -> None:
        left_out = set(inputs.known_pairs)
        wanted = None if inputs.pairs is None else set(inputs.pairs)
        self._watched = [
            each for each in watched if each.pair not in left_out and (wanted is None or each.pair in wanted)
        ]
        self._by_pair: dict[tuple[int, int], list[Watched]] = defaultdict(list)
        for each in self._watched:
            self._by_pair[each.pair].append(each)
        self._pairs = PairNumbers(self._by_pair)
        self._found: set[Watched] = set()

    def look_through(self, columns: ApproachColumns) -> None:
        """Take notice of approaches of the run."""
        if not self._watched:
            return
        those = columns.rows(self._pairs.which(columns))
        numbers = zip(those.norad_cat_id_1.tolist(), those.norad_cat_id_2.tolist(), strict=True)
        stays = zip(those.from_tai_ns.tolist(), those.to_tai_ns.tolist(), strict=True)
        for pair, (begin, end) in zip(numbers, stays, strict=True):
            self._found.update(
                each
                for each in self._by_pair[pair]
                if begin - _SAME_PASSAGE_NS <= each.tca_tai_ns <= end + _SAME_PASSAGE_NS
            )

    def found_nothing(self, gaps: Sequence[Gap], members: Members, start: int, stop: int) -> tuple[Watched, ...]:
        """Return the pairs that were screened at the time of their event and had nothing in the volume."""
        primaries = set(members.norad_cat_id[members.primaries].tolist())
        secondaries = set(members.norad_cat_id[members.secondaries].tolist())
        gaps_of_number: dict[int, list[Gap]] = defaultdict(list)
        for gap in gaps:
            gaps_of_number[gap.norad_cat_id].append(gap)

        def was_screened(each: Watched) -> bool:
            (low, high), tca = each.pair, each.tca_tai_ns
            was_paired = (low in primaries and high in secondaries) or (high in primaries and low in secondaries)
            of_both = (*gaps_of_number[low], *gaps_of_number[high])
            was_missed = any(gap.from_tai_ns <= tca <= gap.to_tai_ns for gap in of_both)
            return was_paired and not was_missed and start <= tca < stop

        return tuple(each for each in self._watched if each not in self._found and was_screened(each))
