"""What an answer of Space-Track is worth. Its status proves nothing: 200 may carry an error, a page or half of one.

A failure is never taken for an empty result.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

__all__ = ["OF_THE_REQUEST", "Expected", "Outcome", "Reply", "judge"]

Expected = Literal["rows", "text", "content", "login", "upload", "acknowledgement"]
"""What was asked for: an array of rows, text, a file's bytes, or that something was done."""

Outcome = Literal[
    "ok",
    "empty",
    "rate-limited",
    "not-signed-in",
    "page-of-html",
    "login-refused",
    "stopped",
    "not-permitted",
    "refused",
    "unavailable",
    "cut-off",
    "too-long",
    "no-answer",
]
"""``ok`` and ``empty`` alone are successes. ``refused`` is what concerns this request only and will not get better by
itself; ``no-answer`` and ``cut-off`` leave open whether the request was carried out."""

OF_THE_REQUEST: Final = frozenset({"refused", "not-permitted", "too-long"})
"""What concerns one request and says nothing of the account."""

_RATE_LIMIT: Final = re.compile(
    r"(violated your query rate limit|exceeded .{0,40}rate limit|too many requests)", re.IGNORECASE
)
_SIGN_IN: Final = re.compile(r"(must be logged in|not logged in|session (has )?expired|please log ?in)", re.IGNORECASE)
_PERMISSION: Final = re.compile(r"(permission|not authori[sz]ed|access denied|no access|forbidden)", re.IGNORECASE)
_NOTHING: Final = re.compile(r"\s*(NO RESULTS RETURNED\.?)?\s*\Z", re.IGNORECASE)
_LONGEST_SAID: Final = 300
_TAG: Final = re.compile(r"<[^>]*>")
_SPACES: Final = re.compile(r"\s+")
_TOO_MANY_REQUESTS, _UNAUTHORIZED, _FORBIDDEN, _SERVER_FAULT, _FAULT = 429, 401, 403, 500, 400
_NO_CONTENT: Final = 204


