"""Mails at the mail server, and what explains that one of them came twice."""

from collections.abc import Sequence
from typing import NamedTuple

from typing_extensions import override

__all__ = ["Arrived", "Disturbance", "Doubled", "doubled_mails"]

_RECORDED_WITHIN_S = 5.0
"""A mail is recorded as sent so soon after the server has it. What begins in between can double it."""
_AFTERMATH_S = 10.0
"""So long after a mail server or a link is itself again what had waited in it still arrives."""
_DOUBLING = ("PostgreSQL", "SMTP", "link to PostgreSQL", "link to SMTP")
_DOUBLING_SERVICE = "notifier"


class Arrived(NamedTuple):
    """A mail at the mail server."""

    message_id: str
    at_s: float
    """Since the epoch."""


class Disturbance(NamedTuple):
    """Something that was wrong for a while (seconds since the epoch)."""

    target: str
    """A process, a part, or a link."""
    what: str
    begin_s: float
    end_s: float

    @property
    def can_double_a_mail(self) -> bool:
        """Whether between what has gone wrong here a mail was sent and not recorded as sent.

        It is the notifier that sends, the mail server that takes, and the database that remembers. A broker that says
        again what is to be sent finds that it was, and nothing else has to do with mails.
        """
        return self.target in _DOUBLING or self.target.partition("/")[0] == _DOUBLING_SERVICE

    def explains(self, first_s: float, last_s: float) -> bool:
        """Whether a mail may have come twice because of this.

        What counts is when it came first: then it was not recorded. When it comes again is a matter of leases.
        """
        begins_in_time = self.begin_s <= min(first_s + _RECORDED_WITHIN_S, last_s)
        return self.can_double_a_mail and begins_in_time and first_s <= self.end_s + _AFTERMATH_S


class Doubled(NamedTuple):
    """A mail that came more than once."""

    message_id: str
    times: int
    last_after_s: float
    """From the first until the last."""
    because: str | None
    """What explains it; None is nothing."""

    @override
    def __str__(self) -> str:
        came = f"the mail {self.message_id} came {self.times} times within {self.last_after_s:.0f} s"
        return f"{came}: {self.because or 'no fault of what can double it was in force'}"


def doubled_mails(
    arrived: Sequence[Arrived],
    disturbances: Sequence[Disturbance],
    unclaimed: Sequence[tuple[float, float]] = (),
) -> list[Doubled]:
    """Return the mails that came more than once, each with what explains it.

    A disturbance does, or that the first left while `unclaimed`, when the backup that the database was restored from
    had been taken already: it knows the mail as not sent.
    """
    times: dict[str, list[float]] = {}
    for mail in arrived:
        times.setdefault(mail.message_id, []).append(mail.at_s)
    return [
        Doubled(message_id, len(at), max(at) - min(at), _because(min(at), max(at), disturbances, unclaimed))
        for message_id, at in sorted(times.items())
        if len(at) > 1
    ]


def _because(
    first_s: float, last_s: float, disturbances: Sequence[Disturbance], unclaimed: Sequence[tuple[float, float]]
) -> str | None:
    if any(begin_s <= first_s <= end_s for begin_s, end_s in unclaimed):
        return "it left after the backup that the database was restored from"
    those = sorted(
        (each for each in disturbances if each.explains(first_s, last_s)), key=lambda each: abs(each.begin_s - first_s)
    )
    if not those:
        return None
    nearest = those[0]
    return (
        f"{nearest.what} {nearest.target}, from {nearest.begin_s - first_s:+.1f} to {nearest.end_s - first_s:+.1f} s "
        "about when it came first"
    )
