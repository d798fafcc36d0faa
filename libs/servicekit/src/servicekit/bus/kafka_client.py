"""What every connection to the brokers is told."""

import ssl
from typing import Any

from aiokafka.conn import create_conn
from aiokafka.errors import KafkaError

from servicekit.errors import InvalidSettings
from servicekit.settings import KafkaSettings

__all__ = ["CLIENT_ID", "client_options", "why_not"]

CLIENT_ID = "fairway"
_METADATA_AGE_MS = 5_000
"""So soon is it noticed that a topic was made, widened or deleted."""


def client_options(settings: KafkaSettings) -> dict[str, Any]:
    """Return the arguments that aiokafka's clients have in common.

    Raises
    ------
    InvalidSettings
        Who signs in is not said, or a certificate cannot be read.
    """
    if settings.bootstrap_servers is None:
        raise InvalidSettings("FAIRWAY_KAFKA__BOOTSTRAP_SERVERS: no broker is named")
    options: dict[str, Any] = {
        "bootstrap_servers": settings.bootstrap_servers.split(","),
        "client_id": CLIENT_ID,
        "request_timeout_ms": round(settings.request_timeout_s * 1000),
        "security_protocol": settings.security_protocol,
        "metadata_max_age_ms": _METADATA_AGE_MS,
    }
    if settings.security_protocol.endswith("SSL"):
        options["ssl_context"] = _tls(settings)
    if settings.security_protocol.startswith("SASL"):
        if settings.username is None or settings.password is None:
            raise InvalidSettings(
                f"FAIRWAY_KAFKA__SECURITY_PROTOCOL: {settings.security_protocol} takes "
                "FAIRWAY_KAFKA__USERNAME and FAIRWAY_KAFKA__PASSWORD"
            )
        options["sasl_mechanism"] = settings.sasl_mechanism
        options["sasl_plain_username"] = settings.username
        options["sasl_plain_password"] = settings.password.get_secret_value()
    return options


async def why_not(settings: KafkaSettings) -> str | None:
    """Return why the first broker that is named lets us not in, or None where it does: clients say it to their log."""
    options = client_options(settings)
    host, _, port = options.pop("bootstrap_servers")[0].rpartition(":")
    options.pop("metadata_max_age_ms")
    try:
        connection = await create_conn(host, int(port), **options)
    except (OSError, KafkaError, TimeoutError) as error:
        return f"{type(error).__name__}: {error}"
    connection.close()
    return None


def _tls(settings: KafkaSettings) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=settings.ca_file)
        if settings.cert_file is not None:
            context.load_cert_chain(settings.cert_file, settings.key_file)
    except (OSError, ssl.SSLError) as error:
        raise InvalidSettings(
            f"FAIRWAY_KAFKA__CA_FILE, FAIRWAY_KAFKA__CERT_FILE, FAIRWAY_KAFKA__KEY_FILE: a certificate cannot be read "
            f"({type(error).__name__}: {error})"
        ) from error
    return context
