"""The catalogue of a demonstration, from a file that somebody names."""

import gzip

import pytest

from fairway.demo.scenario import from_file
from fairway.errors import CommandError


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (gzip.compress(b"\0" * 200_000_000, 1, mtime=0), "cannot be unpacked"),
        (gzip.compress(b"0 ISS\n" * 100, mtime=0)[:-12], "cannot be unpacked"),
        (b"\x89PNG\r\n\x1a\n", "is no catalogue"),
    ],
    ids=["bomb", "broken", "picture"],
)
def test_a_bomb_a_broken_and_a_wrong_file_are_one_sentence(tmp_path, content, said):
    file = tmp_path / "catalogue.gz"
    file.write_bytes(content)
    with pytest.raises(CommandError, match=said):
        from_file(file)


def test_a_file_that_is_not_there_is_one_sentence(tmp_path):
    with pytest.raises(CommandError, match="cannot be read"):
        from_file(tmp_path / "missing.3le")
