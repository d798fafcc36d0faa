"""The broker: reachable, lets us in, has the topics with the partitions that are declared."""

import asyncio
from typing import TYPE_CHECKING

from fairway.errors import one_line
from fairway.examination.report import Examination, bad, good

if TYPE_CHECKING:
    from servicekit.settings import KafkaSettings, Settings

__all__ = ["broker"]

_PATIENCE_S = 5.0


async def broker(settings: "Settings") -> list[Examination]:
    """Ask the broker for the declared topics."""
    kafka = settings.kafka
    if kafka.bootstrap_servers is None:
        return [good("broker", "none named: the database carries events")]
    if settings.database.url is None:
        return [
            bad("broker", "a broker is named beside an embedded database", "name a PostgreSQL in FAIRWAY_DATABASE__URL")
        ]
    from fairway.composition import events
    from servicekit.bus.topics import BrokerUnavailable, check_topics, topics_of
    from servicekit.errors import InvalidSettings

    addresses = kafka.bootstrap_servers.split(",")
    silent = [address for address in addresses if not await _listens(address)]
    if len(silent) == len(addresses):
        return [
            bad(
                "broker",
                f"nobody listens at {', '.join(silent)}",
                "check FAIRWAY_KAFKA__BOOTSTRAP_SERVERS, and that the broker runs",
            )
        ]
    topics = topics_of(events(), kafka.topic_prefix)
    try:
        faults = await check_topics(_impatient(kafka), topics)
    except InvalidSettings as error:
        return [bad("broker", error.detail, "mend the setting that it names")]
    except BrokerUnavailable as error:
        return [bad("broker", one_line(error), _way_in(kafka))]
    if faults:
        return [bad("broker", "; ".join(faults), "run: fairway migrate")]
    found = f"{len(topics)} topics with {sum(topic.partitions for topic in topics)} partitions"
    if silent:
        return [bad("broker", f"{found}, but nobody listens at {', '.join(silent)}", "start the brokers that are down")]
    return [good("broker", found)]


def _impatient(kafka: "KafkaSettings") -> "KafkaSettings":
    return kafka.model_copy(update={"request_timeout_s": min(kafka.request_timeout_s, _PATIENCE_S)})


async def _listens(address: str) -> bool:
    host, _, port = address.rpartition(":")
    try:
        async with asyncio.timeout(_PATIENCE_S):
            _, writer = await asyncio.open_connection(host.strip("[]"), int(port))
    except (OSError, TimeoutError):
        return False
    writer.close()
    return True


def _way_in(kafka: "KafkaSettings") -> str:
    if kafka.security_protocol == "PLAINTEXT":
        return "check FAIRWAY_KAFKA__SECURITY_PROTOCOL: the broker may want TLS, or who signs in"
    signing_in = "FAIRWAY_KAFKA__USERNAME, FAIRWAY_KAFKA__PASSWORD and FAIRWAY_KAFKA__SASL_MECHANISM"
    tls = "FAIRWAY_KAFKA__CA_FILE"
    wanted = {"SSL": tls, "SASL_PLAINTEXT": signing_in}.get(kafka.security_protocol, f"{signing_in}, and {tls}")
    return f"check {wanted}"
