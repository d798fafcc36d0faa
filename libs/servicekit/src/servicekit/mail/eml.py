"""Mails as files: one ``.eml`` for each message, which any mail program opens."""

import hashlib
import os
import re
from email import policy
from email.message import EmailMessage
from pathlib import Path

from servicekit.durable_files import make_directory, publish, storage_full_as_error
from servicekit.ids import new_id
from servicekit.mail.port import message_id_of
from servicekit.threads import in_thread

__all__ = ["EmlDirectory"]

_UNSAFE = re.compile(r"[^A-Za-z0-9.@_+-]|^\.")
_LONGEST_NAME = 120


class EmlDirectory:
    """The embedded mail system: nothing leaves the machine. The folder is made with the first mail."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def file_of(self, message_id: str) -> Path:
        """Return the file of the message with this Message-ID (without angle brackets)."""
        name = _UNSAFE.sub("_", message_id)
        if name != message_id or len(name) > _LONGEST_NAME:  # what was changed is told apart by a hash
            name = f"{name[:80]}-{hashlib.sha256(message_id.encode()).hexdigest()[:16]}"
        return self.folder / f"{name}.eml"

    async def send(self, message: EmailMessage) -> None:
        """Write `message` durably. Sent again, it replaces its own file."""
        file = self.file_of(message_id_of(message))
        content = message.as_bytes(policy=policy.SMTP)
        with storage_full_as_error(f"mail {file.name}"):
            await in_thread(_write, file, content)


def _write(file: Path, content: bytes) -> None:
    make_directory(file.parent)
    partial = file.with_name(f".{new_id()}.partial")
    try:
        with partial.open("xb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        publish(partial, file, "mail")
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
