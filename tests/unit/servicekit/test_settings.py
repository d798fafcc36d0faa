"""Settings come from the environment, and what is wrong with them is said without repeating them."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from servicekit.errors import InvalidSettings
from servicekit.secret_files import secret_variables
from servicekit.settings import Settings, SettingsGroup, group, read_settings


class ProbeSettings(SettingsGroup):
    model_config = group("probe")

    threads: int = 2


@pytest.fixture(autouse=True)
def _no_settings_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FAIRWAY_DATA", "FAIRWAY_AS_OF", "FAIRWAY_DATABASE__URL", "FAIRWAY_HTTP__PORT"):
        monkeypatch.delenv(name, raising=False)


def test_without_an_environment_the_embedded_defaults_hold() -> None:
    settings = read_settings(Settings)
    assert settings.database.url is None
    assert settings.upload.max_bytes == 268_435_456
    assert settings.http.base_url == "http://127.0.0.1:8080"
    assert settings.data == Path.cwd() / "fairway-data"


def test_groups_are_read_by_a_double_underscore(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAIRWAY_HTTP__PORT", "9000")
    monkeypatch.setenv("FAIRWAY_HTTP__PUBLIC_URL", "https://fairway.example/ca/")
    monkeypatch.setenv("FAIRWAY_AS_OF", "2024-09-17T12:00:00Z")
    settings = read_settings(Settings, data=Path("/tmp/x"))
    assert settings.http.port == 9000
    assert settings.http.base_url == "https://fairway.example/ca"
    assert settings.as_of == datetime(2024, 9, 17, 12, tzinfo=UTC)


def test_a_service_reads_a_group_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAIRWAY_PROBE__THREADS", "8")
    assert read_settings(ProbeSettings).threads == 8
    assert read_settings(Settings).http.port == 8080


def test_the_variable_that_is_wrong_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAIRWAY_HTTP__PORT", "hunter2")
    with pytest.raises(InvalidSettings, match="FAIRWAY_HTTP__PORT: Input should be a valid integer") as caught:
        read_settings(Settings)
    assert "hunter2" not in str(caught.value)


def test_a_time_without_a_zone_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAIRWAY_AS_OF", "2024-09-17T12:00:00")
    with pytest.raises(InvalidSettings, match="FAIRWAY_AS_OF"):
        read_settings(Settings)


def test_a_database_password_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAIRWAY_DATABASE__URL", "postgresql+asyncpg://fairway:hunter2@db/fairway")
    settings = read_settings(Settings)
    assert "hunter2" not in repr(settings)
    assert settings.database.url is not None
    assert settings.database.url.get_secret_value().endswith("@db/fairway")


def test_a_secret_comes_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "url").write_text("postgresql+asyncpg://fairway:hunter2@db/fairway\n")
    (tmp_path / "password").write_text(" spaces stay \r\n")
    monkeypatch.setenv("FAIRWAY_DATABASE__URL_FILE", str(tmp_path / "url"))
    monkeypatch.setenv("FAIRWAY_MAIL__SMTP__PASSWORD_FILE", str(tmp_path / "password"))
    monkeypatch.setenv("FAIRWAY_MAIL__SMTP__HOST", "mail.example")
    settings = read_settings(Settings)
    assert settings.database.url is not None
    assert settings.database.url.get_secret_value() == "postgresql+asyncpg://fairway:hunter2@db/fairway"
    assert settings.mail.smtp.password is not None
    assert settings.mail.smtp.password.get_secret_value() == " spaces stay "
    assert settings.mail.smtp.host == "mail.example"


def test_every_secret_may_come_from_a_file() -> None:
    assert {
        "FAIRWAY_DATABASE__URL",
        "FAIRWAY_S3__SECRET_ACCESS_KEY",
        "FAIRWAY_MAIL__SMTP__PASSWORD",
    } <= set(secret_variables(Settings))


def test_a_file_setting_that_is_no_secret_stays_what_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAIRWAY_MAIL__SMTP__CA_FILE", "/etc/ssl/mail.pem")
    assert read_settings(Settings).mail.smtp.ca_file == Path("/etc/ssl/mail.pem")


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (None, "FAIRWAY_DATABASE__URL_FILE: there is no file .*secret"),
        (b"\n", "FAIRWAY_DATABASE__URL_FILE: .*secret is empty"),
        (b"\xff\xfe", "FAIRWAY_DATABASE__URL_FILE: .*secret is not text"),
    ],
    ids=["missing", "empty", "binary"],
)
def test_a_secret_file_that_cannot_be_used_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes | None, complaint: str
) -> None:
    if content is not None:
        (tmp_path / "secret").write_bytes(content)
    monkeypatch.setenv("FAIRWAY_DATABASE__URL_FILE", str(tmp_path / "secret"))
    with pytest.raises(InvalidSettings, match=complaint):
        read_settings(Settings)


@pytest.mark.parametrize("endpoint", ["http://collector:4318/v1/traces", "https://traces.example.org/otlp/v1/traces"])
def test_a_collectors_address_is_whole(monkeypatch: pytest.MonkeyPatch, endpoint: str) -> None:
    monkeypatch.setenv("FAIRWAY_TRACING__OTLP_ENDPOINT", endpoint)
    assert read_settings(Settings).tracing.otlp_endpoint == endpoint


@pytest.mark.parametrize(
    "endpoint", ["http://collector:4318", "http://collector:4318/", "collector:4318/v1/traces", "http:///v1/traces"]
)
def test_a_collectors_address_without_its_path_is_refused(monkeypatch: pytest.MonkeyPatch, endpoint: str) -> None:
    monkeypatch.setenv("FAIRWAY_TRACING__OTLP_ENDPOINT", endpoint)
    with pytest.raises(InvalidSettings, match=r"FAIRWAY_TRACING__OTLP_ENDPOINT: .*/v1/traces"):
        read_settings(Settings)


def test_a_secret_given_twice_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "url").write_text("sqlite:///b")
    monkeypatch.setenv("FAIRWAY_DATABASE__URL", "sqlite:///a")
    monkeypatch.setenv("FAIRWAY_DATABASE__URL_FILE", str(tmp_path / "url"))
    with pytest.raises(InvalidSettings, match="both set"):
        read_settings(Settings)


def test_settings_that_are_asked_for_again_follow_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAIRWAY_PROBE__THREADS", "8")
    first = read_settings(ProbeSettings)
    assert read_settings(ProbeSettings) is first  # handlers ask at each event: nothing is parsed again
    monkeypatch.setenv("FAIRWAY_PROBE__THREADS", "4")
    assert read_settings(ProbeSettings).threads == 4
    monkeypatch.delenv("FAIRWAY_PROBE__THREADS")
    assert read_settings(ProbeSettings).threads == 2


def test_a_secret_in_a_file_is_read_anew_each_time(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "url"
    monkeypatch.setenv("FAIRWAY_DATABASE__URL_FILE", str(file))
    for content in ("postgresql://one", "postgresql://two"):
        file.write_text(content)
        url = read_settings(Settings).database.url
        assert url is not None
        assert url.get_secret_value() == content
