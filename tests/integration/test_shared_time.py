"""Machines whose clocks differ: what they write into one database is of one time, the database's."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.engine import make_url

from servicekit.clock import SharedClock
from servicekit.runtime.shared_time import compare_clocks
from servicekit.store import Actor, Store

AHEAD = timedelta(minutes=10)
AGREES = timedelta(seconds=30)


class ClockOfAnotherMachine:
    def __init__(self, ahead: timedelta) -> None:
        self.ahead = ahead

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@pytest.mark.parametrize("ahead", [AHEAD, -AHEAD, timedelta(milliseconds=300)], ids=["ahead", "behind", "in step"])
async def test_times_are_the_databases_whatever_the_machine_shows(postgres_server: str, ahead: timedelta) -> None:
    address = make_url(postgres_server).set(drivername="postgresql+asyncpg").render_as_string(hide_password=False)
    machine = ClockOfAnotherMachine(ahead)
    clock = SharedClock(machine)
    store = Store(address, clock)
    await compare_clocks(store, clock)
    async with store.write(Actor("system", "test")) as unit:
        assert abs(unit.now - datetime.now(UTC)) < AGREES
    assert bool(clock.ahead) is (abs(ahead) > AGREES), "a clock that is near enough is left alone"

    machine.ahead = timedelta()  # somebody has set it right
    await compare_clocks(store, clock)
    assert clock.ahead == timedelta()
    await store.close()


def test_an_answer_that_took_long_moves_no_clock_that_it_cannot_judge() -> None:
    clock = SharedClock(ClockOfAnotherMachine(timedelta()))
    clock.compare(datetime.now(UTC) - timedelta(seconds=8), took=timedelta(seconds=8))
    assert clock.ahead == timedelta()
