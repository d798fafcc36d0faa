"""The notifier in figures."""

from datetime import timedelta
from typing import Final

from notifier.rules import RULES
from records.notifier import figures
from servicekit.context import Context
from servicekit.observability.declarations import counter, gauge, histogram

__all__ = ["MAILS", "MAIL_WAIT_S", "measure"]

_LOOKS_BACK: Final = timedelta(days=1)
_BUCKETS_S: Final = (0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200)

MAILS = counter(
    "fairway_mails_total",
    "Tries to send a mail.",
    {"kind": "verdict, close-approach, …", "outcome": "sent, failed (tried again), given-up"},
    first=[(rule.kind, outcome) for rule in RULES for outcome in ("sent", "failed", "given-up")],
)
MAIL_WAIT_S = histogram("fairway_mail_wait_seconds", "Time from a mail's making to its sending.", buckets=_BUCKETS_S)
WAITING = gauge(
    "fairway_mails_waiting", "Mails that have not gone out.", {"state": "queued, sending"}, scope="database"
)
OLDEST_S = gauge(
    "fairway_mail_oldest_wait_seconds",
    "Since when the mail waits that has waited longest; 0 where none does.",
    scope="database",
)
GIVEN_UP = gauge("fairway_mails_given_up", "Mails made in the last 24 h that were given up.", scope="database")


async def measure(ctx: Context) -> None:
    """Say how many mails wait and how long."""
    now = ctx.clock.now()
    async with ctx.store.read() as session:
        found = await figures.mail_figures(session, now - _LOOKS_BACK)
    oldest_s = 0.0 if found.oldest_at is None else max(0.0, (now - found.oldest_at).total_seconds())
    ctx.metrics.replace(WAITING, {"queued": found.queued, "sending": found.sending})
    ctx.metrics.of(OLDEST_S).set(oldest_s)
    ctx.metrics.of(GIVEN_UP).set(found.failed)
