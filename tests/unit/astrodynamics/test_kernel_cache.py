"""Compiled kernels in a place that can only be read: used from there, and compiled for now where they are missing."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

COMPILING = """
import logging, sys
logging.basicConfig(stream=sys.stdout, format="%(message)s")
import a_kernel
print(a_kernel.twice(21), sum(a_kernel.twice.stats.cache_hits.values()))
"""
KERNEL = """
from astrodynamics.jit import kernel

@kernel
def twice(x):
    return 2 * x
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "a_kernel.py").write_text(KERNEL)
    (tmp_path / "kernels").mkdir()
    return tmp_path


def run(place: Path) -> list[str]:
    """Use the kernel in a process of its own; the last line is the result and how often the cache had it."""
    environment = {
        **os.environ,
        "NUMBA_CACHE_DIR": str(place / "kernels"),
        "NUMBA_CACHE_LOCATOR_CLASSES": "astrodynamics.kernel_cache.ShippedKernels",
        "PYTHONPATH": str(place),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    done = subprocess.run(
        [sys.executable, "-c", COMPILING], env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()


def test_shipped_kernels_are_read(place: Path):
    assert run(place) == ["42 0"]
    assert run(place) == ["42 1"]


def test_a_kernel_that_cannot_be_kept_is_used_and_said_to_have_been_compiled(place: Path):
    shutil.rmtree(place / "kernels")
    (place / "kernels").symlink_to(place / "absent" / "folder")  # nothing is there, and root too can make nothing there
    said, result = run(place)
    assert result == "42 0"
    assert "was compiled and cannot be kept" in said
