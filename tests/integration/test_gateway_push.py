"""A file goes to Space-Track once, is proved by reading it back, and is followed to its result."""

import dataclasses
import hashlib
from datetime import timedelta

import pytest
from sqlalchemy import select
from support import rows
from support.embedded import deliver
from support.gateway import ADMIN, Station
from support.spacetrack import IDENTITY

from ingest_api.submissions.withdrawal import restore, withdraw
from records.ingest_api.tables import Document
from records.spacetrack_gateway.tables import Submission
from records.validator.tables import Verdict
from servicekit.store.plumbing import AuditEntry
from spacetrack_gateway.consents import NotHeldForRelease, delete_at_space_track, release
from spacetrack_gateway.measuring import measure
from spacetrack_gateway.pushing.review import review
from spacetrack_simulator.faults import Outage
from validator.module import MODULE as VALIDATOR

MINUTE = timedelta(minutes=1)
OEM = b"""CCSDS_OEM_VERS = 2.0
CREATION_DATE = 2024-09-17T12:00:00
2024-09-17T12:00:00.000 7.0E+03 -1.25e-1 0 0 7.5 1e-10
COMMENT about 1e5 km
"""


async def test_nothing_leaves_without_consent(station: Station):
    ephemeris = await station.accepted()
    await station.run(timedelta(hours=1))

    submission = await station.submission(ephemeris)
    assert submission.state == "held"
    assert [reason["code"] for reason in submission.reasons] == ["no-consent"]
    assert station.remote_names() == []


async def test_with_consent_it_is_sent_under_a_name_that_was_shown_and_proved(station: Station):
    ephemeris = await station.accepted()
    shown = (await station.submission(ephemeris)).remote_name
    await station.consent()
    await station.run(timedelta(minutes=10))

    submission = await station.submission(ephemeris)
    assert submission.state == "present"
    assert station.remote_names() == [shown]
    assert shown is not None
    assert shown.startswith("MEME_90001_AURORA1_2611207_operational_fw")
    assert submission.attempts == 1
    async with station.ctx.store.read() as session:
        consent = await session.scalars(select(AuditEntry).where(AuditEntry.action == "space-track.push-mode"))
    assert [entry.actor_id for entry in consent] == ["admin"], "the consent is on record"


async def test_an_own_name_that_space_track_takes_is_kept(station: Station):
    await station.consent()
    name = "MEME_90001_AURORA-1_2611207_operational_nomnvr_unclassified.txt"
    await station.accepted(file_name=name)
    await station.run(timedelta(minutes=10))

    assert station.remote_names() == [name]


async def test_exponents_are_written_out_in_a_copy_and_the_original_stays(station: Station):
    await station.consent()
    ephemeris = await station.accepted(content=OEM)
    await station.run(timedelta(minutes=10))

    submission = await station.submission(ephemeris)
    assert submission.state == "present"
    (file,) = station.site.simulator.files.files()
    found = station.site.simulator.files.read(file.file_id)
    assert found is not None
    sent = found[1]
    assert b"7000 -0.125 0 0 7.5 0.0000000001\n" in sent
    assert b"COMMENT about 1e5 km" in sent
    assert submission.content_sha256 == hashlib.sha256(sent).hexdigest()
    assert await station.ctx.objects.get(f"documents/{submission.document_id}") == OEM


async def test_what_space_track_refuses_has_failed_with_its_words(station: Station):
    await station.consent()
    station.site.simulator.faults.uploads.reject = "name"
    ephemeris = await station.accepted()
    await station.run(timedelta(hours=1))

    submission = await station.submission(ephemeris)
    assert submission.state == "failed"
    assert submission.reasons[0]["code"] == "refused-by-space-track"
    assert "named" in submission.reasons[0]["what"]
    assert len(station.requests("fileshare/upload")) == 1


async def test_a_revoked_folder_holds_the_file_until_it_is_granted_again(station: Station):
    await station.consent()
    await station.run(timedelta(minutes=5))
    simulator = station.site.simulator
    simulator.files.revoke(IDENTITY, station.site.folder_id)
    ephemeris = await station.accepted()
    await station.run(timedelta(hours=1))

    submission = await station.submission(ephemeris)
    assert submission.state == "held"
    assert [reason["code"] for reason in submission.reasons] == ["no-folder"]

    simulator.files.grant(IDENTITY, station.site.folder_id, "rw")
    await station.run(timedelta(hours=8))
    assert (await station.submission(ephemeris)).state in ("present", "screened", "not-screened")
    assert len(station.remote_names()) == 1


