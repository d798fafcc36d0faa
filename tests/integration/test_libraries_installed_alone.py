"""The two libraries that stand alone: their wheels, in a fresh environment, bring in what they say and nothing else."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UV = Path(sys.executable).with_name("uv")
pytestmark = pytest.mark.slow

CCSDS = """
import ccsds
data = open(sys.argv[1], "rb").read()
assert ccsds.validate(data, profile="strict").verdict == "valid"
oem = ccsds.read(data)
assert ccsds.write(oem, "kvn") == data
assert ccsds.read(ccsds.write(oem, "xml")).segments[0].positions_km.tolist() == oem.segments[0].positions_km.tolist()
"""
ASTRODYNAMICS = """
import astrodynamics
import astrodynamics.probability
assert astrodynamics.__file__.startswith(sys.prefix)
"""
LIBRARIES = {
    "ccsds": (CCSDS, {"fairway-ccsds", "numpy", "defusedxml"}),
    "astrodynamics": (
        ASTRODYNAMICS,
        {"fairway-astrodynamics", "numpy", "numba", "llvmlite", "pyerfa", "astropy-iers-data"},
    ),
}


def uv(*arguments: object) -> str:
    ended = subprocess.run([str(UV), *map(str, arguments)], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


@pytest.mark.parametrize("library", LIBRARIES)
def test_the_wheel_of_a_library_alone_is_enough(library: str, tmp_path: Path) -> None:
    program, expected = LIBRARIES[library]
    environment = tmp_path / "environment"
    python = environment / "bin" / "python"
    uv(
        "build",
        "--wheel",
        "--no-build-isolation",
        "--python",
        sys.executable,
        "--out-dir",
        tmp_path,
        ROOT / "libs" / library,
    )
    (wheel,) = tmp_path.glob("*.whl")
    uv("venv", "--python", sys.executable, environment)
    uv("pip", "install", "--python", python, "--constraint", ROOT / "requirements.lock", wheel)
    installed = json.loads(uv("pip", "list", "--python", python, "--format", "json"))
    assert {package["name"] for package in installed} == expected
    file = ROOT / "tests" / "data" / "ccsds" / "synthetic" / "001_oem_BASE_valid.kvn"
    ended = subprocess.run(
        [str(python), "-I", "-c", f"import sys{program}", str(file)],
        capture_output=True, text=True, check=False, cwd=tmp_path,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
