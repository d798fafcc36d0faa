"""Who asks too often: the count per account, the intervals per class, mails and locks."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from spacetrack_simulator.accounts import Accounts
from spacetrack_simulator.clock import Clock, sql_time
from spacetrack_simulator.faults import Faults
from spacetrack_simulator.query.addresses import Address
from spacetrack_simulator.request_log import RequestLog
from spacetrack_simulator.serving.pages import violation_mail
from spacetrack_simulator.store import Store

__all__ = ["Mail", "Police"]

HOUR_S: Final = 3600.0
DAY_S: Final = 24 * HOUR_S
SPECIFIC_COLUMNS: Final = ("MESSAGE_ID", "CDM_ID", "SAT1_OBJECT_DESIGNATOR", "SAT2_OBJECT_DESIGNATOR", "TCA")
FOR_LIFE_S: Final = 1e9
INTERVALS_S: Final = {
    "cdm": 8 * HOUR_S,
    "gp": HOUR_S,
    "gp_history": FOR_LIFE_S,
    "satcat": DAY_S - 2 * HOUR_S,
    "boxscore": DAY_S - 2 * HOUR_S,
    "decay": DAY_S - 2 * HOUR_S,
    "tip": HOUR_S,
}
"""Shortest interval of pulls of a whole class; daily ones may come a little earlier than the day before."""

EVENT_S: Final = HOUR_S
AFTERNOON: Final = {"satcat", "boxscore"}
AFTERNOON_HOUR: Final = 17


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail about a violation."""

    at: str
    account: str
    rule: str
    text: str


@dataclass(frozen=True, slots=True)
class _Pull:
    """A query that a rule binds; unfinished where its page was full."""

    identity: str
    rule: str
    subject: str
    path: str
    unfinished: bool


class Police:
    """Watches what accounts ask for."""

    def __init__(self, store: Store, clock: Clock, log: RequestLog, accounts: Accounts, faults: Faults) -> None:
        self._store = store
        self._clock = clock
        self._log = log
        self._accounts = accounts
        self.faults = faults

    def refuses(self, identity: str) -> bool:
        """Whether a request of this account, already in the log, is one too many."""
        limits = self.faults.rate_limits
        if limits.refuse_next > 0:
            limits.refuse_next -= 1
            return True
        hour = self._log.count_within(identity, HOUR_S)
        if hour >= limits.per_hour:
            begun = self._clock.now().replace(minute=0, second=0, microsecond=0)
            self._warn_once(
                identity,
                "queries per hour",
                f"{hour} queries between {begun:%H%M} and {begun + timedelta(hours=1):%H%M} UTC",
                since=begun,
            )
            if limits.per_hour_refuses:
                return True
        minute = self._log.count_within(identity, 60.0)
        if minute < limits.per_minute:
            return False
        self._warn_once(
            identity,
            "queries per minute",
            f"{minute} queries within a minute",
            since=self._clock.now() - timedelta(minutes=1),
        )
        return True

    def saw(self, identity: str, address: Address, path: str, returned: int) -> None:
        """Judge a query that was answered, by the intervals of its class."""
        if not self.faults.policing.cadence or address.class_name not in INTERVALS_S:
            return
        rule, subject, interval_s = self._rule_of(address)
        now = self._clock.now()
        full = address.limit is not None and 0 < address.limit.count <= returned
        known = self._store.one(
            "SELECT * FROM pulls WHERE account = ? AND rule = ? AND subject = ?", (identity, rule, subject)
        )
        pull = _Pull(identity, rule, subject, path, unfinished=full)
        if known is None:
            self._note(pull, sql_time(now))
            self._judge_time_of_day(identity, address.class_name, now)
            return
        passed_s = (now - datetime.fromisoformat(known["started_at"]).replace(tzinfo=UTC)).total_seconds()
        policing = self.faults.policing
        is_repeat = known["path"] == path and passed_s <= policing.repeats_within_s
        if is_repeat and known["repeats"] < policing.repeats:
            self._note(pull, known["started_at"], repeats=known["repeats"] + 1)
            return
        if known["unfinished"] and not is_repeat:
            self._note(pull, known["started_at"])
            return
        self._note(pull, sql_time(now))
        if passed_s < interval_s - policing.tolerance_s:
            self._warn(identity, rule, f"asked again after {passed_s / 60:.0f} minutes")
        self._judge_time_of_day(identity, address.class_name, now)

    def _judge_time_of_day(self, identity: str, class_name: str, now: datetime) -> None:
        if class_name == "gp":
            past_half = (now.minute + now.second / 60) % 30
            if min(past_half, 30 - past_half) < self.faults.policing.quiet_minutes:
                self._warn(identity, "gp", f"asked at {now:%H:%M}, near the full or the half hour")
        if class_name in AFTERNOON and now.hour < AFTERNOON_HOUR:
            self._warn(identity, class_name, f"asked at {now:%H:%M}, before {AFTERNOON_HOUR}:00 UTC")

    def _rule_of(self, address: Address) -> tuple[str, str, float]:
        """Which interval binds a query: that of the class, or that of one event."""
        if address.class_name == "cdm":
            chosen = [
                f"{column}={value}"
                for column in SPECIFIC_COLUMNS
                if (value := address.value_of(column)) is not None and value[:1] not in {">", "<"} and "--" not in value
            ]
            if chosen:
                return "cdm of one event", "&".join(chosen), EVENT_S
        return address.class_name, "", INTERVALS_S[address.class_name]

    def _note(self, pull: "_Pull", started_at: str, *, repeats: int = 0) -> None:
        self._store.execute(
            "INSERT OR REPLACE INTO pulls (account, rule, subject, started_at, unfinished, path, repeats)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (pull.identity, pull.rule, pull.subject, started_at, int(pull.unfinished), pull.path, repeats),
        )

    def _warn_once(self, identity: str, rule: str, text: str, *, since: datetime) -> None:
        told = self._store.value(
            "SELECT count(*) FROM mails WHERE account = ? AND rule = ? AND at >= ?", (identity, rule, sql_time(since))
        )
        if not told:
            self._warn(identity, rule, text)

    def _warn(self, identity: str, rule: str, text: str) -> None:
        """Write the mail; the account is locked when it has had enough of them."""
        self._store.insert(
            "INSERT INTO mails (at, account, rule, text) VALUES (?, ?, ?, ?)",
            (sql_time(self._clock.now()), identity, rule, violation_mail(identity, rule, text)),
        )
        if self._accounts.strike(identity) >= self.faults.policing.strikes:
            self._accounts.lock(identity, rule)

    def mails(self, account: str | None = None) -> list[Mail]:
        """List the mails about violations."""
        rows = self._store.select(
            "SELECT at, account, rule, text FROM mails WHERE ? IS NULL OR account = ? ORDER BY number",
            (account, account),
        )
        return [Mail(**row) for row in rows]
