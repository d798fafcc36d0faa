"""The gateway to Space-Track: it pulls CDMs, pushes files and proves that they arrived, within the account's budget."""

from datetime import timedelta

from servicekit.runtime import Job, ServiceModule
from spacetrack_gateway.feed import report_feed, report_links
from spacetrack_gateway.handlers import accounts, ephemerides, files, links, originals
from spacetrack_gateway.measuring import measure
from spacetrack_gateway.work import (
    forget_old_requests,
    give_leases_back,
    review_submissions,
    sync_second_source,
    work_once,
)

__all__ = ["MODULE"]

MODULE = ServiceModule(
    name="spacetrack-gateway",
    routers=(accounts.router, links.router, files.router, originals.router),
    consumers=ephemerides.CONSUMERS,
    measure=measure,
    stop=give_leases_back,
    jobs=(
        Job(name="spacetrack-gateway.work", every=timedelta(seconds=5), run=work_once),
        Job(name="spacetrack-gateway.review", every=timedelta(minutes=1), run=review_submissions),
        Job(name="spacetrack-gateway.report-feed", every=timedelta(minutes=1), run=report_feed),
        Job(name="spacetrack-gateway.report-links", every=timedelta(minutes=10), run=report_links),
        Job(name="spacetrack-gateway.second-source", every=timedelta(minutes=30), run=sync_second_source),
        Job(name="spacetrack-gateway.forget", every=timedelta(hours=6), run=forget_old_requests, at_start=False),
    ),
)
