"""The database restored from a backup, then `fairway rebuild`: after that everything is as if nothing had happened."""

import shutil
import sqlite3
import time
from pathlib import Path

import httpx
import pytest
from support.command_line import program
from support.final_state import canonical_export, unsettled
from support.main_job import AS_OF, prepare_job, set_up_organizations
from support.service_process import ServiceProcess

pytestmark = pytest.mark.slow

_PATIENCE_S = 600.0


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> ServiceProcess:
    return ServiceProcess(tmp_path_factory.mktemp("rebuild") / "data", AS_OF)


@pytest.fixture(scope="module")
def backup(service: ServiceProcess) -> tuple[Path, list[Path]]:
    """A copy of the database before any operator has sent anything, and the mails sent by then; more was done after."""
    service.start()
    job = set_up_organizations(service.url, service.administrator(), prepare_job())
    service.wait_until_quiet()
    service.stop()
    kept = service.data.parent / "backup.db"
    with sqlite3.connect(service.data / "fairway.db") as database, sqlite3.connect(kept) as copy:
        database.backup(copy)  # the file alone may lack what stands in its log
    known_mails = mails(service)
    service.start()
    for file in job.files:
        headers = {"Authorization": f"Bearer {job.tokens[file.owner]}", "X-File-Name": file.name}
        answer = httpx.post(
            f"{service.url}/v1/documents",
            content=file.content,
            headers=headers | {"Content-Type": "application/octet-stream"},
            timeout=60,
        )
        assert answer.status_code == 202
        service.wait_until_quiet()
    service.stop()
    return kept, known_mails


def mails(service: ServiceProcess) -> list[Path]:
    return sorted((service.data / "mail").glob("*.eml"))


def without_the_hold(export: dict[str, list[str]]) -> dict[str, list[str]]:
    """The export without what tells of the restore itself, and without results that only the lost rows named."""
    export = {name: rows for name, rows in export.items() if name != "objects without a row"}
    of_the_restore = ('"outbound.', '"database.')
    export["table audit_log"] = [
        row for row in export["table audit_log"] if not any(action in row for action in of_the_restore)
    ]
    return export


def test_a_restored_and_rebuilt_service_holds_what_an_undisturbed_one_does(
    service: ServiceProcess, backup: tuple[Path, list[Path]]
) -> None:
    kept, known_mails = backup
    expected = canonical_export(service.data)
    assert expected["mails"]
    assert expected["table cdms"]
    for leftover in service.data.glob("fairway.db*"):
        leftover.unlink()
    shutil.copyfile(kept, service.data / "fairway.db")
    sent = mails(service)
    for mail in sent:
        if mail not in known_mails:
            mail.unlink()  # the backup does not know of it, and it is with its recipient

    rebuilt = program("rebuild", "--data", service.data, "--format", "json")
    assert rebuilt.exit_code == 0, rebuilt.errors
    assert '"rebuilt": 3' in rebuilt.output
    service.start()
    wait_until_only_mails_wait(service)
    assert mails(service) == known_mails, "nothing leaves before a person says so"
    service.stop()

    released = program("release-outbound", "--data", service.data)
    assert released.exit_code == 0, released.errors
    service.start()
    service.wait_until_quiet()
    service.stop()
    assert without_the_hold(canonical_export(service.data)) == without_the_hold(expected)
    assert len(mails(service)) == len(sent)


def wait_until_only_mails_wait(service: ServiceProcess) -> None:
    """Wait until everything but the mails is finished, and every mail is planned that was before."""
    deadline = time.monotonic() + _PATIENCE_S
    quiet_since: float | None = None
    database = service.data / "fairway.db"
    while quiet_since is None or time.monotonic() - quiet_since < 1:
        left = unsettled(database)
        waiting = left.pop("mails not sent")
        if any(left.values()) or not waiting:
            quiet_since = None
        elif quiet_since is None:
            quiet_since = time.monotonic()
        assert time.monotonic() < deadline, left
        time.sleep(0.1)
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        assert connection.execute("SELECT count(*) FROM conjunction_events").fetchone()[0]
