"""How far a partition is settled, where several of its events are in hand at a time."""

__all__ = ["PartitionProgress"]


class PartitionProgress:
    """The offsets of one partition between being fetched and being settled.

    An offset stands for an event only together with the event's identifier: a topic that was deleted and made again
    counts from 0 anew.
    """

    def __init__(self) -> None:
        self._unsettled: dict[int, str] = {}
        self._behind_newest: int | None = None

    def carried_over(self, in_hand: dict[int, str]) -> "PartitionProgress":
        """Return the progress after the partition was assigned anew: only what is in hand is remembered.

        Everything behind the committed offset comes again; what was settled out of turn does, too.
        """
        after = PartitionProgress()
        after._unsettled = {offset: event_id for offset, event_id in self._unsettled.items() if offset in in_hand}
        return after

    def fetched(self, offset: int, event_id: str) -> bool:
        """Take note of a record, and return whether it is new: not in hand already."""
        is_new = self._unsettled.get(offset) != event_id
        self._unsettled[offset] = event_id
        self._behind_newest = offset + 1
        return is_new

    def settled(self, offset: int, event_id: str) -> None:
        """Take note that an event needs nothing more."""
        if self._unsettled.get(offset) == event_id:
            del self._unsettled[offset]

    @property
    def next_offset(self) -> int | None:
        """Where another process would begin: at the first event that is not settled; None where none was fetched."""
        if self._behind_newest is None:
            return None
        return min(self._unsettled, default=self._behind_newest)

    @property
    def span(self) -> int:
        """How many offsets lie between the first unsettled event and the newest one."""
        first = self.next_offset
        return 0 if first is None or self._behind_newest is None else max(0, self._behind_newest - first)
