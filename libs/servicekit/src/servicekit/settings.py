"""Settings of the process, read once at the start from the environment: ``FAIRWAY_…``, groups by a double underscore.

A secret may come from a file, which ``FAIRWAY_…_FILE`` names.

A service adds its own group by a class of its own::

    class ScreeningSettings(SettingsGroup):
        model_config = group("screening")  # FAIRWAY_SCREENING__…
        threads: int = 2

    settings = read_settings(ScreeningSettings)
"""

import os
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, cast

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from typing_extensions import override

from servicekit.errors import InvalidSettings
from servicekit.secret_files import EnvironmentWithSecretFiles

__all__ = [
    "DatabaseSettings",
    "HttpSettings",
    "KafkaSettings",
    "LogSettings",
    "MailSettings",
    "RetentionSettings",
    "S3Settings",
    "Settings",
    "SettingsGroup",
    "SmtpSettings",
    "TracingSettings",
    "UploadSettings",
    "group",
    "read_settings",
]

PREFIX = "FAIRWAY_"
MEBIBYTE = 1024 * 1024


class _Group(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class HttpSettings(_Group):
    """Where the process listens, and under which address the world knows it."""

    host: str = "127.0.0.1"
    """Address to listen on."""
    port: Annotated[int, Field(ge=0, le=65535)] = 8080
    """Port to listen on."""
    public_url: Annotated[str | None, Field(pattern=r"^https?://[^\s/]+(/[^\s]*)?$")] = None
    """Address of the service in mails, problem types and links; made from host and port where it is None."""
    max_body_bytes: Annotated[int, Field(ge=1024)] = MEBIBYTE
    """Largest body of a request that is not an upload."""
    max_requests: Annotated[int, Field(ge=1)] = 64
    """Requests in hand at most; more are answered 503, to come again later."""
    max_waiting_requests: Annotated[int, Field(ge=1)] = 512
    """Beside them, requests at most that ask to wait (``Prefer: wait``) or for a stream of events."""
    keep_alive_s: Annotated[int, Field(ge=1)] = 75
    """How long a connection may rest between two requests: longer than the proxy before it keeps its (nginx and most
    load balancers 60 s), for a request that meets the end of its connection is lost."""
    shutdown_s: Annotated[float, Field(ge=0)] = 20.0
    """How long requests, handlers and jobs may take to finish when the process is told to stop."""

    @property
    def base_url(self) -> str:
        """The address of the service, without a slash at its end."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")


class DatabaseSettings(_Group):
    """Which database; SQLite in the data folder where there is no address."""

    url: SecretStr | None = None
    """For SQLAlchemy, like ``postgresql+asyncpg://user:password@host/fairway``; a file in the data folder if None."""
    connections_kept: Annotated[int, Field(ge=1)] = 5
    """Connections to PostgreSQL that each of two pools, one to read and one to write, opens at the start and keeps."""
    connections_beside: Annotated[int, Field(ge=0)] = 10
    """Connections beside them that each pool opens at most while it needs them."""


class S3Settings(_Group):
    """Where objects are kept; files in the data folder where there is no bucket."""

    bucket: Annotated[str | None, Field(min_length=3, max_length=63)] = None
    """Name of the bucket."""
    endpoint_url: Annotated[str | None, Field(pattern=r"^https?://")] = None
    """Address of the service; Amazon's where it is None."""
    region: str = "us-east-1"
    """Region of the bucket."""
    access_key_id: str | None = None
    """Who asks; where it is None, what the environment of a pod says (a role, a profile) is used."""
    secret_access_key: SecretStr | None = None
    """The secret that belongs to it."""
    encryption: Literal["AES256", "aws:kms"] | None = None
    """Server-side encryption to ask for; the bucket's own default where it is None."""
    encryption_key_id: str | None = None
    """Key for ``aws:kms``."""
    connect_timeout_s: Annotated[float, Field(gt=0)] = 3.0
    """How long a connection may take: where nothing answers, the caller is not kept waiting for it."""
    timeout_s: Annotated[float, Field(gt=0)] = 20.0
    """How long an answer may take."""
    attempts: Annotated[int, Field(ge=1)] = 4
    """How often a request is tried that did not get through."""
    connections: Annotated[int, Field(ge=1)] = 20
    """Connections kept at most."""


class KafkaSettings(_Group):
    """The broker that carries events; the database does where no broker is named."""

    bootstrap_servers: Annotated[str | None, Field(pattern=r"^[^\s,]+:\d+(,[^\s,]+:\d+)*$")] = None
    """Brokers to ask first, like ``kafka-0:9092,kafka-1:9092``. It takes a PostgreSQL database as well."""
    security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    """Whether connections use TLS (SSL) and whether one signs in (SASL)."""
    sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "SCRAM-SHA-512"
    """How one signs in."""
    username: str | None = None
    """Who signs in."""
    password: SecretStr | None = None
    """The user's password."""
    ca_file: Path | None = None
    """Certificates that are trusted for the brokers; those of the system where it is None."""
    cert_file: Path | None = None
    """Certificate that we show the brokers, where they ask for one."""
    key_file: Path | None = None
    """Its key."""
    group_instance_id: Annotated[str | None, Field(pattern=r"^[A-Za-z0-9._-]{1,200}$")] = None
    """Name of this process among the members of its groups, like the name of its pod: one that dies and comes back
    within the session has its partitions still. No two processes may have the same."""
    topic_prefix: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{0,100}$")] = ""
    """Goes before every name of a topic and of a group, so that several installations share a cluster."""
    replication_factor: Annotated[int | None, Field(ge=1)] = None
    """Copies of each partition, when ``fairway migrate`` makes topics; 3 or as many as there are brokers if None."""
    session_timeout_s: Annotated[float, Field(ge=6, le=300)] = 30.0
    """A process that is not heard of for so long has its partitions given to others."""
    request_timeout_s: Annotated[float, Field(gt=0)] = 20.0
    """How long an answer may take, and how long an event may wait for the broker before the relay begins anew."""


class UploadSettings(_Group):
    """Limits of an uploaded file."""

    max_bytes: Annotated[int, Field(ge=1)] = 256 * MEBIBYTE
    """Largest file."""


class SmtpSettings(_Group):
    """The mail server; mails are files in the data folder where there is no host."""

    host: str | None = None
    """Name of the server."""
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    """Port of the server."""
    security: Literal["starttls", "tls", "none"] = "starttls"
    """TLS from the first byte (tls, usually port 465), after STARTTLS, or none."""
    user: str | None = None
    """Who sends; nobody signs in where it is None."""
    password: SecretStr | None = None
    """The user's password."""
    ca_file: Path | None = None
    """Certificates that are trusted for the server; those of the system where it is None."""
    timeout_s: Annotated[float, Field(gt=0)] = 30.0
    """How long a connection or an answer may take."""
    connections: Annotated[int, Field(ge=1, le=100)] = 4
    """Connections that a process keeps at most, for one mail after the other each; so many are sent at a time."""


class MailSettings(_Group):
    """Who mails come from, and how they leave."""

    sender: str = "Fairway <fairway@localhost>"
    """The From of every mail."""
    smtp: SmtpSettings = SmtpSettings()


class RetentionSettings(_Group):
    """How long things are kept."""

    idempotency_hours: Annotated[float, Field(gt=0)] = 24.0
    """An Idempotency-Key is remembered for so long."""
    unclaimed_object_hours: Annotated[float, Field(gt=0)] = 24.0
    """An object that no row names is removed when it is older than this."""
    most_unclaimed_uploads: Annotated[int, Field(ge=0)] = 100
    """Where more uploads than this have no row, none is removed: the database was restored, and wants a rebuild."""
    settled_delivery_days: Annotated[float, Field(gt=0)] = 30.0
    """Published events and settled deliveries are kept for so long."""


class LogSettings(_Group):
    """What is logged, and how."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    """What weighs less is left out: debug, info, warning or error."""
    format: Literal["text", "json"] = "json"
    """A line for people (text), or a JSON object a line for machines."""


class TracingSettings(_Group):
    """Where spans are sent; nothing is recorded where there is no address."""

    otlp_endpoint: Annotated[str | None, Field(pattern=r"^https?://[^\s/]+(/\S*)?/v1/traces$")] = None
    """Where a collector takes spans by OTLP over HTTP, whole: http://collector:4318/v1/traces."""
    sample_ratio: Annotated[float, Field(ge=0, le=1)] = 1.0
    """The share of traces that is recorded; a caller that says so in its traceparent decides for its own."""
    timeout_s: Annotated[float, Field(gt=0)] = 5.0
    """How long the collector may take to answer. Nothing waits for it but the end of the process."""


class _FromEnvironment(BaseSettings):
    """Settings whose secrets may come from files."""

    @classmethod
    @override
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings, EnvironmentWithSecretFiles(settings_cls))


