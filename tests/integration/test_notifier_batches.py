"""Events that come together: one statement says which of them concern anybody, and the rest is for those alone."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, select
from support import rows
from support.embedded import emit

from notifier.handlers.telling import telling
from notifier.rules import RULES, Rule
from records.identity.tables import Organization
from records.notifier.tables import Notification
from records.screening.events import ConjunctionUpdatedV1, ScreeningCompletedV1
from records.spacetrack_gateway.events import FeedUpdatedV1
from records.spacetrack_gateway.writes import set_feed
from records.validator.events import DocumentValidatedV1
from servicekit.bus import AlreadyHandled, Batch, Delivery
from servicekit.context import Context
from servicekit.events import Event
from servicekit.ids import new_id
from servicekit.store import Actor

OF_KIND: dict[str, Rule[Any, Any]] = {rule.kind: rule for rule in RULES}


def batch(context: Context, kind: str, events: Sequence[Event], event_ids: Sequence[str] = ()) -> Batch[Any]:
    return Batch(
        tuple(
            Delivery(each, event_id, f"notifier.{kind}", 1, context.store)
            for each, event_id in zip(events, event_ids or [new_id() for _ in events], strict=True)
        )
    )


@contextmanager
def statements_on(context: Context) -> Iterator[list[str]]:
    """Say which statements read, while the block lasts."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("SELECT"):
            seen.append(statement)

    engine = context.store._reading_engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


async def told(context: Context) -> list[tuple[str, str]]:
    async with context.store.read() as session:
        query = select(Notification.subject_id, Notification.recipient).order_by(Notification.id)
        return [(subject, recipient) for subject, recipient in await session.execute(query)]


async def concerning_nobody(context: Context, kind: str, count: int) -> list[Event]:
    """Events of which the rule of this kind says nothing; what they name is there."""
    event_type = OF_KIND[kind].event
    north = rows.organization()
    await rows.add(context.store, north)
    if event_type is FeedUpdatedV1:
        return [FeedUpdatedV1(name=f"feed-{number}", row_version=1, state="ok") for number in range(count)]
    if event_type is ConjunctionUpdatedV1:
        calm = [rows.conjunction_event(61604, 900 + number) for number in range(count)]
        await rows.add(context.store, *calm, *(rows.cdm(north, each, 61604, 900, level="none") for each in calm))
        return [ConjunctionUpdatedV1(event_id=each.id, row_version=1, level="none", reasons=["new"]) for each in calm]
    if event_type is ScreeningCompletedV1:
        runs = [rows.screening_run(north, kind="catalogue-catalogue") for _ in range(count)]
        await rows.add(context.store, *runs)
        return [ScreeningCompletedV1(run_id=each.id, state=each.state) for each in runs]
    fetched = [
        rows.document(north, f"{number}.cdm", purpose="cdms", uploader_kind="service") for number in range(count)
    ]
    await rows.add(context.store, *fetched, *(rows.verdict(each) for each in fetched))
    return [DocumentValidatedV1(document_id=each.id, verdict="valid") for each in fetched]


@pytest.mark.parametrize("kind", sorted(OF_KIND))
async def test_events_that_concern_nobody_cost_one_statement_together(embedded: Context, kind: str) -> None:
    events = await concerning_nobody(embedded, kind, 20)
    with statements_on(embedded) as seen:
        await telling(OF_KIND[kind])(embedded, batch(embedded, kind, events))
    assert len(seen) == 1, seen
    assert await told(embedded) == []


async def uploads(context: Context, count: int) -> tuple[Organization, list[DocumentValidatedV1]]:
    north = rows.organization()
    documents = [rows.document(north, f"{number}.oem") for number in range(count)]
    await rows.add(context.store, north, *rows.member(north, "ada@north.example"), *documents)
    await rows.add(context.store, *(rows.verdict(each) for each in documents))
    return north, [DocumentValidatedV1(document_id=each.id, verdict="valid") for each in documents]


async def test_of_files_of_one_organization_its_people_are_asked_for_once(embedded: Context) -> None:
    _, events = await uploads(embedded, 20)
    with statements_on(embedded) as seen:
        await telling(OF_KIND["verdict"])(embedded, batch(embedded, "verdict", events))
    assert len(seen) == 2, seen
    assert sorted(await told(embedded)) == sorted((each.document_id, "ada@north.example") for each in events)


async def test_an_event_that_was_handled_before_has_no_second_effect_among_others(embedded: Context) -> None:
    _, events = await uploads(embedded, 3)
    event_ids = await emit(embedded, *events)
    handle = telling(OF_KIND["verdict"])
    await handle(embedded, batch(embedded, "verdict", events[:1], event_ids[:1]))
    await handle(embedded, batch(embedded, "verdict", events, event_ids))
    assert sorted(await told(embedded)) == sorted((each.document_id, "ada@north.example") for each in events)
    with pytest.raises(AlreadyHandled):
        await handle(embedded, batch(embedded, "verdict", events, event_ids))


async def test_an_event_that_names_nothing_fails_the_batch_so_that_the_others_come_by_themselves(
    embedded: Context,
) -> None:
    _, events = await uploads(embedded, 2)
    stray = DocumentValidatedV1(document_id=new_id(), verdict="valid")
    with pytest.raises(LookupError, match=stray.document_id):
        await telling(OF_KIND["verdict"])(embedded, batch(embedded, "verdict", [*events, stray]))
    assert await told(embedded) == []


async def test_a_close_approach_of_a_conjunction_that_is_not_there_fails(embedded: Context) -> None:
    stray = ConjunctionUpdatedV1(event_id=new_id(), row_version=1, level="emergency", reasons=["new"])
    with pytest.raises(LookupError, match=stray.event_id):
        await telling(OF_KIND["close-approach"])(embedded, batch(embedded, "close-approach", [stray]))


async def test_two_events_of_one_feed_in_a_batch_tell_its_fault_once_and_its_end_once(embedded: Context) -> None:
    operations = rows.organization("Operations", is_operations=True)
    await rows.add(embedded.store, operations, *rows.member(operations, "ada@operations.example"))
    fault = {"code": "no-login", "since": "2024-09-18T12:00:00+00:00", "what": "login", "who": "Operations"}
    for state, missing in (("failing", [fault]), ("ok", [])):
        async with embedded.store.write(Actor("system", "test")) as unit:
            await set_feed(unit, "space-track", state=state, missing=missing)
        events = [FeedUpdatedV1(name="space-track", row_version=number, state=state) for number in (1, 2)]
        await telling(OF_KIND["feed"])(embedded, batch(embedded, "feed", events))
    async with embedded.store.read() as session:
        occasions = await session.scalars(select(Notification.occasion).order_by(Notification.id))
        assert list(occasions) == [f"bad no-login {fault['since']}", f"well no-login {fault['since']}"]


def test_what_is_told_of_one_feed_is_heard_in_its_order() -> None:
    assert FeedUpdatedV1(name="space-track", row_version=1, state="ok").partition_key() == "space-track"
