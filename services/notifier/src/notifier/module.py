"""The notifier: a consumer for each rule, and one that sends."""

from datetime import timedelta

from notifier.handlers.telling import telling
from notifier.rules import RULES
from notifier.sending import SEND_ATTEMPTS, on_notification_queued, reconcile
from records.notifier.events import NotificationQueuedV1
from servicekit.bus import Consumer
from servicekit.runtime import Job, ServiceModule

__all__ = ["MODULE"]

MODULE = ServiceModule(
    name="notifier",
    consumers=(
        *(Consumer(name=f"notifier.{rule.kind}", event=rule.event, handler=telling(rule)) for rule in RULES),
        Consumer(
            name="notifier.send",
            event=NotificationQueuedV1,
            handler=on_notification_queued,
            attempts=SEND_ATTEMPTS,
        ),
    ),
    jobs=(Job(name="notifier.reconcile", every=timedelta(minutes=1), run=reconcile),),
)
