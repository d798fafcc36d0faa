"""Fixtures of the whole suite."""

import os
from pathlib import Path

import pytest

pytest_plugins = (
    "support.databases",
    "support.embedded",
    "support.kafka",
    "support.buses",
    "support.spacetrack",
    "support.gateway",
)

CORPUS = Path(os.environ.get("FAIRWAY_CORPUS", Path(__file__).parents[2] / "shared" / "corpus"))


@pytest.fixture(scope="session")
def corpus() -> Path:
    """Where the corpus of real and synthetic files stands; the test is skipped where it is absent."""
    if not CORPUS.is_dir():
        pytest.skip(f"no corpus at {CORPUS}: set FAIRWAY_CORPUS to read one")
    return CORPUS