class Settings(_FromEnvironment):
    """What every process needs to know."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        frozen=True,
        extra="forbid",
        env_ignore_empty=True,
        use_attribute_docstrings=True,
    )

    data: Annotated[Path, AfterValidator(Path.absolute)] = Field(default=Path("fairway-data"), validate_default=True)
    """The data folder: database, objects, mails, lock."""
    as_of: AwareDatetime | None = None
    """Replay from this time on; the real time where it is None."""
    http: HttpSettings = HttpSettings()
    database: DatabaseSettings = DatabaseSettings()
    s3: S3Settings = S3Settings()
    kafka: KafkaSettings = KafkaSettings()
    upload: UploadSettings = UploadSettings()
    mail: MailSettings = MailSettings()
    retention: RetentionSettings = RetentionSettings()
    log: LogSettings = LogSettings()
    tracing: TracingSettings = TracingSettings()


class SettingsGroup(_FromEnvironment):
    """Base of a service's own settings."""


def group(name: str) -> SettingsConfigDict:
    """Return the configuration of a settings group: ``group("screening")`` reads ``FAIRWAY_SCREENING__…``."""
    return SettingsConfigDict(
        env_prefix=f"{PREFIX}{name.upper()}__",
        env_nested_delimiter="__",
        frozen=True,
        extra="forbid",
        env_ignore_empty=True,
        use_attribute_docstrings=True,
    )


