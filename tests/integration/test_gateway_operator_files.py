"""The operator's own folder is read with its consent; our own files in it are known again."""

from datetime import timedelta

from sqlalchemy import select
from support import rows
from support.embedded import deliver
from support.gateway import ADMIN, Station
from support.spacetrack import IDENTITY

from records.ingest_api.tables import Document
from records.spacetrack_gateway.tables import SpaceTrackFile, Submission
from records.validator.events import EphemerisAcceptedV1
from spacetrack_gateway.consents import allow_reading
from spacetrack_simulator.faults import Outage

OLD = "MEME_90001_AURORA-1_2601207_operational__unclassified.txt"
NEW = "MEME_90001_AURORA-1_2611207_operational__unclassified.txt"
DAY = timedelta(days=1)


def _put(station: Station, name: str, content: bytes) -> None:
    folder = station.site.simulator.files.folder(station.site.folder_id)
    assert folder is not None
    station.site.simulator.files.store(folder, name, content)


async def _taken(station: Station) -> list[str]:
    query = select(Document.file_name).where(Document.source == "space-track", Document.purpose == "operator")
    async with station.ctx.store.read() as session:
        return list(await session.scalars(query))


async def test_without_consent_nothing_is_taken(station: Station):
    _put(station, NEW, b"states")
    await station.consent()
    await station.run(DAY)
    assert await _taken(station) == []
    assert station.requests("fileshare/download") == []


async def test_the_newest_file_of_an_object_is_taken_once(station: Station):
    _put(station, OLD, b"old states")
    _put(station, NEW, b"new states")
    await allow_reading(station.ctx, ADMIN, station.aurora.id, allowed=True)
    await station.run(DAY)
    assert await _taken(station) == [NEW]
    assert len(station.requests("fileshare/download")) == 1


async def test_a_file_of_ours_is_not_taken_for_the_operators(station: Station):
    await station.consent()
    await allow_reading(station.ctx, ADMIN, station.aurora.id, allowed=True)
    await station.add_ephemeris()
    await deliver(station.ctx, station.consumers)
    await station.run(DAY)
    assert len(station.site.simulator.files.files()) == 1
    assert await _taken(station) == []


async def test_what_was_deleted_is_noted_as_gone(station: Station):
    _put(station, NEW, b"new states")
    await allow_reading(station.ctx, ADMIN, station.aurora.id, allowed=True)
    await station.run(DAY)
    station.site.simulator.files.delete(1)
    await station.run(DAY)
    async with station.ctx.store.read() as session:
        (file,) = (await session.scalars(select(SpaceTrackFile))).all()
    assert file.gone_at is not None


async def test_the_folders_of_all_organizations_are_one_query(station: Station):
    simulator = station.site.simulator
    for number in range(5):
        name = f"OPERATOR {number}"
        gid = simulator.add_organization(name)
        simulator.accounts.join(IDENTITY, gid)
        simulator.add_folder(f"/Ephemeris/{name}", gid=gid, grants={IDENTITY: "rw"})
        other = rows.organization(name, space_track_title=name, gid=str(gid))
        await rows.add(station.ctx.store, other)
        await station.consent(organization=other)
    await station.consent()
    await station.run(DAY)
    listings = station.requests("fileshare/file")
    assert 3 <= len(listings) <= 7
    assert any(request.path.count(",") == 5 for request in listings)


async def test_what_was_taken_from_space_track_is_not_sent_back(station: Station):
    _put(station, NEW, b"new states")
    await station.consent()
    await allow_reading(station.ctx, ADMIN, station.aurora.id, allowed=True)
    await station.run(timedelta(minutes=30))
    async with station.ctx.store.read() as session:
        document = (await session.scalars(select(Document).where(Document.purpose == "operator"))).one()
    ephemeris = rows.ephemeris(document, 90001, designation="operational")
    async with station.ctx.store.write(ADMIN) as unit:
        unit.session.add(ephemeris)
        await unit.session.flush()
        unit.emit(EphemerisAcceptedV1(ephemeris_id=ephemeris.id, row_version=1))
    await deliver(station.ctx, station.consumers)
    await station.run(timedelta(minutes=30))

    assert station.requests("fileshare/upload") == []
    async with station.ctx.store.read() as session:
        assert (await session.scalars(select(Submission))).all() == []


async def test_a_file_that_cannot_be_read_keeps_no_other_from_being_taken(station: Station):
    """It may be gone since it was listed, and what is too long is too long the next time too."""
    second = NEW.replace("90001", "90002")
    _put(station, NEW, b"x" * 3000)
    _put(station, second, b"new states")
    _put(station, NEW.replace("90001", "90003"), b"gone")
    station.site.simulator.fail(Outage(path="download/file_id/3", style="reset", seconds=120))
    await allow_reading(station.ctx, ADMIN, station.aurora.id, allowed=True)
    gateway = station.gateway(answer_max_bytes=2000)
    await station.run(timedelta(minutes=1), [gateway])
    station.site.simulator.files.delete(3)
    await station.run(timedelta(hours=5), [gateway])

    assert await _taken(station) == [second]
    assert len(station.requests("fileshare/download")) < 10
    assert (await station.task("operator-files")).failures == 0
