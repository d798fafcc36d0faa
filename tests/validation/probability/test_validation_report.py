"""`make validation`: the report is written whole, and its drawings are the same whenever the numbers are."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
DRAWN = {
    "encounter-plane.svg",
    "probability-against-time.svg",
    "probability-against-radius.svg",
    "probability-against-scale.svg",
    "probability-over-both-scales.svg",
}


@pytest.mark.slow
def test_the_report_lists_every_case_and_none_is_outside(tmp_path):
    ended = subprocess.run(
        [sys.executable, "-m", "validation", "--trials", "20000", "--folder", tmp_path],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT / "tests")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "0 outside their tolerance" in ended.stdout
    written = {path.name for path in tmp_path.iterdir()}
    assert {path.name for path in (ROOT / "docs" / "validation").iterdir()} == written
    for name in DRAWN:
        assert (tmp_path / name).read_bytes() == (ROOT / "docs" / "validation" / name).read_bytes(), name
    overview = (tmp_path / "README.md").read_text()
    assert all(f"]({name})" in overview for name in written - {"README.md"})
