"""All services stopped, 100,000 events in the log, all services started: how long until nothing waits any more."""

import asyncio
import time
from datetime import UTC, datetime, timedelta

from scale_installation import Line, ScaleInstallation
from scale_uploads import Uploads
from scale_work import fill, load_catalogue, operators_of

from records.screening.events import ConjunctionUpdatedV1

__all__ = ["restart"]

_EMIT = """
INSERT INTO outbox (id, topic, payload, trace_id, emitted_at)
SELECT $1 || lpad(to_hex(row_number() OVER (ORDER BY id)), 12, '0'), $2,
       jsonb_build_object('event_id', id, 'row_version', row_version, 'level', level,
                          'reasons', jsonb_build_array('new')),
       md5(id), $3
FROM (SELECT * FROM conjunction_events ORDER BY id LIMIT $4::bigint) AS events
"""
_EMITTED = "SELECT count(*) FROM outbox WHERE published_at IS NULL"
_MAILS = "SELECT count(*) FROM notifications WHERE state = 'sent'"
_BOUND_S = 60.0


def restart(installation: ScaleInstallation, *, events: int) -> list[Line]:
    """Measure two restarts: with all of these events unread, and with all of them read.

    The events are updates of conjunctions that are in the database with ten messages each, in the outbox of the
    services that are stopped; what meets the criteria is told by mail. Then all services are restarted with these
    events in their topics, and a file that is uploaded as soon as the API answers has to get its verdict and be
    screened.
    """
    callers = operators_of(installation, events)
    asyncio.run(fill(installation, [each for each, _ in callers], events, datetime.now(UTC)))
    load_catalogue(installation)
    files = Uploads(installation, 2)
    asyncio.run(files.screen(0))  # kernels, caches
    installation.stop()
    now = datetime.now(UTC)
    at = f"{int(now.timestamp() * 1000):012x}"
    beginning = f"{at[:8]}-{at[8:]}-7000-8000-"  # an identifier begins with its time
    asyncio.run(installation.execute(_EMIT, beginning, ConjunctionUpdatedV1.topic, now - timedelta(seconds=1), events))
    emitted, mails_before = (asyncio.run(installation.value(query)) for query in (_EMITTED, _MAILS))

    begun_s = time.monotonic()
    before = installation.spent_s()
    installation.start()
    ready_s = time.monotonic() - begun_s
    asyncio.run(installation.until_caught_up())
    unread_s = time.monotonic() - begun_s
    cost = installation.cost(before, emitted)
    mails = asyncio.run(installation.value(_MAILS)) - mails_before

    installation.stop()
    begun_s = time.monotonic()
    installation.start()
    again_s = time.monotonic() - begun_s
    verdict_s = asyncio.run(files.screen(1)) - begun_s
    read_s = time.monotonic() - begun_s
    services = f"{len(installation.services)} services ready after"
    return [
        Line(
            f"restart with {emitted:,} events in the log, none read",
            f"{unread_s:.0f} s",
            f"{_BOUND_S:.0f} s",
            "",
            unread_s <= _BOUND_S and emitted >= events,
            f"{emitted / unread_s:.0f} events a second, published and handled, {mails} mails sent, none to be tried "
            f"again; {services} {ready_s:.1f} s; {cost}",
        ),
        Line(
            f"restart with {emitted:,} events in the log, all read",
            f"{read_s:.0f} s",
            f"{_BOUND_S:.0f} s",
            "",
            read_s <= _BOUND_S,
            f"{services} {again_s:.1f} s; a file uploaded then has its verdict after {verdict_s:.1f} s, and is "
            f"screened after {read_s:.1f} s",
        ),
    ]
