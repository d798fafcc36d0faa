"""Documents that wait together get their verdicts together, and each is as if it had come alone."""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from support import rows
from support.embedded import NOON
from support.files import oem, tle

from records.identity.tables import Organization
from records.ingest_api.events import DocumentReceivedV1
from records.ingest_api.reads.documents import open_withdrawal
from records.ingest_api.tables import Document, SatelliteFact, UndecidedDocument
from records.ingest_api.writes import restore_document, withdraw_document
from records.validator.tables import Catalogue, Ephemeris, Verdict
from servicekit.bus import AlreadyHandled, Batch, Delivery, GivenBack
from servicekit.context import Context
from servicekit.ids import new_id
from servicekit.objects import ObjectNotFound
from servicekit.store import Actor
from servicekit.store.plumbing import AuditEntry, Change, ChangeAudience, InboxRow, OutboxRow
from validator import deciding
from validator.accepting import record
from validator.errors import ContentDamaged
from validator.handlers.documents import on_documents_received
from validator.reconciling import DECIDE


@pytest.fixture
async def north(either: Context) -> Organization:
    """An organization with two satellites."""
    organization = rows.organization()
    await rows.add(either.store, organization, rows.satellite(25544, organization), rows.satellite(44391, organization))
    return organization


async def received(
    context: Context, owner: Organization, letter: str, number: int = 25544, minute: float = 0, **values: Any
) -> Document:
    content = values.pop("content", None) or oem(object_id=str(number), originator=f"NORTH {letter}")
    name = values.pop("file_name", f"MEME_{number}_N_2611200_operational__unclassified.{letter}.oem")
    values = {"received_at": NOON + timedelta(minutes=minute)} | values
    document = rows.document(owner, name, sha256=hashlib.sha256(content).hexdigest(), size_bytes=len(content), **values)
    await context.objects.put(document.object_key, content)
    await rows.add(context.store, document)
    return document


def batch_of(context: Context, *document_ids: str) -> Batch[DocumentReceivedV1]:
    return Batch(
        tuple(
            Delivery(DocumentReceivedV1(document_id=each), new_id(), DECIDE, 1, context.store) for each in document_ids
        )
    )


async def decide(context: Context, *documents: Document) -> None:
    await on_documents_received(context, batch_of(context, *(each.id for each in documents)))


async def verdicts(context: Context) -> dict[str, str]:
    async with context.store.read() as session:
        found = (await session.scalars(select(Verdict))).all()
    return {each.document_id: each.verdict for each in found}


async def ephemerides(context: Context) -> list[tuple[str, bool, str | None, int]]:
    """Letter, whether it is current, the letter of the one that superseded it, and the row's version."""
    async with context.store.read() as session:
        found = (await session.scalars(select(Ephemeris).order_by(Ephemeris.file_name, Ephemeris.norad_cat_id))).all()
    letter = {each.id: f"{each.file_name[-5]}{each.norad_cat_id}" for each in found}
    return [(letter[each.id], each.is_active, letter.get(each.superseded_by or ""), each.row_version) for each in found]


async def told(context: Context) -> list[tuple[Any, ...]]:
    """What others learn: events, audit entries and changes in their order, without times and identifiers."""
    async with context.store.read() as session:
        names = {each.id: each.file_name for each in await session.scalars(select(Document))}
        names |= {each.id: each.file_name for each in await session.scalars(select(Ephemeris))}
        events = (await session.scalars(select(OutboxRow).order_by(OutboxRow.id))).all()
        audits = (await session.scalars(select(AuditEntry).order_by(AuditEntry.id))).all()
        changes = (await session.scalars(select(Change).order_by(Change.id))).all()
        audience = {each.change_id for each in await session.scalars(select(ChangeAudience))}

    def named(said: dict[str, Any]) -> list[Any]:
        return [names.get(str(value), value) for _, value in sorted(said.items())]

    return [
        *((each.topic, *named(each.payload)) for each in events),
        *((each.action, names.get(each.subject_id), *map(str, named(each.detail))) for each in audits),
        *((each.kind, names.get(each.subject_id), each.id in audience) for each in changes),
    ]


