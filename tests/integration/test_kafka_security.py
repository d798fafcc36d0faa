"""A broker that asks for TLS and a password (SASL with SCRAM), and what is said where they are wrong."""

import logging
from pathlib import Path
from typing import Any, ClassVar

import pytest
from support.buses import deliver_by_kafka, kafka_context
from support.databases import postgres_database
from support.embedded import emit
from support.kafka import kafka_settings

from local_parts.certificates import Certificate, make_certificate
from local_parts.kafka import Kafka
from servicekit.bus import Consumer, Delivery
from servicekit.bus.topics import BrokerUnavailable, check_topics, make_topics, topics_of
from servicekit.context import Context
from servicekit.errors import InvalidSettings
from servicekit.events import Event
from servicekit.settings import KafkaSettings


class SecretSharedV1(Event):
    topic: ClassVar[str] = "secret.shared.v1"
    partitions: ClassVar[int] = 1
    number: int


def secure(broker: Kafka, **more: object) -> KafkaSettings:
    return kafka_settings(
        broker.secure_address,
        security_protocol="SASL_SSL",
        sasl_mechanism="SCRAM-SHA-512",
        **{
            "username": broker.user,
            "password": broker.password,
            "ca_file": broker.certificate.file,
            **more,
        },
    )


async def test_events_go_through_a_secured_broker_and_the_password_is_never_written_down(
    tmp_path: Path,
    postgres_server: str,
    postgres_templates: set[str],
    kafka_broker: Kafka,
    caplog: pytest.LogCaptureFixture,
) -> None:
    heard: list[int] = []

    async def hear(_context: Context, delivery: Delivery[Any]) -> None:
        async with delivery.transaction():
            heard.append(delivery.event.number)

    consumer = Consumer(name="confidant.hears", event=SecretSharedV1, handler=hear)
    settings = secure(kafka_broker)
    with caplog.at_level(logging.DEBUG), caplog.at_level(logging.DEBUG, "aiokafka"):
        async with (
            postgres_database(postgres_server, postgres_templates) as url,
            kafka_context(url, settings, tmp_path) as context,
        ):
            await make_topics(settings, topics_of([SecretSharedV1], settings.topic_prefix))
            await emit(context, SecretSharedV1(number=1))
            await deliver_by_kafka(context, [consumer])
    assert heard == [1]
    assert len(caplog.records) > 10
    assert kafka_broker.password not in caplog.text
    assert kafka_broker.password not in repr(settings)


async def test_a_wrong_password_lets_nobody_in_and_is_not_repeated(kafka_broker: Kafka) -> None:
    with pytest.raises(BrokerUnavailable) as raised:
        await check_topics(secure(kafka_broker, password="hunter2"), [])
    assert "hunter2" not in str(raised.value)
    assert "SaslAuthenticationFailed" in raised.value.sentence
    assert "FAIRWAY_KAFKA__" in raised.value.sentence


async def test_a_broker_with_another_certificate_is_not_trusted(kafka_broker: Kafka, tmp_path: Path) -> None:
    stranger = make_certificate(tmp_path)
    with pytest.raises(BrokerUnavailable, match="CERTIFICATE_VERIFY_FAILED"):
        await check_topics(secure(kafka_broker, ca_file=stranger.file), [])


async def test_a_broker_that_asks_for_a_certificate_takes_who_shows_the_right_one(
    kafka_broker: Kafka, tmp_path: Path
) -> None:
    def shown(certificate: Certificate | None) -> KafkaSettings:
        files = {} if certificate is None else {"cert_file": certificate.file, "key_file": certificate.key}
        return kafka_settings(
            kafka_broker.mutual_address, security_protocol="SSL", ca_file=kafka_broker.certificate.file, **files
        )

    assert await check_topics(shown(kafka_broker.client_certificate), []) == []
    for wrong in (None, make_certificate(tmp_path)):
        with pytest.raises(BrokerUnavailable):
            await check_topics(shown(wrong), [])


async def test_a_broker_that_does_not_answer_is_named() -> None:
    with pytest.raises(BrokerUnavailable, match=r"127\.0\.0\.1:9 "):
        await check_topics(kafka_settings("127.0.0.1:9"), [])


async def test_settings_that_cannot_work_are_said_before_anybody_is_asked(tmp_path: Path) -> None:
    with pytest.raises(InvalidSettings, match="FAIRWAY_KAFKA__PASSWORD"):
        await check_topics(kafka_settings("127.0.0.1:9", security_protocol="SASL_SSL", username="somebody"), [])
    with pytest.raises(InvalidSettings, match="FAIRWAY_KAFKA__CA_FILE"):
        await check_topics(kafka_settings("127.0.0.1:9", security_protocol="SSL", ca_file=tmp_path / "absent.pem"), [])
