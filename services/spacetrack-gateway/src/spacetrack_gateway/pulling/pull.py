"""The pull of all CDMs: every eight hours, page by page upward from the watermark."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from records.spacetrack_gateway import writes
from records.spacetrack_gateway.tables import SpaceTrackAccount, SpaceTrackTask
from servicekit.observability import logger
from servicekit.threads import in_thread
from spacetrack_gateway.budget.admission import Priority
from spacetrack_gateway.budget.cadence import every
from spacetrack_gateway.budget.lease import ACTOR, held_account
from spacetrack_gateway.client.addresses import query_of
from spacetrack_gateway.client.session import AskFailed
from spacetrack_gateway.desk import Desk
from spacetrack_gateway.pulling.cursor import Cursor, Run
from spacetrack_gateway.pulling.rows import read_page
from spacetrack_gateway.pulling.storing import TASK, Page, store_page
from spacetrack_gateway.recurring import RecurringTask

__all__ = ["PULL_CDMS"]

_log = logger(__name__)
_INTERVAL: Final = timedelta(hours=8)
_LONGEST_DELAY: Final = timedelta(minutes=12)


async def pull_a_page(desk: Desk, task: SpaceTrackTask) -> bool:
    """Ask for the next page and store it; say whether it was the last."""
    cursor = Cursor.of(task.cursor)
    run = cursor.begun(desk.ctx.clock.now())
    page_rows = min(cursor.page_rows or desk.settings.page_rows, desk.settings.page_rows)
    try:
        reply = await desk.session.ask(await _path(desk, run, page_rows), "rows", purpose="cdm", priority=Priority.PULL)
    except AskFailed as failed:
        if failed.reply.outcome != "too-long" or page_rows <= desk.settings.page_rows_least:
            raise
        await _ask_for_less(desk, cursor, max(page_rows // 2, desk.settings.page_rows_least))
        return False
    rows = [] if reply.outcome == "empty" else await in_thread(read_page, reply.body)
    is_last = len(rows) < page_rows
    new = await store_page(desk, Page(rows=rows, is_last=is_last, run=run))
    _log.info("a page of CDMs is stored", rows=len(rows), new=new, is_last=is_last)
    return is_last


async def _path(desk: Desk, run: Run, page_rows: int) -> str:
    """A run without a number to begin at begins at the moment of the grant; every other goes by the numbers alone."""
    which: tuple[str, str] = ("CDM_ID", f">{run.position}")
    if run.position == 0:
        async with desk.ctx.store.read() as session:
            account = await session.get_one(SpaceTrackAccount, desk.account_id)
        which = ("CREATION_DATE", f">{account.granted_at:%Y-%m-%d %H:%M:%S}")
    return query_of(
        "expandedspacedata",
        "cdm",
        which,
        ("orderby", "CDM_ID asc"),
        ("limit", page_rows),
        ("format", "json"),
        ("emptyresult", "show"),
    )


async def _ask_for_less(desk: Desk, cursor: Cursor, page_rows: int) -> None:
    _log.warning("a page of CDMs was too long; fewer rows are asked for", page_rows=page_rows)
    async with desk.ctx.store.write(ACTOR) as unit:
        await held_account(unit, desk.lease)
        row = await writes.task_of(unit, desk.account_id, TASK)
        row.cursor = replace(cursor, page_rows=page_rows).as_data()


PULL_CDMS = RecurringTask(name=TASK, priority=Priority.PULL, cadence=every(_INTERVAL, _LONGEST_DELAY), step=pull_a_page)
