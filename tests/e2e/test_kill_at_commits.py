"""The main job under SIGKILL before and after commits: after a new start everything is there, once."""

from collections import Counter
from pathlib import Path

import pytest
from support.killed_job import SIDES, Export, Prepared, assert_nothing_is_lost_or_doubled, die_at

pytestmark = pytest.mark.slow

POINTS = 7
"""How many moments on each side of a commit are tried, spread evenly over an undisturbed run."""


@pytest.mark.parametrize("point", range(POINTS))
@pytest.mark.parametrize("side", SIDES)
def test_nothing_is_lost_or_doubled_by_a_kill_at_a_commit(
    side: str,
    point: int,
    prepared_job: Prepared,
    undisturbed_job: tuple[Counter[str], Export],
    tmp_path: Path,
) -> None:
    steps, expected = undisturbed_job
    assert steps[f"commit:{side}"] >= POINTS
    moment = die_at(f"commit:{side}", steps, point, POINTS)
    assert_nothing_is_lost_or_doubled(moment, prepared_job, expected, tmp_path)