@dataclass(frozen=True, kw_only=True)
class Reply:
    """An answer and what it is worth."""

    outcome: Outcome
    status: int | None = None
    body: bytes = field(default=b"", repr=False)
    size_bytes: int = 0
    """How long the whole answer was."""
    sha256: str = ""
    """Of the whole answer."""
    data: Any = field(default=None, repr=False)
    """The parsed JSON, where it is some."""
    said: str = ""
    """What Space-Track says of a failure, cut to a sentence."""

    @property
    def is_success(self) -> bool:
        """Whether it is what was asked for, or that there is nothing."""
        return self.outcome in ("ok", "empty")

    @property
    def is_of_the_request(self) -> bool:
        """Whether the failure is this request's own, and says nothing of the account: another one may do well."""
        return self.outcome in OF_THE_REQUEST

    @property
    def is_ambiguous(self) -> bool:
        """Whether something may have been done although no success was answered."""
        return self.outcome in ("no-answer", "cut-off", "unavailable", "page-of-html", "rate-limited", "too-long")

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The rows of a successful query."""
        return self.data if isinstance(self.data, list) else []


def judge(status: int, body: bytes, expected: Expected, stop_words: Sequence[str] = ()) -> Reply:
    """Say what an answer is worth, by its body first and its status second."""
    text = body.decode("utf-8", "replace") if expected != "content" or status >= _FAULT else _head(body)
    is_json, data = _parsed(text, expected)
    error = _error_in(data, text, status)
    if error is not None:
        return _failure(status, body, error, stop_words)
    if _is_html(text):
        if _says_stopped(text, stop_words):
            return Reply(outcome="stopped", status=status, body=body, said=_sentence(text))
        if status < _FAULT:
            return Reply(outcome="page-of-html", status=status, body=body, said=_sentence(text))
        stop_words = ()  # words of a page may be of anything: a form's fields are disabled, a service is suspended
    if status >= _FAULT:
        return _failure(status, body, text, stop_words)
    if expected == "content":
        return Reply(outcome="ok", status=status, body=body)
    reply = _asked_for(status, body, text, expected, is_json, data)
    if not reply.is_success and _says_stopped(text, stop_words):
        return replace(reply, outcome="stopped", said=_sentence(text))
    return reply


def _asked_for(status: int, body: bytes, text: str, expected: Expected, is_json: bool, data: Any) -> Reply:
    if expected == "login":
        # Success is an empty JSON string; anything else that is no known failure is none of ours to guess at.
        ok = text.strip() in ('""', "")
        return Reply(
            outcome="ok" if ok else "unavailable", status=status, body=body, said="" if ok else _sentence(text)
        )
    if expected == "rows":
        return _rows(status, body, text, is_json, data)
    if expected == "text" and (status == _NO_CONTENT or _NOTHING.fullmatch(text)):
        return Reply(outcome="empty", status=status, body=body)
    return Reply(outcome="ok", status=status, body=body, data=data)


def _rows(status: int, body: bytes, text: str, is_json: bool, data: Any) -> Reply:
    if status == _NO_CONTENT or _NOTHING.fullmatch(text) or (is_json and data in ([], "", None)):
        return Reply(outcome="empty", status=status, body=body, data=[])
    if not is_json:
        return Reply(outcome="cut-off", status=status, body=body, said=f"no whole JSON: {_sentence(text)}")
    if not isinstance(data, list) or not all(isinstance(row, dict) for row in data):
        return Reply(outcome="unavailable", status=status, body=body, said=f"no array of rows: {_sentence(text)}")
    return Reply(outcome="ok", status=status, body=body, data=data)


def _parsed(text: str, expected: Expected) -> tuple[bool, Any]:
    if expected in ("text", "content") and not text.lstrip().startswith(("{", "[")):
        return False, None
    try:
        return True, json.loads(text)
    except ValueError:
        return False, None


def _error_in(data: Any, text: str, status: int) -> str | None:
    """Return what an error says that stands in the body, whatever the status."""
    if isinstance(data, list) and len(data) == 1:
        data = data[0]
    if isinstance(data, dict):
        if str(data.get("Login", "")).lower() == "failed":
            others = (str(value) for name, value in data.items() if name != "Login" and value)
            return " ".join(("Login failed", *others))
        for name, value in data.items():
            if name.lower() == "error" and len(data) <= 3:
                return str(value)
    if status == _TOO_MANY_REQUESTS or (len(text) < 4 * _LONGEST_SAID and _RATE_LIMIT.search(text)):
        return text or "too many requests"
    return None


def _failure(status: int, body: bytes, error: str, stop_words: Sequence[str]) -> Reply:
    return Reply(outcome=_kind(status, error, stop_words), status=status, body=body, said=_sentence(error))


def _kind(status: int, error: str, stop_words: Sequence[str]) -> Outcome:
    lowered = error.lower()
    if any(re.search(rf"\b{re.escape(word)}", lowered) for word in stop_words):
        return "stopped"
    if status == _TOO_MANY_REQUESTS or _RATE_LIMIT.search(error):
        return "rate-limited"
    if lowered.startswith("login failed"):
        return "login-refused"
    if status == _UNAUTHORIZED or _SIGN_IN.search(error):
        return "not-signed-in"
    if status == _FORBIDDEN or _PERMISSION.search(error):
        return "not-permitted"
    if status >= _SERVER_FAULT:
        return "unavailable"
    return "refused"


def _says_stopped(text: str, stop_words: Sequence[str]) -> bool:
    """Whether text of any form says that our account was stopped: that it was, not what would happen if."""
    if not stop_words:
        return False
    words = "|".join(re.escape(word) for word in stop_words)
    found = rf"(?<!if )(?<!when )(?<!once )your account\b[^.]{{0,30}}\b(is|was|has been)\b[^.]{{0,30}}\b({words})"
    return re.search(found, _SPACES.sub(" ", _TAG.sub(" ", text[:20_000])), re.IGNORECASE) is not None


def _is_html(text: str) -> bool:
    return text.lstrip()[:200].lower().startswith(("<!doctype html", "<html", "<head", "<body"))


def _head(body: bytes) -> str:
    return body[:2000].decode("utf-8", "replace")


def _sentence(text: str) -> str:
    plain = _SPACES.sub(" ", _TAG.sub(" ", text[:4000])).strip()
    return plain if len(plain) <= _LONGEST_SAID else f"{plain[: _LONGEST_SAID - 1]}…"
