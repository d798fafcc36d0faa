"""Folders and files: who may write where, what an upload must look like, what is stored."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from spacetrack_simulator.classes import find_class
from spacetrack_simulator.classes.definition import ClassDefinition
from spacetrack_simulator.clock import Clock, sql_time
from spacetrack_simulator.store import Row, Store

__all__ = ["FileShare", "Folder", "FolderKind", "StoredFile"]

FolderKind = Literal["ephemeris", "maneuvers", "other"]


def _class(name: str) -> ClassDefinition:
    definition = find_class("fileshare", name)
    if definition is None:
        raise LookupError(f"fileshare has no class {name}")
    return definition


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder; `gid` is the organization that it belongs to."""

    folder_id: int
    path: str
    kind: FolderKind
    gid: int


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file as it lies in its folder."""

    file_id: int
    folder_id: int
    name: str
    sha256: str
    size: int
    uploaded_at: str


class FileShare:
    """The folders of the site."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def add_folder(self, path: str, gid: int, kind: FolderKind) -> int:
        """Add a folder; give its number."""
        return self._store.insert("INSERT INTO folders (path, kind, gid) VALUES (?, ?, ?)", (path, kind, gid))

    def folder(self, folder_id: int) -> Folder | None:
        """Find a folder."""
        row = self._store.one("SELECT folder_id, path, kind, gid FROM folders WHERE folder_id = ?", (folder_id,))
        return None if row is None else Folder(**row)

    def grant(self, identity: str, folder_id: int, permissions: str) -> None:
        """Let an account read (`r`), write (`w`) or do both in a folder."""
        folder = self.folder(folder_id)
        if folder is None:
            raise LookupError(f"there is no folder {folder_id}")
        self.revoke(identity, folder_id)
        self._store.execute(
            "INSERT INTO folder_grants (identity, folder_id, permissions) VALUES (?, ?, ?)",
            (identity, folder_id, permissions),
        )
        row = {
            "bloc_id": folder.gid,
            "folder_id": folder_id,
            "folder_path": folder.path,
            "folder_name": folder.path.rstrip("/").rpartition("/")[2],
            "permissions": permissions,
        }
        self._store.add_rows(_class("folder"), [row], scope=f"user:{identity}", visible_from=self._now())

    def revoke(self, identity: str, folder_id: int) -> None:
        """Take a folder away from an account."""
        self._store.execute("DELETE FROM folder_grants WHERE identity = ? AND folder_id = ?", (identity, folder_id))
        self._store.execute(
            "DELETE FROM fileshare_folder WHERE _scope = ? AND folder_id = ?", (f"user:{identity}", folder_id)
        )

    def may(self, identity: str, folder_id: int, permission: Literal["r", "w"]) -> bool:
        """Whether an account may read or write in a folder."""
        found = self._store.value(
            "SELECT permissions FROM folder_grants WHERE identity = ? AND folder_id = ?", (identity, folder_id)
        )
        return found is not None and permission in str(found)

    def store(self, folder: Folder, name: str, content: bytes, *, listing_lag_s: float = 0.0) -> StoredFile:
        """Store a file. The same name again is another file: nothing here is idempotent."""
        now = self._clock.now()
        digest = hashlib.sha256(content).hexdigest()
        file_id = self._store.insert("INSERT INTO contents (sha256, content) VALUES (?, ?)", (digest, content))
        row = {
            "FOLDER_ID": folder.folder_id,
            "FOLDER_NAME": folder.path.rstrip("/").rpartition("/")[2],
            "FILE_FULLPATH": f"{folder.path.rstrip('/')}/{name}",
            "FILE_ID": file_id,
            "FILE_NAME": name,
            "FILE_UPLOADED": sql_time(now),
            "FILE_BYTES": len(content),
            "FILE_DELETE": "N",
            "FILE_LINK": f"/fileshare/query/class/download/file_id/{file_id}/format/stream",
            "FILE_TYPE": "text/plain",
        }
        history = {
            "file_history_id": file_id,
            "file_name": name,
            "file_uploaded": sql_time(now),
            "file_size": len(content),
            "file_md5": hashlib.md5(content, usedforsecurity=False).hexdigest(),
            "file_id": file_id,
            "folder_id": folder.folder_id,
        }
        visible_from = sql_time(now + timedelta(seconds=listing_lag_s))
        scope = f"folder:{folder.folder_id}"
        self._store.add_rows(_class("file"), [row], scope=scope, visible_from=visible_from)
        self._store.add_rows(_class("file_history"), [history], scope=scope, visible_from=visible_from)
        return StoredFile(file_id, folder.folder_id, name, digest, len(content), sql_time(now))

    def read(self, file_id: int) -> tuple[StoredFile, bytes] | None:
        """Find a file with its bytes; None where it never was or was deleted."""
        row = self._store.one(f"{_FILES} WHERE f.FILE_ID = ?", (file_id,))
        if row is None:
            return None
        content = self._store.value("SELECT content FROM contents WHERE file_id = ?", (file_id,))
        return _stored(row), bytes(content)

    def delete(self, file_id: int) -> None:
        """Delete a file; its history stays."""
        self._store.execute("DELETE FROM fileshare_file WHERE FILE_ID = ?", (file_id,))

    def files(self, folder_id: int | None = None) -> list[StoredFile]:
        """List what lies in a folder or in all of them, whether listings show it yet or not."""
        rows = self._store.select(
            f"{_FILES} WHERE ? IS NULL OR f.FOLDER_ID = ? ORDER BY f.FILE_ID", (folder_id, folder_id)
        )
        return [_stored(row) for row in rows]

    def _now(self) -> str:
        return sql_time(self._clock.now())


_FILES = (
    "SELECT f.FILE_ID AS file_id, f.FOLDER_ID AS folder_id, f.FILE_NAME AS name, c.sha256 AS sha256,"
    " f.FILE_BYTES AS size, f.FILE_UPLOADED AS uploaded_at"
    " FROM fileshare_file f JOIN contents c ON c.file_id = f.FILE_ID"
)


def _stored(row: Row) -> StoredFile:
    return StoredFile(**row)
