"""Compressed catalogues are unpacked piece by piece, and a bomb is noticed before it goes off."""

import gzip
import random
import tracemalloc

import pytest
from support.files import packed

from validator.question import Limits
from validator.unpacking import DamagedError, TooLargeError, unpacked

MEBIBYTE = 1024 * 1024
LIMITS = Limits(unpacked_max_bytes=64 * MEBIBYTE, unpacked_max_ratio=100.0, refused_share=0.1)


def test_what_was_packed_comes_back():
    content = random.Random(1).randbytes(3 * MEBIBYTE + 17)
    assert unpacked(packed(content), LIMITS) == content


def test_several_members_and_padding_are_one_file():
    first, second = b"one\n" * 1000, b"two\n" * 300_000
    assert unpacked(packed(first) + packed(second) + b"\0" * 100, LIMITS) == first + second


def test_a_bomb_is_refused_while_it_is_small():
    bomb = packed(b"\0" * (300 * MEBIBYTE))
    tracemalloc.start()
    with pytest.raises(TooLargeError, match="100 times as many"):
        unpacked(bomb, LIMITS)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 80 * MEBIBYTE


def test_a_bomb_of_members_is_refused():
    member = packed(b"\0" * MEBIBYTE)
    with pytest.raises(TooLargeError):
        unpacked(member * 100, LIMITS)


def test_a_large_file_that_is_no_bomb_is_refused_by_its_size():
    limits = Limits(unpacked_max_bytes=MEBIBYTE, unpacked_max_ratio=1e9, refused_share=0.1)
    with pytest.raises(TooLargeError, match="more than 1048576 bytes"):
        unpacked(packed(b"x" * (MEBIBYTE + 1)), limits)


@pytest.mark.parametrize("length", [3, 12, 200, -1])
def test_a_file_that_is_cut_off_is_damaged(length):
    whole = gzip.compress(random.Random(2).randbytes(1000), mtime=0)
    with pytest.raises(DamagedError, match="in the middle"):
        unpacked(whole[:length], LIMITS)


def test_a_changed_byte_is_noticed():
    whole = bytearray(gzip.compress(random.Random(3).randbytes(1000), mtime=0))
    whole[500] ^= 0xFF
    with pytest.raises(DamagedError, match="damaged"):
        unpacked(bytes(whole), LIMITS)


def test_rubbish_after_the_last_member_is_noticed():
    with pytest.raises(DamagedError, match="damaged"):
        unpacked(packed(b"fine") + b"rubbish", LIMITS)
