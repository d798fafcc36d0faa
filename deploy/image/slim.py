"""Takes out of an environment what no process of the service reads: headers, tests, parts of libraries not used.

Usage: ``python slim.py SITE_PACKAGES``. What it takes is listed here and nowhere else; the build imports every service
afterwards, so that something missed is found there.
"""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

PATTERNS: Final = {
    "headers and sources of extensions": ("*/include", "*/core/include", "numpy/_core/include", "**/*.pxd", "**/*.pyx"),
    "tests of libraries": ("numba/tests", "numba/cuda/tests", "llvmlite/tests", "pyarrow/tests", "**/tests"),
    "remote tables and Arrow's own S3, which no service uses": (
        "pyarrow/libarrow_flight.so*",
        "pyarrow/libarrow_python_flight.so*",
        "pyarrow/_flight*",
        "pyarrow/libarrow_s3.so*",
        "pyarrow/_s3fs*",
    ),
    "archives for linking": ("**/*.a", "**/*.lib"),
}
BOTOCORE_KEPT: Final = frozenset({"s3", "sts", "sso", "sso-oidc"})
"""Of Amazon's services: storage, and those that give a pod its credentials."""


def main(site: Path) -> None:
    """Slim the packages in `site` and say what that saved."""
    for what, patterns in PATTERNS.items():
        _say(what, sum(_remove(path) for pattern in patterns for path in sorted(site.glob(pattern))))
    _say("descriptions of other cloud services", sum(_remove(path) for path in _foreign_services(site)))


def _foreign_services(site: Path) -> Iterator[Path]:
    for path in sorted((site / "botocore" / "data").iterdir()):
        if path.is_dir() and path.name not in BOTOCORE_KEPT:
            yield path


def _remove(path: Path) -> int:
    if not path.exists():
        return 0
    if path.is_dir():
        size = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
        shutil.rmtree(path)
        return size
    size = path.stat().st_size
    path.unlink()
    return size


def _say(what: str, size: int) -> None:
    print(f"{size / 2**20:7.1f} MiB  {what}")  # noqa: T201 - the build's log


if __name__ == "__main__":
    main(Path(sys.argv[1]))
