"""A day without trouble: what one organization costs of the account's budget, by the site's own log.

`docs/simulator.md` shows such a log; `pytest -s` prints this one.
"""

from collections import Counter
from datetime import timedelta

from support.embedded import deliver
from support.gateway import Station
from support.spacetrack import sample_cdm

from spacetrack_simulator import most_within

DAY = timedelta(days=1)
MOST_OF_A_DAY = {"expandedspacedata/cdm": 4, "fileshare/upload": 2, "fileshare/download": 2, "basicspacedata/satcat": 1}


async def test_a_normal_day_is_a_small_part_of_the_budget(station: Station):
    await station.consent()
    for designation in ("operational", "special"):
        await station.add_ephemeris(designation=designation, content=f"states, {designation}\n".encode())
    await deliver(station.ctx, station.consumers)
    published = iter(range(1, 100))

    def publish(_now: object) -> None:
        if station.site.simulator.highest_cdm_id() < 12:
            station.site.simulator.add_cdm(sample_cdm(next(published)), gid=station.site.gid)

    await station.run(DAY, meanwhile=publish)

    log = station.requests()
    print(f"\n{'time':<9}{'class':<32}{'status':<8}rows")
    for request in log:
        print(f"{request.at[11:19]:<9}{request.class_name:<32}{request.status:<8}{request.rows or ''}")
    counts = Counter(request.class_name for request in log)
    print(counts.most_common(), len(log), most_within(log, 60.0), most_within(log, 3600.0))
    assert {request.outcome.partition(" ")[0] for request in log} <= {"ok", "empty", "not"}
    assert most_within(log, 60.0) < 30 / 2
    assert most_within(log, 3600.0) < 300 / 5
    assert all(counts[name] <= most for name, most in MOST_OF_A_DAY.items())
    assert station.site.simulator.police.mails() == []
