"""The main job under SIGKILL: whatever the moment, after a new start everything is there, once."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from support.final_state import canonical_export, is_quiet, unsettled
from support.main_job import AS_OF, Job, prepare_job, set_up_organizations

SCRIPT = Path(__file__).parents[1] / "support" / "dying_service.py"
POINTS = 28
"""How many moments are tried, spread evenly over all durable steps of an undisturbed run."""
PATIENCE_S = 120.0


@dataclass
class Service:
    """The process under test; it may be started again on the same folder."""

    data: Path
    steps: Path
    process: subprocess.Popen[bytes] | None = None
    port: int = 0
    deaths: int = 0

    def start(self, die_at: int = 0) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        arguments = [str(self.data), str(self.port), AS_OF.isoformat(), str(die_at), str(self.steps)]
        self.process = subprocess.Popen(
            [sys.executable, str(SCRIPT), *arguments], env=os.environ | {"PYTHONWARNINGS": "default"}
        )
        self._wait_until_it_answers()

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not self.is_dead:
            try:
                if httpx.get(f"{self.url}/healthz", timeout=5).is_success:
                    return
            except httpx.HTTPError:
                time.sleep(0.05)
            assert time.monotonic() < deadline, "the service does not start"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def is_dead(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def revive(self) -> None:
        """Start again, undisturbed, if it has been killed."""
        if self.is_dead:
            assert self.process is not None
            assert self.process.returncode == -signal.SIGKILL, f"it ended by itself: {self.process.returncode}"
            self.deaths += 1
            self.start()

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            assert self.process.wait(30) == 0

    def steps_taken(self) -> int:
        return len(self.steps.read_text().splitlines())


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Job]:
    """A data folder with organizations, tokens, satellites and a catalogue, cleanly shut down, and the job to do."""
    data = tmp_path_factory.mktemp("prepared") / "data"
    job = prepare_job()
    service = Service(data, data.parent / "steps")
    service.start()
    try:
        job = set_up_organizations(service.url, _administrator(data), job)
        _wait_until_quiet(service)
    finally:
        service.stop()
    return data, job


def _administrator(data: Path) -> str:
    file = data / "administrator"
    deadline = time.monotonic() + PATIENCE_S
    while not file.exists() or not file.read_text():
        assert time.monotonic() < deadline, "no administrator's token was made"
        time.sleep(0.05)
    return file.read_text()


def _do_the_job(service: Service, job: Job) -> None:
    """Upload every file, again and again until it is acknowledged, and wait until nothing is left to do."""
    for file in job.files:
        while True:
            try:
                answer = httpx.post(
                    f"{service.url}/v1/documents",
                    content=file.content,
                    headers={
                        "Authorization": f"Bearer {job.tokens[file.owner]}",
                        "Content-Type": "application/octet-stream",
                        "X-File-Name": file.name,
                    },
                    timeout=60,
                )
            except httpx.HTTPError:
                service.revive()
                continue
            assert answer.status_code in (200, 202), answer.text
            break
    _wait_until_quiet(service)


def _wait_until_quiet(service: Service) -> None:
    (database,) = service.data.glob("*.db")
    deadline = time.monotonic() + PATIENCE_S
    quiet_since: float | None = None
    while quiet_since is None or time.monotonic() - quiet_since < 0.5:
        service.revive()
        if not is_quiet(database):
            quiet_since = None
        elif quiet_since is None:
            quiet_since = time.monotonic()
        assert time.monotonic() < deadline, f"not finished: {json.dumps(unsettled(database))}"
        time.sleep(0.05)


def _run(prepared: tuple[Path, Job], folder: Path, die_at: int) -> Service:
    template, job = prepared
    shutil.copytree(template, folder / "data")
    service = Service(folder / "data", folder / "steps")
    service.start(die_at)
    try:
        _do_the_job(service, job)
    finally:
        service.stop()
    return service


@pytest.fixture(scope="module")
def undisturbed(
    prepared: tuple[Path, Job], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[int, dict[str, list[str]]]]:
    """How many durable steps the job takes when nothing happens, and what is there at its end."""
    service = _run(prepared, tmp_path_factory.mktemp("undisturbed"), die_at=0)
    return service.steps_taken(), canonical_export(service.data)


def test_the_job_without_a_kill_does_what_it_is_for(undisturbed: tuple[int, dict[str, list[str]]]) -> None:
    steps, export = undisturbed
    assert steps > 2 * POINTS
    assert len(export["table documents"]) == len(export["table verdicts"]) == 4, "three uploads and the catalogue"
    assert len(export["table ephemerides"]) == 2, "the broken file made none"
    assert export["table cdms"], "the approaches that were placed there became messages"
    assert export["table conjunction_events"]
    assert export["mails"]
    assert export["objects without a row"] == []


@pytest.mark.slow
@pytest.mark.parametrize("point", range(POINTS))
def test_nothing_is_lost_or_doubled_by_a_kill(
    point: int, prepared: tuple[Path, Job], undisturbed: tuple[int, dict[str, list[str]]], tmp_path: Path
) -> None:
    steps, expected = undisturbed
    die_at = 1 + (point * (steps - 1)) // POINTS
    service = _run(prepared, tmp_path, die_at)
    assert service.deaths == 1, f"the process was to die at step {die_at} of {steps}"
    found = canonical_export(service.data)
    orphans = found.pop("objects without a row")
    assert all(name.startswith("documents/") for name in orphans), "what the sweep removes: bytes of a broken upload"
    assert found == {name: rows for name, rows in expected.items() if name != "objects without a row"}