async def test_after_an_outage_special_files_go_first_and_superseded_ones_not_at_all(station: Station):
    await station.consent()
    await station.run(timedelta(minutes=5))
    station.site.simulator.fail(Outage(style="503", seconds=7200))
    older = await station.accepted()
    newer = await station.accepted(content=b"CCSDS_OEM_VERS = 2.0\nCOMMENT newer\n")
    special = await station.accepted(90002, designation="special", content=b"CCSDS_OEM_VERS = 2.0\nCOMMENT s\n")
    await station.run(timedelta(hours=4))

    names = [(await station.submission(each)).remote_name for each in (special, newer)]
    assert station.remote_names() == names
    assert (await station.submission(older)).state == "superseded"


async def test_one_organization_with_many_files_does_not_starve_the_others(station: Station):
    simulator = station.site.simulator
    gid = simulator.add_organization("BOREALIS")
    simulator.accounts.join(IDENTITY, gid)
    folder = simulator.add_folder("/Ephemeris/BOREALIS", gid=gid, grants={IDENTITY: "rw"})
    other = rows.organization("Borealis", space_track_title="BOREALIS", gid=str(gid))
    await rows.add(station.ctx.store, other, rows.satellite(91000, other))
    await station.consent()
    await station.consent(organization=other)
    for number in range(60):
        await station.add_ephemeris(
            90001, designation="special", content=b"CCSDS_OEM_VERS = 2.0\nCOMMENT %d\n" % number
        )
    mine = await station.add_ephemeris(91000, organization=other, designation="special")
    await deliver(station.ctx, station.consumers)
    await station.run(timedelta(minutes=10))

    assert (await station.submission(mine)).state == "present"
    uploads = list(station.requests("fileshare/upload"))
    place = next(i for i, request in enumerate(uploads) if request.path.endswith(f"/{folder}"))
    assert place <= 2


async def test_manual_mode_waits_for_somebody(station: Station):
    await station.consent("manual")
    ephemeris = await station.accepted()
    await station.run(timedelta(hours=1))
    submission = await station.submission(ephemeris)
    assert [reason["code"] for reason in submission.reasons] == ["waits-for-release"]

    await release(station.ctx, ADMIN, submission.id)
    await station.run(timedelta(minutes=10))
    assert (await station.submission(ephemeris)).state == "present"
    with pytest.raises(NotHeldForRelease):
        await release(station.ctx, ADMIN, submission.id)


async def test_a_file_is_deleted_where_its_owner_asks_for_it(station: Station):
    await station.consent()
    ephemeris = await station.accepted()
    await station.run(timedelta(minutes=10))
    await delete_at_space_track(station.ctx, ADMIN, (await station.submission(ephemeris)).id)
    await station.run(timedelta(minutes=10))

    assert (await station.submission(ephemeris)).state == "deleted"
    assert station.remote_names() == []


async def test_the_mail_to_the_squadron_is_prepared_for_a_special_file(station: Station):
    await station.consent()
    ephemeris = await station.accepted(designation="special")
    await station.run(timedelta(minutes=10))

    letter = (await station.submission(ephemeris)).result["letter"]
    assert letter["to"] == "19SDS.orbital.safety@spaceforce.mil"
    assert "AURORA IMAGING" in letter["body"]
    assert (await station.submission(ephemeris)).remote_name in letter["body"]


async def test_withdrawing_consent_holds_what_waits(station: Station):
    await station.consent()
    station.site.simulator.fail(Outage(path="upload", style="503"))
    ephemeris = await station.accepted()
    await station.consent("off")
    await review(station.ctx)
    assert (await station.submission(ephemeris)).state == "held"


async def test_two_gateways_send_each_file_once(station: Station):
    await station.consent()
    for number in range(6):
        await station.add_ephemeris(
            90001, designation="special", content=b"CCSDS_OEM_VERS = 2.0\nCOMMENT %d\n" % number
        )
    await deliver(station.ctx, station.consumers)
    gateways = [station.gateway("one"), station.gateway("two")]
    await station.run(timedelta(minutes=30), gateways)

    async with station.ctx.store.read() as session:
        states = list(await session.scalars(select(Submission.state)))
    assert states == ["present"] * 6
    assert len(station.remote_names()) == len(set(station.remote_names())) == 6


