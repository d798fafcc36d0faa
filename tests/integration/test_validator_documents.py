"""A received document gets its verdict: object, row, events, all or nothing, whatever comes in between."""

import hashlib
from datetime import datetime, timedelta
from itertools import permutations

import pytest
from sqlalchemy import select
from support import rows
from support.embedded import NOON, MovableClock, deliver, emit
from support.files import oem, packed, tle

from assessment.catalogues import catalogue_from_columns
from assessment.trajectories import ephemeris_from_columns
from records.identity.tables import Organization
from records.ingest_api.events import DocumentReceivedV1
from records.ingest_api.reads.documents import open_withdrawal
from records.ingest_api.tables import Document, DocumentWithdrawal, SatelliteFact
from records.ingest_api.writes import restore_document, withdraw_document
from records.validator import reads
from records.validator.tables import Catalogue, Ephemeris, Verdict
from servicekit.bus.dead_letters import dead_letters, replay
from servicekit.context import Context
from servicekit.ids import new_id
from servicekit.store import Actor, Store
from servicekit.store.plumbing import Change, ChangeAudience, InboxRow, OutboxRow
from validator.module import MODULE
from validator.reconciling import reconcile
from validator.warming import read_sample

NAME = "MEME_25544_NORTH1_2611200_operational__unclassified.oem"


@pytest.fixture
async def north(embedded: Context) -> Organization:
    """An organization with one satellite."""
    organization = rows.organization()
    await rows.add(embedded.store, organization, rows.satellite(25544, organization))
    return organization


async def _received(
    context: Context, owner: Organization, content: bytes, file_name: str = NAME, **values: object
) -> Document:
    document = rows.document(
        owner, file_name, sha256=hashlib.sha256(content).hexdigest(), size_bytes=len(content), **values
    )
    await context.objects.put(document.object_key, content)
    await rows.add(context.store, document)
    return document


async def _decide(context: Context, *documents: Document) -> None:
    for document in documents:
        await emit(context, DocumentReceivedV1(document_id=document.id))
    await deliver(context, MODULE.consumers)


async def _verdict(context: Context, document: Document) -> Verdict:
    async with context.store.read() as session:
        return await session.get_one(Verdict, document.id)


async def _topics(store: Store) -> list[str]:
    async with store.read() as session:
        topics = await session.scalars(select(OutboxRow.topic).order_by(OutboxRow.topic))
        return [topic for topic in topics if topic != "document.received.v1"]


async def test_an_accepted_ephemeris_stands_as_verdict_row_and_columns(embedded: Context, north: Organization):
    document = await _received(embedded, north, oem(covariance=True))
    await _decide(embedded, document)

    verdict = await _verdict(embedded, document)
    async with embedded.store.read() as session:
        row = await reads.ephemeris_of_document(session, document.id)
    assert (verdict.verdict, verdict.kind, verdict.norad_cat_id) == ("valid", "OEM", 25544)
    assert row is not None
    assert (row.norad_cat_id, row.designation, row.is_active, row.has_covariance) == (25544, "operational", True, True)
    assert (row.international_designator, row.file_name) == ("25544", NAME)
    assert row.start_time == NOON
    assert row.regime == "near-earth"
    content = await embedded.objects.get(row.columns_key)
    assert hashlib.sha256(content).hexdigest() == row.columns_sha256
    assert ephemeris_from_columns(content).designator == row.id
    assert await _topics(embedded.store) == ["document.validated.v1", "ephemeris.accepted.v1"]


async def test_the_owner_learns_of_it_from_the_change_feed(embedded: Context, north: Organization):
    await _decide(embedded, await _received(embedded, north, oem()))
    async with embedded.store.read() as session:
        kinds = (await session.scalars(select(Change.kind).order_by(Change.id))).all()
        audience = set((await session.scalars(select(ChangeAudience.organization_id))).all())
    assert list(kinds) == ["document.validated", "ephemeris.accepted"]
    assert audience == {north.id}


async def test_a_rejected_document_leaves_a_verdict_and_nothing_else(embedded: Context, north: Organization):
    document = await _received(embedded, north, b"\x89PNG\r\n\x1a\n\x00\x00")
    await _decide(embedded, document)
    verdict = await _verdict(embedded, document)
    assert (verdict.verdict, verdict.error_count) == ("invalid", 1)
    assert [finding["rule"] for finding in verdict.findings] == ["FMT-005"]
    assert await _topics(embedded.store) == ["document.validated.v1"]


