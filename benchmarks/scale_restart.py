"""All services stopped, 100,000 events in the log, all services started: how long until nothing waits any more."""

import asyncio
import time
from datetime import UTC, datetime, timedelta

import httpx
from scale_installation import Line, ScaleInstallation
from scale_work import ephemeris_files

from records.screening.events import ConjunctionUpdatedV1

__all__ = ["restart"]

_EMIT = """
INSERT INTO outbox (id, topic, payload, trace_id, emitted_at)
SELECT $1 || lpad(to_hex(i), 12, '0'), $2,
       jsonb_build_object('event_id', gen_random_uuid()::text, 'row_version', 1, 'level', 'none',
                          'reasons', jsonb_build_array('new')),
       md5(i::text), $3
FROM generate_series(1, $4::bigint) AS i
"""
_BOUND_S = 60.0


def restart(installation: ScaleInstallation, satellites: range, *, events: int) -> list[Line]:
    """Measure two restarts: with all of these events unread, and with all of them read.

    The events are updates of conjunctions, in the outbox of the services that are stopped. Their handler looks the
    conjunction up, finds none, and has nothing to do: what is measured is what every event costs. Then all services
    are restarted with these events in their topics, and a file that is uploaded as soon as the API answers has to get
    its verdict.
    """
    _, token = installation.operator("Northern Orbits", satellites)
    _verdict_on(installation, token, ephemeris_files(satellites, 2)(0))  # kernels, caches
    installation.stop()
    now = datetime.now(UTC)
    at = f"{int(now.timestamp() * 1000):012x}"
    beginning = f"{at[:8]}-{at[8:]}-7000-8000-"  # an identifier begins with its time
    asyncio.run(installation.execute(_EMIT, beginning, ConjunctionUpdatedV1.topic, now - timedelta(seconds=1), events))

    begun_s = time.monotonic()
    before = installation.spent_s()
    installation.start()
    ready_s = time.monotonic() - begun_s
    asyncio.run(installation.until_caught_up())
    unread_s = time.monotonic() - begun_s
    cost = installation.cost(before, events)

    installation.stop()
    begun_s = time.monotonic()
    installation.start()
    again_s = time.monotonic() - begun_s
    _verdict_on(installation, token, ephemeris_files(satellites, 2)(1))
    verdict_s = time.monotonic() - begun_s
    asyncio.run(installation.until_caught_up())
    read_s = time.monotonic() - begun_s
    return [
        Line(
            f"restart with {events:,} events in the log, none read",
            f"{unread_s:.0f} s",
            f"{_BOUND_S:.0f} s",
            "",
            unread_s <= _BOUND_S,
            f"{events / unread_s:.0f} events a second, published and handled; ready after {ready_s:.1f} s; {cost}",
        ),
        Line(
            f"restart with {events:,} events in the log, all read",
            f"{read_s:.0f} s",
            f"{_BOUND_S:.0f} s",
            "",
            read_s <= _BOUND_S,
            f"ready after {again_s:.1f} s; a file uploaded then has its verdict after {verdict_s:.1f} s",
        ),
    ]


def _verdict_on(installation: ScaleInstallation, token: str, file: tuple[str, bytes]) -> None:
    name, content = file
    headers = {"Authorization": f"Bearer {token}", "X-File-Name": name, "Content-Type": "text/plain"}
    with httpx.Client(base_url=installation.api, headers=headers, trust_env=False, timeout=60) as client:
        document = client.post("documents", content=content).raise_for_status().json()["id"]
    asyncio.run(installation.until(f"SELECT count(*) FROM verdicts WHERE document_id = '{document}'", 1))
