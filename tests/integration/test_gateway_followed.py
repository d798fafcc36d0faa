"""What was handed over is followed to its end, whatever comes first, and nothing that is long takes much memory."""

import tracemalloc
from datetime import timedelta

from support.embedded import deliver
from support.gateway import ADMIN, Station

from records.validator.tables import Ephemeris
from spacetrack_gateway.consents import delete_at_space_track
from spacetrack_gateway.pushing.content import prepare
from spacetrack_gateway.pushing.naming_cdms import count_cdms

LINE = b"2024-09-17T12:00:00.000 7.0E+03 -1.25e-1 0 0 7.5 1e-10\n"


async def _accepted(station: Station, content: bytes = b"CCSDS_OEM_VERS = 2.0\n") -> Ephemeris:
    ephemeris = await station.add_ephemeris(content=content)
    await deliver(station.ctx, station.consumers)
    return ephemeris


async def test_a_file_that_a_cdm_names_before_it_is_proved_is_screened_and_proved_and_can_be_deleted(
    station: Station,
):
    await station.consent()
    ephemeris = await _accepted(station)
    await station.run(timedelta(seconds=1))
    submission = await station.submission(ephemeris)
    assert submission.state == "sent"
    async with station.ctx.store.write(ADMIN) as unit:
        await count_cdms(unit, {submission.id: 1})
    await station.run(timedelta(minutes=10))

    submission = await station.submission(ephemeris)
    assert submission.state == "screened"
    (file,) = station.site.simulator.files.files()
    assert submission.remote_file_id == file.file_id
    assert submission.present_at is not None, "it was read back too"
    await delete_at_space_track(station.ctx, ADMIN, submission.id)
    await station.run(timedelta(minutes=5))
    assert (await station.submission(ephemeris)).state == "deleted"


async def test_a_file_of_which_nothing_is_heard_for_three_days_is_said_to_be_not_screened(station: Station):
    rows = station.site.simulator.faults.rows
    rows.classes, rows.missing_columns = {"car"}, {"SAT1_EPHEMERIS_NAME", "SAT2_EPHEMERIS_NAME"}
    await station.consent()
    ephemeris = await _accepted(station)
    await station.run(timedelta(minutes=10))
    assert (await station.submission(ephemeris)).state == "present"
    station.clock.put_forward(timedelta(days=3))
    await station.run(timedelta(hours=1))

    submission = await station.submission(ephemeris)
    assert submission.state == "not-screened"
    assert [reason["code"] for reason in submission.reasons] == ["not-heard-of"]
    assert "nothing was heard for 3 days" in submission.reasons[0]["what"]


async def test_a_long_file_is_prepared_without_being_held_in_memory(station: Station):
    content = b"CCSDS_OEM_VERS = 2.0\n" + LINE * 30_000
    submission = await station.submission(await _accepted(station, content))
    tracemalloc.start()
    try:
        prepared = await prepare(station.ctx, submission, "AURORA IMAGING")
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert await station.ctx.objects.get(prepared.key) == content.replace(
        b"7.0E+03 -1.25e-1 0 0 7.5 1e-10", b"7000 -0.125 0 0 7.5 0.0000000001"
    )
    assert most < len(content), "it would be held whole, and once more in fixed point"
