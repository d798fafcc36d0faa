"""Messages to people."""

from datetime import datetime

from sqlalchemy import Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from servicekit.store import Base, Id, UtcDateTime

__all__ = ["Notification"]


class Notification(Base):
    """One mail to one address. The row stands before anything is sent. Writer: notifier."""

    __tablename__ = "notifications"
    __table_args__ = (
        UniqueConstraint("kind", "subject_id", "occasion", "recipient"),
        Index("ix_notifications_state_due_at", "state", "due_at"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    """``verdict``, ``document-received``, ``close-approach``, ``cdm-available``, ``negative-results``, …"""
    subject_id: Mapped[str] = mapped_column(String(80))
    """The document, event or run that it is about."""
    occasion: Mapped[str] = mapped_column(String(80))
    """What makes it another message about the same subject, for example the level."""
    recipient: Mapped[str] = mapped_column(String(254))
    organization_id: Mapped[str | None] = mapped_column(Id, index=True)
    message_id: Mapped[str] = mapped_column(String(200), unique=True)
    """Message-ID of the mail; a mail sent again keeps it."""
    mail_subject: Mapped[str] = mapped_column(String(300))
    mail_text: Mapped[str] = mapped_column(Text)
    mail_html: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    """Why this recipient is told: the rule and the values that met it."""
    state: Mapped[str] = mapped_column(String(10))
    """``queued``, ``sending``, ``sent``, ``failed``."""
    attempts: Mapped[int]
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
