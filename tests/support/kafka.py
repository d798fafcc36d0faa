"""A real Kafka broker for the suite: one process for the session, topics of their own for each test.

``FAIRWAY_TEST_KAFKA`` names another broker (its bootstrap servers; topics may be made and deleted on it).
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from local_parts.kafka import Kafka
from local_parts.process import PartMissing
from servicekit.ids import new_id
from servicekit.settings import KafkaSettings

__all__ = ["kafka_settings", "started_broker"]

_SESSION_S = 6.0


@pytest.fixture(scope="session")
def kafka_broker() -> Iterator[Kafka]:
    """A broker that tests share: nobody kills it."""
    yield from started_broker()


@pytest.fixture(scope="session")
def kafka_address(request: pytest.FixtureRequest) -> str:
    """The bootstrap servers of the broker that is given, else of the one that tests share."""
    given = os.environ.get("FAIRWAY_TEST_KAFKA")
    return given or str(request.getfixturevalue("kafka_broker").address)


@pytest.fixture
def kafka_to_kill() -> Iterator[Kafka]:
    """A broker of one test's own, which it may kill, pause and stop."""
    yield from started_broker()


def started_broker() -> Iterator[Kafka]:
    """Give a broker that runs until the generator is closed; the test is skipped where there can be none."""
    folder = Path(tempfile.mkdtemp(prefix="fairway-kafka-"))
    try:
        with Kafka(folder) as broker:
            yield broker
    except PartMissing as missing:
        if os.environ.get("CI"):
            pytest.fail(str(missing))
        pytest.skip(str(missing))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def kafka_settings(address: str, **more: object) -> KafkaSettings:
    """Return settings for a broker, with names that nobody else uses."""
    given = {"bootstrap_servers": address, "topic_prefix": f"{new_id()}.", "session_timeout_s": _SESSION_S, **more}
    return KafkaSettings.model_validate(given)
