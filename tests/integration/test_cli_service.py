"""The commands that are clients, against a service that `fairway up` runs: upload, catalog, token, dead-letters."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from support.command_line import fairway, serving
from support.crossing_orbits import CROSSING, OURS, crossing_catalogue, ephemeris_of
from support.embedded import NOON
from support.files import oem, packed
from support.orbit_files import oem_of, omm_csv

from servicekit.clock import SystemClock
from servicekit.ids import new_id
from servicekit.store import Actor, Store
from servicekit.store.engine import sqlite_url
from servicekit.store.plumbing import DeliveryRow

pytestmark = pytest.mark.slow

STRANGER = 40000


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("service") / "data", "--as-of", NOON.isoformat()) as service:
        yield service


@pytest.fixture(scope="module")
def folder(served):
    return served.process.args[served.process.args.index("--data") + 1]


@pytest.fixture(scope="module")
def operator(served):
    """The token of an operator, made as an administrator would, and its organization."""
    admin = {"Authorization": f"Bearer {served.token}"}
    with httpx.Client(base_url=f"{served.url}/v1", headers=admin, timeout=60) as client:
        organization = client.post("/organizations", json={"name": "Northern Orbits"}).raise_for_status().json()
        client.put(f"/satellites/{OURS}", json={"organization_id": organization["id"]}).raise_for_status()
        new = {"organization_id": organization["id"], "name": "flight dynamics", "role": "operator"}
        return client.post("/tokens", json=new).raise_for_status().json()["token"], organization["id"]


@pytest.fixture
def command(capsys, served, operator):
    def run(*arguments, token=None):
        return fairway(capsys, *arguments, "--url", served.url, "--token", token or served.token)

    run.operator, run.organization_id = operator
    return run


@pytest.fixture(scope="module")
def catalogue(served, tmp_path_factory):
    """The catalogue of the crossing orbits, loaded."""
    file = tmp_path_factory.mktemp("catalogue") / "crossing.csv.gz"
    file.write_bytes(packed(omm_csv(crossing_catalogue())))
    with httpx.Client(base_url=f"{served.url}/v1", timeout=90) as client:
        answer = client.post(
            "/catalogues",
            content=file.read_bytes(),
            headers={"Authorization": f"Bearer {served.token}", "X-File-Name": file.name, "Prefer": "wait=60"},
        )
    assert answer.json()["status"] == "accepted"
    return file


@pytest.fixture
def ours(tmp_path):
    def write(name="ours.oem", **changes):
        file = tmp_path / name
        file.write_bytes(oem_of(ephemeris_of(OURS, **changes), str(OURS)))
        return file

    return write


# --- upload ---------------------------------------------------------------------------------------------------------


def test_an_upload_without_a_catalogue_waits_for_the_verdict_and_says_what_the_screening_waits_for(command, ours):
    ended = command("upload", ours("early.oem"), "--wait", token=command.operator)
    assert ended.exit_code == 0, ended.errors
    assert "waiting" in ended.output
    assert "No catalogue has been loaded yet" in ended.output


@pytest.mark.usefixtures("catalogue")
def test_an_upload_is_followed_to_verdict_and_screening(command, ours):
    ended = command(
        *("upload", ours("a[bold]name.oem", sigma_m=None), "--designation", "special", "--wait", "--format", "json"),
        token=command.operator,
    )
    assert ended.exit_code == 0, ended.errors
    answer = json.loads(ended.output)
    assert answer["status"] == "accepted"
    assert answer["file"] == "a[bold]name.oem"
    assert "stored as" in ended.errors
    (run,) = answer["screenings"]
    assert run["state"] == "completed"
    assert run["approach_count"] > 0
    again = command(
        *("upload", ours("a[bold]name.oem", sigma_m=None), "--designation", "special", "--wait", "--format", "json"),
        token=command.operator,
    )
    assert "is there already" in again.errors
    assert json.loads(again.output) == answer, "what was uploaded before has its results too"


def test_the_table_for_people_cuts_no_identifier_and_reads_no_markup(command, ours):
    file = ours("b[red]name.oem", stop=CROSSING + timedelta(minutes=20))
    ended = command("upload", file, token=command.operator)
    identifier = ended.errors.split(" as ")[1].strip()
    assert identifier in ended.output
    assert "b[red]name.oem" in ended.output
    again = command("upload", file, token=command.operator)
    assert "is there already" in again.errors
    assert identifier in again.output


def test_a_rejected_file_ends_with_1_and_its_findings(command, tmp_path):
    broken = tmp_path / "broken.oem"
    broken.write_bytes(oem(object_id=str(OURS)).replace(b"6878.000000000", b"68O8.000000000", 1))
    ended = command("upload", broken, "--wait", token=command.operator)
    assert ended.exit_code == 1
    assert "rejected" in ended.output
    assert "broken.oem:" in ended.output


def test_a_finding_about_the_whole_file_names_no_line(command, tmp_path):
    foreign = tmp_path / "foreign.oem"
    foreign.write_bytes(oem(object_id=str(STRANGER)))
    ended = command("upload", foreign, "--wait", "--norad-cat-id", STRANGER, token=command.operator)
    assert ended.exit_code == 1
    assert "foreign.oem: SVC-001: " in ended.output
    assert "None" not in ended.output


def test_a_file_that_is_not_there_is_said_before_anything_is_sent(command, ours):
    ended = command("upload", ours("c.oem"), "missing.oem", token=command.operator)
    assert ended.exit_code == 2
    assert "missing.oem is not a file" in ended.errors
    assert "stored" not in ended.errors


# --- catalog --------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("catalogue")
def test_a_catalogue_is_loaded_and_becomes_the_one_in_force(command, tmp_path):
    file = tmp_path / "again.csv"
    file.write_bytes(omm_csv(crossing_catalogue()))
    ended = command("catalog", "load", file)
    assert ended.exit_code == 0, ended.errors
    assert "it is catalogue" in ended.output
    told = json.loads(command("catalog", "load", file, "--format", "json").output)
    assert told["duplicate"]
    assert told["catalogue_id"] in ended.output


def test_what_is_no_catalogue_ends_with_1(command, tmp_path):
    file = tmp_path / "letter.txt"
    file.write_bytes(b"Dear sir or madam\n")
    ended = command("catalog", "load", file)
    assert ended.exit_code == 1
    assert "rejected: line 1: FMT-001" in ended.output


def test_an_operator_loads_no_catalogue(command, catalogue):
    ended = command("catalog", "load", catalogue, token=command.operator)
    assert ended.exit_code == 2
    assert "403" in ended.errors


def test_the_demonstration_catalogue_can_be_written_to_a_file(capsys, tmp_path):
    import ccsds

    out = tmp_path / "demo.csv"
    ended = fairway(capsys, "catalog", "demo", "--out", out)
    assert ended.exit_code == 0
    sets, findings = ccsds.read_catalogue(out)
    assert len(sets) > 20_000
    assert findings == ()


# --- token ----------------------------------------------------------------------------------------------------------


def test_a_token_is_made_works_and_is_ended(command):
    made = command("token", "create", command.organization_id, "--name", "night shift", "--scope", "documents:read")
    assert made.exit_code == 0, made.errors
    (secret,) = made.output.split()
    listed = json.loads(command("token", "list", "--format", "json").output)
    (row,) = [each for each in listed if each["name"] == "night shift"]
    assert row["scopes"] == ["documents:read"]
    assert secret not in json.dumps(listed)
    assert row["id"] in command("token", "list").output
    assert "403" in command("token", "list", token=secret).errors  # it may not, but it is somebody
    assert command("token", "revoke", row["id"]).exit_code == 0
    assert "401" in command("token", "list", token=secret).errors


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--role", "emperor"), "operator-admin"),
        (("--scope", "tokens:write"), "tokens:write"),
        (("--expires-at", "2001-01-01T00:00:00Z"), "past"),
    ],
)
def test_a_token_that_cannot_be_given_is_refused_in_one_sentence(command, arguments, said):
    ended = command("token", "create", command.organization_id, "--name", "x", *arguments)
    assert ended.exit_code == 2
    assert len(ended.errors.splitlines()) == 1
    assert said in ended.errors


# --- dead letters ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def dead_letter(folder):
    """An event that has been parked, put where the bus keeps them."""
    row = DeliveryRow(
        event_id=new_id(),
        consumer="validator.decide",
        topic="document.received.v1",
        payload={"document_id": new_id(), "row_version": 1},
        trace_id="0" * 32,
        emitted_at=NOON,
        state="dead",
        attempts=5,
        due_at=NOON,
        settled_at=NOON,
        error="there is no document",
        error_kind="LookupError",
    )

    async def put():
        store = Store(sqlite_url(Path(folder) / "fairway.db"), SystemClock())
        async with store.write(Actor("system", "test")) as unit:
            unit.session.add(row)
        await store.close()

    asyncio.run(put())
    return row.event_id, row.consumer


def test_dead_letters_are_listed_shown_and_replayed(command, dead_letter):
    event_id, consumer = dead_letter
    listed = json.loads(command("dead-letters", "list", "--format", "json").output)
    assert [(each["event_id"], each["consumer"]) for each in listed] == [dead_letter]
    assert event_id in command("dead-letters", "list").output
    shown = json.loads(command("dead-letters", "show", event_id, consumer).output)
    assert shown["error"] == "there is no document"
    assert shown["payload"]["row_version"] == 1
    replayed = command("dead-letters", "replay", event_id, consumer)
    assert replayed.exit_code == 0, replayed.errors
    assert command("dead-letters", "replay", event_id, "notifier.none").exit_code == 2


# --- whatever the command -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [("token", "list"), ("dead-letters", "list")])
def test_without_a_service_a_token_or_a_valid_one_it_is_one_sentence(capsys, served, arguments):
    for options, exit_code, said in (
        (("--url", "http://127.0.0.1:1", "--token", "x"), 3, "does not answer"),
        (("--url", served.url), 2, "FAIRWAY_TOKEN"),
        (("--url", served.url, "--token", "x"), 2, "401"),
    ):
        ended = fairway(capsys, *arguments, *options)
        assert ended.exit_code == exit_code
        assert ended.output == ""
        assert len(ended.errors.splitlines()) == 1
        assert said in ended.errors
