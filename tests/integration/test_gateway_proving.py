"""A file that was sent is proved by reading it back, whatever was lost on the way, and is not sent twice."""

from datetime import timedelta

import pytest
from support.gateway import ADMIN, Station
from support.spacetrack import IDENTITY

from spacetrack_gateway.consents import release
from spacetrack_gateway.pushing import following


async def test_a_lost_acknowledgement_does_not_send_the_file_twice(station: Station):
    await station.consent()
    station.site.simulator.faults.uploads.acknowledgement_lost = 1
    ephemeris = await station.accepted()
    await station.run(timedelta(minutes=20))

    assert len(station.remote_names()) == 1
    assert (await station.submission(ephemeris)).state == "present"
    assert len(station.requests("fileshare/upload")) == 1


async def test_an_upload_that_was_dropped_before_it_was_stored_is_sent_again(station: Station):
    await station.consent()
    station.site.simulator.faults.uploads.dropped_before_storing = 1
    ephemeris = await station.accepted()
    await station.run(timedelta(hours=2))

    assert len(station.remote_names()) == 1
    submission = await station.submission(ephemeris)
    assert (submission.state, submission.attempts) == ("present", 2)


async def test_a_listing_that_lags_behind_does_not_send_the_file_twice(station: Station):
    await station.consent()
    station.site.simulator.faults.uploads.listing_lag_s = 900
    station.site.simulator.faults.uploads.acknowledgement_lost = 1
    ephemeris = await station.accepted()
    await station.run(timedelta(hours=2))

    assert len(station.remote_names()) == 1
    assert (await station.submission(ephemeris)).state == "present"


async def test_what_arrived_damaged_is_replaced(station: Station):
    await station.consent()
    station.site.simulator.faults.uploads.damaged = 1
    ephemeris = await station.accepted()
    await station.run(timedelta(hours=2))

    submission = await station.submission(ephemeris)
    (file,) = station.site.simulator.files.files()
    assert submission.state == "present"
    assert file.sha256 == submission.content_sha256


async def test_another_file_of_the_same_name_and_size_is_left_alone(station: Station):
    await station.consent()
    name = "MEME_90001_AURORA-1_2611207_operational_nomnvr_unclassified.txt"
    simulator = station.site.simulator
    folder = simulator.files.folder(station.site.folder_id)
    assert folder is not None
    old = simulator.files.store(folder, name, b"CCSDS_OEM_VERS = 1.0\n")
    station.clock.put_forward(timedelta(hours=1))
    ephemeris = await station.accepted(file_name=name, start_time=station.clock.now() - timedelta(hours=1))
    await station.run(timedelta(hours=1))

    submission = await station.submission(ephemeris)
    assert submission.state == "present"
    assert [file.file_id for file in simulator.files.files()] == [old.file_id, submission.remote_file_id]


async def test_a_file_longer_than_any_other_answer_is_read_back_and_proved(station: Station):
    await station.consent()
    ephemeris = await station.accepted(content=b"CCSDS_OEM_VERS = 2.0\n" * 8000)
    await station.run(timedelta(minutes=5), [station.gateway(answer_max_bytes=100_000)])

    submission = await station.submission(ephemeris)
    assert submission.content_size is not None
    assert submission.content_size > 100_000
    assert submission.state == "present"


async def test_a_folder_that_is_lost_before_the_file_was_proved_and_granted_again_does_not_double_it(
    station: Station,
):
    await station.consent()
    ephemeris = await station.accepted()
    await station.run(timedelta(seconds=1))
    simulator = station.site.simulator
    simulator.files.revoke(IDENTITY, station.site.folder_id)
    await station.run(timedelta(hours=2))
    assert [reason["code"] for reason in (await station.submission(ephemeris)).reasons] == ["no-folder"]

    simulator.files.grant(IDENTITY, station.site.folder_id, "rw")
    await station.run(timedelta(hours=7))
    assert (await station.submission(ephemeris)).state in ("present", "screened", "not-screened")
    assert len(station.remote_names()) == 1


async def test_what_is_listed_and_cannot_be_read_is_not_asked_for_over_and_over(station: Station):
    await station.consent()
    ephemeris = await station.accepted()
    await station.run(timedelta(seconds=1))
    station.site.simulator.store.execute("DELETE FROM contents", ())
    await station.run(timedelta(hours=4))

    assert len(station.requests("fileshare/upload")) == 1
    assert len(station.requests("fileshare/download")) <= 12
    submission = await station.submission(ephemeris)
    assert (submission.state, submission.reasons[0]["code"]) == ("sent", "cannot-be-proved")


async def test_a_result_behind_many_others_is_found(station: Station, monkeypatch: pytest.MonkeyPatch):
    """An account sees the results of all its organizations, those of files too that others sent themselves."""
    monkeypatch.setattr(following, "_MOST_ROWS", 3)
    await station.consent()
    ephemeris = await station.accepted()
    await station.run(timedelta(minutes=5))
    names = [f"of-another-{number}.txt" for number in range(4)]
    names.append((await station.submission(ephemeris)).remote_name or "")
    station.site.simulator.add_rows(
        "car",
        [
            {
                "CREATION_DATE": (station.clock.now() + timedelta(seconds=number)).isoformat(),
                "CA_RESULT_CODE": "0",
                "CA_RESULT_SHORT_DESCRIPTION": "No conjunctions",
                "SAT1_EPHEMERIS_NAME": name,
            }
            for number, name in enumerate(names)
        ],
        gid=station.site.gid,
        visible_from=station.clock.now(),
    )
    await station.run(timedelta(minutes=70))

    submission = await station.submission(ephemeris)
    assert (submission.state, submission.result["assessment"]["description"]) == ("screened", "No conjunctions")


async def test_what_never_arrived_is_sent_again_where_somebody_says_so_and_looked_for_first(station: Station):
    gateway = station.gateway(upload_attempts=1, looks=2, look_after_s=10)
    await station.consent()
    uploads = station.site.simulator.faults.uploads
    uploads.acknowledgement_lost, uploads.listing_lag_s = 1, 3600
    arrived_late = await station.accepted()
    await station.run(timedelta(minutes=10), [gateway])
    uploads.dropped_before_storing = 1
    lost = await station.accepted(90002, content=b"CCSDS_OEM_VERS = 1.0\n")
    await station.run(timedelta(minutes=10), [gateway])
    for each in (arrived_late, lost):
        submission = await station.submission(each)
        assert [reason["code"] for reason in submission.reasons] == ["never-arrived"]
    uploads.listing_lag_s = 0
    station.clock.put_forward(timedelta(hours=1))
    for each in (arrived_late, lost):
        await release(station.ctx, ADMIN, (await station.submission(each)).id)
    await station.run(timedelta(minutes=20), [station.gateway(looks=2, look_after_s=10)])

    assert len(station.remote_names()) == len(set(station.remote_names())) == 2
    for each in (arrived_late, lost):
        assert (await station.submission(each)).state == "present"


async def test_consent_withdrawn_while_a_file_is_under_way_keeps_it_from_being_sent_again(station: Station):
    await station.consent()
    station.site.simulator.faults.uploads.dropped_before_storing = 1
    ephemeris = await station.accepted()
    await station.run(timedelta(seconds=1))
    assert (await station.submission(ephemeris)).state == "sent"
    await station.consent("off")
    await station.run(timedelta(hours=2))

    submission = await station.submission(ephemeris)
    assert (submission.state, [reason["code"] for reason in submission.reasons]) == ("held", ["no-consent"])
    assert len(station.requests("fileshare/upload")) == 1
    assert station.remote_names() == []
