"""Conjunction events: all messages about one passage of one pair.

A pure function of the messages, in whatever order they come. Messages of one pair belong together while consecutive
times of closest approach lie within a window of each other; each originator's view of each primary stays a thread of
its own, so that nothing merges two sources silently.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Literal

from assessment.cdm_summary import CdmSummary
from assessment.criteria import Level, highest

State = Literal["active", "superseded", "mitigated", "passed"]
MessageKey = tuple[str, str, str]

LEADS_FOR_S = 86_400.0
"""So long does a message with a probability stand before a newer one that has none."""

LONGEST_WINDOW_S = 1200.0
PART_OF_PERIOD = 0.25


@dataclass(frozen=True, slots=True)
class Window:
    """How far apart two closest approaches of a pair may be and still be one passage.

    Attributes
    ----------
    longest_s
        Upper limit, and the value where no period is known.
    part_of_period
        Part of the shorter orbital period.
    """

    longest_s: float = LONGEST_WINDOW_S
    part_of_period: float = PART_OF_PERIOD

    def seconds(self, first: CdmSummary, second: CdmSummary) -> float:
        """Window between two messages."""
        periods = (first.period_1_min, first.period_2_min, second.period_1_min, second.period_2_min)
        known = [60.0 * period for period in periods if period is not None]
        return min(self.longest_s, self.part_of_period * min(known)) if known else self.longest_s


DEFAULT_WINDOW = Window()


@dataclass(frozen=True, slots=True)
class ScreenedAgain:
    """A later, complete screening of a pair that found nothing within its volume.

    Attributes
    ----------
    originator
        Who screened; it closes this originator's threads only.
    norad_cat_id_1
        The primary of the thread.
    norad_cat_id_2
        The secondary.
    start, stop
        Interval that was screened.
    completed_at
        When the result stood.
    basis
        Of the thread, as in `CdmSummary`.
    """

    originator: str
    norad_cat_id_1: int
    norad_cat_id_2: int
    start: datetime
    stop: datetime
    completed_at: datetime
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Thread:
    """Successive messages of one originator about one primary on one basis, oldest first."""

    originator: str
    norad_cat_id_1: int
    basis: str
    messages: tuple[CdmSummary, ...]

    @property
    def latest(self) -> CdmSummary:
        """The newest message."""
        return self.messages[-1]

    @property
    def leading(self) -> CdmSummary:
        """The message that the thread's level is taken from."""
        return leading_of(self.messages)


@dataclass(frozen=True, slots=True)
class ConjunctionEvent:
    """One passage of one pair.

    Attributes
    ----------
    key
        Made of the pair and the closest approach of the first message ever: the same messages give the same key.
    messages
        All messages, oldest first.
    threads
        By originator, primary and basis.
    latest
        The newest message.
    leading
        The message of an open thread whose closest approach, miss distance and probability are the event's own, see
        `leading_of`.
    level
        The most urgent among the leading messages of the open threads, of an originator those with a probability where
        there are any; "none" once mitigated.
    state
        Active, mitigated (every thread was screened again and lies outside) or passed. A superseded event is one that
        `match_existing` redirects.
    highest_probability, smallest_miss_distance_m
        The worst values over all messages.
    """

    key: str
    norad_cat_id_low: int
    norad_cat_id_high: int
    messages: tuple[CdmSummary, ...]
    threads: tuple[Thread, ...]
    latest: CdmSummary
    leading: CdmSummary
    level: Level
    state: State
    highest_probability: float | None
    smallest_miss_distance_m: float

    @property
    def tca(self) -> datetime:
        """Closest approach as the leading message has it."""
        return self.leading.tca


def leading_of(messages: Sequence[CdmSummary]) -> CdmSummary:
    """Return the message that speaks for all, of messages sorted by age.

    It is the newest one with a probability, as long as that is less than a day older than the newest of all: both
    objects' covariances say more than the same passage screened against a catalogue without any. Else the newest.
    """
    newest = messages[-1]
    for message in reversed(messages):
        is_recent = (newest.creation_date - message.creation_date).total_seconds() < LEADS_FOR_S
        if message.collision_probability is not None and is_recent:
            return message
    return newest


def _by_age(message: CdmSummary) -> tuple[datetime, str, str, str, str]:
    return (message.creation_date, message.basis, *message.key)


def _by_pair_and_tca(message: CdmSummary) -> tuple[tuple[int, int], int, tuple[datetime, str, str, str, str]]:
    return (message.pair, message.tca_tai_ns, _by_age(message))


def _passages(messages: Sequence[CdmSummary], window: Window) -> Iterable[list[CdmSummary]]:
    """Split one pair's messages, sorted by closest approach, where the gap exceeds the window."""
    passage: list[CdmSummary] = []
    for message in messages:
        if passage:
            gap_s = (message.tca_tai_ns - passage[-1].tca_tai_ns) * 1e-9
            if gap_s > window.seconds(passage[-1], message):
                yield passage
                passage = []
        passage.append(message)
    if passage:
        yield passage


