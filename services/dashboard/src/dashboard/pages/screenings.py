"""Screenings: the list, and one with its progress, approaches and what it could not screen."""

from typing import Annotated, Final

from fastapi import Query
from starlette.responses import Response

from dashboard.api import Api, ApiProblem
from dashboard.downloads import download
from dashboard.formats import counted, duration
from dashboard.resources import (
    Approach,
    Catalogue,
    CoverageException,
    Ephemeris,
    Page,
    Screening,
    ScreeningTasks,
    ScreeningWorker,
)
from dashboard.slices import Slice, in_words, strip_of
from dashboard.web import ApiDep, VisitDep, page_router, see_other

__all__ = ["router"]

router = page_router()

Cursor = Annotated[str | None, Query(max_length=1000)]
_WORKERS_READ: Final = "screening-workers:read"
_MOST_PAGES: Final = 25
_SLICES_A_PAGE: Final = 200


@router.get("/screenings")
async def screenings_page(visit: VisitDep, cursor: Cursor = None) -> Response:
    """Show runs, the newest first."""
    page = await visit.api.screenings(cursor=cursor, limit=50)
    return visit.page("screenings/list.html", runs=page.items, next_cursor=page.next_cursor)


@router.post("/screenings")
async def screening_form(visit: VisitDep) -> Response:
    """Ask for an ephemeris to be screened again."""
    asked = await visit.form()
    run = await visit.api.request_screening(
        ephemeris_id=asked.get("ephemeris_id", ""), against=asked.get("against", "catalogue")
    )
    return see_other(f"/screenings/{run.id}")


@router.get("/screenings/{run_id}")
async def screening_page(visit: VisitDep, run_id: str, cursor: Cursor = None) -> Response:
    """Show one run."""
    api = visit.api
    run = await api.screening(run_id)
    approaches = Page[Approach](items=[])
    coverage = Page[CoverageException](items=[])
    tasks, strip = await _slices(api, run)
    if run.state == "completed":
        approaches = await api.approaches(run.id, limit=50)
        coverage = await api.coverage(run.id, cursor=cursor, limit=100)
    return visit.page(
        "screenings/one.html",
        run=run,
        approaches=approaches.items,
        coverage=coverage.items,
        next_cursor=coverage.next_cursor,
        ephemeris=await _ephemeris(api, run),
        catalogue=await _catalogue(api, run),
        took=duration(run.completed_at - run.started_at) if run.completed_at and run.started_at else None,
        answer=_answer(run),
        tasks=tasks,
        strip=strip,
        slices_in_words=in_words(tasks),
        workers=await _workers(visit, run),
    )


@router.get("/screenings/{run_id}/approaches.csv")
async def approaches_download(api: ApiDep, run_id: str) -> Response:
    """Give every close approach of a run as CSV, with the columns of ``fairway screen``."""
    return await download(api.approaches_as_csv(run_id), "text/csv", f"approaches-{run_id}.csv")


async def _slices(api: Api, run: Screening) -> tuple[ScreeningTasks, list[Slice]]:
    """Return how the run stands, and its slices in order of time."""
    tasks = await api.screening_tasks(run.id, limit=_SLICES_A_PAGE)
    found, cursor = list(tasks.items), tasks.next_cursor
    for _ in range(_MOST_PAGES):
        if cursor is None:
            break
        page = await api.screening_tasks(run.id, limit=_SLICES_A_PAGE, cursor=cursor)
        found, cursor = found + page.items, page.next_cursor
    return tasks, strip_of(found)


async def _workers(visit: VisitDep, run: Screening) -> list[ScreeningWorker] | None:
    """Return the workers, to whom may see them, while the run goes on."""
    if run.is_finished or not visit.session.may(_WORKERS_READ):
        return None
    return (await visit.api.screening_workers()).items


async def _ephemeris(api: Api, run: Screening) -> Ephemeris | None:
    if run.ephemeris_id is None:
        return None
    try:
        return await api.ephemeris(run.ephemeris_id)
    except ApiProblem as problem:
        if problem.status == 404:
            return None
        raise


async def _catalogue(api: Api, run: Screening) -> Catalogue | None:
    if run.catalogue_id is None:
        return None
    try:
        return await api.catalogue(run.catalogue_id)
    except ApiProblem as problem:
        if problem.status == 404:
            return None
        raise


def _answer(run: Screening) -> str:
    """Say in one sentence what the run found: conjunctions, screened and clear, or not screened because."""
    if run.state in ("failed", "refused"):
        return run.reason or "It did not come to an end."
    if not run.is_finished:
        return run.reason or "It is under way; a part of it says nothing yet."
    screened = counted(run.screened_count or 0, "object")
    gaps = f", but {run.not_screened_count:,} could not be, or only in part" if run.not_screened_count else ""
    found = counted(run.approach_count, "close approach") if run.approach_count else "Nothing"
    return f"{found} in the volume; {screened} screened{gaps}."
