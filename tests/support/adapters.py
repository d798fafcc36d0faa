"""The adapters of each port, for the contract suites: a new adapter joins its list and has to pass them all."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from servicekit.mail import EmlDirectory, MailTransport
from servicekit.objects import DirectoryObjects, ObjectStore

__all__ = ["MAIL_TRANSPORTS", "OBJECT_STORES", "MailUnderTest"]


@asynccontextmanager
async def _directory_objects(folder: Path) -> AsyncIterator[ObjectStore]:
    yield DirectoryObjects(folder / "objects")


OBJECT_STORES: dict[str, Callable[[Path], AbstractAsyncContextManager[ObjectStore]]] = {
    "directory": _directory_objects,
}


@dataclass(frozen=True)
class MailUnderTest:
    """A transport, and what has come out at its other end."""

    transport: MailTransport
    arrived: Callable[[], list[EmailMessage]]


@asynccontextmanager
async def _eml_directory(folder: Path) -> AsyncIterator[MailUnderTest]:
    mails = folder / "mail"

    def arrived() -> list[EmailMessage]:
        found = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in sorted(mails.iterdir())]
        return [message for message in found if isinstance(message, EmailMessage)]

    yield MailUnderTest(EmlDirectory(mails), arrived)


MAIL_TRANSPORTS: dict[str, Callable[[Path], AbstractAsyncContextManager[MailUnderTest]]] = {
    "eml-directory": _eml_directory,
}
