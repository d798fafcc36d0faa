"""Nothing is lost, in short: little work on real parts, while one of each kind of fault happens.

``make test-chaos`` does more of it. What both look for stands in `chaos.invariants`.
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from chaos.fleet import LINKS, PARTS, in_pairs, together
from chaos.plan import plan
from chaos.trial import by_plan, run, undisturbed, wrong
from chaos.work import Size, prepare

pytestmark = pytest.mark.slow

SERVICES = ("ingest-api", "validator", "screening", "screening-worker", "notifier")
SIZE = Size(uploads=12, cdms=30, screenings=1, over_s=15)
SEED = 7
"""A validator stops for 20 s, a worker is killed, the link to PostgreSQL is cut, Kafka is killed."""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the database's own user may go through: pytest closes its own to others whenever one starts."""
    with tempfile.TemporaryDirectory(prefix="fairway-chaos-") as name:
        yield Path(name)


def test_nothing_is_lost_or_doubled_while_processes_are_killed_and_links_cut(folder: Path) -> None:
    work = prepare(SIZE, (datetime.now(UTC) + timedelta(hours=6)).replace(minute=0, second=0, microsecond=0))
    faults = plan(SEED, count=4, every_s=3, processes=[*PARTS, *in_pairs(SERVICES)], links=LINKS)
    with ThreadPoolExecutor(1) as thread:
        calm = thread.submit(run, folder / "calm", work.over(3), together(SERVICES), undisturbed(), said("calm"))
        found = run(folder / "disturbed", work, in_pairs(SERVICES), by_plan(faults), said("disturbed"))
        expected = calm.result()
    assert not expected.faults, "\n".join(expected.faults)
    assert not (lines := wrong(expected, found)), "\n".join(lines)
    assert found.counts["conjunction_events"] == work.event_count
    assert found.counts["cdms"] > SIZE.cdms, "none is our own"
    assert found.counts["screening_runs"] == expected.counts["screening_runs"] > 0


def said(name: str) -> Callable[[str], None]:
    """Return what prints a line with its time, for whoever looks why the test fails."""
    begun = time.monotonic()

    def say(line: str) -> None:
        print(f"{name} {time.monotonic() - begun:6.1f} s  {line}", flush=True)

    return say
