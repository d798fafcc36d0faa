"""A receiving mail server as a process: STARTTLS or TLS with a certificate of its own, and signing in."""

import smtplib
import sys
from collections.abc import Sequence
from contextlib import suppress
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Literal

from typing_extensions import override

from local_parts.certificates import Certificate, make_certificate
from local_parts.ports import free_port
from local_parts.process import PartProcess

__all__ = ["MailCatcher"]


class MailCatcher(PartProcess):
    """Takes mails for anyone and keeps each as a file."""

    name = "SMTP"
    stop_s = 5.0

    def __init__(
        self,
        folder: Path,
        *,
        security: Literal["none", "starttls", "tls"] = "none",
        user: str | None = None,
        password: str | None = None,
        host: str = "localhost",
        port: int = 0,
    ) -> None:
        super().__init__(folder)
        self.host = host
        self.security = security
        self.user = user
        self.password = password
        self.port = port or free_port()
        self.certificate: Certificate | None = None

    @property
    @override
    def address(self) -> str:
        """Where it listens."""
        return f"{self.host}:{self.port}"

    @property
    def mails(self) -> Path:
        """The folder of the mails that have arrived, in the order of their names."""
        return self.folder / "mails"

    def arrived(self) -> list[EmailMessage]:
        """Return the mails in the order of their arrival."""
        parser = BytesParser(policy=policy.default)
        return [parser.parsebytes(file.read_bytes()) for file in sorted(self.mails.glob("*.eml"))]

    def refuse(self, *recipients: str) -> None:
        """Refuse these recipients from now on."""
        self._refused.write_text("\n".join(recipients))

    @property
    def connections(self) -> int:
        """How often a client has connected, the one that asked whether the server answers among them."""
        return self.log.read_text().count("connection\n")

    @property
    def _refused(self) -> Path:
        return self.folder / "refused"

    @override
    def _prepare(self) -> None:
        self.mails.mkdir(exist_ok=True)
        if self.security != "none" and self.certificate is None:
            self.certificate = make_certificate(self.folder)
        if self.password is not None:
            (self.folder / "password").touch(mode=0o600)
            (self.folder / "password").write_text(self.password)

    @override
    def _command(self) -> Sequence[str]:
        command = [sys.executable, "-m", "local_parts.mail_server", str(self.mails)]
        command += [f"--host={'127.0.0.1' if self.host == 'localhost' else self.host}", f"--port={self.port}"]
        command += [f"--security={self.security}", f"--refused={self._refused}"]
        if self.certificate is not None:
            command += [f"--certificate={self.certificate.file}", f"--key={self.certificate.key}"]
        if self.user is not None and self.password is not None:
            command += [f"--user={self.user}", f"--password-file={self.folder / 'password'}"]
        return command

    @override
    def _answers(self) -> bool:
        with suppress(OSError, smtplib.SMTPException):
            self._connected().quit()
            return True
        return False

    def _connected(self) -> smtplib.SMTP:
        if self.security == "tls" and self.certificate is not None:
            return smtplib.SMTP_SSL(self.host, self.port, timeout=2, context=self.certificate.client_context())
        return smtplib.SMTP(self.host, self.port, timeout=2)
