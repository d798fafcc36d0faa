"""A receiving mail server: STARTTLS with a certificate of its own, and signing in, which it insists on."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from pydantic import SecretStr

from local_parts.mail_catcher import MailCatcher
from servicekit.settings import SmtpSettings

__all__ = ["receiving_server", "smtp_settings"]


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
