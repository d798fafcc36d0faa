"""An emergency is asked for once an hour between the pulls, and its newest message is kept as it was issued."""

from datetime import timedelta

import pytest
from support import rows
from support.gateway import Station
from support.spacetrack import sample_cdm

from spacetrack_gateway.pulling import watched_events
from spacetrack_gateway.pulling.watched_events import kvn_by_number
from spacetrack_simulator.faults import Outage

HOUR = timedelta(hours=1)


async def test_news_of_an_emergency_does_not_wait_for_the_next_pull(station: Station):
    await station.run(timedelta(minutes=1))
    tca = station.clock.now() + timedelta(days=2)
    event = rows.conjunction_event(80001, 90001, tca=tca, organization_id_high=station.aurora.id)
    await rows.add(station.ctx.store, event)
    station.site.simulator.add_cdm(sample_cdm(1, tca=tca), gid=station.site.gid)
    await station.run(2 * HOUR)

    assert [row.cdm_id for row in await station.pulled()] == [1]
    kept = await station.ctx.objects.get(f"space-track/kvn/{station.account.id}/1.kvn")
    assert kept.lstrip().startswith(b"CCSDS_CDM_VERS")
    asked = [
        request for request in station.requests("expandedspacedata/cdm") if "SAT1_OBJECT_DESIGNATOR" in request.path
    ]
    assert len(asked) == 2
    assert station.site.simulator.police.mails() == []


async def test_an_original_that_could_not_be_had_is_asked_for_again(station: Station):
    await station.run(timedelta(minutes=1))
    tca = station.clock.now() + timedelta(days=2)
    event = rows.conjunction_event(80001, 90001, tca=tca, organization_id_high=station.aurora.id)
    await rows.add(station.ctx.store, event)
    station.site.simulator.add_cdm(sample_cdm(1, tca=tca), gid=station.site.gid)
    station.site.simulator.fail(Outage(path="format/kvn", style="503", count=2))
    await station.run(3 * HOUR)

    kept = await station.ctx.objects.get(f"space-track/kvn/{station.account.id}/1.kvn")
    assert kept.lstrip().startswith(b"CCSDS_CDM_VERS")
    asked = [request for request in station.requests("expandedspacedata/cdm") if "format/kvn" in request.path]
    assert len(asked) == 3


async def test_an_original_that_cannot_be_had_is_given_up(station: Station):
    await station.run(timedelta(minutes=1))
    tca = station.clock.now() + timedelta(days=3)
    event = rows.conjunction_event(80001, 90001, tca=tca, organization_id_high=station.aurora.id)
    await rows.add(station.ctx.store, event)
    station.site.simulator.add_cdm(sample_cdm(1, tca=tca), gid=station.site.gid)
    station.site.simulator.fail(Outage(path="format/kvn", style="503"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(watched_events, "_MOST_KVN_TRIES", 3)
        await station.run(4 * HOUR)

    asked = [request for request in station.requests("expandedspacedata/cdm") if "format/kvn" in request.path]
    assert len(asked) == 3


async def test_a_watermark_is_moved_by_pulls_alone(station: Station):
    await station.run(timedelta(minutes=1))
    tca = station.clock.now() + timedelta(days=2)
    await rows.add(
        station.ctx.store,
        rows.conjunction_event(80002, 90001, tca=tca, organization_id_high=station.aurora.id),
    )
    station.site.simulator.add_cdm(sample_cdm(1), gid=station.site.gid)
    station.site.simulator.add_cdm(sample_cdm(2, tca=tca), gid=station.site.gid)
    await station.run(HOUR)
    assert [row.cdm_id for row in await station.pulled()] == [2]

    await station.run(8 * HOUR)
    assert [row.cdm_id for row in await station.pulled()] == [1, 2]


def test_messages_that_stand_one_behind_the_other_are_taken_apart():
    text = "CCSDS_CDM_VERS = 1.0\nCOMMENT CDM_ID:7\nX\nCCSDS_CDM_VERS = 1.0\nY\n"
    assert kvn_by_number(text, 8) == {
        7: "CCSDS_CDM_VERS = 1.0\nCOMMENT CDM_ID:7\nX\n",
        8: "CCSDS_CDM_VERS = 1.0\nY\n",
    }


def _asked_of(station: Station) -> list[str]:
    return [each.path for each in station.requests("expandedspacedata/cdm") if "SAT1_OBJECT_DESIGNATOR" in each.path]


async def test_each_of_many_emergencies_is_asked_for_once(station: Station):
    tca = station.clock.now() + timedelta(days=2)
    for number in range(80001, 80015):
        event = rows.conjunction_event(number, 90001, tca=tca, organization_id_high=station.aurora.id)
        await rows.add(station.ctx.store, event)
    await station.run(timedelta(minutes=25))

    assert len(_asked_of(station)) == len(set(_asked_of(station))) == 14


async def test_an_answer_of_no_use_does_not_keep_the_other_events_from_being_asked_for(station: Station):
    await station.run(timedelta(minutes=1))
    tca = station.clock.now() + timedelta(days=2)
    for number, later_h in ((80001, 0), (80002, 6)):
        event = rows.conjunction_event(number, 90001, tca=tca + later_h * HOUR, organization_id_high=station.aurora.id)
        await rows.add(station.ctx.store, event)
    station.site.simulator.add_cdm(sample_cdm(1, tca=tca), gid=station.site.gid)
    station.site.simulator.faults.rows.renamed_columns = {"CDM_ID": "CDM_NUMBER"}
    await station.run(timedelta(minutes=25))

    assert [next(n for n in ("80001", "80002") if n in path) for path in _asked_of(station)] == ["80001", "80002"]
