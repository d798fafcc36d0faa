"""Mails, and events that could not be handled."""

from datetime import datetime
from typing import Any

from dashboard.resources.resource import Resource

__all__ = ["DeadLetter", "Notification"]


class Notification(Resource):
    """One mail to one address."""

    id: str
    kind: str
    subject_id: str
    recipient: str
    message_id: str
    mail_subject: str
    mail_text: str | None = None
    reason: str | None = None
    state: str
    attempts: int = 0
    error: str | None = None
    created_at: datetime
    sent_at: datetime | None = None


class DeadLetter(Resource):
    """An event that a consumer could not handle."""

    event_id: str
    consumer: str
    topic: str
    payload: dict[str, Any] | None = None
    emitted_at: datetime
    attempts: int
    settled_at: datetime | None = None
    error: str | None = None
    error_kind: str | None = None
    trace_id: str | None = None
