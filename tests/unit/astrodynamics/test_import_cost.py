"""What an import costs: little, and no compiler before a kernel is used."""

import subprocess
import sys

import pytest


def run(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


def test_importing_the_package_loads_nothing_else():
    code = "import sys; before = set(sys.modules); import astrodynamics; print(*sorted(set(sys.modules) - before))"
    assert {name for name in run(code).split() if not name.startswith("astrodynamics")} == set()


@pytest.mark.parametrize(
    "module", ["", ".timescales", ".frames", ".sgp4", ".interpolation", ".trajectories", ".screening"]
)
def test_no_compiler_is_loaded_with_a_module(module):
    code = f"import sys, astrodynamics{module}; print('numba' in sys.modules, 'erfa' in sys.modules)"
    assert run(code).split() == ["False", "False"]


def test_every_cached_kernel_knows_of_changes_in_the_others():
    """numba renews a kernel when its own file changes; ours when any kernel file does."""
    code = (
        "from astrodynamics.jit import _content_of_all_kernels\n"
        "from astrodynamics.screening.encounters import analyse_candidates\n"
        "from astrodynamics.screening.sieve import sieve_chunk\n"
        "stamps = {kernel._cache._cache_file._source_stamp for kernel in (analyse_candidates, sieve_chunk)}\n"
        "print(stamps == {_content_of_all_kernels()})"
    )
    assert run(code).split() == ["True"]
