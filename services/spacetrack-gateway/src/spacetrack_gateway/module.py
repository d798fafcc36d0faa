"""The gateway to Space-Track.

It records each accepted ephemeris as held, with every reason, and says what the feed lacks. It exchanges nothing with
Space-Track.
"""

from datetime import timedelta

from servicekit.runtime import Job, ServiceModule
from spacetrack_gateway.feed import report_feed
from spacetrack_gateway.handlers import ephemerides

__all__ = ["MODULE"]

MODULE = ServiceModule(
    name="spacetrack-gateway",
    consumers=ephemerides.CONSUMERS,
    jobs=(Job(name="spacetrack-gateway.report-feed", every=timedelta(minutes=10), run=report_feed),),
)
