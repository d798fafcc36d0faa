"""The validator: each received document gets its verdict."""

from datetime import timedelta

from records.ingest_api.events import DocumentReceivedV1
from servicekit.bus import Consumer
from servicekit.runtime import Job, ServiceModule
from validator.handlers.documents import on_document_received
from validator.reconciling import DECIDE, reconcile
from validator.warming import warm_up

__all__ = ["MODULE"]

MODULE = ServiceModule(
    name="validator",
    consumers=(Consumer(name=DECIDE, event=DocumentReceivedV1, handler=on_document_received, concurrency=2),),
    warm=warm_up,
    jobs=(Job(name="validator.reconcile", every=timedelta(minutes=1), run=reconcile),),
)
