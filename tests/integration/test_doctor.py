"""`fairway doctor` on real parts, each broken in turn: what is wrong and what to do, and never a secret."""

import socket
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from support.kafka import kafka_settings
from support.seaweedfs import s3_service
from support.smtp_server import receiving_server, smtp_settings

from fairway.composition import events
from fairway.examination import Examination, examine_parts
from fairway.examination.broker import broker
from fairway.examination.database import database
from fairway.examination.mail import mail
from fairway.examination.objects import objects
from fairway.examination.skew import compared
from local_parts.kafka import Kafka
from local_parts.mail_catcher import MailCatcher
from local_parts.ports import free_port
from local_parts.postgresql import PostgreSQL
from records.migrations import MIGRATIONS
from servicekit.bus.topics import make_topics, topics_of
from servicekit.clock import SystemClock
from servicekit.ids import new_id
from servicekit.objects.s3 import open_s3_objects
from servicekit.settings import DatabaseSettings, KafkaSettings, MailSettings, S3Settings, Settings, SmtpSettings
from servicekit.store import Store

SECRET = "the-secret-of-this-test"  # in every place where one is asked for


def settings_of(folder: Path, **groups: Any) -> Settings:
    return Settings(data=folder, **groups)


def the(part: str, found: list[Examination]) -> Examination:
    (one,) = [each for each in found if each.part == part]
    assert SECRET not in one.found + one.remedy
    return one


# --- database


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgreSQL]:
    with PostgreSQL(tmp_path_factory.mktemp("postgresql"), password=SECRET) as started:
        yield started


def on_database(folder: Path, server: PostgreSQL, name: str, **changes: str) -> Settings:
    url = server.address_of(name, "postgresql+asyncpg")
    for old, new in changes.items():
        url = url.replace(old, new)
    return settings_of(folder, database=DatabaseSettings(url=url))


async def test_a_database_is_good_with_its_version_revision_and_clock(tmp_path: Path, server: PostgreSQL) -> None:
    server.run("createdb", "good")
    settings = on_database(tmp_path, server, "good")
    ill = the("database", await database(settings))
    assert (ill.good, ill.remedy) == (False, "run: fairway migrate")
    store = Store(settings.database.url.get_secret_value(), SystemClock())
    await MIGRATIONS.upgrade(store)
    found = await database(settings)
    assert all(each.good for each in found)
    assert "postgresql 18" in the("database", found).found
    assert "agrees" in the("clock of the database", found).found
    async with store.engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    await store.close()
    ahead = the("database", await database(settings))
    assert ahead.good, "pods of before go on during an upgrade"
    assert "a newer release has migrated it" in ahead.found


@pytest.mark.parametrize(
    ("name", "changes", "remedy"),
    [
        ("postgres", {SECRET: "wrong"}, "user and password"),
        ("postgres", {"postgres:": "nobody:"}, "user and password"),
        ("nowhere", {}, "createdb"),
        ("postgres", {"postgresql+asyncpg": "postgresql"}, "postgresql+asyncpg://"),
        ("postgres", {"postgresql+asyncpg://": ""}, "postgresql+asyncpg://"),
    ],
    ids=["wrong password", "wrong user", "no such database", "another driver", "no address"],
)
async def test_what_is_wrong_with_a_database_is_told_apart(
    tmp_path: Path, server: PostgreSQL, name: str, changes: dict[str, str], remedy: str
) -> None:
    found = the("database", await database(on_database(tmp_path, server, name, **changes)))
    assert not found.good
    assert remedy in found.remedy


async def test_a_database_that_does_not_run_is_said(tmp_path: Path) -> None:
    address = f"postgresql+asyncpg://fairway:{SECRET}@127.0.0.1:{free_port()}/fairway"
    found = the("database", await database(settings_of(tmp_path, database=DatabaseSettings(url=address))))
    assert not found.good
    assert "host and port" in found.remedy


# --- objects


@pytest.fixture
async def s3() -> AsyncIterator[S3Settings]:
    service = s3_service()
    settings = S3Settings(
        bucket=f"fairway-{new_id()}",
        endpoint_url=service.url,
        access_key_id=service.access_key_id,
        secret_access_key=service.secret_access_key,
    )
    async with open_s3_objects(settings) as bucket:
        await bucket.make_bucket()
        yield settings
        assert [info async for info in bucket.list()] == [], "the examination left something behind"


async def test_a_bucket_is_good_with_its_clock(tmp_path: Path, s3: S3Settings) -> None:
    found = await objects(settings_of(tmp_path, s3=s3))
    assert all(each.good for each in found)
    assert "written once" in the("objects", found).found
    assert "agrees" in the("clock of the object store", found).found


@pytest.mark.parametrize(
    ("changes", "remedy"),
    [
        ({"bucket": "another-bucket"}, "FAIRWAY_S3__BUCKET"),
        ({"secret_access_key": SECRET}, "FAIRWAY_S3__SECRET_ACCESS_KEY"),
        ({"access_key_id": "nobody"}, "FAIRWAY_S3__ACCESS_KEY_ID"),
        ({"endpoint_url": "http://127.0.0.1:9"}, "FAIRWAY_S3__ENDPOINT_URL"),
        ({"encryption": "aws:kms"}, "FAIRWAY_S3__ENCRYPTION"),
    ],
    ids=["no such bucket", "wrong secret", "wrong key", "nobody there", "no encryption"],
)
async def test_what_is_wrong_with_objects_is_told_apart(
    tmp_path: Path, s3: S3Settings, changes: dict[str, str], remedy: str
) -> None:
    broken = S3Settings.model_validate({**s3.model_dump(), **changes})
    found = the("objects", await objects(settings_of(tmp_path, s3=broken)))
    assert not found.good
    assert remedy in found.remedy


