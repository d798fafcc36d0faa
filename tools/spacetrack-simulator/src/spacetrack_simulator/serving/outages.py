"""Requests that fail because the site is made to."""

import re
from dataclasses import dataclass, field, replace
from datetime import datetime

from spacetrack_simulator.clock import Clock
from spacetrack_simulator.faults import Outage
from spacetrack_simulator.serving.pages import LOGIN_PAGE, MAINTENANCE_PAGE
from spacetrack_simulator.serving.replies import Incoming, Reply, text_reply

__all__ = ["Outages", "damaged", "instead"]

_NOTHING = Reply(0, b"", "text/plain")


@dataclass
class _Running:
    """An outage and how far it has got."""

    outage: Outage
    since: datetime
    seen: int = 0
    failed: int = 0


@dataclass
class Outages:
    """The outages that are set; each has its own count and its own time."""

    clock: Clock
    running: list[_Running] = field(default_factory=list)

    def begin(self, outage: Outage) -> None:
        """Let requests fail from now on."""
        self.running.append(_Running(outage, self.clock.now()))

    def end(self) -> None:
        """End all of them."""
        self.running.clear()

    def hitting(self, request: Incoming) -> Outage | None:
        """Find the outage that hits a request, and count it."""
        now = self.clock.now()
        self.running = [each for each in self.running if not _is_over(each, now)]
        for each in self.running:
            if re.search(each.outage.path, request.path) is None:
                continue
            each.seen += 1
            if each.seen > each.outage.skip:
                each.failed += 1
                return each.outage
        return None


def _is_over(running: _Running, now: datetime) -> bool:
    outage = running.outage
    if outage.count is not None and running.failed >= outage.count:
        return True
    return outage.seconds is not None and (now - running.since).total_seconds() >= outage.seconds


def instead(outage: Outage) -> Reply | None:
    """Give the reply that comes instead of an answer; None where the answer is made and then damaged."""
    outcome = f"outage {outage.style}"
    match outage.style:
        case "502" | "503" | "504":
            return text_reply(MAINTENANCE_PAGE, status=int(outage.style), outcome=outcome, media_type="text/html")
        case "500-html":
            return text_reply(MAINTENANCE_PAGE, status=500, outcome=outcome, media_type="text/html")
        case "200-html":
            return text_reply(LOGIN_PAGE, outcome=outcome, media_type="text/html")
        case "reset" | "hang":
            return _NOTHING.delivered(outage.style, outcome)
        case _:
            return None


def damaged(outage: Outage, reply: Reply) -> Reply:
    """Damage an answer."""
    outcome = f"outage {outage.style}"
    match outage.style:
        case "truncated":
            return replace(reply, body=reply.body[: len(reply.body) // 2], outcome=outcome)
        case "cut":
            return reply.delivered("cut", outcome)
        case "drip":
            return reply.delivered("drip", outcome, outage.pause_s)
        case "oversized":
            filler = b" " * (1 << 20)
            return replace(reply, body=filler, repeat=-(-outage.bytes // len(filler)), outcome=outcome)
        case _:
            return reply
