"""A mail server that takes every mail and keeps it as a file; run as ``python -m local_parts.mail_server FOLDER …``."""

import argparse
import asyncio
import signal
import ssl
from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

__all__ = ["main"]


class _Mailbox:
    """The hooks of aiosmtpd that decide on recipients and keep what comes."""

    def __init__(self, mails: Path, refused: Path) -> None:
        self._mails = mails
        self._refused = refused
        self._number = len(list(mails.glob("*.eml")))

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _: SMTP, __: Session, envelope: Envelope, address: str, ___: list[str]
    ) -> str:
        if self._refused.exists() and address in self._refused.read_text().splitlines():
            return "550 no such recipient"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:  # noqa: N802
        self._number += 1
        partial = self._mails / f".{uuid4()}"
        partial.write_bytes(envelope.original_content or b"")
        partial.rename(self._mails / f"{self._number:06d}.eml")
        return "250 taken"


async def _serve(options: argparse.Namespace) -> None:
    context = None
    if options.certificate is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(options.certificate, options.key)
    secret = None if options.password_file is None else options.password_file.read_text()

    def sign_in(_: SMTP, __: Session, ___: Envelope, ____: str, given: LoginPassword) -> AuthResult:
        good = (given.login.decode(), given.password.decode()) == (options.user, secret)
        return AuthResult(success=good, handled=False)

    mailbox = _Mailbox(options.folder, options.refused)
    is_starttls = options.security == "starttls"

    def connection() -> SMTP:
        print("connection", flush=True)  # noqa: T201 - the log of this program
        return SMTP(
            mailbox,
            hostname="localhost",
            ident="Fairway's mail catcher",
            enable_SMTPUTF8=True,
            tls_context=context if is_starttls else None,
            require_starttls=is_starttls,
            auth_required=secret is not None,
            auth_require_tls=is_starttls,
            authenticator=sign_in,
        )

    loop = asyncio.get_running_loop()
    told = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    server = await loop.create_server(
        connection, options.host, options.port, ssl=context if options.security == "tls" else None
    )
    await told.wait()
    server.close()


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until a signal says otherwise."""
    parser = argparse.ArgumentParser(description="A mail server that keeps every mail as a file.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--security", choices=("none", "starttls", "tls"), default="none")
    parser.add_argument("--certificate", type=Path)
    parser.add_argument("--key", type=Path)
    parser.add_argument("--user")
    parser.add_argument("--password-file", type=Path)
    parser.add_argument("--refused", type=Path, required=True, help="A file of recipients that are refused.")
    asyncio.run(_serve(parser.parse_args(arguments)))


if __name__ == "__main__":
    main()
