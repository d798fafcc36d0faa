"""What screening does by itself: the daily run, and the removal of objects that no row names."""

import os
from datetime import timedelta

import pytest
from sqlalchemy import select
from support.embedded import NOON
from support.rows import add, catalogue, cdm, document, organization, screening_run

from records.screening.cdm_texts import own_key, text_page
from records.screening.tables import ScreeningRun, ScreeningTask
from screening.module import MODULE
from screening.runs.sweep import sweep
from servicekit.ids import new_id

JOBS = {job.name: job.run for job in MODULE.jobs}
HOUR = timedelta(hours=1)


async def runs_of(context):
    async with context.store.read() as session:
        return list(await session.scalars(select(ScreeningRun).order_by(ScreeningRun.requested_at)))


@pytest.fixture
async def with_catalogue(embedded):
    """A catalogue of 27,000 objects, loaded at noon: after the slot of that day, which was at 04:00 UTC."""
    north = organization("Northern Orbits")
    paper = document(north, "catalogue.tle", purpose="catalogue")
    await add(embedded.store, north, paper, catalogue(paper, object_count=27_000, accepted_at=NOON))
    return embedded


async def test_the_whole_catalogue_is_screened_once_a_day_from_the_next_slot_on(with_catalogue):
    context = with_catalogue
    plan = JOBS["screening.plan-scheduled"]
    await plan(context)
    assert await runs_of(context) == [], "there was no catalogue yet when the slot of today came"
    context.clock.put_forward(16 * HOUR + timedelta(seconds=1))
    await plan(context)
    await plan(context)
    (run,) = await runs_of(context)
    assert (run.kind, run.urgency, run.requested_by) == ("catalogue-catalogue", "bulk", "screening.schedule")
    assert run.request == {"all": True}
    assert run.volume == "hac"
    assert run.stop_time - run.start_time == timedelta(days=5)
    async with context.store.read() as session:
        tasks = (await session.scalars(select(ScreeningTask.id).where(ScreeningTask.run_id == run.id))).all()
    assert len(tasks) == run.task_count > 1
    context.clock.put_forward(24 * HOUR)
    await plan(context)
    assert len(await runs_of(context)) == 2


async def test_of_slots_that_passed_while_nobody_was_there_the_newest_is_made_up_for(with_catalogue):
    with_catalogue.clock.put_forward(75 * HOUR)
    await JOBS["screening.plan-scheduled"](with_catalogue)
    assert len(await runs_of(with_catalogue)) == 1


async def test_with_the_slot_never_nothing_is_planned(with_catalogue, monkeypatch):
    monkeypatch.setenv("FAIRWAY_SCREENING__CATALOGUE_SLOT", "never")
    with_catalogue.clock.put_forward(75 * HOUR)
    await JOBS["screening.plan-scheduled"](with_catalogue)
    assert await runs_of(with_catalogue) == []


async def test_objects_that_no_row_names_are_removed_when_they_are_old_and_their_run_is_over(embedded):
    context = embedded
    run, going_on = screening_run(None, approaches_key=None), screening_run(None, state="running")
    run.approaches_key = f"screenings/{run.id}/approaches.parquet"
    message = cdm(None, None, 5, 7)
    operations = organization("Operations")
    page = document(operations, "page.json", purpose="cdms")
    texts = text_page(page.id, [b"one", b"two"])
    of_page = cdm(None, None, 5, 8, document_id=page.id, object_key=texts.object_keys[1])
    task = ScreeningTask(
        id=new_id(),
        run_id=run.id,
        ordinal=0,
        start_tai_ns=0,
        stop_tai_ns=1,
        state="done",
        emitted_at=NOON,
        emissions=1,
        result_key=f"screenings/{run.id}/tasks/0-first.parquet",
    )
    await add(context.store, run, going_on, task, message, operations, page, of_page)
    kept = {
        run.approaches_key,
        task.result_key,
        message.object_key,
        texts.key,
        f"screenings/{going_on.id}/tasks/0-late.parquet",
        "documents/of-somebody-else",
    }
    orphans = {f"screenings/{run.id}/tasks/0-late.parquet", f"screenings/{new_id()}/coverage.parquet"}
    orphans |= {own_key(message.id, "another"), own_key(new_id(), "0123")}
    orphans |= {f"cdm-pages/{new_id()}/0123.kvn", text_page(page.id, [b"one"]).key}
    young = own_key(new_id(), "0123")
    for key in kept | orphans | {young}:
        await context.objects.put(key, b"bytes")
        if key != young:
            long_ago = (context.settings.data / "objects" / key).stat().st_mtime - 25 * 3600
            os.utime(context.settings.data / "objects" / key, (long_ago, long_ago))
    await sweep(context)
    assert {info.key async for info in context.objects.list("")} == kept | {young}
