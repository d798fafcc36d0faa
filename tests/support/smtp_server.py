"""A receiving mail server: STARTTLS with a certificate of its own, and signing in, which it insists on."""

import asyncio
import socket
import ssl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from typing_extensions import override

__all__ = ["ReceivingServer", "receiving_server"]

_LOOPBACK = ip_address("127.0.0.1")


@dataclass
class ReceivingServer:
    """Where it listens, who may send, and what has arrived."""

    port: int
    certificate: Path
    user: str = "fairway"
    password: str = "a password of the mail server"
    arrived: list[EmailMessage] = field(default_factory=list)
    refuses: set[str] = field(default_factory=set)
    """Recipients that it does not take."""


@contextmanager
def receiving_server() -> Iterator[ReceivingServer]:
    """Run a server as long as the block runs."""
    with tempfile.TemporaryDirectory(prefix="fairway-smtp-") as folder:
        certificate, key = _certificate(Path(folder))
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate, key)
        server = ReceivingServer(port=0, certificate=certificate)

        def sign_in(_: SMTP, __: Session, ___: Envelope, mechanism: str, given: LoginPassword) -> AuthResult:  # noqa: ARG001
            good = (given.login.decode(), given.password.decode()) == (server.user, server.password)
            return AuthResult(success=good, handled=False)

        controller = _Listening(
            _Mailbox(server),
            hostname="127.0.0.1",
            port=_free_port(),
            tls_context=context,
            require_starttls=True,
            authenticator=sign_in,
            auth_required=True,
        )
        controller.start()
        server.port = controller.port
        try:
            yield server
        finally:
            controller.hang_up()
            controller.stop(no_assert=True)


class _Listening(Controller):
    """A controller that ends the connections that are still closing, so that none outlives its event loop."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._connections: list[SMTP] = []

    @override
    def factory(self) -> SMTP:
        connection: SMTP = super().factory()  # type: ignore[no-untyped-call]
        self._connections.append(connection)
        return connection

    def hang_up(self) -> None:
        asyncio.run_coroutine_threadsafe(self._abort(), self.loop).result(timeout=10)

    async def _abort(self) -> None:
        for connection in self._connections:
            if isinstance(connection.transport, asyncio.WriteTransport):
                connection.transport.abort()
        await asyncio.sleep(0.05)  # an aborted transport is closed by the loop's next turns


class _Mailbox:
    """The hooks of aiosmtpd that decide on recipients and keep what comes."""

    def __init__(self, server: ReceivingServer) -> None:
        self._server = server

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _: SMTP, __: Session, envelope: Envelope, address: str, ___: list[str]
    ) -> str:
        if address in self._server.refuses:
            return "550 no such recipient"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.original_content or b""
        message = message_from_bytes(content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self._server.arrived.append(message)
        return "250 taken"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for localhost that signs itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(_LOOPBACK)]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = folder / "certificate.pem", folder / "key.pem"
    files[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return files