@pytest.mark.parametrize(
    ("requested", "default", "profile"),
    [("strict", "uksa", "strict"), (None, "uksa", "uksa"), (None, None, "operational")],
)
async def test_the_profile_is_the_requests_else_the_organizations_else_operational(
    embedded: Context, requested, default, profile
):
    organization = rows.organization(default_profile=default)
    await rows.add(embedded.store, organization, rows.satellite(25544, organization))
    document = await _received(embedded, organization, oem(), requested_profile=requested)
    await _decide(embedded, document)
    assert (await _verdict(embedded, document)).profile == profile


async def test_a_designator_on_record_names_the_satellite(embedded: Context, north: Organization):
    fact = SatelliteFact(
        id=new_id(),
        norad_cat_id=25544,
        attribute="international_designator",
        value="1998-067A",
        source="operator",
        recorded_by="test",
        recorded_at=NOON,
    )
    await rows.add(embedded.store, fact)
    document = await _received(embedded, north, oem(object_id="1998-067A"), "north.oem")
    await _decide(embedded, document)
    assert (await _verdict(embedded, document)).norad_cat_id == 25544


async def test_another_organizations_satellite_is_stored_and_invalid(embedded: Context, north: Organization):
    south = rows.organization("Southern Orbits")
    await rows.add(embedded.store, south, rows.satellite(61604, south))
    content = oem(object_id="61604")
    document = await _received(embedded, north, content, "MEME_61604_S_2611200_special__unclassified.oem")
    await _decide(embedded, document)
    verdict = await _verdict(embedded, document)
    assert [finding["rule"] for finding in verdict.findings if finding["severity"] == "error"] == ["SVC-001"]
    assert await embedded.objects.get(document.object_key) == content


async def test_a_large_document_is_read_in_the_child(embedded: Context, north: Organization, monkeypatch):
    monkeypatch.setenv("FAIRWAY_VALIDATOR__CHILD_ABOVE_BYTES", "1000")
    document = await _received(embedded, north, oem(states=3000))
    await _decide(embedded, document)
    async with embedded.store.read() as session:
        row = await reads.ephemeris_of_document(session, document.id)
    assert row is not None
    assert row.state_count == 3000


async def test_a_catalogue_stands_as_row_and_columns(embedded: Context):
    operations = rows.organization("Operations", is_operations=True)
    await rows.add(embedded.store, operations)
    document = await _received(embedded, operations, packed(tle(count=20)), "all.3le.gz", purpose="catalogue")
    await _decide(embedded, document)
    async with embedded.store.read() as session:
        row = (await session.scalars(select(Catalogue).where(Catalogue.document_id == document.id))).one_or_none()
    assert row is not None
    assert (row.label, row.object_count, row.refused_count, row.is_synthetic) == ("all.3le.gz", 20, 0, False)
    assert len(catalogue_from_columns(await embedded.objects.get(row.columns_key))) == 20
    assert await _topics(embedded.store) == ["document.validated.v1", "elements.accepted.v1"]


@pytest.mark.slow
async def test_a_catalogue_of_25_000_objects_is_taken_whole(embedded: Context):
    operations = rows.organization("Operations", is_operations=True)
    await rows.add(embedded.store, operations)
    content = tle(count=25_000, first_number=10_000)
    document = await _received(embedded, operations, content, "all.3le", purpose="catalogue")
    await _decide(embedded, document)
    async with embedded.store.read() as session:
        row = (await session.scalars(select(Catalogue).where(Catalogue.document_id == document.id))).one_or_none()
    assert row is not None
    assert row.object_count == 25_000


