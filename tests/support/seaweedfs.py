"""A real S3 service for the suite: SeaweedFS, one process for the session, a bucket for each test.

``FAIRWAY_TEST_S3_URL`` names another service (with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY).
"""

import atexit
import os
import shutil
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from local_parts.seaweedfs import SeaweedFS

__all__ = ["S3Service", "s3_service"]


@dataclass(frozen=True)
class S3Service:
    """Where it is, and who may ask."""

    url: str
    access_key_id: str
    secret_access_key: str


@cache
def s3_service() -> S3Service:
    """The service that the environment names, else one that is started now and stopped at the end."""
    given = os.environ.get("FAIRWAY_TEST_S3_URL")
    if given:
        return S3Service(given, os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"])
    folder = Path(tempfile.mkdtemp(prefix="fairway-s3-"))
    server = SeaweedFS(folder)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    atexit.register(server.kill)
    server.start()
    return S3Service(server.address, server.access_key_id, server.secret_access_key)
