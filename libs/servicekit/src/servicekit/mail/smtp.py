"""Mails by SMTP, with TLS; one connection is kept and used again, and opened anew when the server has closed it."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import policy
from email.message import EmailMessage
from email.utils import getaddresses

import aiosmtplib

from servicekit.errors import Unavailable
from servicekit.mail.port import message_id_of
from servicekit.settings import SmtpSettings

__all__ = ["SmtpTransport", "open_smtp"]


@asynccontextmanager
async def open_smtp(settings: SmtpSettings) -> AsyncIterator["SmtpTransport"]:
    """Give the transport of a mail server as long as the block runs; it connects when the first mail is sent."""
    transport = SmtpTransport(settings)
    try:
        yield transport
    finally:
        await transport.close()


class SmtpTransport:
    """The mail system of pods: a mail is sent when the server has taken it over for every recipient."""

    def __init__(self, settings: SmtpSettings) -> None:
        self._settings = settings
        self._lock = asyncio.Lock()
        self._client: aiosmtplib.SMTP | None = None

    async def send(self, message: EmailMessage) -> None:
        """Hand `message` over. A recipient that the server refuses fails the whole mail: it is never half told.

        Raises
        ------
        MessageWithoutId
            The message has no Message-ID.
        Unavailable
            The server could not be reached or did not take it; it may be sent again.
        """
        message_id = message_id_of(message)
        ((_, sender),) = getaddresses([str(message["From"])])
        recipients = [
            address for _, address in getaddresses([str(message["To"]), str(message.get("Cc", ""))]) if address
        ]
        content = message.as_bytes(policy=policy.SMTP)
        async with self._lock:
            try:
                client = await self._connected()
                refused, _ = await client.sendmail(sender, recipients, content)
            except (aiosmtplib.SMTPException, OSError) as error:
                await self._drop()
                raise Unavailable(f"The mail server did not take {message_id}: {_said(error)}") from error
        if refused:
            raise Unavailable(f"The mail server refused {', '.join(sorted(refused))} of {message_id}")

    async def check(self) -> None:
        """Show that the server is there and lets us in, or raise Unavailable; nothing is sent."""
        async with self._lock:
            try:
                await self._connected()
            except (aiosmtplib.SMTPException, OSError) as error:
                await self._drop()
                raise Unavailable(f"The mail server cannot be used: {_said(error)}") from error

    async def close(self) -> None:
        """Say goodbye to the server."""
        async with self._lock:
            await self._drop()

    async def _connected(self) -> aiosmtplib.SMTP:
        if self._client is not None and self._client.is_connected:
            try:
                await self._client.noop()
            except (aiosmtplib.SMTPException, OSError):
                await self._drop()
            else:
                return self._client
        settings = self._settings
        context = None
        if settings.security != "none":
            context = ssl.create_default_context(cafile=settings.ca_file)
        client = aiosmtplib.SMTP(
            hostname=settings.host,
            port=settings.port,
            timeout=settings.timeout_s,
            use_tls=settings.security == "tls",
            start_tls=settings.security == "starttls",
            tls_context=context,
            username=settings.user,
            password=None if settings.password is None else settings.password.get_secret_value(),
        )
        await client.connect()
        self._client = client
        return client

    async def _drop(self) -> None:
        client, self._client = self._client, None
        if client is not None and client.is_connected:
            try:
                await client.quit()
            except (aiosmtplib.SMTPException, OSError):
                client.close()


def _said(error: Exception) -> str:
    """What went wrong, without anything of the conversation that could hold a password."""
    code = getattr(error, "code", None)
    return f"{type(error).__name__}" + (f" {code}" if code is not None else "")
