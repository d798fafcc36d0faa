"""Feeds, mails and dead letters."""

from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from dashboard.web import VisitDep, page_router, see_other

__all__ = ["router"]

router = page_router()

Cursor = Annotated[str | None, Query(max_length=1000)]


@router.get("/feeds")
async def feeds_page(visit: VisitDep) -> Response:
    """Show what is connected outside, what is missing, and the catalogues."""
    feeds = await visit.api.feeds()
    catalogues = await visit.api.catalogues(limit=20)
    return visit.page("feeds.html", feeds=feeds.items, catalogues=catalogues.items)


@router.get("/notifications")
async def mails_page(visit: VisitDep, cursor: Cursor = None) -> Response:
    """Show who was told what."""
    page = await visit.api.notifications(cursor=cursor, limit=50)
    return visit.page("notifications/list.html", mails=page.items, next_cursor=page.next_cursor)


@router.get("/notifications/{notification_id}")
async def mail_page(visit: VisitDep, notification_id: str) -> Response:
    """Show one mail as text."""
    return visit.page("notifications/one.html", mail=await visit.api.notification(notification_id))


@router.get("/dead-letters")
async def dead_letters_page(visit: VisitDep, cursor: Cursor = None) -> Response:
    """Show events that could not be handled."""
    page = await visit.api.dead_letters(cursor=cursor, limit=50)
    return visit.page("dead_letters/list.html", letters=page.items, next_cursor=page.next_cursor)


@router.get("/dead-letters/{event_id}/{consumer}")
async def dead_letter_page(visit: VisitDep, event_id: str, consumer: str) -> Response:
    """Show one of them."""
    return visit.page("dead_letters/one.html", letter=await visit.api.dead_letter(event_id, consumer))


@router.post("/dead-letters/{event_id}/{consumer}/replay")
async def replay_form(visit: VisitDep, event_id: str, consumer: str) -> Response:
    """Send one again."""
    await visit.form()
    await visit.api.replay_dead_letter(event_id, consumer)
    return see_other("/dead-letters")
