"""A real S3 service for the suite: SeaweedFS, one process for the session, a bucket for each test.

``FAIRWAY_TEST_S3_URL`` names another service (with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY).
"""

import atexit
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import httpx

__all__ = ["S3Service", "s3_service"]

_START_S = 60.0
_GRPC_OFFSET = 10_000


@dataclass(frozen=True)
class S3Service:
    """Where it is, and who may ask."""

    url: str
    access_key_id: str
    secret_access_key: str


@cache
def s3_service() -> S3Service:
    """The service that the environment names, else one that is started now and stopped at the end.

    Raises
    ------
    RuntimeError
        It does not start.
    """
    given = os.environ.get("FAIRWAY_TEST_S3_URL")
    if given:
        return S3Service(given, os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"])
    folder = Path(tempfile.mkdtemp(prefix="fairway-s3-"))
    ports = dict(zip(("s3", "filer", "master", "volume", "admin"), _port_pairs(5), strict=True))
    log = (folder / "log").open("wb")
    command = [str(Path(sys.executable).with_name("weed")), "mini", f"-dir={folder}", "-ip=127.0.0.1"]
    command += ["-ip.bind=127.0.0.1", *(f"-{part}.port={port}" for part, port in ports.items())]
    command += ["-admin.ui=false", "-webdav=false", "-master.telemetry=false", "-s3.port.iceberg=0", "-s3.iam=false"]
    process = subprocess.Popen(
        command,
        stdout=log,
        stderr=subprocess.STDOUT,
        env={**os.environ, "AWS_ACCESS_KEY_ID": "fairway-test", "AWS_SECRET_ACCESS_KEY": "fairway-test-secret"},
    )
    log.close()
    atexit.register(_stop, process, folder)
    url = f"http://127.0.0.1:{ports['s3']}"
    deadline = time.monotonic() + _START_S
    while not _answers(url):
        if process.poll() is not None or time.monotonic() > deadline:
            tail = (folder / "log").read_text(errors="replace")[-2000:]
            raise RuntimeError(f"SeaweedFS does not start:\n{tail}")
        time.sleep(0.1)
    return S3Service(url, "fairway-test", "fairway-test-secret")


def _port_pairs(count: int) -> list[int]:
    """Ports that are free, with the one 10,000 above, where SeaweedFS listens for its own kind."""
    found: list[int] = []
    first = 20_000 + os.getpid() % 9_000
    for port in range(first, first + 2_000):
        if len(found) == count:
            break
        if all(_is_free(each) for each in (port, port + _GRPC_OFFSET)):
            found.append(port)
    return found


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=1.0).status_code < httpx.codes.INTERNAL_SERVER_ERROR
    except httpx.HTTPError:
        return False


def _stop(process: subprocess.Popen[bytes], folder: Path) -> None:
    process.kill()
    process.wait()
    shutil.rmtree(folder, ignore_errors=True)
