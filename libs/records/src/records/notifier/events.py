"""Events of the notifier."""

from typing import ClassVar

from servicekit.events import Event

__all__ = ["NotificationQueuedV1"]


class NotificationQueuedV1(Event):
    """A mail stands as a row and is to be sent. Only the notifier itself listens."""

    topic: ClassVar[str] = "notification.queued.v1"
    notification_id: str