def _threads(messages: Sequence[CdmSummary]) -> tuple[Thread, ...]:
    def thread_key(message: CdmSummary) -> tuple[str, int, str]:
        return (message.originator, message.norad_cat_id_1, message.basis)

    ordered = sorted(messages, key=lambda message: (thread_key(message), _by_age(message)))
    return tuple(Thread(*key, tuple(group)) for key, group in groupby(ordered, key=thread_key))


def _is_closed(thread: Thread, screened_again: Sequence[ScreenedAgain]) -> bool:
    latest = thread.latest
    return any(
        again.originator == thread.originator
        and again.norad_cat_id_1 == thread.norad_cat_id_1
        and again.basis == thread.basis
        and again.norad_cat_id_2 == latest.norad_cat_id_2
        and again.start <= latest.tca <= again.stop
        and again.completed_at > latest.creation_date
        for again in screened_again
    )


def _telling_most(threads: Sequence[Thread]) -> Sequence[Thread]:
    """Leave out threads without a probability where another thread of the same originator has one."""
    informed = {thread.originator for thread in threads if thread.leading.collision_probability is not None}
    return [
        thread
        for thread in threads
        if thread.originator not in informed or thread.leading.collision_probability is not None
    ]


def _event(passage: Sequence[CdmSummary], now: datetime, screened_again: Sequence[ScreenedAgain]) -> ConjunctionEvent:
    messages = tuple(sorted(passage, key=_by_age))
    first, latest = messages[0], messages[-1]
    low, high = first.pair
    threads = _threads(messages)
    open_threads = tuple(thread for thread in threads if not _is_closed(thread, screened_again))
    speaking = [message for thread in open_threads or threads for message in thread.messages]
    leading = leading_of(sorted(speaking, key=_by_age))
    probabilities = [m.collision_probability for m in messages if m.collision_probability is not None]
    state: State = "passed" if leading.tca < now else "active" if open_threads else "mitigated"
    return ConjunctionEvent(
        key=f"{low:09d}_{high:09d}_{first.tca_tai_ns}",
        norad_cat_id_low=low,
        norad_cat_id_high=high,
        messages=messages,
        threads=threads,
        latest=latest,
        leading=leading,
        level=highest(tuple(thread.leading.level for thread in _telling_most(open_threads))),
        state=state,
        highest_probability=max(probabilities, default=None),
        smallest_miss_distance_m=min(message.miss_distance_m for message in messages),
    )


def group_events(
    cdms: Iterable[CdmSummary],
    *,
    now: datetime,
    screened_again: Sequence[ScreenedAgain] = (),
    window: Window = DEFAULT_WINDOW,
) -> tuple[ConjunctionEvent, ...]:
    """Group messages into events, sorted by pair and closest approach.

    The same messages give the same events in whatever order they come; a message given twice counts once.

    Parameters
    ----------
    cdms
        Any number of pairs.
    now
        Aware datetime that decides what has passed.
    screened_again
        Later screenings that found nothing: they mitigate.
    window
        How near in time messages of one passage lie.

    """
    distinct = {message.key + message.pair: message for message in cdms}
    ordered = sorted(distinct.values(), key=_by_pair_and_tca)
    return tuple(
        _event(passage, now, screened_again)
        for _, pair_messages in groupby(ordered, key=lambda message: message.pair)
        for passage in _passages(list(pair_messages), window)
    )


@dataclass(frozen=True, slots=True)
class ExistingEvent:
    """An event as it is stored: its identifier, when it was made, and the keys of its messages."""

    event_id: str
    created_at: datetime
    message_keys: frozenset[MessageKey]


@dataclass(frozen=True, slots=True)
class Matching:
    """Which stored event each grouped event continues.

    Attributes
    ----------
    continued
        Grouped events with the identifier of the stored event, None for a new one; in the order of grouping.
    redirects
        Identifier of each stored event that was merged away, to the one that goes on.
    """

    continued: tuple[tuple[str | None, ConjunctionEvent], ...]
    redirects: dict[str, str]


def match_existing(existing: Sequence[ExistingEvent], grouped: Sequence[ConjunctionEvent]) -> Matching:
    """Keep identifiers: a group continues the oldest stored event that shares a message with it.

    Where a group covers several stored events, they have merged: the oldest goes on and the others are redirected to
    it. Where a stored event's messages fall into several groups, the first of them keeps the identifier.
    """
    claimed: set[str] = set()
    continued: list[tuple[str | None, ConjunctionEvent]] = []
    redirects: dict[str, str] = {}
    oldest_first = sorted(existing, key=lambda event: (event.created_at, event.event_id))
    for event in grouped:
        keys = {message.key for message in event.messages}
        shared = [stored.event_id for stored in oldest_first if stored.message_keys & keys]
        unclaimed = [event_id for event_id in shared if event_id not in claimed]
        survivor = unclaimed[0] if unclaimed else None
        for merged in unclaimed[1:]:
            redirects[merged] = unclaimed[0]
        claimed.update(unclaimed)
        continued.append((survivor, event))
    return Matching(tuple(continued), redirects)
