"""Messages from outside join the events of their pairs: many documents' together, each document's once."""

import pytest
from sqlalchemy import func, select, text
from support.embedded import deliver, emit
from support.rows import add, cdm, document, organization

from assessment.cdm_summary import CdmSummary
from records.ingest_api.tables import Document
from records.screening.tables import Cdm, ConjunctionEvent
from records.screening.writes import lock_pairs
from records.validator.events import CdmsAcceptedV1
from screening.handlers.foreign_cdms import CONSUMERS, on_cdms_accepted
from servicekit.bus import AlreadyHandled, Batch, Delivery
from servicekit.ids import new_id
from servicekit.store import Actor
from servicekit.store.plumbing import AuditEntry, InboxRow
from servicekit.tracing import TraceContext


def message(of, page, secondary):
    """A message about objects 5 and another, which `page` has brought."""
    found = cdm(of, None, 5, secondary, document_id=page.id, source="space-track", originator="CSPOC")
    summary = CdmSummary(
        message_id=found.message_id,
        originator=found.originator,
        recipient=of.id,
        creation_date=found.creation_date,
        norad_cat_id_1=5,
        norad_cat_id_2=secondary,
        tca=found.tca,
        tca_tai_ns=found.tca_tai_ns,
        miss_distance_m=found.miss_distance_m,
        relative_speed_m_s=14_000.0,
        relative_position_rtn_m=(1.0, 2.0, 3.0),
        collision_probability=None,
        probability_method=None,
        probability_reason="no_covariance",
        maximum_probability=1e-5,
        hard_body_radius_m=10.0,
        regime="near-earth",
        level="reportable",
        period_1_min=95.0,
        period_2_min=96.0,
        screening_start=None,
        screening_stop=None,
        has_covariance_1=False,
        has_covariance_2=False,
    )
    found.summary = {"cdm_summary": summary.to_dict()}
    return found


@pytest.fixture
async def pages(embedded):
    """Three documents: one about two pairs, one about another pair, one about a pair that the first is about too."""
    owner = organization()
    pages = [document(owner, f"page-{number}.json", purpose="cdms") for number in range(3)]
    messages = [message(owner, pages[0], 7), message(owner, pages[0], 8)]
    messages += [message(owner, pages[1], 9), message(owner, pages[2], 7)]
    await add(embedded.store, owner, *pages, *messages)
    return pages


def delivery(context, page, trace_id=None):
    trace = None if trace_id is None else TraceContext(trace_id, None)
    event = CdmsAcceptedV1(document_id=page.id)
    return Delivery(event, new_id(), "screening.foreign-cdms", 1, context.store, trace=trace)


async def count(context, table, *where):
    async with context.store.read() as session:
        return await session.scalar(select(func.count()).select_from(table).where(*where))


async def test_documents_that_come_together_are_grouped_in_one_transaction(embedded, pages):
    batch = Batch(tuple(delivery(embedded, page) for page in pages))
    await on_cdms_accepted(embedded, batch)
    assert await count(embedded, ConjunctionEvent) == 3
    assert await count(embedded, Cdm, Cdm.event_id.is_(None)) == 0
    async with embedded.store.read() as session:
        counts = dict(
            (await session.execute(select(ConjunctionEvent.norad_cat_id_high, ConjunctionEvent.cdm_count))).all()
        )
    assert counts == {7: 2, 8: 1, 9: 1}
    assert len(set(await times_of(embedded, InboxRow.handled_at))) == 1


async def times_of(context, column):
    async with context.store.read() as session:
        return list(await session.scalars(select(column)))


async def test_a_document_that_was_handled_before_does_not_keep_the_others_back(embedded, pages):
    handled = delivery(embedded, pages[0])
    await on_cdms_accepted(embedded, Batch((handled,)))
    await on_cdms_accepted(embedded, Batch((handled, delivery(embedded, pages[1]))))
    assert await count(embedded, ConjunctionEvent) == 3
    await on_cdms_accepted(embedded, Batch((handled,)))
    with pytest.raises(AlreadyHandled):
        async with Batch((handled,)).transaction():
            pass


async def test_more_pairs_than_are_locked_at_once_are_grouped_one_part_after_the_other(embedded, pages, monkeypatch):
    monkeypatch.setattr("screening.handlers.foreign_cdms._MOST_PAIRS", 2)
    await on_cdms_accepted(embedded, Batch(tuple(delivery(embedded, page) for page in pages)))
    assert await count(embedded, ConjunctionEvent) == 3
    assert await count(embedded, InboxRow) == 3


async def test_what_becomes_of_a_pair_belongs_to_the_trace_of_its_document(embedded, pages):
    batch = Batch((delivery(embedded, pages[0], "a" * 32), delivery(embedded, pages[1], "b" * 32)))
    await on_cdms_accepted(embedded, batch)
    query = select(ConjunctionEvent.norad_cat_id_high, AuditEntry.trace_id).join(
        AuditEntry, AuditEntry.subject_id == ConjunctionEvent.id
    )
    async with embedded.store.read() as session:
        assert dict((await session.execute(query)).all()) == {7: "a" * 32, 8: "a" * 32, 9: "b" * 32}


async def test_documents_come_over_the_bus(embedded, pages):
    await emit(embedded, *(CdmsAcceptedV1(document_id=page.id) for page in pages))
    await deliver(embedded, CONSUMERS)
    assert await count(embedded, ConjunctionEvent) == 3
    assert await count(embedded, Document) == 3


@pytest.mark.parametrize("store", ["postgresql-15", "postgresql-18"], indirect=True)  # SQLite has one writer at a time
async def test_each_pair_has_a_lock_of_its_own_until_the_unit_ends(store):
    held = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND pid = pg_backend_pid()")
    async with store.write(Actor.service("screening")) as unit:
        await lock_pairs(unit, [(5, 7), (5, 8), (5, 7)])
        await lock_pairs(unit, [])
        assert await unit.session.scalar(held) == 2
