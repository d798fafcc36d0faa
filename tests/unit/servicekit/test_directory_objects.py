"""The directory of objects: durable step by step, and a full disk leaves nothing half-written."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from servicekit import durability
from servicekit.errors import StorageFull
from servicekit.mail import EmlDirectory
from servicekit.objects import DirectoryObjects

FILL_BY_FILE_SIZE = """
import asyncio, resource, signal, sys
from pathlib import Path
from servicekit.errors import StorageFull
from servicekit.objects import DirectoryObjects

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
objects = DirectoryObjects(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

async def main():
    try:
        async with objects.create("documents/a") as writer:
            for _ in range(10):
                await writer.write(b"x" * 50_000)
    except StorageFull as error:
        print(error.code)

asyncio.run(main())
"""


class Steps(list[str]):
    """The moments that were passed, as an observer."""

    def __call__(self, name: str) -> None:
        self.append(name)


@pytest.fixture
def steps() -> Iterator[Steps]:
    seen = Steps()
    durability.observe(seen)
    yield seen
    durability.observe(None)


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 1 MiB."""
    mount = shutil.which("mount")
    disk = tmp_path / "disk"
    disk.mkdir()
    if mount is None or os.geteuid() != 0:
        pytest.skip("only root may mount a small file system; the file size limit is tested in any case")
    made = subprocess.run([mount, "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk], check=False, capture_output=True)
    if made.returncode != 0:
        pytest.skip("this machine mounts nothing; the file size limit is tested in any case")
    yield disk
    subprocess.run(["umount", disk], check=True)


def files(folder: Path) -> list[Path]:
    return [each for each in folder.rglob("*") if each.is_file()]


async def fill(objects: DirectoryObjects, size: int) -> None:
    async with objects.create("documents/large") as writer:
        for _ in range(size // 65_536):
            await writer.write(b"x" * 65_536)


async def test_a_full_disk_is_said_and_nothing_remains(tiny_disk: Path) -> None:
    objects = DirectoryObjects(tiny_disk / "objects")
    await objects.put("documents/small", b"x" * 1000)
    with pytest.raises(StorageFull, match="object documents/large"):
        await fill(objects, 2 * 1024 * 1024)
    assert [each.name for each in files(tiny_disk)] == ["small"]
    await objects.put("documents/after", b"y" * 1000)
    assert await objects.get("documents/after") == b"y" * 1000


def test_a_file_that_may_not_grow_is_a_full_disk_too(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", FILL_BY_FILE_SIZE, tmp_path / "objects"], check=True, capture_output=True, text=True
    )
    assert run.stdout == "storage-full\n"
    assert files(tmp_path) == []


async def test_an_object_is_durable_between_two_moments(tmp_path: Path, steps: Steps) -> None:
    objects = DirectoryObjects(tmp_path)
    await objects.put("documents/a", b"x")
    assert steps == ["object:before", "object:after"]


class KilledError(BaseException):
    """Stands for the end of the process."""


async def test_a_process_that_ends_before_the_moment_leaves_no_object(tmp_path: Path) -> None:
    objects = DirectoryObjects(tmp_path)

    def end(name: str) -> None:
        if name == "object:before":
            raise KilledError

    durability.observe(end)
    try:
        with pytest.raises(KilledError):
            await objects.put("documents/a", b"x")
    finally:
        durability.observe(None)
    assert not await objects.exists("documents/a")


async def test_half_written_files_are_removed_at_the_start_and_objects_stay(tmp_path: Path) -> None:
    objects = DirectoryObjects(tmp_path)
    await objects.put("documents/a", b"x")
    (tmp_path / ".partial" / "018f").write_bytes(b"half")
    assert DirectoryObjects(tmp_path).remove_partial() == 1
    assert [each.name for each in files(tmp_path)] == ["a"]


def test_a_mails_file_is_named_after_its_message_id_and_stays_in_its_folder(tmp_path: Path) -> None:
    mail = EmlDirectory(tmp_path)
    assert mail.file_of("018f.1@fairway.example").name == "018f.1@fairway.example.eml"
    for message_id in ("../../etc/passwd", ".hidden", "a/b", "a\x00b", "x" * 500, "/", ".."):
        file = mail.file_of(message_id)
        assert file.parent == tmp_path
        assert not file.name.startswith(".")
        assert len(file.name) < 130
    assert mail.file_of("a/b") != mail.file_of("a_b")
