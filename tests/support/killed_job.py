"""The main job in a service that is killed at a chosen moment and started again, and what is there at its end."""

import shutil
from collections import Counter
from pathlib import Path

import httpx
import pytest
from support.final_state import canonical_export
from support.main_job import AS_OF, Job, prepare_job, set_up_organizations
from support.service_process import ServiceProcess

__all__ = ["SIDES", "Export", "Prepared", "assert_nothing_is_lost_or_doubled", "die_at"]

SIDES = ("before", "after")

Export = dict[str, list[str]]
Prepared = tuple[Path, Job]


@pytest.fixture(scope="module")
def prepared_job(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
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
def undisturbed_job(prepared_job: Prepared, tmp_path_factory: pytest.TempPathFactory) -> tuple[Counter[str], Export]:
    """How many durable steps of each name the job takes when nothing happens, and what is there at its end."""
    service = _run(prepared_job, tmp_path_factory.mktemp("undisturbed"), die_at="never")
    return service.steps_taken(), canonical_export(service.data)


def die_at(name: str, steps: Counter[str], point: int, points: int) -> str:
    """Return one of so many moments, spread evenly over the steps of a name in an undisturbed run."""
    return f"{name}={1 + point * (steps[name] - 1) // points}"


def assert_nothing_is_lost_or_doubled(moment: str, prepared: Prepared, expected: Export, folder: Path) -> None:
    """Do the job, die at a moment of it, and compare with what is there without a death."""
    service = _run(prepared, folder, moment)
    assert service.deaths == 1, f"the process was to die at {moment}"
    found = canonical_export(service.data)
    broken_off = found.pop("objects without a row")  # of an upload: the sweep removes its bytes after a day
    assert set(broken_off) <= {"documents/<id>", "documents/<id>.envelope.json"}
    assert len(broken_off) <= 2
    assert found == {name: rows for name, rows in expected.items() if name != "objects without a row"}


def _run(prepared: Prepared, folder: Path, die_at: str) -> ServiceProcess:
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
