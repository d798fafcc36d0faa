"""Files are there whole, or not at all."""

import pytest

from fairway.errors import CommandError
from fairway.whole_files import check_place, write_whole


def test_a_file_is_written_with_ordinary_permissions(tmp_path):
    file = tmp_path / "out.csv"
    write_whole(file, [b"one\n", b"two\n"])
    assert file.read_bytes() == b"one\ntwo\n"
    beside = tmp_path / "beside"
    beside.touch()
    assert file.stat().st_mode == beside.stat().st_mode


def test_a_failure_in_the_middle_leaves_the_older_file_and_nothing_else(tmp_path):
    file = tmp_path / "out.csv"
    file.write_bytes(b"older")

    def pieces():
        yield b"newer"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_whole(file, pieces())
    assert file.read_bytes() == b"older"
    assert list(tmp_path.iterdir()) == [file]


def test_a_full_disk_is_one_sentence(tmp_path):
    def pieces():
        yield b"newer"
        raise OSError(28, "No space left on device")

    with pytest.raises(CommandError, match="No space left"):
        write_whole(tmp_path / "out.csv", pieces())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("place", ["missing/out.csv", "."])
def test_a_place_that_cannot_be_written_is_said_beforehand(tmp_path, place):
    with pytest.raises(CommandError):
        check_place(tmp_path / place)