async def forget(context: Context) -> None:
    """Put everything back to the time before any verdict."""
    async with context.store.write(Actor("system", "test")) as unit:
        for table in (ChangeAudience, Change, AuditEntry, OutboxRow, InboxRow, Ephemeris, Verdict):
            await unit.session.execute(table.__table__.delete())
        for document in await unit.session.scalars(select(Document)):
            unit.session.add(UndecidedDocument(document_id=document.id, received_at=document.received_at))


class TestOneSatellite:
    """Ephemerides of one satellite in one batch come out exactly as one after the other."""

    @pytest.mark.parametrize("minutes", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
    async def test_as_one_after_the_other(self, either: Context, north: Organization, minutes: Sequence[int]):
        documents = [
            await received(either, north, letter, minute=minute) for letter, minute in zip("ABC", minutes, strict=True)
        ]
        documents.insert(1, await received(either, north, "D", 44391))
        for document in documents:
            await decide(either, document)
        alone = await ephemerides(either), await told(either)
        await forget(either)
        await decide(either, *documents)
        ends, heard = await ephemerides(either), await told(either)
        assert ends == alone[0]
        assert sorted(heard, key=str) == sorted(alone[1], key=str)
        assert [each for each in heard if each[0].startswith("ephemeris.")] == [
            each for each in alone[1] if each[0].startswith("ephemeris.")
        ]

    @pytest.mark.parametrize("is_turned", [False, True])
    async def test_the_later_of_two_was_also_accepted_later_in_whatever_order_their_events_come(
        self, either: Context, north: Organization, *, is_turned: bool
    ):
        documents = [await received(either, north, letter, minute=minute) for minute, letter in enumerate("AB")]
        await decide(either, *(reversed(documents) if is_turned else documents))
        async with either.store.read() as session:
            first, second = await session.scalars(select(Ephemeris).order_by(Ephemeris.file_name))
        assert first.accepted_at < second.accepted_at

    async def test_those_that_stand_already_give_way(self, either: Context, north: Organization):
        await decide(either, await received(either, north, "A"))
        await decide(
            either, *[await received(either, north, letter, minute=place) for place, letter in ((2, "C"), (1, "B"))]
        )
        assert await ephemerides(either) == [
            ("A25544", False, "B25544", 2),
            ("B25544", False, "C25544", 1),
            ("C25544", True, None, 1),
        ]

    async def test_it_takes_the_place_of_the_one_before_it_however_long_ago_that_came(
        self, either: Context, north: Organization
    ):
        days = 24 * 60.0
        old, older = [await received(either, north, each, minute=at * days) for each, at in (("B", -30), ("A", -40))]
        await decide(either, old, older)
        async with either.store.write(Actor.service("ingest-api")) as unit:
            await withdraw_document(unit, older)
        async with either.store.write(Actor.service("ingest-api")) as unit:
            withdrawal = await open_withdrawal(unit.session, older.id)
            assert withdrawal is not None
            await restore_document(unit, older, withdrawal)  # the older one is current now, by a person's will
        await decide(either, await received(either, north, "C"))
        assert [each[:3] for each in await ephemerides(either)] == [
            ("A25544", False, "C25544"),
            ("B25544", False, "C25544"),
            ("C25544", True, None),
        ]

    async def test_one_that_was_withdrawn_before_its_verdict_supersedes_none(
        self, either: Context, north: Organization
    ):
        first, second = [await received(either, north, letter, minute=minute) for minute, letter in enumerate("AB")]
        async with either.store.write(Actor.service("ingest-api")) as unit:
            await withdraw_document(unit, second)
        await decide(either, first, second)
        assert await ephemerides(either) == [("A25544", True, None, 1), ("B25544", False, None, 1)]


class TestWithOthers:
    """What is wrong with one document of a batch is no matter of the others."""

    async def test_a_bad_one_among_good_ones(self, either: Context, north: Organization):
        good = [await received(either, north, letter, number) for letter, number in (("A", 25544), ("B", 44391))]
        bad = await received(either, north, "X", content=b"\x89PNG\r\n\x1a\n\x00\x00")
        foreign = await received(either, north, "Y", 5)
        await decide(either, good[0], bad, foreign, good[1])
        assert await verdicts(either) == {
            good[0].id: "valid",
            good[1].id: "valid",
            bad.id: "invalid",
            foreign.id: "invalid",
        }
        assert [each[0] for each in await ephemerides(either)] == ["A25544", "B44391"]
        async with either.store.read() as session:
            assert (await session.scalars(select(UndecidedDocument))).all() == []

    async def test_a_delivery_that_was_handled_before_among_new_ones(self, either: Context, north: Organization):
        first, second = [await received(either, north, letter, minute=minute) for minute, letter in enumerate("AB")]
        batch = batch_of(either, first.id, second.id)
        await on_documents_received(either, Batch(batch.deliveries[:1]))
        before = await told(either)
        await on_documents_received(either, batch)
        assert len(await verdicts(either)) == 2
        verdict = "document.validated.v1"
        assert [each for each in await told(either) if each[0] == verdict] == [
            *(each for each in before if each[0] == verdict),
            (verdict, second.file_name, "valid"),
        ]

    async def test_two_events_of_one_document_give_one_verdict(self, either: Context, north: Organization):
        document = await received(either, north, "A")
        await decide(either, document, document)
        assert [each[0] for each in await told(either)][:2] == ["document.validated.v1", "ephemeris.accepted.v1"]
        async with either.store.read() as session:
            assert len((await session.scalars(select(InboxRow))).all()) == 2

    async def test_one_that_raises_leaves_nothing_and_the_others_are_decided_one_by_one(
        self, either: Context, north: Organization
    ):
        good = await received(either, north, "A")
        damaged = await received(either, north, "B", 44391)
        await either.objects.put(damaged.object_key, oem().replace(b"6878", b"6879"))
        batch = batch_of(either, good.id, damaged.id)
        with pytest.raises(ContentDamaged):
            await on_documents_received(either, batch)
        assert await verdicts(either) == {}
        await on_documents_received(either, Batch(batch.deliveries[:1]))
        with pytest.raises(ContentDamaged):
            await on_documents_received(either, Batch(batch.deliveries[1:]))
        assert await verdicts(either) == {good.id: "valid"}

    async def test_a_lost_object_and_a_document_that_is_gone_raise(self, either: Context, north: Organization):
        lost = await received(either, north, "A")
        await either.objects.delete(lost.object_key)
        with pytest.raises(ObjectNotFound):
            await decide(either, lost, await received(either, north, "B", 44391))
        gone = new_id()
        with pytest.raises(LookupError, match=gone):
            await on_documents_received(either, batch_of(either, gone, lost.id))
        assert await verdicts(either) == {}

    async def test_what_was_handled_before_ends_only_its_own_part(self, either: Context, north: Organization):
        small = await received(either, north, "A")
        elements = await received(either, north, "B", content=tle(count=3), file_name="all.tle", purpose="catalogue")
        batch = batch_of(either, small.id, elements.id)
        claimed = InboxRow(consumer=DECIDE, event_id=batch.deliveries[0].event_id, handled_at=NOON)
        await rows.add(either.store, claimed)
        await on_documents_received(either, batch)
        async with either.store.read() as session:
            assert len((await session.scalars(select(Catalogue))).all()) == 1
        assert await verdicts(either) == {elements.id: "valid"}
        with pytest.raises(AlreadyHandled):
            async with batch.transaction():
                pass


class TestTheEnd:
    """A process that is to end begins no other part of a batch, and what was committed stays."""

    async def test_between_two_parts(self, either: Context, north: Organization, monkeypatch):
        monkeypatch.setattr(deciding, "_LARGE_BYTES", 20_000)
        small = await received(either, north, "A", 44391)
        large = await received(either, north, "B", content=oem(states=500))
        stopping = asyncio.Event()
        batch = Batch(
            tuple(replace(each, stopping=stopping) for each in batch_of(either, large.id, small.id).deliveries)
        )

        async def end_after(*given: Any) -> None:
            await record(*given)
            stopping.set()

        monkeypatch.setattr("validator.parts.record", end_after)
        with pytest.raises(GivenBack, match=large.id):
            await on_documents_received(either, batch)
        assert await verdicts(either) == {small.id: "valid"}
        for each in batch.deliveries:
            await on_documents_received(either, Batch((replace(each, stopping=asyncio.Event()),)))
        assert await verdicts(either) == {small.id: "valid", large.id: "valid"}


class TestSize:
    """What is large waits for nobody, and nobody for it."""

    async def test_large_and_small_ones_in_one_batch(self, either: Context, north: Organization, monkeypatch):
        monkeypatch.setattr(deciding, "_LARGE_BYTES", 20_000)
        large = await received(either, north, "A", content=oem(states=500))
        small = await received(either, north, "B", 44391)
        assert deciding.is_large(large) is True
        assert deciding.is_large(small) is False
        await decide(either, large, small)
        assert await verdicts(either) == {large.id: "valid", small.id: "valid"}
        async with either.store.read() as session:
            handled = {each.handled_at for each in await session.scalars(select(InboxRow))}
        assert len(handled) == 2, "each has a transaction of its own"

    def test_those_that_are_read_together_are_read_soon(self):
        owner = rows.organization()
        documents = [rows.document(owner, size_bytes=3 * 1024 * 1024) for _ in range(5)]
        groups = list(deciding.together(list(enumerate(documents))))
        assert groups == [[0, 1], [2, 3], [4]]

    async def test_those_for_the_child_and_those_for_a_thread(self, either: Context, north: Organization, monkeypatch):
        monkeypatch.setenv("FAIRWAY_VALIDATOR__CHILD_ABOVE_BYTES", "10000")
        many = await received(either, north, "A", content=oem(states=500))
        few = await received(either, north, "B", 44391)
        await decide(either, few, many)
        assert [each[0] for each in await ephemerides(either)] == ["A25544", "B44391"]


class TestDesignators:
    """An international designator stands for the satellite that alone has it, whoever's satellite it is."""

    @staticmethod
    async def _say(context: Context, number: int, designator: str | None, source: str = "operator") -> None:
        fact = SatelliteFact(
            id=new_id(),
            norad_cat_id=number,
            attribute="international_designator",
            value=designator,
            source=source,
            recorded_by="test",
            recorded_at=context.clock.now(),
        )
        await rows.add(context.store, fact)

    @staticmethod
    async def _rules(context: Context, document: Document) -> list[str]:
        async with context.store.read() as session:
            verdict = await session.get_one(Verdict, document.id)
        return [each["rule"] for each in verdict.findings if each["rule"] in ("SVC-001", "SVC-002", "SVC-003")]

    async def test_one_of_the_organizations_own(self, either: Context, north: Organization):
        await self._say(either, 25544, " 1998-067a ")
        document = await received(either, north, "A", content=oem(object_id="1998-067A"))
        await decide(either, document)
        assert await self._rules(either, document) == []

    async def test_one_of_anothers_satellite_contradicts_the_file_name(self, either: Context, north: Organization):
        south = rows.organization("Southern Orbits")
        await rows.add(either.store, south, rows.satellite(61604, south))
        await self._say(either, 61604, "2024-001A")
        document = await received(either, north, "A", content=oem(object_id="2024-001A"))
        other = await received(either, north, "B", 44391)
        await decide(either, document, other)
        assert await self._rules(either, document) == ["SVC-002"]
        assert (await verdicts(either))[other.id] == "valid"

    async def test_what_is_recorded_between_two_documents_counts_for_the_second(
        self, either: Context, north: Organization
    ):
        documents = [
            await received(either, north, letter, content=oem(object_id="1998-067A", originator=letter))
            for letter in "ABCD"
        ]
        await decide(either, documents[0])
        await self._say(either, 25544, "1998-067A")
        await decide(either, documents[1])
        await self._say(either, 44391, "1998-067A")
        await decide(either, documents[2])
        await self._say(either, 44391, None)
        await decide(either, documents[3])
        assert [await self._rules(either, each) for each in documents] == [["SVC-003"], [], ["SVC-003"], []]

    async def test_a_number_of_nine_digits_must_be_registered(self, either: Context, north: Organization):
        south = rows.organization("Southern Orbits")
        await rows.add(either.store, south, rows.satellite(799500234, north), rows.satellite(799500235, south))
        documents = [
            await received(either, north, letter, number)
            for letter, number in (("A", 799500234), ("B", 799500235), ("C", 799500236))
        ]
        await decide(either, *documents)
        async with either.store.read() as session:
            found = [await session.get_one(Verdict, each.id) for each in documents]
        rules = [{each["rule"] for each in verdict.findings if each["severity"] == "error"} for verdict in found]
        assert rules == [set(), {"SVC-001"}, {"SVC-005"}]
