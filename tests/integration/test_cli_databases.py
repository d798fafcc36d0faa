"""`migrate`, `serve`, `doctor` and `token bootstrap` on real databases."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import asyncpg
import pytest
from sqlalchemy.engine import make_url
from support.command_line import fairway, program

from records.migrations import MIGRATIONS
from servicekit.ids import new_id

NOBODY = "postgresql+asyncpg://nobody:secret@127.0.0.1:1/nothing"


@pytest.fixture
async def empty_postgres(postgres_server):
    """The address of a database in which nothing is."""
    admin = await asyncpg.connect(postgres_server)
    name = f"fairway_{new_id().replace('-', '')}"
    await admin.execute(f"CREATE DATABASE {name}")
    yield make_url(postgres_server).set(drivername="postgresql+asyncpg", database=name).render_as_string(False)
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


@pytest.mark.slow
async def test_an_older_release_works_on_what_a_newer_one_has_migrated(tmp_path, empty_postgres):
    """So that pods of before go on during an upgrade, and come back after it was taken back."""
    settings = {"FAIRWAY_DATABASE__URL": empty_postgres, "FAIRWAY_DATA": str(tmp_path / "data")}
    assert program("migrate", **settings).exit_code == 0
    connection = await asyncpg.connect(empty_postgres.replace("+asyncpg", ""))
    await connection.execute("UPDATE alembic_version SET version_num = 'of_the_next_release'")
    await connection.execute("ALTER TABLE organizations ADD COLUMN of_the_next_release TEXT")
    await connection.close()
    migrated = program("migrate", "--format", "json", **settings)
    assert json.loads(migrated.output) == {"before": "of_the_next_release", "now": "of_the_next_release"}
    assert program("token", "bootstrap", **settings).exit_code == 0


@pytest.mark.slow
def test_a_shared_database_is_migrated_by_hand_before_anything_serves(tmp_path, empty_postgres):
    settings = {"FAIRWAY_DATABASE__URL": empty_postgres, "FAIRWAY_DATA": str(tmp_path / "data")}
    refused = program("serve", "ingest-api", "--port", "0", **settings)
    assert refused.exit_code == 3
    (sentence,) = refused.errors.splitlines()
    assert sentence.startswith("fairway: the database is at revision none")
    assert "fairway migrate" in sentence
    assert "postgresql" not in sentence

    ill = program("doctor", "--format", "json", **settings)
    assert ill.exit_code == 3
    (database,) = [each for each in json.loads(ill.output) if each["part"] == "database"]
    assert not database["good"]
    assert database["remedy"] == "run: fairway migrate"

    migrated = program("migrate", "--format", "json", **settings)
    assert migrated.exit_code == 0, migrated.errors
    assert json.loads(migrated.output) == {"before": None, "now": MIGRATIONS.newest}
    assert json.loads(program("migrate", "--format", "json", **settings).output)["before"] == MIGRATIONS.newest

    token = program("token", "bootstrap", **settings)
    assert token.exit_code == 0, token.errors
    assert program("token", "bootstrap", **settings).exit_code == 2
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "fairway", "serve", "ingest-api", "validator", "--port", str(port)],
        env=os.environ | settings,
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    try:
        listed = program_until_it_serves(port, token.output.strip())
        assert [each["role"] for each in json.loads(listed.output)] == ["admin"]
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=30)  # no dashboard among the named services
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    finally:
        process.kill()


def program_until_it_serves(port, token):
    deadline = time.monotonic() + 90
    while True:
        listed = program("token", "list", "--format", "json", "--url", f"http://127.0.0.1:{port}", FAIRWAY_TOKEN=token)
        if listed.exit_code == 0 or time.monotonic() > deadline:
            return listed


def test_a_database_that_does_not_answer_is_one_sentence_without_its_password(tmp_path):
    settings = {"FAIRWAY_DATABASE__URL": NOBODY, "FAIRWAY_DATA": str(tmp_path / "data")}
    for command in (("migrate",), ("serve", "validator", "--port", "0")):
        ended = program(*command, **settings)
        assert ended.exit_code == 3
        (sentence,) = ended.errors.splitlines()
        assert "the database cannot be used" in sentence
        assert "secret" not in sentence


def test_an_unknown_service_is_named_with_those_that_there_are(capsys):
    ended = fairway(capsys, "serve", "validater")
    assert ended.exit_code == 2
    assert "validator" in ended.errors


def test_an_embedded_database_is_migrated_too(capsys, tmp_path):
    ended = fairway(capsys, "migrate", "--data", tmp_path / "data")
    assert ended.exit_code == 0
    assert MIGRATIONS.newest in ended.output
    assert (tmp_path / "data" / "fairway.db").exists()


def test_a_healthy_machine_is_said_to_be_so_and_nothing_is_left_behind(capsys, tmp_path):
    ended = fairway(capsys, "doctor", "--data", tmp_path / "data", "--format", "json")
    assert ended.exit_code == 0
    found = json.loads(ended.output)
    parts = ["Python", "clock", "data folder", "disk", "database", "objects", "broker", "mail", "kernels"]
    assert [each["part"] for each in found] == parts
    assert all(each["good"] for each in found)
    assert not (tmp_path / "data").exists()


def test_each_thing_that_is_wrong_comes_with_what_to_do(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("FAIRWAY_DATABASE__URL", NOBODY)
    ended = fairway(capsys, "doctor", "--data", tmp_path, "--format", "json")
    assert ended.exit_code == 3
    (wrong,) = [each for each in json.loads(ended.output) if not each["good"]]
    assert wrong["part"] == "database"
    assert "FAIRWAY_DATABASE__URL" in wrong["remedy"]
    assert "secret" not in ended.output
