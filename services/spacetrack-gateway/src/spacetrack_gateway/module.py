"""The gateway to Space-Track.

It records each accepted ephemeris as held, with every reason, and says what the feed lacks. It exchanges nothing with
Space-Track.
"""

from datetime import timedelta

from records.ingest_api.events import EphemerisWithdrawnV1
from records.validator.events import EphemerisAcceptedV1
from servicekit.bus import Consumer
from servicekit.runtime import Job, ServiceModule
from spacetrack_gateway.feed import report_feed
from spacetrack_gateway.handlers.ephemerides import on_ephemeris_accepted, on_ephemeris_withdrawn

__all__ = ["MODULE"]

MODULE = ServiceModule(
    name="spacetrack-gateway",
    consumers=(
        Consumer(name="spacetrack-gateway.hold", event=EphemerisAcceptedV1, handler=on_ephemeris_accepted),
        Consumer(name="spacetrack-gateway.withdraw", event=EphemerisWithdrawnV1, handler=on_ephemeris_withdrawn),
    ),
    jobs=(Job(name="spacetrack-gateway.report-feed", every=timedelta(minutes=10), run=report_feed),),
)