S = TypeVar("S", bound=BaseSettings)


def read_settings(kind: type[S], **given: Any) -> S:
    """Read settings of `kind` from the environment; what is `given` goes before it.

    Handlers ask for their settings at each event. So what was read last is given again as long as the variables are the
    same; where one names a file of a secret it is read anew, for the file may have changed.

    Raises
    ------
    InvalidSettings
        A variable cannot be used; the message names it. Values are never repeated: they may be secrets.
    """
    prefix = str(kind.model_config.get("env_prefix", "")).upper()
    variables = frozenset(item for item in os.environ.items() if item[0].upper().startswith(prefix))
    remembered = _read_last.get(kind)
    if remembered is not None and not given and remembered[0] == variables:
        return cast("S", remembered[1])
    settings = _read(kind, given)
    if not given and not any(name.upper().endswith("_FILE") for name, _ in variables):
        _read_last[kind] = variables, settings
    return settings


_read_last: dict[type[BaseSettings], tuple[frozenset[tuple[str, str]], BaseSettings]] = {}


def _read(kind: type[S], given: dict[str, Any]) -> S:
    try:
        return kind(**given)
    except ValidationError as error:
        prefix = str(kind.model_config.get("env_prefix", ""))
        faults = (
            f"{prefix}{'__'.join(str(part) for part in fault['loc']).upper()}: {fault['msg']}"
            for fault in error.errors(include_url=False, include_input=False, include_context=False)
        )
        raise InvalidSettings("; ".join(faults)) from None
