"""How far a partition is settled, where several of its events are in hand at a time."""

from collections.abc import Collection

__all__ = ["PartitionProgress"]

_REMEMBERED = 200
"""So many offsets behind the committed one may be fetched again without being handled again."""


class PartitionProgress:
    """The offsets of one partition between being fetched and being settled.

    An offset stands for an event only together with the event's identifier: a topic that was deleted and made again
    counts from 0 anew.
    """

    def __init__(self) -> None:
        self._unsettled: dict[int, str] = {}
        self._awaited: set[int] = set()
        """Unsettled ones that nobody has in hand: they were dropped, and are fetched again."""
        self._settled: dict[int, str] = {}
        self._behind_newest: int | None = None

    def assigned_again(self, in_hand: Collection[int]) -> None:
        """Take note that fetching begins anew at the committed offset; what is in hand goes on."""
        self._awaited = self._unsettled.keys() - set(in_hand)

    def fetched(self, offset: int, event_id: str) -> bool:
        """Take note of a record, and return whether it is to be handled: it is neither in hand nor settled."""
        for passed in [awaited for awaited in self._awaited if awaited < offset]:  # the broker has it no more
            self._awaited.discard(passed)
            self._unsettled.pop(passed, None)
        self._behind_newest = offset + 1
        if self._settled.get(offset) == event_id:
            return False
        is_in_hand = self._unsettled.get(offset) == event_id and offset not in self._awaited
        self._awaited.discard(offset)
        self._unsettled[offset] = event_id
        return not is_in_hand

    def settled(self, offset: int, event_id: str) -> None:
        """Take note that an event needs nothing more."""
        if self._unsettled.get(offset) != event_id:
            return
        del self._unsettled[offset]
        self._settled[offset] = event_id
        if len(self._settled) > 2 * _REMEMBERED:
            keep_from = (self.next_offset or 0) - _REMEMBERED
            self._settled = {each: known for each, known in self._settled.items() if each >= keep_from}

    @property
    def next_offset(self) -> int | None:
        """Where another process would begin: at the first event that is not settled; None where none was fetched."""
        if self._behind_newest is None:
            return None
        return min(self._behind_newest, min(self._unsettled, default=self._behind_newest))

    @property
    def span(self) -> int:
        """How many offsets lie between the first unsettled event and the newest one."""
        first = self.next_offset
        return 0 if first is None or self._behind_newest is None else self._behind_newest - first