async def test_a_maneuver_notification_goes_into_its_own_folder_and_is_proved(station: Station):
    await station.consent()
    document = await station.add_notification()
    await deliver(station.ctx, (*station.consumers, *VALIDATOR.consumers))
    await station.run(timedelta(minutes=10))

    async with station.ctx.store.read() as session:
        verdict = await session.get_one(Verdict, document.id)
        assert verdict.verdict == "valid", verdict.findings
        submission = (await session.scalars(select(Submission))).one()
    assert (submission.kind, submission.state) == ("maneuver", "present")
    (file,) = station.site.simulator.files.files()
    assert file.folder_id == station.site.maneuver_folder_id
    assert file.name.startswith("AURORA IMAGING_")
    assert file.name.endswith(".opm")


@pytest.mark.parametrize("sent", [False, True], ids=["before it is sent", "after it was sent"])
async def test_a_notification_that_is_withdrawn(station: Station, sent: bool):
    document = await station.add_notification()
    await deliver(station.ctx, (*station.consumers, *VALIDATOR.consumers))
    if sent:
        await station.consent()
        await station.run(timedelta(minutes=10))
    await withdraw(station.ctx.store, ADMIN, document)
    await deliver(station.ctx, station.consumers)
    await station.consent()
    await station.run(timedelta(minutes=10))

    async def stands() -> tuple[str, list[str]]:
        async with station.ctx.store.read() as session:
            row = (await session.scalars(select(Submission))).one()
        return row.state, [reason["code"] for reason in row.reasons]

    assert len(station.remote_names()) == int(sent)
    assert await stands() == (("present", ["withdrawn-after-sending"]) if sent else ("withdrawn", []))
    await restore(station.ctx.store, ADMIN, document)
    await deliver(station.ctx, station.consumers)
    await station.run(timedelta(minutes=10))
    assert (await stands(), len(station.remote_names())) == (("present", []), 1)


async def test_an_ephemeris_that_is_withdrawn_after_it_was_sent_says_so(station: Station):
    await station.consent()
    ephemeris = await station.accepted()
    await station.run(timedelta(seconds=1))
    async with station.ctx.store.read() as session:
        document = await session.get_one(Document, ephemeris.document_id)
    await withdraw(station.ctx.store, ADMIN, document)
    await deliver(station.ctx, station.consumers)
    await station.run(timedelta(minutes=10))

    submission = await station.submission(ephemeris)
    assert submission.state == "present"
    assert [reason["code"] for reason in submission.reasons] == ["withdrawn-after-sending"]


async def test_a_replay_sends_and_asks_nothing_outside_of_the_machine(station: Station):
    await station.consent()
    replay = dataclasses.replace(station, ctx=dataclasses.replace(station.ctx, replay=True))
    ephemeris = await replay.add_ephemeris()
    await deliver(replay.ctx, replay.consumers)
    await replay.run(timedelta(hours=1))

    assert station.requests() == []
    submission = await replay.submission(ephemeris)
    assert submission.state == "held"
    assert submission.reasons[0]["code"] == "replay"


async def test_what_remains_of_the_budget_is_a_metric(station: Station):
    await station.run(timedelta(seconds=1))
    made = len(station.requests())
    await measure(station.ctx)
    exposition = station.ctx.metrics.exposition().decode()
    assert f'fairway_space_track_budget_left{{account="service",window="hour"}} {250 - made}.0' in exposition


async def test_a_file_whose_bytes_are_gone_does_not_keep_the_others_from_going(station: Station):
    await station.consent()
    lost = await station.add_ephemeris(designation="special", content=b"CCSDS_OEM_VERS = 2.0\nCOMMENT lost\n")
    other = await station.add_ephemeris(90002, designation="special", content=b"CCSDS_OEM_VERS = 2.0\nCOMMENT o\n")
    await deliver(station.ctx, station.consumers)
    await station.ctx.objects.delete(f"documents/{lost.document_id}")
    await station.run(timedelta(hours=1))

    assert (await station.submission(other)).state == "present"
    submission = await station.submission(lost)
    assert (submission.state, submission.reasons[0]["code"]) == ("failed", "cannot-be-sent")
