"""Fails where an event schema here breaks whoever knows it as an earlier commit had it.

The files in openapi/events say what the code emits and reads now: comparing them with the code does not find whoever
takes a field out of both. What has been published stands in the history: every version of every file, up to the commit
before this one (or FAIRWAY_EVENTS_BASE; or, on a branch, up to where it left origin/main).
Where a line of openapi/events-since names a commit, only what stood there and came after it counts: nobody reads older
versions any more, and no topic holds them.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from servicekit.event_schemas import breaking_changes

EVENTS = "openapi/events"
SINCE = Path("openapi/events-since")
REMEDY = (
    "events are read by older and newer processes, and wait in topics for days: leave the version as it was, and make "
    "the next one, a class with a topic of its own (v2), beside it"
)


class GitError(Exception):
    """Git is not there, or says no; the message is what it said."""


def git(*arguments: str) -> str:
    """Run git in the current folder and return what it printed."""
    try:
        done = subprocess.run(["git", *arguments], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise GitError("git is not installed") from None
    if done.returncode:
        raise GitError(done.stderr.strip() or f"git {arguments[0]} ended with {done.returncode}")
    return done.stdout.strip()


def base() -> str | None:
    """Return the newest commit whose schemas count as published; None where this one is the first."""
    if given := os.environ.get("FAIRWAY_EVENTS_BASE"):
        return git("rev-parse", "--verify", f"{given}^{{commit}}")
    head, *parents = git("rev-list", "--parents", "--max-count=1", "HEAD").split()
    try:
        left_main_at = git("merge-base", "HEAD", "origin/main")
    except GitError:
        left_main_at = head  # there is no such branch here, or a short history does not reach back to it
    if left_main_at != head:
        return left_main_at
    return parents[0] if parents else None


def published(newest: str) -> Iterator[tuple[str, str]]:
    """Yield the commit and path of each version, the newest first."""
    since = SINCE.read_text().split()[0] if SINCE.is_file() else None
    history = ("--first-parent", "-m", "--no-renames", "--diff-filter=AM", "--name-only", "--format=commit %h")
    commit = ""
    for line in git("log", *history, f"{since}..{newest}" if since else newest, "--", EVENTS).splitlines():
        if line.startswith("commit "):
            commit = line.removeprefix("commit ")
        elif line.endswith(".json"):
            yield commit, line
    if since:
        for path in git("ls-tree", "-r", "--name-only", since, "--", EVENTS).splitlines():
            yield since, path


def faults(newest: str) -> dict[str, str]:
    """Return what is broken, with the newest commit that had it otherwise."""
    found: dict[str, str] = {}
    for commit, path in published(newest):
        file = Path(path)
        if file.is_file():
            broken = breaking_changes(json.loads(git("show", f"{commit}:{path}")), json.loads(file.read_text()))
        else:
            broken = ["the event is gone"]
        for fault in broken:
            found.setdefault(f"{path}: {fault}", commit)
    return found


def not_compared(why: str) -> int:
    """Say that it was not compared: an archive has no history. It is a fault where a commit was named for it."""
    print(f"event schemas were not compared with all that earlier commits published: {why}", file=sys.stderr)
    return 1 if os.environ.get("FAIRWAY_EVENTS_BASE") else 0


def main() -> int:
    """Compare, and return what the process ends with."""
    try:
        if git("rev-parse", "--show-prefix"):
            return not_compared("this folder is no repository of its own")
        newest = base()
    except GitError as error:
        return not_compared(str(error))
    found = faults(newest) if newest else {}
    for fault, commit in found.items():
        print(f"{fault} (commit {commit} has it otherwise)")
    if found:
        print(REMEDY)
        return 1
    if not os.environ.get("FAIRWAY_EVENTS_BASE") and git("rev-parse", "--is-shallow-repository") == "true":
        return not_compared("the clone has a part of the history only; `git fetch --unshallow` gets the rest")
    return 0


if __name__ == "__main__":
    sys.exit(main())
