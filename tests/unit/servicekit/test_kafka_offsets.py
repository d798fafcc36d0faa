"""How far a partition is settled while several of its events are in hand."""

from servicekit.bus.kafka_offsets import PartitionProgress


def progress(*offsets: int) -> PartitionProgress:
    made = PartitionProgress()
    for offset in offsets:
        made.fetched(offset, f"event {offset}")
    return made


def test_nothing_is_committed_before_anything_was_fetched() -> None:
    assert PartitionProgress().next_offset is None


def test_the_offset_stays_at_the_first_event_that_is_not_settled() -> None:
    made = progress(5, 6, 7)
    made.settled(6, "event 6")
    made.settled(7, "event 7")
    assert made.next_offset == 5
    assert made.span == 3
    made.settled(5, "event 5")
    assert made.next_offset == 8
    assert made.span == 0


def test_gaps_between_offsets_are_of_no_matter() -> None:
    made = progress(5, 90)
    made.settled(5, "event 5")
    assert made.next_offset == 90


def test_a_record_is_handled_once_however_often_it_is_fetched() -> None:
    made = progress(5, 6)
    assert not made.fetched(5, "event 5"), "it is in hand"
    made.settled(5, "event 5")
    assert not made.fetched(5, "event 5"), "it is settled, be the commit lost or not"
    assert made.fetched(5, "another event of the same number")


def test_after_a_new_assignment_what_was_dropped_is_handled_and_what_is_in_hand_or_settled_is_not() -> None:
    made = progress(5, 6, 7)
    made.settled(7, "event 7")
    made.assigned_again([5])
    assert made.next_offset == 5
    assert [made.fetched(offset, f"event {offset}") for offset in (5, 6, 7, 8)] == [False, True, False, True]
    made.settled(5, "event 5")
    assert made.next_offset == 6


def test_what_ends_before_it_is_fetched_again_is_committed_up_to_what_was_dropped() -> None:
    made = progress(5, 6, 7)
    made.assigned_again([5])
    made.settled(5, "event 5")
    assert made.next_offset == 6


def test_what_the_broker_has_forgotten_holds_nothing_up() -> None:
    made = progress(5, 6)
    made.assigned_again([])
    made.fetched(90, "event 90")
    made.settled(90, "event 90")
    assert made.next_offset == 91


def test_what_is_remembered_of_settled_events_is_bounded() -> None:
    made = PartitionProgress()
    for offset in range(10_000):
        made.fetched(offset, "event")
        made.settled(offset, "event")
    assert len(made._settled) <= 400
    assert made.next_offset == 10_000


def test_a_topic_that_was_made_again_counts_from_the_beginning() -> None:
    made = progress(500)
    assert made.fetched(0, "the first event of the new topic")
    made.settled(500, "event 500")
    assert made.next_offset == 0
    assert made.fetched(500, "another event of the same number")
