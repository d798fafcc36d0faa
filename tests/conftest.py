"""Fixtures of the whole suite."""

import os
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import settings

pytest_plugins = (
    "support.databases",
    "support.embedded",
    "support.kafka",
    "support.buses",
    "support.api_world",
    "support.spacetrack",
    "support.gateway",
    "support.killed_job",
    "support.planning",
)

settings.register_profile("fairway", parent=settings(), deadline=None)
"""What an example takes by the clock says nothing where others use the machine."""
settings.load_profile("fairway")

for name in ("NO_PROXY", "no_proxy"):
    os.environ[name] = ",".join(filter(None, (os.environ.get(name), "127.0.0.1", "localhost")))
"""What is spoken to here runs here."""

LONGEST_FIRST = (
    "e2e/test_spacetrack_month.py",
    "e2e/test_kill_at_commits.py",
    "e2e/test_kill_at_objects_and_mails.py",
    "integration/test_gateway_faults.py",
    "e2e/test_gateway_kill.py",
    "e2e/test_dashboard_journey.py",
    "unit/ccsds/test_fuzz.py",
    "e2e/",
    "integration/",
    "contract/",
    "validation/",
    "deploy/",
)
"""What takes long is begun first: files are dealt out whole, and the short ones at the end keep all workers busy."""

CORPUS = Path(os.environ.get("FAIRWAY_CORPUS", Path(__file__).parents[2] / "shared" / "corpus"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files that take longest first, and see to it that each test has a name of its own."""

    def rank(item: pytest.Item) -> int:
        file = item.nodeid.removeprefix("tests/")
        return next((place for place, start in enumerate(LONGEST_FIRST) if file.startswith(start)), len(LONGEST_FIRST))

    items.sort(key=rank)
    twice = sorted(name for name, times in Counter(item.nodeid for item in items).items() if times > 1)
    if twice:  # of these a suite that is dealt out to several processes would run one each
        raise pytest.UsageError(f"several tests have one name: {', '.join(twice)}")


@pytest.fixture(scope="session")
def corpus() -> Path:
    """Where the corpus of real and synthetic files stands; the test is skipped where it is absent."""
    if not CORPUS.is_dir():
        pytest.skip(f"no corpus at {CORPUS}: set FAIRWAY_CORPUS to read one")
    return CORPUS
