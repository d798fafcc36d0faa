"""The catalogue that screening uses comes from Space-Track every hour, and from CelesTrak where there is none."""

import gzip
import json
from datetime import timedelta

import httpx
import numpy as np
from sqlalchemy import select
from support import rows
from support.crossing_orbits import OURS, crossing_catalogue
from support.gateway import START, Station
from support.orbit_files import omm_csv

from ccsds import read_catalogue
from records.ingest_api.reads.satellites import facts
from records.ingest_api.tables import Document, Satellite
from records.spacetrack_gateway import reads
from servicekit.store.plumbing import OutboxRow
from spacetrack_gateway.syncing.celestrak import sync_celestrak

CATALOGUE = omm_csv(crossing_catalogue())


async def catalogues(station: Station) -> list[Document]:
    async with station.ctx.store.read() as session:
        query = select(Document).where(Document.purpose == "catalogue").order_by(Document.received_at)
        return list(await session.scalars(query))


async def test_the_elements_of_an_hour_are_one_document_which_our_reader_takes_whole(station: Station):
    station.site.simulator.load_catalogue(CATALOGUE)
    await station.run(timedelta(minutes=10))

    (document,) = await catalogues(station)
    assert (document.source, document.content_type) == ("space-track", "application/gzip")
    sets, refused = read_catalogue(gzip.decompress(await station.ctx.objects.get(document.object_key)))
    assert len(refused) == 0
    there, _ = read_catalogue(CATALOGUE)
    assert sorted(sets.norad_cat_id) == sorted(there.norad_cat_id)
    assert np.allclose(np.sort(sets.mean_motion_rev_day), np.sort(there.mean_motion_rev_day), atol=1e-7)
    async with station.ctx.store.read() as session:
        events = (await session.scalars(select(OutboxRow).where(OutboxRow.topic == "document.received.v1"))).all()
    assert [event.payload["document_id"] for event in events] == [document.id]


async def test_it_is_asked_hourly_off_the_full_and_the_half_hour_and_the_same_catalogue_is_stored_once(
    station: Station,
):
    station.site.simulator.load_catalogue(CATALOGUE)
    await station.run(timedelta(hours=6))

    asked = [request.at for request in station.requests("basicspacedata/gp")]
    assert 5 <= len(asked) <= 6
    assert len(await catalogues(station)) == 1
    assert station.site.simulator.police.mails() == []


async def test_an_empty_table_is_no_catalogue(station: Station):
    await station.run(timedelta(minutes=10))
    assert await catalogues(station) == []
    assert "no elements" in ((await station.task("gp")).last_error or "")


async def test_satcat_is_asked_daily_after_17_and_says_what_nobody_else_does(station: Station):
    station.site.simulator.load_catalogue(CATALOGUE)
    await rows.add(station.ctx.store, rows.satellite(OURS, station.aurora))
    await station.run(timedelta(hours=26))

    asked = station.requests("basicspacedata/satcat")
    assert len(asked) == 1
    async with station.ctx.store.read() as session:
        known = (await facts(session, [OURS]))[OURS]
        assert await session.get(Satellite, OURS) is not None
    assert (known["object_type"].value, known["object_type"].source) == ("payload", "catalogue")
    key = (await station.task("satcat")).cursor["object_key"]
    kept = json.loads(gzip.decompress(await station.ctx.objects.get(key)))
    assert OURS in {int(row["NORAD_CAT_ID"]) for row in kept}


class Celestrak:
    """CelesTrak, which counts how often it is asked."""

    def __init__(self, content: bytes) -> None:
        self.content, self.asked = content, 0
        self.transport = httpx.MockTransport(self.answer)

    def answer(self, request: httpx.Request) -> httpx.Response:
        assert request.url.params["GROUP"] == "active"
        self.asked += 1
        return httpx.Response(200, content=self.content)


async def test_celestrak_is_asked_at_most_every_two_hours_and_only_where_there_is_no_catalogue(station: Station):
    settings = station.settings.model_copy(update={"celestrak_group": "active"})
    celestrak = Celestrak(CATALOGUE)
    for _ in range(6):
        await sync_celestrak(station.ctx, settings, celestrak.transport)
        station.clock.put_forward(timedelta(minutes=30))
    assert celestrak.asked == 2
    first, *_ = await catalogues(station)
    assert (first.source, first.file_name) == ("celestrak", f"celestrak-active-{START:%Y%m%dT%H%M}.csv.gz")

    document = rows.document(station.aurora, "gp.json", purpose="catalogue", source="space-track")
    await rows.add(station.ctx.store, document, rows.catalogue(document, accepted_at=station.clock.now()))
    station.clock.put_forward(timedelta(hours=11))
    await sync_celestrak(station.ctx, settings, celestrak.transport)
    assert celestrak.asked == 2
    station.clock.put_forward(timedelta(hours=2))
    await sync_celestrak(station.ctx, settings, celestrak.transport)
    assert celestrak.asked == 3


async def test_what_is_no_catalogue_is_told_by_the_feed_and_not_asked_again_at_once(station: Station):
    settings = station.settings.model_copy(update={"celestrak_group": "active"})
    celestrak = Celestrak(b"Invalid query")
    await sync_celestrak(station.ctx, settings, celestrak.transport)
    await sync_celestrak(station.ctx, settings, celestrak.transport)

    assert celestrak.asked == 1
    assert await catalogues(station) == []
    async with station.ctx.store.read() as session:
        feed = await reads.feed(session, "celestrak")
    assert feed is not None
    assert feed.state == "failing"
    assert "no catalogue" in feed.missing[0]["what"]


async def test_nothing_is_asked_of_celestrak_unless_a_group_is_set(station: Station):
    celestrak = Celestrak(CATALOGUE)
    assert not await sync_celestrak(station.ctx, station.settings, celestrak.transport)
    assert celestrak.asked == 0
