"""Mails: what was told to whom, and why."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from ingest_api.parameters import Identifier, TextFilter, caller, viewer_of
from ingest_api.queries.errors import NotificationNotFound
from records.identity.permissions import Permission
from records.notifier.reads import notification, notifications
from servicekit.auth import Principal
from servicekit.http import (
    NOT_MODIFIED,
    ContextDep,
    Page,
    PageDep,
    ResponseModel,
    UtcTimestamp,
    known_parameters_only,
    raises,
    tagged_answer,
)
from servicekit.http.pages import InvalidCursor

__all__ = ["router"]

router = APIRouter(
    prefix="/v1/notifications", dependencies=[Depends(known_parameters_only)], tags=["Changes and notifications"]
)

Reader = Annotated[Principal, caller(Permission.NOTIFICATIONS_READ)]


class NotificationSummary(ResponseModel):
    """One mail to one address."""

    id: str
    kind: str = Field(examples=["close-approach"])
    subject_id: str = Field(description="The document, event or run that it is about.")
    occasion: str
    recipient: str
    organization_id: str | None
    message_id: str = Field(description="Message-ID of the mail; a mail sent again keeps it.")
    mail_subject: str
    reason: str = Field(description="Why this recipient is told.")
    state: str = Field(description="`queued`, `sending`, `sent` or `failed`.")
    attempts: int
    error: str | None
    created_at: UtcTimestamp
    sent_at: UtcTimestamp | None


class NotificationOut(NotificationSummary):
    """One mail with its text."""

    mail_text: str
    mail_html: str | None


@router.get("", responses=raises(InvalidCursor))
async def list_notifications(
    context: ContextDep,
    principal: Reader,
    page: PageDep,
    kind: TextFilter = None,
    state: TextFilter = None,
    subject_id: TextFilter = None,
) -> Page[NotificationSummary]:
    """List mails, the newest first: those to the caller's organization, or all for staff."""
    async with context.store.read() as session:
        rows = await notifications(
            session,
            viewer_of(principal),
            kind=kind,
            state=state,
            subject_id=subject_id,
            after=page.after(datetime, str),
            limit=page.limit + 1,
        )
    return page.page(rows, NotificationSummary.model_validate, lambda row: (row.created_at, row.id))


@router.get(
    "/{notification_id}",
    response_model=NotificationOut,
    responses={**NOT_MODIFIED, **raises(NotificationNotFound)},
)
async def get_notification(
    request: Request, context: ContextDep, principal: Reader, notification_id: Identifier
) -> Response:
    """Show one mail with its text."""
    async with context.store.read() as session:
        row = await notification(session, notification_id, viewer_of(principal))
    if row is None:
        raise NotificationNotFound(f"There is no notification {notification_id}")
    return tagged_answer(request, NotificationOut.model_validate(row))
