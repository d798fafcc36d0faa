"""The data folder: one process at a time, and one kind of time for its whole life."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from servicekit.clock import ReplayClock, SystemClock
from servicekit.runtime import FolderInUse, lock_folder
from servicekit.runtime.replay import ReplayMismatch, clock_of_folder

AS_OF = datetime(2024, 9, 17, 12, tzinfo=UTC)

HOLDER = """
import sys, time
from pathlib import Path
from servicekit.runtime.folder_lock import lock_folder

with lock_folder(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def holder(folder: Path) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_second_process_is_refused_in_one_sentence_and_let_in_when_the_first_was_killed(tmp_path: Path) -> None:
    with holder(tmp_path / "data") as first:
        with pytest.raises(FolderInUse) as caught, lock_folder(tmp_path / "data"):
            pass
        assert str(caught.value) == f"The folder {tmp_path / 'data'} is in use by process {first.pid}"
        assert caught.value.sentence.endswith("Stop that process, or choose another folder with --data.")
        first.send_signal(signal.SIGKILL)
        first.wait()
    with lock_folder(tmp_path / "data"):
        assert (tmp_path / "data" / "lock").read_text() == f"{os.getpid()}\n"


def test_a_folder_lives_in_the_present_unless_it_was_made_otherwise(tmp_path: Path) -> None:
    assert isinstance(clock_of_folder(tmp_path, None, is_new=True), SystemClock)


def test_a_replay_begins_at_its_time_and_goes_on_across_restarts(tmp_path: Path) -> None:
    first = clock_of_folder(tmp_path, AS_OF, is_new=True)
    assert timedelta(0) <= first.now() - AS_OF < timedelta(minutes=1)
    for as_of in (None, AS_OF):
        again = clock_of_folder(tmp_path, as_of, is_new=False)
        assert isinstance(again, ReplayClock)
        assert isinstance(first, ReplayClock)
        assert again.offset == first.offset


def test_a_folders_time_cannot_be_changed(tmp_path: Path) -> None:
    with pytest.raises(ReplayMismatch, match="lives in the present"):
        clock_of_folder(tmp_path, AS_OF, is_new=False)
    clock_of_folder(tmp_path, AS_OF, is_new=True)
    with pytest.raises(ReplayMismatch, match=r"replays from 2024-09-17T12:00:00\+00:00, not from 2024-09-18"):
        clock_of_folder(tmp_path, AS_OF + timedelta(days=1), is_new=False)
