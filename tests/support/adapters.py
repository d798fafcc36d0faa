"""The adapters of each port, for the contract suites: a new adapter joins its list and has to pass them all."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Literal

from pydantic import SecretStr
from support.seaweedfs import s3_service
from support.smtp_server import receiving_server, smtp_settings

from servicekit.ids import new_id
from servicekit.mail import EmlDirectory, MailTransport
from servicekit.mail.smtp import open_smtp
from servicekit.objects import DirectoryObjects, ObjectStore
from servicekit.objects.s3 import open_s3_objects
from servicekit.settings import S3Settings

__all__ = ["MAIL_TRANSPORTS", "OBJECT_STORES", "MailUnderTest"]


@asynccontextmanager
async def _directory_objects(folder: Path) -> AsyncIterator[ObjectStore]:
    yield DirectoryObjects(folder / "objects")


@asynccontextmanager
async def _bucket(folder: Path) -> AsyncIterator[ObjectStore]:  # noqa: ARG001 - a bucket of its own is its folder
    service = s3_service()
    settings = S3Settings(
        bucket=f"fairway-{new_id()}",
        endpoint_url=service.url,
        access_key_id=service.access_key_id,
        secret_access_key=SecretStr(service.secret_access_key),
    )
    async with open_s3_objects(settings) as objects:
        assert await objects.make_bucket()
        yield objects


OBJECT_STORES: dict[str, Callable[[Path], AbstractAsyncContextManager[ObjectStore]]] = {
    "directory": _directory_objects,
    "s3": _bucket,
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
        return [parser.parsebytes(file.read_bytes()) for file in sorted(mails.glob("*"))]

    yield MailUnderTest(EmlDirectory(mails), arrived)


def _smtp_server(security: Literal["starttls", "tls"]) -> Callable[[Path], AbstractAsyncContextManager[MailUnderTest]]:
    @asynccontextmanager
    async def running(folder: Path) -> AsyncIterator[MailUnderTest]:  # noqa: ARG001 - mails arrive at a server
        with receiving_server(security) as server:
            async with open_smtp(smtp_settings(server)) as transport:
                yield MailUnderTest(transport, server.arrived)

    return running


MAIL_TRANSPORTS: dict[str, Callable[[Path], AbstractAsyncContextManager[MailUnderTest]]] = {
    "eml-directory": _eml_directory,
    "smtp-starttls": _smtp_server("starttls"),
    "smtp-tls": _smtp_server("tls"),
}