class TestSupersession:
    """The operational ephemeris that came last is current, in whatever order the documents are decided on."""

    @staticmethod
    async def _states(store: Store) -> list[tuple[str, bool, str | None, int]]:
        async with store.read() as session:
            found = list(await session.scalars(select(Ephemeris).order_by(Ephemeris.file_name)))
        name = {row.id: row.file_name[-5:-4] for row in found}
        return [(name[row.id], row.is_active, name.get(row.superseded_by or ""), row.row_version) for row in found]

    @pytest.mark.parametrize("order", list(permutations(range(3))))
    async def test_any_order_gives_the_same_end(self, embedded: Context, north: Organization, order):
        documents = [
            await _received(
                embedded,
                north,
                oem(originator=f"NORTH {letter}"),
                f"MEME_25544_N_2611200_operational__unclassified.{letter}.oem",
                received_at=NOON + timedelta(minutes=minute),
            )
            for minute, letter in enumerate("ABC")
        ]
        for place in order:
            await _decide(embedded, documents[place])
        ends = await self._states(embedded.store)
        assert [end[:3] for end in ends] == [("A", False, "B"), ("B", False, "C"), ("C", True, None)]

    async def test_special_ephemerides_stand_beside_each_other(self, embedded: Context, north: Organization):
        for letter in "AB":
            name = f"MEME_25544_N_2611200_special_{letter}_unclassified.{letter}.oem"
            await _decide(embedded, await _received(embedded, north, oem(originator=letter), name))
        assert [end[:3] for end in await self._states(embedded.store)] == [("A", True, None), ("B", True, None)]

    @staticmethod
    async def _withdraw(store: Store, document: Document) -> None:
        async with store.write(Actor.service("ingest-api")) as unit:
            await withdraw_document(unit, document)

    @staticmethod
    async def _restore(store: Store, document: Document) -> None:
        async with store.write(Actor.service("ingest-api")) as unit:
            withdrawal = await open_withdrawal(unit.session, document.id)
            assert withdrawal is not None
            await restore_document(unit, document, withdrawal)

    async def _two(self, context: Context, owner: Organization) -> list[Document]:
        return [
            await _received(
                context,
                owner,
                oem(originator=f"NORTH {letter}"),
                f"MEME_25544_N_2611200_operational__unclassified.{letter}.oem",
                received_at=NOON + timedelta(minutes=minute),
            )
            for minute, letter in enumerate("AB")
        ]

    async def test_what_was_withdrawn_does_not_supersede_what_is_decided_late(
        self, embedded: Context, north: Organization
    ):
        older, newer = await self._two(embedded, north)
        await _decide(embedded, newer)
        await self._withdraw(embedded.store, newer)
        await _decide(embedded, older)
        assert [end[:3] for end in await self._states(embedded.store)] == [("A", True, None), ("B", False, None)]

    async def test_what_is_withdrawn_before_its_verdict_leaves_the_current_one_until_it_is_restored(
        self, embedded: Context, north: Organization
    ):
        older, newer = await self._two(embedded, north)
        await _decide(embedded, older)
        await self._withdraw(embedded.store, newer)
        await _decide(embedded, newer)
        assert [end[:3] for end in await self._states(embedded.store)] == [("A", True, None), ("B", False, None)]
        await self._restore(embedded.store, newer)
        assert [end[:3] for end in await self._states(embedded.store)] == [("A", False, "B"), ("B", True, None)]

    async def test_a_document_withdrawn_before_its_verdict_is_not_current(self, embedded: Context, north: Organization):
        document = await _received(embedded, north, oem())
        withdrawal = DocumentWithdrawal(
            id=new_id(),
            document_id=document.id,
            withdrawn_at=NOON,
            withdrawn_by="ada",
            restored_at=None,
            restored_by=None,
        )
        await rows.add(embedded.store, withdrawal)
        await _decide(embedded, document)
        async with embedded.store.read() as session:
            row = await reads.ephemeris_of_document(session, document.id)
        assert row is not None
        assert (row.is_active, row.withdrawn_at) == (False, NOON)


