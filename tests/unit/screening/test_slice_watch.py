"""When a slice is broken off because it is going to take longer than a task may."""

from dataclasses import dataclass

import pytest

from astrodynamics.screening import Progress
from screening.worker.slice_watch import SliceWatch

CHUNKS = 13


@dataclass
class Process:
    """One whose clock and processor time are put forward by hand."""

    clock_s: float = 0.0
    processor_s: float = 0.0

    def watch(self, *, threads: int = 1) -> SliceWatch:
        return SliceWatch(threads, 30.0, clock_s=lambda: self.clock_s, processor_s=lambda: self.processor_s)

    def passes(self, clock_s: float, processor_s: float) -> None:
        self.clock_s += clock_s
        self.processor_s += processor_s


def chunks_until_broken_off(chunks: list[tuple[float, float]], *, threads: int = 1) -> tuple[int | None, float]:
    """Return after how many chunks the slice was found too long (None: never), and what it would have taken."""
    process = Process()
    watch = process.watch(threads=threads)
    for done, (clock_s, processor_s) in enumerate(chunks, start=1):
        process.passes(clock_s, processor_s)
        watch.progress(Progress(done, len(chunks), 0))
        if watch.is_too_long():
            return done, watch.expected_s
    return None, 0.0


def test_a_slice_as_it_was_planned_is_finished() -> None:
    assert chunks_until_broken_off([(0.7, 0.6)] * CHUNKS) == (None, 0.0)


def test_a_slice_that_needs_more_processor_time_than_a_task_may_take_is_broken_off_after_its_first_chunk() -> None:
    done, expected_s = chunks_until_broken_off([(3.0, 3.0)] * CHUNKS)
    assert done == 1
    assert expected_s == pytest.approx(39.0)


def test_a_slice_on_a_core_that_others_use_too_is_broken_off_by_the_clock() -> None:
    done, expected_s = chunks_until_broken_off([(3.0, 0.6)] * CHUNKS)
    assert done == 2
    assert expected_s == pytest.approx(39.0)


def test_two_threads_that_get_half_of_their_cores_are_broken_off_by_the_clock() -> None:
    done, expected_s = chunks_until_broken_off([(6.0, 6.0), (0.0, 0.0)] * 7, threads=2)
    assert done == 3
    assert expected_s == pytest.approx(42.0)


def test_what_is_cut_goes_by_what_was_worked_however_slow_the_core_was() -> None:
    process = Process()
    watch = process.watch()
    for done in (1, 2, 3):
        process.passes(10.0, 0.5)
        watch.progress(Progress(done, 12, 0))
    assert watch.is_too_long()
    assert watch.expected_core_s == pytest.approx(6.0)


@pytest.mark.parametrize("stopped_at", [0, 1, 6, CHUNKS - 1])
def test_a_process_that_was_stopped_once_is_not_slow(stopped_at: int) -> None:
    chunks = [(20.0 if place == stopped_at else 0.7, 0.6) for place in range(CHUNKS)]
    assert chunks_until_broken_off(chunks) == (None, 0.0)


def test_a_slice_whose_last_chunk_is_done_is_never_broken_off() -> None:
    assert chunks_until_broken_off([(40.0, 40.0)]) == (None, 0.0)
