"""The notifier: a consumer for each rule, and one that sends."""

from datetime import timedelta

from notifier import sending
from notifier.handlers.telling import telling
from notifier.measuring import measure
from notifier.rules import RULES
from servicekit.bus import Consumer
from servicekit.runtime import Job, ServiceModule

__all__ = ["MODULE"]

_TOGETHER = 64
"""So many events a rule looks at together: most concern nobody, and then it is one statement for all of them."""

MODULE = ServiceModule(
    name="notifier",
    consumers=(
        *(
            Consumer(name=f"notifier.{rule.kind}", event=rule.event, batch_handler=telling(rule), batch=_TOGETHER)
            for rule in RULES
        ),
        *sending.CONSUMERS,
    ),
    measure=measure,
    jobs=(Job(name="notifier.reconcile", every=timedelta(minutes=1), run=sending.reconcile),),
)