# --- broker


@pytest.fixture(scope="module")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kafka]:
    with Kafka(tmp_path_factory.mktemp("kafka"), password=SECRET) as started:
        yield started


def signing_in(kafka: Kafka, **changes: Any) -> KafkaSettings:
    given: dict[str, Any] = {
        "security_protocol": "SASL_SSL",
        "username": kafka.user,
        "password": kafka.password,
        "ca_file": kafka.certificate.file,
    }
    return kafka_settings(kafka.secure_address, **(given | changes))


def with_broker(folder: Path, kafka: KafkaSettings) -> Settings:
    url = "postgresql+asyncpg://127.0.0.1/not-asked-here"
    return settings_of(folder, kafka=kafka, database=DatabaseSettings(url=url))


async def test_a_broker_is_good_when_it_has_every_topic(tmp_path: Path, kafka: Kafka) -> None:
    settings = with_broker(tmp_path, signing_in(kafka))
    missing = the("broker", await broker(settings))
    assert (missing.good, missing.remedy) == (False, "run: fairway migrate")
    assert "document.received.v1 does not exist" in missing.found
    await make_topics(settings.kafka, topics_of(events(), settings.kafka.topic_prefix))
    found = the("broker", await broker(settings))
    assert found.good, found
    assert "topics with" in found.found


@pytest.mark.parametrize(
    ("changes", "remedy"),
    [
        ({"password": "not-" + SECRET[:5]}, "FAIRWAY_KAFKA__PASSWORD"),
        ({"ca_file": None}, "FAIRWAY_KAFKA__CA_FILE"),
        ({"username": None}, "mend the setting"),
        ({"security_protocol": "PLAINTEXT"}, "FAIRWAY_KAFKA__SECURITY_PROTOCOL"),
        ({"bootstrap_servers": "127.0.0.1:9"}, "that the broker runs"),
    ],
    ids=["wrong password", "unknown authority", "no user", "no TLS", "nobody there"],
)
async def test_what_is_wrong_with_a_broker_is_told_apart(
    tmp_path: Path, kafka: Kafka, changes: dict[str, Any], remedy: str
) -> None:
    found = the("broker", await broker(with_broker(tmp_path, signing_in(kafka, **changes))))
    assert not found.good
    assert remedy in found.remedy


# --- mail


@pytest.fixture(scope="module")
def mail_server() -> Iterator[MailCatcher]:
    with receiving_server() as started:
        yield started


def with_mail(folder: Path, smtp: SmtpSettings) -> Settings:
    return settings_of(folder, mail=MailSettings(smtp=smtp))


async def test_a_mail_server_is_good_when_it_lets_us_in_and_gets_no_mail(
    tmp_path: Path, mail_server: MailCatcher
) -> None:
    found = the("mail", await mail(with_mail(tmp_path, smtp_settings(mail_server))))
    assert found.good, found
    assert "STARTTLS, lets fairway in" in found.found
    assert mail_server.arrived() == []


@pytest.mark.parametrize(
    ("changes", "remedy"),
    [
        ({"password": SECRET}, "FAIRWAY_MAIL__SMTP__PASSWORD"),
        ({"ca_file": None}, "FAIRWAY_MAIL__SMTP__CA_FILE"),
        ({"ca_file": Path("/nowhere/ca.pem")}, "FAIRWAY_MAIL__SMTP__CA_FILE"),
        ({"security": "tls"}, "FAIRWAY_MAIL__SMTP__SECURITY"),
        ({"port": 9}, "FAIRWAY_MAIL__SMTP__HOST"),
    ],
    ids=["wrong password", "unknown authority", "no such file", "TLS from the first byte", "nobody there"],
)
async def test_what_is_wrong_with_mail_is_told_apart(
    tmp_path: Path, mail_server: MailCatcher, changes: dict[str, Any], remedy: str
) -> None:
    found = the("mail", await mail(with_mail(tmp_path, smtp_settings(mail_server, **changes))))
    assert not found.good
    assert remedy in found.remedy


# --- all together


async def test_a_part_that_hangs_takes_seconds_and_hides_no_other(tmp_path: Path) -> None:
    hanging = socket.create_server(("127.0.0.1", 0), backlog=100)  # the system connects, and nobody ever answers
    port = hanging.getsockname()[1]
    address = f"postgresql+asyncpg://fairway:{SECRET}@127.0.0.1:{port}/fairway"
    settings = settings_of(
        tmp_path,
        database=DatabaseSettings(url=address),
        s3=S3Settings(
            bucket="fairway", endpoint_url=f"http://127.0.0.1:{port}", access_key_id="x", secret_access_key=SECRET
        ),
        mail=MailSettings(smtp=SmtpSettings(host="127.0.0.1", port=port)),
        kafka=KafkaSettings(bootstrap_servers=f"127.0.0.1:{port}"),
    )
    begun = datetime.now(UTC)
    found = await examine_parts(settings)
    assert datetime.now(UTC) - begun < timedelta(seconds=40)
    assert [each.part for each in found if not each.good] == ["database", "objects", "broker", "mail"]
    assert {"Python", "clock", "data folder", "disk"} <= {each.part for each in found if each.good}
    assert all(each.remedy and SECRET not in each.found + each.remedy for each in found if not each.good)
    hanging.close()


def test_clocks_that_are_apart_are_said_with_how_far_and_which_way() -> None:
    now = datetime.now(UTC)
    apart = compared("database", now + timedelta(minutes=10), now)
    assert (apart.good, apart.found) == (False, "the clock of the database is 600 s ahead")
    assert compared("database", now - timedelta(seconds=1), now).good
