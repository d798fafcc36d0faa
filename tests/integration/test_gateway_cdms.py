"""A pulled CDM becomes a message and joins its event: Space-Track's thread beside ours, nothing merged silently."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from support import rows
from support.embedded import deliver
from support.gateway import START, Station
from support.spacetrack import IDENTITY, sample_cdm

from assessment.cdm_summary import CdmSummary
from astrodynamics.timescales import from_datetime
from records.ingest_api.events import DocumentReceivedV1
from records.screening.cdm_texts import read_cdm_text
from records.screening.tables import Cdm, ConjunctionEvent
from records.validator.tables import Verdict
from screening.module import MODULE as SCREENING
from servicekit.store import Actor
from spacetrack_gateway.module import MODULE as GATEWAY
from spacetrack_gateway.pulling.originals import key_of, original_of
from validator.module import MODULE as VALIDATOR

CONSUMERS = (*GATEWAY.consumers, *VALIDATOR.consumers, *SCREENING.consumers)


async def _pull(station: Station, span: timedelta = timedelta(minutes=1)) -> None:
    await station.run(span)
    await deliver(station.ctx, CONSUMERS)


async def _cdms(station: Station) -> list[Cdm]:
    async with station.ctx.store.read() as session:
        return list(await session.scalars(select(Cdm).order_by(Cdm.message_id)))


async def _events(station: Station) -> list[ConjunctionEvent]:
    async with station.ctx.store.read() as session:
        return list(await session.scalars(select(ConjunctionEvent).order_by(ConjunctionEvent.id)))


async def test_each_row_becomes_a_message_with_its_recipient_and_its_event(station: Station):
    station.site.simulator.add_cdms([sample_cdm(1), sample_cdm(2)], gid=station.site.gid)
    await _pull(station)

    first, second = await _cdms(station)
    assert (first.source, first.originator) == ("space-track", "CSPOC")
    assert {first.recipient_id, second.recipient_id} == {station.aurora.id}
    assert first.organization_id_1 == station.aurora.id
    assert first.collision_probability == pytest.approx(1.5e-5)
    kvn = await read_cdm_text(station.ctx.objects, first.object_key, first.content_sha256)
    assert kvn.startswith(b"CCSDS_CDM_VERS")
    for cdm in (first, second):
        text = await read_cdm_text(station.ctx.objects, cdm.object_key, cdm.content_sha256)
        assert hashlib.sha256(text).hexdigest() == cdm.content_sha256
    assert len([info async for info in station.ctx.objects.list("cdm")]) == 1, "a page of messages is one object"
    events = await _events(station)
    assert {event.id for event in events} == {first.event_id, second.event_id}


async def test_a_message_is_there_as_it_was_issued_where_it_was_had_so(station: Station):
    station.site.simulator.add_cdms([sample_cdm(1), sample_cdm(2)], gid=station.site.gid)
    await _pull(station)
    await station.ctx.objects.put(key_of(station.account.id, 2), b"CCSDS_CDM_VERS = 1.0\r\n")

    originals = [await original_of(station.ctx, each) for each in await _cdms(station)]
    assert originals == [None, b"CCSDS_CDM_VERS = 1.0\r\n"]


async def test_space_tracks_thread_stands_beside_ours(station: Station):
    message = sample_cdm(1)
    tca = station.clock.now() + timedelta(days=2, seconds=1)
    ours = rows.cdm(station.aurora, None, 90001, 80001, tca=tca, creation_date=station.clock.now())
    ours.summary = {"cdm_summary": _summary(ours)}
    await rows.add(station.ctx.store, ours)
    station.site.simulator.add_cdm(message, gid=station.site.gid)
    await _pull(station)

    (event,) = await _events(station)
    assert sorted(entry["originator"] for entry in event.history) == ["CSPOC", "FAIRWAY"]
    assert event.cdm_count == 2


async def test_a_newer_message_of_the_same_passage_continues_the_event(station: Station):
    station.site.simulator.add_cdm(sample_cdm(1), gid=station.site.gid)
    await _pull(station)
    (before,) = await _events(station)
    station.clock.put_forward(timedelta(hours=1))
    station.site.simulator.add_cdm(
        sample_cdm(1, creation_date=station.clock.now(), collision_probability=3e-4), gid=station.site.gid
    )
    await _pull(station, timedelta(hours=9))

    (after,) = await _events(station)
    assert (after.id, after.cdm_count) == (before.id, 2)
    assert after.worst_probability == pytest.approx(3e-4)


async def test_ephemeris_name_leads_back_to_the_upload(station: Station):
    await station.consent()
    ephemeris = await station.add_ephemeris()
    await deliver(station.ctx, CONSUMERS)
    await station.run(timedelta(minutes=10))
    submission = await station.submission(ephemeris)
    station.site.simulator.add_cdm(
        sample_cdm(1, ephemeris_names=(submission.remote_name, "NONE")), gid=station.site.gid
    )
    await _pull(station, timedelta(hours=9))

    submission = await station.submission(ephemeris)
    assert submission.state == "screened"
    assert submission.result["cdms"] == 1
    assert (await station.pulled())[0].submission_id == submission.id


async def test_of_two_files_of_one_name_the_one_that_was_sent_is_meant(station: Station):
    name = "MEME_90001_AURORA-1_2611207_special_burn_unclassified.txt"
    await station.consent()
    sent = await station.add_ephemeris(designation="special", file_name=name)
    await deliver(station.ctx, CONSUMERS)
    await station.run(timedelta(minutes=3))
    await station.consent("off")
    again = {"file_name": name, "start_time": START, "content": b"CCSDS_OEM_VERS = 1.0\n"}
    held = await station.add_ephemeris(designation="special", **again)
    await deliver(station.ctx, CONSUMERS)
    assert (await station.submission(held)).remote_name == (await station.submission(sent)).remote_name == name
    station.site.simulator.add_cdm(sample_cdm(1, ephemeris_names=(name, "NONE")), gid=station.site.gid)
    await _pull(station, timedelta(hours=9))

    assert (await station.submission(sent)).result["cdms"] == 1
    assert "cdms" not in (await station.submission(held)).result


@pytest.mark.parametrize(
    "faults",
    [
        {"dates": "iso"},
        {"dates": "microseconds"},
        {"dates": "seconds"},
        {"dates": "fraction"},
        {"dates": "mixed"},
        {"null_covariance": True},
        {"probability": "0"},
        {"probability": "null"},
        {"unknown_columns": {"MANEUVER_INTENT": "none"}},
        {"missing_columns": {"SAT1_SEDR", "COMMENT_SCREENING_OPTION"}},
        {"duplicate_every": 1},
    ],
    ids=lambda faults: (
        "-".join(f"{name}={value}" for name, value in faults.items() if not isinstance(value, set | dict))
        or next(iter(faults))
    ),
)
async def test_odd_rows_become_messages_all_the_same(station: Station, faults: dict[str, Any]):
    for name, value in faults.items():
        setattr(station.site.simulator.faults.rows, name, value)
    station.site.simulator.add_cdms([sample_cdm(1), sample_cdm(2)], gid=station.site.gid)
    await _pull(station)

    found = await _cdms(station)
    assert len(found) == 2
    assert len(await _events(station)) == 2
    if faults.get("null_covariance"):
        assert all(cdm.collision_probability == pytest.approx(1.5e-5) for cdm in found)
    if faults.get("probability") == "0":
        assert all(cdm.collision_probability == 0.0 for cdm in found)


async def test_nine_digit_numbers_are_numbers_like_others(station: Station):
    message = sample_cdm(1, norad_cat_ids=(90001, 799_123_456))
    station.site.simulator.add_cdm(message, gid=station.site.gid)
    await _pull(station)

    (cdm,) = await _cdms(station)
    assert (cdm.norad_cat_id_low, cdm.norad_cat_id_high) == (90001, 799_123_456)


async def test_a_row_of_which_no_message_can_be_made_is_kept_and_told(station: Station):
    rows_of_site = station.site.simulator.faults.rows
    rows_of_site.missing_columns = {"SAT2_X"}
    station.site.simulator.add_cdm(sample_cdm(1), gid=station.site.gid)
    await _pull(station)

    assert await _cdms(station) == []
    async with station.ctx.store.read() as session:
        verdict = (await session.scalars(select(Verdict))).one()
    assert verdict.findings[0]["rule"] == "SVC-022"
    assert "the row is kept" in verdict.findings[0]["message"]


async def test_one_cdm_for_two_of_our_organizations_is_a_message_for_each_in_one_event(station: Station):
    simulator = station.site.simulator
    gid = simulator.add_organization("BOREALIS")
    simulator.accounts.join(IDENTITY, gid)
    other = rows.organization("Borealis", gid=str(gid))
    await rows.add(station.ctx.store, other)
    simulator.add_cdm(sample_cdm(1), gid=station.site.gid, cdm_id=5)
    simulator.add_cdm(sample_cdm(1), gid=gid, cdm_id=5)
    await _pull(station)

    assert {cdm.recipient_id for cdm in await _cdms(station)} == {station.aurora.id, other.id}
    assert len(await _events(station)) == 1


async def test_an_operators_own_cdm_joins_the_event_as_a_thread_of_its_own(station: Station):
    station.site.simulator.add_cdm(sample_cdm(1), gid=station.site.gid)
    await _pull(station)
    (first,) = await _cdms(station)
    kvn = await read_cdm_text(station.ctx.objects, first.object_key, first.content_sha256)
    theirs = kvn.replace(b"ORIGINATOR = CSPOC", b"ORIGINATOR = LEOLABS").replace(b"MESSAGE_ID = 0", b"MESSAGE_ID = L")
    document = rows.document(
        station.aurora,
        "leolabs.cdm",
        sha256=hashlib.sha256(theirs).hexdigest(),
        size_bytes=len(theirs),
        received_at=station.clock.now(),
    )
    await station.ctx.objects.put(document.object_key, theirs)
    await rows.add(station.ctx.store, document)
    async with station.ctx.store.write(Actor("system", "test")) as unit:
        unit.emit(DocumentReceivedV1(document_id=document.id))
    await deliver(station.ctx, CONSUMERS)

    (event,) = await _events(station)
    assert sorted(entry["originator"] for entry in event.history) == ["CSPOC", "LEOLABS"]
    uploaded = next(cdm for cdm in await _cdms(station) if cdm.originator == "LEOLABS")
    assert (uploaded.source, uploaded.recipient_id) == ("operator", station.aurora.id)
    assert await station.ctx.objects.get(uploaded.object_key) == theirs
    assert uploaded.object_key == document.object_key, "what was received is not stored again"


def _summary(cdm: Cdm) -> dict[str, Any]:
    return CdmSummary(
        message_id=cdm.message_id,
        originator=cdm.originator,
        recipient=cdm.recipient_id,
        creation_date=cdm.creation_date,
        norad_cat_id_1=cdm.norad_cat_id_1,
        norad_cat_id_2=cdm.norad_cat_id_2,
        tca=cdm.tca,
        tca_tai_ns=from_datetime(cdm.tca),
        miss_distance_m=cdm.miss_distance_m,
        relative_speed_m_s=cdm.relative_speed_m_s,
        relative_position_rtn_m=(1.0, 2.0, 3.0),
        collision_probability=cdm.collision_probability,
        probability_method=None,
        probability_reason=None,
        maximum_probability=None,
        hard_body_radius_m=10.0,
        regime="near-earth",
        level="reportable",
        period_1_min=96.0,
        period_2_min=96.0,
        screening_start=None,
        screening_stop=None,
        has_covariance_1=True,
        has_covariance_2=True,
    ).to_dict()
