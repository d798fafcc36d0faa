"""The main job under SIGKILL: whatever the moment, after a new start everything is there, once."""

import shutil
from collections import Counter
from pathlib import Path

import httpx
import pytest
from support.final_state import canonical_export
from support.main_job import AS_OF, Job, prepare_job, set_up_organizations
from support.service_process import ServiceProcess

POINTS = {"commit": 7, "object": 4, "mail": 3}
"""How many moments before and after each kind of durable step are tried, spread evenly over an undisturbed run."""
MOMENTS = [
    (f"{kind}:{side}", point, points)
    for kind, points in POINTS.items()
    for side in ("before", "after")
    for point in range(points)
]

Export = dict[str, list[str]]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Job]:
    """A data folder with organizations, tokens, satellites and a catalogue, cleanly shut down, and the job to do."""
    service = ServiceProcess(tmp_path_factory.mktemp("prepared") / "data", AS_OF)
    service.start()
    try:
        job = set_up_organizations(service.url, service.administrator(), prepare_job())
        service.wait_until_quiet()
    finally:
        service.stop()
    return service.data, job


@pytest.fixture(scope="module")
def undisturbed(prepared: tuple[Path, Job], tmp_path_factory: pytest.TempPathFactory) -> tuple[Counter[str], Export]:
    """How many durable steps of each name the job takes when nothing happens, and what is there at its end."""
    service = _run(prepared, tmp_path_factory.mktemp("undisturbed"), die_at="never")
    return service.steps_taken(), canonical_export(service.data)


def _run(prepared: tuple[Path, Job], folder: Path, die_at: str) -> ServiceProcess:
    template, job = prepared
    shutil.copytree(template, folder / "data")
    service = ServiceProcess(folder / "data", AS_OF)
    service.start(die_at)
    try:
        for file in job.files:
            _upload(service, job, file.owner, file.name, file.content)
            service.wait_until_quiet()  # one file after the other: who is told what depends on what came first
    finally:
        service.stop()
    return service


def _upload(service: ServiceProcess, job: Job, owner: str, name: str, content: bytes) -> None:
    """Upload a file, again and again until it is acknowledged."""
    headers = {
        "Authorization": f"Bearer {job.tokens[owner]}",
        "Content-Type": "application/octet-stream",
        "X-File-Name": name,
    }
    while True:
        try:
            answer = httpx.post(f"{service.url}/v1/documents", content=content, headers=headers, timeout=60)
        except httpx.HTTPError:
            service.revive()
            continue
        assert answer.status_code in (200, 202), answer.text
        return


def test_the_job_without_a_kill_does_what_it_is_for(undisturbed: tuple[Counter[str], Export]) -> None:
    steps, export = undisturbed
    assert len(MOMENTS) >= 25
    assert set(steps) == {name for name, _, _ in MOMENTS}, "a kind of durable step at which nobody is killed"
    assert all(steps[name] >= points for name, _, points in MOMENTS)
    assert len(export["table documents"]) == len(export["table verdicts"]) == 4, "three uploads and the catalogue"
    assert len(export["table ephemerides"]) == 2, "the broken file made none"
    assert export["table cdms"], "the approaches that were placed there became messages"
    assert export["table conjunction_events"]
    assert export["mails"]
    assert export["objects without a row"] == []
    assert export["contradictions"] == []


@pytest.mark.slow
@pytest.mark.parametrize(("name", "point", "points"), MOMENTS)
def test_nothing_is_lost_or_doubled_by_a_kill(
    name: str,
    point: int,
    points: int,
    prepared: tuple[Path, Job],
    undisturbed: tuple[Counter[str], Export],
    tmp_path: Path,
) -> None:
    steps, expected = undisturbed
    die_at = f"{name}={1 + point * (steps[name] - 1) // points}"
    service = _run(prepared, tmp_path, die_at)
    assert service.deaths == 1, f"the process was to die at {die_at} of {steps[name]}"
    found = canonical_export(service.data)
    broken_off = found.pop("objects without a row")  # of an upload: the sweep removes its bytes after a day
    assert set(broken_off) <= {"documents/<id>", "documents/<id>.envelope.json"}
    assert len(broken_off) <= 2
    assert found == {name: rows for name, rows in expected.items() if name != "objects without a row"}
