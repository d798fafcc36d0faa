"""The adapters of each port, for the contract suites: a new adapter joins its list and has to pass them all."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
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
        parser = BytesParser(policy=policy.default)
        return [parser.parsebytes(file.read_bytes()) for file in sorted(mails.iterdir())]

    yield MailUnderTest(EmlDirectory(mails), arrived)


MAIL_TRANSPORTS: dict[str, Callable[[Path], AbstractAsyncContextManager[MailUnderTest]]] = {
    "eml-directory": _eml_directory,
}
