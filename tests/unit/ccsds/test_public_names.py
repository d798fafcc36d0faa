"""What the package promises is there, and what few programs use is imported when it is asked for."""

import subprocess
import sys

import pytest

import ccsds


@pytest.mark.parametrize("name", ccsds.__all__)
def test_a_public_name_is_there(name: str) -> None:
    assert getattr(ccsds, name) is not None
    assert name in dir(ccsds)


def test_another_name_is_not_there() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = ccsds.nothing


def test_what_few_programs_use_is_imported_late() -> None:
    code = "import ccsds, sys; print(sorted(set(ccsds._LATE.values()) & set(sys.modules)))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert result.stdout.strip() == "[]"
