"""Mails by SMTP, with TLS, over a few connections that are kept: mails wait for the server, not for each other.

A connection carries one mail after the other. One that the server has closed, in which anything went wrong, or that has
rested for a while is replaced by a new one: what lies between may have forgotten it without a word, and a server that
takes few connections needs the place for others.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from email import policy
from email.message import EmailMessage
from email.utils import getaddresses
from typing import Final

import aiosmtplib

from servicekit.errors import Unavailable
from servicekit.mail.port import message_id_of
from servicekit.settings import SmtpSettings

__all__ = ["SmtpTransport", "open_smtp"]

_RESTS_MOST_S: Final = 30.0
_LIVES_WITHIN_S: Final = 5.0
"""So soon a server answers on a connection that lives."""


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
        self._places = asyncio.Semaphore(settings.connections)
        self._idle: dict[aiosmtplib.SMTP, asyncio.TimerHandle] = {}
        """Connections that carry no mail now, and when each is given up; what was used last is used first."""

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
        try:
            async with self._connection() as connection:
                refused, _ = await connection.sendmail(sender, recipients, content)
        except (aiosmtplib.SMTPException, OSError) as error:
            raise Unavailable(f"The mail server did not take {message_id}: {_said(error)}") from error
        if refused:
            raise Unavailable(f"The mail server refused {', '.join(sorted(refused))} of {message_id}")

    async def check(self) -> None:
        """Show that the server is there and lets us in, or raise Unavailable; nothing is sent."""
        try:
            async with self._connection():
                pass
        except (aiosmtplib.SMTPException, OSError) as error:
            raise Unavailable(f"The mail server cannot be used: {_said(error)}") from error

    async def close(self) -> None:
        """Say goodbye to the server; nothing is being sent any more."""
        idle, self._idle = self._idle, {}
        for end in idle.values():
            end.cancel()
        await asyncio.gather(*(_part(connection) for connection in idle))

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[aiosmtplib.SMTP]:
        """Give a connection that nobody else uses meanwhile, and keep it unless something goes wrong."""
        async with self._places:
            connection = await self._kept() or await self._opened()
            try:
                yield connection
            except (aiosmtplib.SMTPResponseException, aiosmtplib.SMTPRecipientsRefused):
                await _part(connection)
                raise
            except BaseException:  # nobody knows how far the conversation came
                connection.close()
                raise
            self._idle[connection] = asyncio.get_running_loop().call_later(_RESTS_MOST_S, self._give_up, connection)

    def _give_up(self, connection: aiosmtplib.SMTP) -> None:
        self._idle.pop(connection, None)
        connection.close()

    async def _kept(self) -> aiosmtplib.SMTP | None:
        """Return an idle connection whose server answers still, or None; those that are broken are forgotten."""
        while self._idle:
            connection, end = self._idle.popitem()
            end.cancel()
            try:
                await connection.noop(timeout=_LIVES_WITHIN_S)
            except (aiosmtplib.SMTPException, OSError):
                connection.close()
            except BaseException:
                connection.close()
                raise
            else:
                return connection
        return None

    async def _opened(self) -> aiosmtplib.SMTP:
        settings = self._settings
        context = None
        if settings.security != "none":
            context = ssl.create_default_context(cafile=settings.ca_file)
        connection = aiosmtplib.SMTP(
            hostname=settings.host,
            port=settings.port,
            timeout=settings.timeout_s,
            use_tls=settings.security == "tls",
            start_tls=settings.security == "starttls",
            tls_context=context,
            username=settings.user,
            password=None if settings.password is None else settings.password.get_secret_value(),
        )
        await connection.connect()
        return connection


async def _part(connection: aiosmtplib.SMTP) -> None:
    """End a connection as the protocol wants it, as far as the server still takes part."""
    try:
        with suppress(aiosmtplib.SMTPException, OSError):
            await connection.quit()
    finally:
        connection.close()


def _said(error: Exception) -> str:
    """What went wrong, without anything of the conversation that could hold a password."""
    code = getattr(error, "code", None)
    return f"{type(error).__name__}" + (f" {code}" if code is not None else "")
