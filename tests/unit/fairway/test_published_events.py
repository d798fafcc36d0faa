"""An event that an earlier commit has published stays as it was: the history is asked, and not the files alone."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SAID = "openapi/events/thing.said.v1.json"
SCHEMA = {
    "$id": "thing.said.v1",
    "properties": {"thing_id": {"type": "string"}, "size": {"default": 0, "type": "integer"}},
    "required": ["thing_id"],
}


class Repository:
    """One of its own, with one event in its first commit."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.git("init", "--quiet", "--initial-branch=main")
        self.write(SAID, SCHEMA)
        self.commit()

    def git(self, *arguments: str) -> str:
        said = ("-c", "user.name=Someone", "-c", "user.email=someone@example.org", "-c", "commit.gpgsign=false")
        command = ["git", *said, *arguments]
        return subprocess.run(
            command, cwd=self.folder, env=ENVIRONMENT, capture_output=True, text=True, check=True
        ).stdout

    def write(self, path: str, content: object) -> None:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(content, indent=2))

    def commit(self) -> str:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "as it is now")
        return self.git("rev-parse", "HEAD").strip()

    def compare(self, **environment: str) -> tuple[int, str]:
        """What `make generated` does when the files are as the code says, whatever that is."""
        return compare(self.folder, **environment)


def compare(folder: Path, **environment: str) -> tuple[int, str]:
    script = ROOT / "scripts" / "published_events.py"
    done = subprocess.run(
        [sys.executable, script], cwd=folder, env=ENVIRONMENT | environment, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


ENVIRONMENT = {
    name: value for name, value in os.environ.items() if name != "FAIRWAY_EVENTS_BASE" and not name.startswith("GIT_")
} | {"GIT_CEILING_DIRECTORIES": "/"}


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    (tmp_path / "repository").mkdir()
    return Repository(tmp_path / "repository")


def without(field: str) -> dict[str, object]:
    return SCHEMA | {"properties": {name: each for name, each in SCHEMA["properties"].items() if name != field}}


def test_an_event_whose_file_was_deleted_is_missed(repository: Repository):
    (repository.folder / SAID).unlink()
    repository.commit()
    code, said = repository.compare()
    assert code == 1
    assert f"{SAID}: the event is gone" in said
    assert "make the next one" in said


def test_a_schema_that_was_edited_together_with_the_code_is_found(repository: Repository):
    repository.write(SAID, without("size"))
    repository.commit()
    code, said = repository.compare()
    assert code == 1
    assert f"{SAID}: the field size is gone" in said


def test_an_event_that_is_dropped_before_it_is_committed_is_missed_too(repository: Repository):
    repository.write("openapi/events/other.said.v1.json", SCHEMA)
    repository.commit()
    repository.commit()
    (repository.folder / SAID).unlink()
    code, said = repository.compare()
    assert code == 1
    assert "other.said" not in said


def test_commits_after_a_break_do_not_hide_it(repository: Repository):
    repository.write(SAID, without("size"))
    repository.commit()
    repository.commit()
    repository.commit()
    code, said = repository.compare()
    assert (code, "the field size is gone" in said) == (1, True)


def test_what_may_be_added_passes_and_says_nothing(repository: Repository):
    more = {**SCHEMA["properties"], "more": {"default": None, "type": "string"}}
    repository.write(SAID, SCHEMA | {"properties": more, "description": "Said otherwise."})
    repository.write("openapi/events/thing.said.v2.json", without("size"))
    repository.commit()
    assert repository.compare() == (0, "")


def test_the_commit_that_is_named_is_the_newest_that_counts(repository: Repository):
    first = repository.git("rev-parse", "HEAD").strip()
    repository.write("openapi/events/never.published.v1.json", SCHEMA)
    second = repository.commit()
    (repository.folder / "openapi/events/never.published.v1.json").unlink()
    repository.commit()
    assert repository.compare(FAIRWAY_EVENTS_BASE=first) == (0, "")
    assert repository.compare(FAIRWAY_EVENTS_BASE=second)[0] == 1
    code, said = repository.compare(FAIRWAY_EVENTS_BASE="no-such-commit")
    assert (code, "not compared" in said) == (1, True)


def test_what_a_branch_has_not_published_may_change_there(repository: Repository):
    repository.git("update-ref", "refs/remotes/origin/main", "HEAD")
    repository.write("openapi/events/new.said.v1.json", SCHEMA)
    repository.commit()
    repository.write("openapi/events/new.said.v1.json", without("size"))
    repository.commit()
    repository.commit()
    assert repository.compare() == (0, "")


def test_versions_from_before_the_commit_that_is_written_down_count_no_more(repository: Repository):
    repository.write(SAID, without("size"))
    since = repository.commit()
    (repository.folder / "openapi/events-since").write_text(f"{since}  nothing was released before\n")
    repository.commit()
    assert repository.compare() == (0, "")
    repository.write(SAID, SCHEMA | {"properties": {}})
    code, said = repository.compare()
    assert (code, "the field thing_id is gone" in said, "size" in said) == (1, True, False)


@pytest.mark.parametrize("depth", [1, 2])
def test_a_clone_without_its_history_says_that_it_cannot_tell(repository: Repository, tmp_path: Path, depth: int):
    repository.write(SAID, without("size"))
    repository.commit()
    repository.commit()
    repository.git("clone", "--quiet", f"--depth={depth}", f"file://{repository.folder}", str(tmp_path / "clone"))
    code, said = compare(tmp_path / "clone")
    assert (code, "a part of the history only" in said) == (0, True)
    assert compare(tmp_path / "clone", FAIRWAY_EVENTS_BASE="no-such-commit")[0] == 1


def test_an_archive_without_git_says_so(tmp_path: Path):
    code, said = compare(tmp_path)
    assert (code, "not compared" in said) == (0, True)


def test_the_first_commit_has_nothing_to_keep_to(repository: Repository):
    assert repository.compare() == (0, "")