class TestFaults:
    """What is wrong with us, not with the document, gives no verdict: it is tried again, then waits for a person."""

    async def _dead(self, context: Context) -> list[str | None]:
        async with context.store.read() as session:
            return [letter.error_kind for letter in await dead_letters(session)]

    async def test_a_missing_object_becomes_a_dead_letter(self, embedded: Context, north: Organization):
        document = await _received(embedded, north, oem())
        await embedded.objects.delete(document.object_key)
        await _decide(embedded, document)
        assert await self._dead(embedded) == ["ObjectNotFound"]
        async with embedded.store.read() as session:
            assert await session.get(Verdict, document.id) is None

    async def test_a_damaged_object_becomes_a_dead_letter_and_its_replay_a_verdict(
        self, embedded: Context, north: Organization
    ):
        document = await _received(embedded, north, oem())
        await embedded.objects.put(document.object_key, oem().replace(b"6878", b"6879"))
        await _decide(embedded, document)
        assert await self._dead(embedded) == ["ContentDamaged"]

        await embedded.objects.put(document.object_key, oem())
        async with embedded.store.read() as session:
            (letter,) = await dead_letters(session)
        async with embedded.store.write(Actor("user", "root")) as unit:
            assert await replay(unit, letter.event_id, letter.consumer)
        await deliver(embedded, MODULE.consumers)
        assert (await _verdict(embedded, document)).verdict == "valid"

    async def test_a_dead_letter_is_not_brought_up_by_the_reconciler(self, embedded: Context, north: Organization):
        document = await _received(embedded, north, oem())
        await embedded.objects.delete(document.object_key)
        await _decide(embedded, document)
        assert isinstance(embedded.clock, MovableClock)
        embedded.clock.put_forward(timedelta(hours=1))
        await reconcile(embedded)
        await deliver(embedded, MODULE.consumers)
        assert len(await self._dead(embedded)) == 1

    async def test_a_forgotten_document_is_brought_up_by_the_reconciler(self, embedded: Context, north: Organization):
        document = await _received(embedded, north, oem())
        await reconcile(embedded)
        async with embedded.store.read() as session:
            assert (await session.scalars(select(OutboxRow))).all() == [], "it came a moment ago"

        assert isinstance(embedded.clock, MovableClock)
        embedded.clock.put_forward(timedelta(hours=1))
        await reconcile(embedded)
        await deliver(embedded, MODULE.consumers)
        assert (await _verdict(embedded, document)).verdict == "valid"

    async def test_a_second_event_changes_nothing(self, embedded: Context, north: Organization):
        document = await _received(embedded, north, oem())
        await _decide(embedded, document)
        before = await _topics(embedded.store)
        await _decide(embedded, document)
        assert await _topics(embedded.store) == before

    async def test_two_events_at_once_give_one_verdict(self, embedded: Context, north: Organization):
        document = await _received(embedded, north, oem())
        await _decide(embedded, document, document)
        assert await _topics(embedded.store) == ["document.validated.v1", "ephemeris.accepted.v1"]


async def test_both_databases_hold_what_a_hostile_document_says(either: Context):
    organization = rows.organization()
    await rows.add(either.store, organization, rows.satellite(25544, organization))
    long_name = oem().replace(b"OBJECT_NAME = NORTH 1", b"OBJECT_NAME = " + b"N" * 200)
    documents = [
        await _received(either, organization, oem().replace(b"NORTH 1", b"N\x001"), "nul.oem"),
        await _received(either, organization, long_name, requested_norad_cat_id=25544),
        await _received(either, organization, oem().replace(b"NORTH 1", "Nördlich 🛰".encode()), "utf-8.oem"),
    ]
    await _decide(either, *documents)
    verdicts = [(await _verdict(either, document)).verdict for document in documents]
    assert verdicts == ["invalid", "valid", "valid"]
    async with either.store.read() as session:
        handled = (await session.scalars(select(InboxRow.consumer))).all()
        assert await dead_letters(session) == []
    assert list(handled) == ["validator.decide"] * 3


async def test_catalogues_and_supersession_on_both_databases(either: Context):
    organization = rows.organization()
    await rows.add(either.store, organization, rows.satellite(25544, organization))
    older = await _received(either, organization, oem(originator="A"), NAME, received_at=NOON)
    newer = await _received(either, organization, oem(originator="B"), NAME, received_at=NOON + timedelta(minutes=1))
    elements = await _received(either, organization, tle(count=3), "all.tle", purpose="catalogue")
    await _decide(either, newer)
    await _decide(either, older, elements)
    async with either.store.read() as session:
        ephemerides = await reads.operational_ephemerides(session, organization.id, 25544)
        catalogues = (await session.scalars(select(Catalogue))).all()
    assert [(row.originator, row.is_active) for row, _ in ephemerides] == [("A", False), ("B", True)]
    assert [received_at for _, received_at in ephemerides] == sorted(received for _, received in ephemerides)
    assert isinstance(catalogues[0].oldest_epoch, datetime)


async def test_the_child_is_warm_before_the_first_document(embedded: Context):
    assert MODULE.warm is not None
    await MODULE.warm(embedded)
    assert await embedded.parsing.run(read_sample)
