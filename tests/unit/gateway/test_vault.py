"""Secrets at rest cannot be read without the key, moved, or altered, and never show."""

import base64
from pathlib import Path

import pytest
from pydantic import SecretStr

from spacetrack_gateway.accounts.vault import Vault, open_vault
from spacetrack_gateway.errors import NoSecretKey, SealedOtherwise
from spacetrack_gateway.settings import SpaceTrackSettings

KEY = bytes(range(32))
SECRET = "correct horse"


def test_what_was_sealed_is_opened_in_its_place_only():
    vault = Vault(KEY)
    sealed = vault.seal(SECRET, "account", "password")
    assert SECRET.encode() not in sealed
    assert vault.open(sealed, "account", "password") == SECRET
    with pytest.raises(SealedOtherwise):
        vault.open(sealed, "account", "identity")


def test_sealed_twice_it_looks_different():
    vault = Vault(KEY)
    assert vault.seal(SECRET, "a", "password") != vault.seal(SECRET, "a", "password")


@pytest.mark.parametrize("change", ["another key", "one bit", "cut"])
def test_what_was_altered_is_refused_without_showing_anything(change: str):
    sealed = Vault(KEY).seal(SECRET, "a", "password")
    vault = Vault(KEY[::-1]) if change == "another key" else Vault(KEY)
    altered = {"another key": sealed, "one bit": sealed[:-1] + bytes([sealed[-1] ^ 1]), "cut": sealed[:10]}[change]
    with pytest.raises(SealedOtherwise) as caught:
        vault.open(altered, "a", "password")
    assert SECRET not in str(caught.value)
    assert "password" in str(caught.value)


def test_the_key_comes_from_the_environment_or_a_file(tmp_path: Path):
    text = base64.b64encode(KEY).decode()
    (tmp_path / "key").write_text(f"{text}\n")
    sealed = Vault(KEY).seal(SECRET, "a", "password")
    for settings in (
        SpaceTrackSettings(secret_key=SecretStr(text)),
        SpaceTrackSettings(secret_key_file=tmp_path / "key"),
    ):
        assert open_vault(settings).open(sealed, "a", "password") == SECRET


@pytest.mark.parametrize("key", [None, "short", base64.b64encode(b"too short").decode(), "!" * 44])
def test_without_a_usable_key_nothing_is_sealed_and_the_remedy_is_told(key: str | None):
    settings = SpaceTrackSettings(secret_key=None if key is None else SecretStr(key))
    with pytest.raises(NoSecretKey) as caught:
        open_vault(settings)
    assert "openssl rand" in caught.value.sentence
    if key:
        assert key not in caught.value.sentence
