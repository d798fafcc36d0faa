"""The overview."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from starlette.responses import Response

from dashboard.formats import iso_time
from dashboard.resources import Page, Resource
from dashboard.web import Visit, VisitDep, page_router

__all__ = ["router"]

router = page_router()

R = TypeVar("R", bound=Resource)

COUNTED_UP_TO = 200


@dataclass(frozen=True, slots=True)
class Counter:
    """One number of the overview, and where its things are listed."""

    count: str
    text: str
    note: str
    address: str
    level: str | None = None


@router.get("/")
async def home_page(visit: VisitDep) -> Response:
    """Show what needs attention, what is coming, and whether everything runs."""
    api = visit.api
    upcoming = await api.conjunctions(tca_from=iso_time(visit.session.now), limit=8)
    documents = await api.documents(purpose="operator", limit=6)
    screenings = await api.screenings(limit=1)
    feeds = await api.feeds()
    return visit.page(
        "home.html",
        counters=await _counters(visit),
        upcoming=upcoming.items,
        documents=documents.items,
        screening=next(iter(screenings.items), None),
        feeds=feeds.items,
    )


async def _counters(visit: Visit) -> list[Counter]:
    api, now = visit.api, visit.session.now
    ahead = iso_time(now)
    yesterday = iso_time(now - timedelta(days=1))
    counters = [
        Counter(
            _count(await api.conjunctions(tca_from=ahead, level=level, limit=COUNTED_UP_TO)),
            f"{level} events ahead",
            "events ahead",
            f"/conjunctions?level={level}",
            level,
        )
        for level in ("emergency", "unquantified", "reportable")
    ]
    rejected = await api.documents(status="rejected", received_from=yesterday, limit=COUNTED_UP_TO)
    accepted = await api.documents(status="accepted", received_from=yesterday, limit=COUNTED_UP_TO)
    counters += [
        Counter(_count(rejected), "Rejected uploads", "in the last 24 h", "/documents?status=rejected"),
        Counter(_count(accepted), "Accepted uploads", "in the last 24 h", "/documents?status=accepted"),
    ]
    if visit.session.may("dead-letters:read"):
        letters = await api.dead_letters(limit=COUNTED_UP_TO)
        counters.append(Counter(_count(letters), "Dead letters", "wait for somebody", "/dead-letters"))
    return counters


def _count(page: Page[R]) -> str:
    return f"{len(page.items)}{'+' if page.next_cursor else ''}"
