"""Who is calling: principals, how a request carries its credential, and the secrets behind tokens."""

from servicekit.auth.credentials import CSRF_HEADER, SESSION_COOKIE, CsrfTokenMissing, authenticate
from servicekit.auth.principal import Authenticator, Principal
from servicekit.auth.secret_tokens import SecretToken, hash_secret, new_secret, new_token, same_secret, token_prefix

__all__ = [
    "CSRF_HEADER",
    "SESSION_COOKIE",
    "Authenticator",
    "CsrfTokenMissing",
    "Principal",
    "SecretToken",
    "authenticate",
    "hash_secret",
    "new_secret",
    "new_token",
    "same_secret",
    "token_prefix",
]
