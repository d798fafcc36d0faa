"""CDMs are pulled page by page, each row once, and the watermark never passes what is not stored."""

from datetime import timedelta

from sqlalchemy import select
from support.gateway import Station
from support.spacetrack import sample_cdm

from records.ingest_api.tables import Document
from servicekit.store.plumbing import AuditEntry, OutboxRow


async def _add(station: Station, count: int, first: int = 1) -> list[int]:
    return station.site.simulator.add_cdms(
        [sample_cdm(number) for number in range(first, first + count)], gid=station.site.gid
    )


async def test_the_first_pull_starts_from_the_grant_and_says_so(station: Station):
    old = sample_cdm(1, creation_date=station.clock.now() - timedelta(days=1))
    station.site.simulator.add_cdm(old, gid=station.site.gid)
    station.site.simulator.add_cdm(
        sample_cdm(2, creation_date=station.clock.now() + timedelta(seconds=1)), gid=station.site.gid
    )
    await station.run(timedelta(minutes=1))

    assert [row.cdm_id for row in await station.pulled()] == [2]
    async with station.ctx.store.read() as session:
        told = (await session.scalars(select(AuditEntry).where(AuditEntry.action == "space-track.first-pull"))).all()
    assert len(told) == 1
    assert "older ones are not" in told[0].detail["says"]


async def test_pages_are_asked_for_upward_until_one_is_short(station: Station):
    await _add(station, 25)
    await station.run(timedelta(minutes=1), [station.gateway(page_rows=10)])

    assert [row.cdm_id for row in await station.pulled()] == list(range(1, 26))
    assert (await station.task("cdm")).cursor["watermark"] == 25
    assert [request.rows for request in station.requests("expandedspacedata/cdm")] == [10, 10, 5]


async def test_each_page_is_one_document_with_the_text_of_its_rows_and_one_event(station: Station):
    await _add(station, 3)
    await station.run(timedelta(minutes=1))

    async with station.ctx.store.read() as session:
        document = (await session.scalars(select(Document).where(Document.source == "space-track"))).one()
        events = (await session.scalars(select(OutboxRow).where(OutboxRow.topic == "cdm-page.received.v1"))).all()
    assert (document.purpose, document.file_name) == ("cdms", "space-track-cdm-1-3.json")
    assert [event.payload["document_id"] for event in events] == [document.id]
    content = await station.ctx.objects.get(document.object_key)
    assert content.count(b'"CDM_ID"') == 3


async def test_rows_are_routed_by_gid_constellation_and_object(station: Station):
    simulator = station.site.simulator
    simulator.add_cdm(sample_cdm(1), gid=station.site.gid)
    stranger = simulator.add_organization("STRANGER")
    simulator.accounts.join(station.site.identity, stranger)
    simulator.add_cdm(sample_cdm(2), gid=stranger)
    simulator.add_cdm(sample_cdm(3, primary=70001), gid=stranger)
    await station.run(timedelta(minutes=1))

    assert [(row.organization_id, row.routed_by) for row in await station.pulled()] == [
        (station.aurora.id, "gid"),
        (station.aurora.id, "object"),
        (None, None),
    ]
