"""Every request that reached the site, and the count against the limits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from spacetrack_simulator.clock import Clock, sql_time
from spacetrack_simulator.store import Row, Store

__all__ = ["LoggedRequest", "RequestLog", "most_within"]


@dataclass(frozen=True, slots=True)
class LoggedRequest:
    """One request.

    Attributes
    ----------
    at
        `YYYY-MM-DD HH:MM:SS.ffffff`, UTC.
    account
        Whose; None where nobody was logged in.
    class_name
        `controller/class`, `login`, `logout` or `modeldef`.
    outcome
        `ok`, `empty`, or what went wrong.
    """

    number: int
    at: str
    account: str | None
    method: str
    path: str
    class_name: str | None
    status: int | None
    outcome: str | None
    rows: int | None
    bytes: int | None


class RequestLog:
    """The log."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def arrived(self, method: str, path: str, account: str | None, class_name: str | None) -> int:
        """Note a request; it counts from now on, whatever becomes of it."""
        return self._store.insert(
            "INSERT INTO requests (at, account, method, path, class) VALUES (?, ?, ?, ?, ?)",
            (sql_time(self._clock.now()), account, method, path, class_name),
        )

    def answered(self, number: int, status: int | None, outcome: str, rows: int | None, size: int) -> None:
        """Note what a request was answered with."""
        self._store.execute(
            "UPDATE requests SET status = ?, outcome = ?, rows = ?, bytes = ? WHERE number = ?",
            (status, outcome, rows, size, number),
        )

    def count_within(self, account: str, seconds: float) -> int:
        """Requests of an account in the time that ends now."""
        since = sql_time(self._clock.now() - timedelta(seconds=seconds))
        return int(
            self._store.value("SELECT count(*) FROM requests WHERE account = ? AND at > ?", (account, since)) or 0
        )

    def all(
        self, *, account: str | None = None, since: datetime | None = None, class_name: str | None = None
    ) -> list[LoggedRequest]:
        """List requests in the order in which they came."""
        rows = self._store.select(
            "SELECT * FROM requests WHERE (? IS NULL OR account = ?) AND at >= ? AND (? IS NULL OR class = ?)"
            " ORDER BY number",
            (account, account, "" if since is None else sql_time(since), class_name, class_name),
        )
        return [_logged(row) for row in rows]

    def __len__(self) -> int:
        return int(self._store.value("SELECT count(*) FROM requests") or 0)

    def clear(self) -> None:
        """Forget all requests, and so all counts."""
        self._store.execute("DELETE FROM requests")


def most_within(requests: Sequence[LoggedRequest], seconds: float) -> int:
    """Give the most requests that fall into any window of that length."""
    moments = [datetime.fromisoformat(request.at) for request in requests]
    most, first = 0, 0
    for last, moment in enumerate(moments):
        while (moment - moments[first]).total_seconds() >= seconds:
            first += 1
        most = max(most, last - first + 1)
    return most


def _logged(row: Row) -> LoggedRequest:
    return LoggedRequest(
        number=row["number"],
        at=row["at"],
        account=row["account"],
        method=row["method"],
        path=row["path"],
        class_name=row["class"],
        status=row["status"],
        outcome=row["outcome"],
        rows=row["rows"],
        bytes=row["bytes"],
    )
