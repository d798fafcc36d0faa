"""Which failures say nothing of the event: a part that is away or full, and no process that died of its input."""

import pytest

from screening.worker.handler import EngineStuck
from servicekit.child import ChildDied
from servicekit.errors import StorageFull, Unavailable
from servicekit.outages import is_outage


@pytest.mark.parametrize(
    ("error", "is_one"),
    [
        (Unavailable("The object store does not answer"), True),
        (StorageFull("There is no room left"), True),
        (ChildDied("The parsing process ended with code -9"), False),
        (EngineStuck("The engine has said nothing for 300 s"), False),
        (ConnectionResetError("whose it was nobody can tell"), False),
        (ValueError("a fault of ours"), False),
    ],
    ids=lambda value: type(value).__name__,
)
def test_only_a_part_that_is_certainly_away_keeps_a_try_from_counting(error: Exception, *, is_one: bool) -> None:
    assert is_outage(error) is is_one
