"""Which objects the rows of screening name."""

from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from records.screening.cdm_texts import PAGES, text_object
from records.screening.tables import Cdm, ScreeningRun, ScreeningTask

__all__ = ["cdm_objects", "cdm_page_objects", "run_objects", "runs_under_way"]


async def runs_under_way(session: AsyncSession, run_ids: Collection[str]) -> set[str]:
    """Return those of these runs that go on: objects of theirs may have no row yet."""
    query = select(ScreeningRun.id).where(
        ScreeningRun.id.in_(run_ids), ScreeningRun.state.in_(("running", "finalising"))
    )
    return set(await session.scalars(query))


async def run_objects(session: AsyncSession, run_ids: Collection[str]) -> set[str]:
    """Return the keys that these runs and their slices name."""
    of_tasks = select(ScreeningTask.result_key).where(ScreeningTask.run_id.in_(run_ids))
    of_runs = select(ScreeningRun.approaches_key, ScreeningRun.coverage_key).where(ScreeningRun.id.in_(run_ids))
    named = [*await session.scalars(of_tasks)]
    for keys in await session.execute(of_runs):
        named += keys
    return {key for key in named if key is not None}


async def cdm_objects(session: AsyncSession, cdm_ids: Collection[str]) -> set[str]:
    """Return the keys that these messages name."""
    return set(await session.scalars(select(Cdm.object_key).where(Cdm.id.in_(cdm_ids))))


async def cdm_page_objects(session: AsyncSession, document_ids: Collection[str]) -> set[str]:
    """Return the keys of the pages that messages of these documents name.

    A document has one page: its messages are recorded all at once.
    """
    query = (
        select(func.min(Cdm.object_key))
        .where(Cdm.document_id.in_(document_ids), Cdm.object_key.startswith(PAGES))
        .group_by(Cdm.document_id)
    )
    return {text_object(key)[0] for key in await session.scalars(query)}
