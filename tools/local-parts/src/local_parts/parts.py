"""All parts together, with passwords, and the environment (``FAIRWAY_…``) of a process that works on them."""

import base64
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Self

from local_parts.kafka import Kafka
from local_parts.mail_catcher import MailCatcher
from local_parts.postgresql import PostgreSQL
from local_parts.process import PartProcess
from local_parts.seaweedfs import SeaweedFS

__all__ = ["LocalParts"]

_DATABASE = "fairway"
_BUCKET = "fairway"
_USER = "fairway"


class LocalParts:
    """PostgreSQL, Kafka, S3 and a mail server in one folder, each of which asks for its password.

    They keep what they have from one start to the next. Nothing is shared with another folder.
    """

    def __init__(
        self, folder: Path, *, postgresql_version: int | None = None, memory_mb: int = 384, has_kafka: bool = True
    ) -> None:
        self.folder = folder.absolute()
        self.postgresql = PostgreSQL(
            self.folder / "postgresql", version=postgresql_version, password=self.secret("postgresql")
        )
        self.s3 = SeaweedFS(self.folder / "s3", access_key_id=_USER, secret_access_key=self.secret("s3"))
        self.mail = MailCatcher(self.folder / "mail", security="starttls", user=_USER, password=self.secret("mail"))
        self.kafka: Kafka | None = None
        if has_kafka:
            self.kafka = Kafka(self.folder / "kafka", user=_USER, password=self.secret("kafka"), memory_mb=memory_mb)

    @property
    def all(self) -> tuple[PartProcess, ...]:
        """Every part, in the order in which they are stopped last to first."""
        parts: tuple[PartProcess, ...] = (self.postgresql, self.s3, self.mail)
        return parts if self.kafka is None else (*parts, self.kafka)

    def secret(self, name: str, make: Callable[[], str] = secrets.token_urlsafe) -> str:
        """Return the secret of this name, which is made when it is first asked for."""
        file = self._secret_file(name)
        if not file.exists():
            self.keep_secret(name, make())
        return file.read_text()

    def keep_secret(self, name: str, content: str) -> Path:
        """Keep a secret in a file that only its owner reads, and return the file."""
        file = self._secret_file(name)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(content)
        return file

    def _secret_file(self, name: str) -> Path:
        return self.folder / "secrets" / name

    def start(self) -> Self:
        """Start every part, side by side, with an empty database and an empty bucket at first."""
        with ThreadPoolExecutor(len(self.all)) as threads:
            list(threads.map(lambda part: part.start(), self.all))
        known = self.postgresql.run("psql", "-Atc", "SELECT datname FROM pg_database", "postgres")
        if _DATABASE not in known.decode().split():
            self.postgresql.run("createdb", _DATABASE)
        self.s3.make_bucket(_BUCKET)
        return self

    def stop(self) -> None:
        """Stop every part."""
        with ThreadPoolExecutor(len(self.all)) as threads:
            list(threads.map(lambda part: part.stop(), self.all))

    def environment(self) -> dict[str, str]:
        """Return the settings of a process of the service; secrets are named by their files."""
        url = self.postgresql.address_of(_DATABASE, "postgresql+asyncpg")
        self.secret("space-track", lambda: base64.b64encode(secrets.token_bytes(32)).decode())
        found = {
            "FAIRWAY_DATA": str(self.folder / "data"),
            "FAIRWAY_DATABASE__URL_FILE": str(self.keep_secret("database-url", url)),
            "FAIRWAY_S3__BUCKET": _BUCKET,
            "FAIRWAY_S3__ENDPOINT_URL": self.s3.address,
            "FAIRWAY_S3__ACCESS_KEY_ID": self.s3.access_key_id,
            "FAIRWAY_S3__SECRET_ACCESS_KEY_FILE": str(self._secret_file("s3")),
            "FAIRWAY_MAIL__SMTP__HOST": "localhost",
            "FAIRWAY_MAIL__SMTP__PORT": str(self.mail.port),
            "FAIRWAY_MAIL__SMTP__SECURITY": self.mail.security,
            "FAIRWAY_MAIL__SMTP__USER": _USER,
            "FAIRWAY_MAIL__SMTP__PASSWORD_FILE": str(self._secret_file("mail")),
            "FAIRWAY_SPACE_TRACK__SECRET_KEY_FILE": str(self._secret_file("space-track")),
        }
        if self.mail.certificate is not None:
            found["FAIRWAY_MAIL__SMTP__CA_FILE"] = str(self.mail.certificate.file)
        if self.kafka is not None:
            found |= {
                "FAIRWAY_KAFKA__BOOTSTRAP_SERVERS": self.kafka.secure_address,
                "FAIRWAY_KAFKA__SECURITY_PROTOCOL": "SASL_SSL",
                "FAIRWAY_KAFKA__SASL_MECHANISM": "SCRAM-SHA-512",
                "FAIRWAY_KAFKA__USERNAME": _USER,
                "FAIRWAY_KAFKA__PASSWORD_FILE": str(self._secret_file("kafka")),
                "FAIRWAY_KAFKA__CA_FILE": str(self.kafka.certificate.file),
                "FAIRWAY_KAFKA__REPLICATION_FACTOR": "1",
            }
        return found

    def passwords(self) -> dict[str, str]:
        """Return every secret by its name, for whoever looks whether one has got out."""
        return {file.name: file.read_text() for file in sorted((self.folder / "secrets").iterdir())}

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()
