"""How an account stands after an answer: it goes on, it rests for a while, or it is stopped until a person comes.

A pure function of the standing before and the outcome, so that it can be tested word by word.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from spacetrack_gateway.budget.cadence import backoff
from spacetrack_gateway.client.replies import OF_THE_REQUEST, Outcome

__all__ = ["Standing", "standing_after"]

_LONGEST_REST: Final = timedelta(minutes=15)
_LONGEST_RATE_REST: Final = timedelta(hours=1)
_RATE_FACTOR: Final = 2
_AFTER_REFUSED_LOGIN: Final = timedelta(minutes=15)
_REFUSED_LOGINS: Final = 2


@dataclass(frozen=True, kw_only=True)
class Standing:
    """The part of an account that answers change."""

    state: str
    stopped_reason: str | None
    stopped_at: datetime | None
    failures: int
    failing_since: datetime | None
    retry_at: datetime | None
    last_error: str | None
    last_ok_at: datetime | None
    refused_logins: int


def standing_after(
    before: Standing, outcome: Outcome, said: str, now: datetime, *, purpose: str, seed: str
) -> Standing:
    """Return how the account stands after an answer."""
    common = vars(before) | {}
    if outcome in ("ok", "empty"):
        healthy = {"failures": 0, "failing_since": None, "retry_at": None, "last_error": None, "last_ok_at": now}
        signed_in = {"refused_logins": 0} if purpose == "login" else {}
        return Standing(**(common | healthy | signed_in))
    if outcome in OF_THE_REQUEST:
        return Standing(**(common | {"last_ok_at": now} if purpose == "login" else common))
    failures = before.failures + 1
    failed = {"failures": failures, "failing_since": before.failing_since or now, "last_error": f"{outcome}: {said}"}
    if outcome == "stopped":
        return _stopped(common | failed, now, f"Space-Track says: {said}")
    if outcome == "login-refused":
        refused = before.refused_logins + 1
        failed |= {"refused_logins": refused, "retry_at": now + _AFTER_REFUSED_LOGIN}
        if refused >= _REFUSED_LOGINS:
            return _stopped(common | failed, now, "Space-Track refuses the account's name or password")
        return Standing(**(common | failed))
    if outcome == "not-signed-in":
        return before if before.failures == 0 else Standing(**(common | {"last_error": failed["last_error"]}))
    if outcome == "rate-limited":
        rest = _RATE_FACTOR * backoff(failures, _LONGEST_RATE_REST / _RATE_FACTOR, seed, "rate")
        return Standing(**(common | failed | {"retry_at": now + rest}))
    return Standing(**(common | failed | {"retry_at": now + backoff(failures, _LONGEST_REST, seed, "outage")}))


def _stopped(values: dict[str, object], now: datetime, reason: str) -> Standing:
    stopped = {"state": "stopped", "stopped_reason": reason, "stopped_at": now, "retry_at": None}
    return Standing(**(values | stopped))  # type: ignore[arg-type]
