"""Receiving mail servers: one that insists on TLS and signing in, and a slow one that answers when a test lets it."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Literal

from aiosmtpd.smtp import SMTP, Envelope, Session
from pydantic import SecretStr
from typing_extensions import override

from local_parts.mail_catcher import MailCatcher
from servicekit.settings import SmtpSettings

__all__ = ["SlowServer", "receiving_server", "slow_server", "smtp_settings"]


@contextmanager
def receiving_server(security: Literal["none", "starttls", "tls"] = "starttls") -> Iterator[MailCatcher]:
    """Run a server as long as the block runs."""
    with (
        tempfile.TemporaryDirectory(prefix="fairway-smtp-") as folder,
        MailCatcher(
            Path(folder), security=security, user="fairway", password="a password of the mail server"
        ) as server,
    ):
        yield server


def smtp_settings(server: MailCatcher, **changes: object) -> SmtpSettings:
    """Return the settings of a client that the server lets in, with `changes`."""
    given: dict[str, object] = {
        "host": "localhost",
        "port": server.port,
        "security": server.security,
        "user": server.user,
        "password": None if server.password is None else SecretStr(server.password),
        "ca_file": None if server.certificate is None else server.certificate.file,
    }
    return SmtpSettings.model_validate(given | changes)


class SlowServer:
    """Reads mails and takes none before it is told to; then it takes all."""

    def __init__(self) -> None:
        self.port = 0
        self.taken: list[bytes] = []
        self.most = 0
        """So many mails at most it was reading at the same time."""
        self.opened = 0
        """So many connections it was asked for."""
        self._open: set[SMTP] = set()
        self._held = 0
        self._changed = asyncio.Condition()
        self._takes = asyncio.Event()

    async def holds(self, count: int) -> None:
        """Wait until so many mails have come of which none is taken."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._held >= count)

    def take(self) -> None:
        """Take what has come and what comes."""
        self._takes.set()

    def hang_up(self) -> None:
        """Close every connection without a word."""
        for connection in list(self._open):
            assert connection.transport is not None
            connection.transport.close()

    async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        async with self._changed:
            self._held += 1
            self.most = max(self.most, self._held)
            self._changed.notify_all()
        await self._takes.wait()
        self._held -= 1
        self.taken.append(envelope.original_content or b"")
        return "250 taken"

    def connection(self) -> SMTP:
        """Return what talks to one more client."""
        open_now = self._open

        class Conversation(SMTP):
            @override
            def connection_made(self, transport: asyncio.BaseTransport) -> None:
                open_now.add(self)
                super().connection_made(transport)

            @override
            def connection_lost(self, error: Exception | None) -> None:
                open_now.discard(self)
                super().connection_lost(error)

        self.opened += 1
        return Conversation(self, hostname="localhost")


@asynccontextmanager
async def slow_server() -> AsyncIterator[SlowServer]:
    """Run a slow server as long as the block runs."""
    server = SlowServer()
    listening = await asyncio.get_running_loop().create_server(server.connection, "127.0.0.1")
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        server.take()
        server.hang_up()
        listening.close()
        await listening.wait_closed()
