"""Secrets that we give out: random, shown once, kept as a hash only.

A secret has 256 random bits, so a plain SHA-256 is enough: there is nothing to guess that a slow hash would protect.
The readable prefix names the token in lists and finds its row; only the hash, compared in constant time, proves it.
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass

__all__ = ["SecretToken", "hash_secret", "new_secret", "new_token", "same_secret", "token_prefix"]

_TOKEN = re.compile(r"fwy_(?P<prefix>[0-9a-f]{12})_(?P<secret>[A-Za-z0-9_-]{43})")


@dataclass(frozen=True)
class SecretToken:
    """A new token: `text` is for its owner, `prefix` and `sha256` are for the table."""

    text: str
    prefix: str
    sha256: str


def new_secret() -> str:
    """Return 256 random bits as 43 characters, for a session cookie, a sign-in link or a CSRF token."""
    return secrets.token_urlsafe(32)


def new_token() -> SecretToken:
    """Return a new API token ``fwy_<prefix>_<secret>``."""
    prefix = secrets.token_hex(6)
    text = f"fwy_{prefix}_{new_secret()}"
    return SecretToken(text=text, prefix=prefix, sha256=hash_secret(text))


def token_prefix(text: str) -> str | None:
    """Return the prefix of a token that has the right form, else None."""
    match = _TOKEN.fullmatch(text)
    return match["prefix"] if match else None


def hash_secret(secret: str) -> str:
    """Return what is stored of a secret: its SHA-256, in hexadecimal."""
    return hashlib.sha256(secret.encode()).hexdigest()


def same_secret(presented: str, stored_sha256: str) -> bool:
    """Whether `presented` is the secret behind the stored hash, in a time that tells nothing."""
    return hmac.compare_digest(hash_secret(presented), stored_sha256)
