"""The validator: each received document gets its verdict."""

from datetime import timedelta

from servicekit.runtime import Job, ServiceModule
from validator.handlers import cdm_pages, documents
from validator.measuring import measure
from validator.reconciling import reconcile
from validator.warming import warm_up

__all__ = ["MODULE"]

MODULE = ServiceModule(
    name="validator",
    consumers=(*documents.CONSUMERS, *cdm_pages.CONSUMERS),
    warm=warm_up,
    measure=measure,
    jobs=(Job(name="validator.reconcile", every=timedelta(minutes=1), run=reconcile),),
)
