"""The main job under SIGKILL before and after objects and mails are written: afterwards everything is there, once."""

from collections import Counter
from pathlib import Path

import pytest
from support.killed_job import SIDES, Export, Prepared, assert_nothing_is_lost_or_doubled, die_at

pytestmark = pytest.mark.slow

POINTS = {"object": 4, "mail": 3}
"""How many moments on each side of a step are tried, spread evenly over an undisturbed run."""
MOMENTS = [(f"{kind}:{side}", point) for kind, points in POINTS.items() for side in SIDES for point in range(points)]


def test_the_job_without_a_kill_does_what_it_is_for(undisturbed_job: tuple[Counter[str], Export]) -> None:
    steps, export = undisturbed_job
    kinds = ("commit", *POINTS)
    assert set(steps) == {f"{kind}:{side}" for kind in kinds for side in SIDES}, "a kind at which nobody is killed"
    assert len(export["table documents"]) == len(export["table verdicts"]) == 4, "three uploads and the catalogue"
    assert len(export["table ephemerides"]) == 2, "the broken file made none"
    assert export["table cdms"], "the approaches that were placed there became messages"
    assert export["table conjunction_events"]
    assert export["mails"]
    assert export["objects without a row"] == []
    assert export["contradictions"] == []


@pytest.mark.parametrize(("name", "point"), MOMENTS)
def test_nothing_is_lost_or_doubled_by_a_kill_at_an_object_or_a_mail(
    name: str,
    point: int,
    prepared_job: Prepared,
    undisturbed_job: tuple[Counter[str], Export],
    tmp_path: Path,
) -> None:
    steps, expected = undisturbed_job
    points = POINTS[name.partition(":")[0]]
    assert steps[name] >= points
    assert_nothing_is_lost_or_doubled(die_at(name, steps, point, points), prepared_job, expected, tmp_path)
