"""Secrets at rest: AES-256-GCM (NIST SP 800-38D) under a key that stands outside of the database.

What is sealed is bound to its place (account and field), so that it cannot be moved to another one.
"""

import base64
import binascii
import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from spacetrack_gateway.errors import NoSecretKey, SealedOtherwise
from spacetrack_gateway.settings import SpaceTrackSettings

__all__ = ["Vault", "open_vault"]

_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_VERSION: Final = b"\x01"


class Vault:
    """Seals and opens secrets. Neither its text form nor its errors ever show one."""

    def __init__(self, key: bytes) -> None:
        if len(key) != _KEY_BYTES:
            raise NoSecretKey(f"The key for secrets has {len(key)} bytes, not {_KEY_BYTES}")
        self._cipher = AESGCM(key)

    def seal(self, secret: str, *place: str) -> bytes:
        """Return `secret` sealed for its place: the account's identifier and the field."""
        nonce = os.urandom(_NONCE_BYTES)
        return _VERSION + nonce + self._cipher.encrypt(nonce, secret.encode(), _bound(place))

    def open(self, sealed: bytes, *place: str) -> str:
        """Return what was sealed for this place.

        Raises
        ------
        SealedOtherwise
            It was sealed with another key or for another place, or altered.
        """
        nonce, content = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        if not sealed.startswith(_VERSION):
            raise SealedOtherwise(f"The {place[-1]} is not sealed in a way that is known here")
        try:
            return self._cipher.decrypt(nonce, content, _bound(place)).decode()
        except (InvalidTag, ValueError):
            raise SealedOtherwise(f"The {place[-1] if place else 'secret'} cannot be opened with this key") from None


def open_vault(settings: SpaceTrackSettings) -> Vault:
    """Return the vault under the key that the settings name.

    Raises
    ------
    NoSecretKey
        They name none, or what they name is none.
    """
    text = _key_text(settings)
    if text is None:
        raise NoSecretKey
    try:
        return Vault(base64.b64decode(text.strip().replace("-", "+").replace("_", "/"), validate=True))
    except (binascii.Error, ValueError):
        raise NoSecretKey("The key for secrets is no base64") from None


def _key_text(settings: SpaceTrackSettings) -> str | None:
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value()
    if settings.secret_key_file is None:
        return None
    try:
        return settings.secret_key_file.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        raise NoSecretKey(f"The key file {settings.secret_key_file} cannot be read") from None


def _bound(place: tuple[str, ...]) -> bytes:
    return "\x1f".join(place).encode()
