"""A child process computes, reports, dies when it is cancelled, and never outlives its parent."""

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import psutil
import pytest
from support.child_functions import count, die, fail, process_id, refuse, work_forever

from servicekit.child import ChildDied, ChildProcess
from servicekit.errors import NotFound

TESTS = Path(__file__).parents[2]


@pytest.fixture
async def child() -> AsyncIterator[ChildProcess]:
    process = ChildProcess("compute")
    yield process
    await process.close()


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


async def start_endless_work(child: ChildProcess, folder: Path) -> tuple[asyncio.Task[None], int]:
    started: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(child.run(work_forever, str(folder / "pid"), on_progress=started.set_result))
    return task, await started


async def test_work_is_done_in_one_other_process_that_stays(child: ChildProcess) -> None:
    first, second = await child.run(process_id), await child.run(process_id)
    assert first == second != os.getpid()


async def test_progress_is_reported_in_order_and_before_the_result(child: ChildProcess) -> None:
    reports: list[dict[str, int]] = []
    assert await child.run(count, 50, on_progress=reports.append) == 50
    assert reports == [{"done": number, "of": 50} for number in range(1, 51)]


async def test_reports_of_one_call_do_not_reach_the_next(child: ChildProcess) -> None:
    await child.run(count, 5)
    reports: list[dict[str, int]] = []
    await child.run(count, 2, on_progress=reports.append)
    assert [report["of"] for report in reports] == [2, 2]


async def test_what_the_function_raises_is_raised_here(child: ChildProcess) -> None:
    with pytest.raises(ValueError, match="no such thing") as failed:
        await child.run(fail, "no such thing")
    assert "child_functions.py" in failed.value.__notes__[0]
    with pytest.raises(NotFound) as caught:
        await child.run(refuse, "No object 25544")
    assert (caught.value.detail, caught.value.extensions) == ("No object 25544", {"norad_cat_id": 25544})
    assert caught.value.headers == {"X": "y"}


async def test_a_child_that_dies_is_an_error_and_the_next_call_has_a_new_one() -> None:
    deaths: list[str] = []
    child = ChildProcess("compute", on_death=deaths.append)
    before = await child.run(process_id)
    with pytest.raises(ChildDied, match="compute process ended"):
        await child.run(die)
    assert deaths == ["compute"]
    assert await child.run(process_id) != before
    await child.close()


async def test_cancelling_kills_the_child_and_the_next_call_has_a_new_one(child: ChildProcess, tmp_path: Path) -> None:
    task, pid = await start_endless_work(child, tmp_path)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not psutil.pid_exists(pid)
    assert await child.run(process_id) != pid


async def test_a_call_that_is_cancelled_while_it_waits_its_turn_kills_nobody(
    child: ChildProcess, tmp_path: Path
) -> None:
    endless, pid = await start_endless_work(child, tmp_path)
    waiting = asyncio.create_task(child.run(process_id))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert psutil.pid_exists(pid)
    assert not endless.done()
    endless.cancel()
    with pytest.raises(asyncio.CancelledError):
        await endless


async def test_closing_ends_a_child_that_works(tmp_path: Path) -> None:
    child = ChildProcess("parsing")
    task, pid = await start_endless_work(child, tmp_path)
    await child.close()
    assert not psutil.pid_exists(pid)
    with pytest.raises(ChildDied):
        await task


PARENT = """
import asyncio, sys
from servicekit.child import ChildProcess
from support.child_functions import work_forever

if __name__ == "__main__":
    asyncio.run(ChildProcess("compute").run(work_forever, sys.argv[1]))
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_parent_that_is_killed_takes_its_child_along(tmp_path: Path, number: signal.Signals) -> None:
    script = tmp_path / "parent.py"
    script.write_text(textwrap.dedent(PARENT))
    pid_file = tmp_path / "pid"
    environment = {**os.environ, "PYTHONPATH": str(TESTS)}
    with subprocess.Popen([sys.executable, script, pid_file], env=environment) as parent:
        until(lambda: pid_file.exists() and pid_file.read_text() != "")
        pid = int(pid_file.read_text())
        assert psutil.pid_exists(pid)
        parent.send_signal(number)
        parent.wait()
    until(lambda: not psutil.pid_exists(pid))
