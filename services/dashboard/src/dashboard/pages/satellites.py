"""Satellites: the list, and one with its conjunctions, ephemerides and screenings."""

from typing import Annotated

from fastapi import Path, Query
from starlette.responses import Response

from dashboard.formats import iso_time
from dashboard.web import VisitDep, page_router

__all__ = ["router"]

router = page_router()


@router.get("/satellites")
async def satellites_page(visit: VisitDep, cursor: Annotated[str | None, Query(max_length=1000)] = None) -> Response:
    """Show the satellites that the reader may see."""
    page = await visit.api.satellites(cursor=cursor, limit=100)
    return visit.page(
        "satellites/list.html",
        satellites=page.items,
        next_cursor=page.next_cursor,
        is_staff=visit.session.is_staff,
    )


@router.get("/satellites/{norad_cat_id}")
async def satellite_page(visit: VisitDep, norad_cat_id: Annotated[int, Path(ge=0, le=999_999_999)]) -> Response:
    """Show one satellite."""
    api = visit.api
    satellite = await api.satellite(norad_cat_id)
    events = await api.conjunctions(norad_cat_id=norad_cat_id, tca_from=iso_time(visit.session.now), limit=20)
    ephemerides = await api.ephemerides(norad_cat_id=norad_cat_id, limit=10)
    runs = await api.screenings(norad_cat_id=norad_cat_id, limit=10)
    return visit.page(
        "satellites/one.html",
        satellite=satellite,
        events=events.items,
        ephemerides=ephemerides.items,
        runs=runs.items,
    )
