"""Conjunction events: the list with its filters, and one event with its messages and pictures."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import Query
from starlette.responses import Response

from dashboard.api import Api, ApiProblem
from dashboard.downloads import download
from dashboard.drawing.encounter_plane import EncounterPicture, draw_close_up, draw_encounter, needs_close_up
from dashboard.drawing.history_chart import HistoryPoint, draw_history
from dashboard.formats import distance, iso_time
from dashboard.resources import Cdm, CdmObject, Conjunction, Satellite
from dashboard.web import ApiDep, Visit, VisitDep, page_router, see_other
from dashboard.wording import flag_note, level_note

__all__ = ["router"]

router = page_router()

SORTED_UP_TO = 1000
"""So many events are read to sort them by something other than TCA, which is the API's own order."""
MEDIA_TYPES = {"kvn": "application/x-ccsds-kvn", "json": "application/json"}


@dataclass(frozen=True, slots=True)
class Search:
    """What the list shows; all of it stands in the address."""

    when: Literal["upcoming", "past", "all"]
    sort: Literal["tca", "probability", "miss"]
    satellite: int | None
    level: str | None
    state: str | None
    probability: float | None
    miss: float | None

    @property
    def is_filtered(self) -> bool:
        """Whether anything but the time narrows the list."""
        given = (self.satellite, self.level, self.state, self.probability, self.miss)
        return any(value is not None for value in given)

    def filters(self, visit: Visit) -> dict[str, Any]:
        """Return the API's filters."""
        now = iso_time(visit.session.now)
        return {
            "tca_from": now if self.when == "upcoming" else None,
            "tca_to": now if self.when == "past" else None,
            "norad_cat_id": self.satellite,
            "level": self.level,
            "state": self.state,
            "minimum_probability": self.probability,
            "maximum_miss_distance_m": self.miss,
        }


@router.get("/conjunctions")
async def conjunctions_page(
    visit: VisitDep,
    when: Literal["upcoming", "past", "all"] = "upcoming",
    sort: Literal["tca", "probability", "miss"] = "tca",
    satellite: Annotated[str, Query(pattern=r"^[0-9]{0,9}$")] = "",
    level: Literal["", "none", "reportable", "unquantified", "emergency"] = "",
    state: Literal["", "active", "superseded", "mitigated", "passed"] = "",
    probability: Annotated[str, Query(max_length=30)] = "",
    miss: Annotated[str, Query(max_length=30)] = "",
    cursor: Annotated[str | None, Query(max_length=1000)] = None,
) -> Response:
    """Show events, upcoming ones unless asked otherwise."""
    search = Search(
        when,
        sort,
        int(satellite) if satellite else None,
        level or None,
        state or None,
        _number(probability),
        _number(miss),
    )
    if search.sort == "tca":
        page = await visit.api.conjunctions(**search.filters(visit), limit=100, cursor=cursor)
        events, next_cursor, is_cut = page.items, page.next_cursor, False
    else:
        events, is_cut = await _sorted_events(visit, search)
        next_cursor = None
    return visit.page(
        "conjunctions/list.html",
        search=search,
        events=events,
        next_cursor=next_cursor,
        is_cut=is_cut,
        caption={"upcoming": "Upcoming events", "past": "Past events", "all": "All events"}[when],
    )


def _number(text: str) -> float | None:
    try:
        return float(text.strip())
    except ValueError:
        return None


async def _sorted_events(visit: Visit, search: Search) -> tuple[list[Conjunction], bool]:
    events: list[Conjunction] = []
    cursor: str | None = None
    while len(events) < SORTED_UP_TO:
        page = await visit.api.conjunctions(**search.filters(visit), limit=200, cursor=cursor)
        events += page.items
        cursor = page.next_cursor
        if cursor is None:
            break
    key = _by_miss if search.sort == "miss" else _by_probability
    return sorted(events, key=key), cursor is not None


def _by_miss(event: Conjunction) -> tuple[float, ...]:
    return (event.miss_distance_m,)


def _by_probability(event: Conjunction) -> tuple[float, ...]:
    """The highest first; events with no more than a bound come after all that have a probability."""
    if event.collision_probability is not None:
        return (0.0, -event.collision_probability)
    return (1.0, -(event.maximum_probability or 0.0))


@router.get("/conjunctions/{event_id}")
async def conjunction_page(visit: VisitDep, event_id: str) -> Response:
    """Show one event."""
    api = visit.api
    event = await api.conjunction(event_id)
    if event.redirect_to is not None:
        return see_other(f"/conjunctions/{event.redirect_to}")
    cdms = sorted((await api.cdms_of(event.id)).items, key=lambda cdm: (cdm.creation_date, cdm.id), reverse=True)
    latest = next((cdm for cdm in cdms if cdm.id == event.latest_cdm_id), cdms[0] if cdms else None)
    encounter = _encounter(latest) if latest is not None else None
    pictures = [] if encounter is None else [draw_encounter(encounter)]
    if encounter is not None and needs_close_up(encounter):
        pictures.append(draw_close_up(encounter))
    low = await _satellite(api, event.norad_cat_id_low)
    high = await _satellite(api, event.norad_cat_id_high)
    return visit.page(
        "conjunctions/one.html",
        event=event,
        latest=latest,
        cdms=cdms,
        plane=encounter,
        has_ellipse=encounter is not None and encounter.has_ellipse,
        pictures=pictures,
        first_name=_name(latest.object_name_1, latest.norad_cat_id_1) if latest else "",
        second_name=_name(latest.object_name_2, latest.norad_cat_id_2) if latest else "",
        chart=draw_history([_history_point(cdm) for cdm in cdms], event.tca),
        object_rows=_object_rows(event, latest, low, high),
        notes=[flag_note(flag) for flag in latest.summary.encounter_plane.flags] if latest else [],
        explanation=level_note(event.state, event.level),
    )


def _name(name: str, norad_cat_id: int) -> str:
    return name or str(norad_cat_id)


def _encounter(cdm: Cdm) -> EncounterPicture:
    plane = cdm.summary.encounter_plane
    return EncounterPicture(
        name_1=_name(cdm.object_name_1, cdm.norad_cat_id_1),
        name_2=_name(cdm.object_name_2, cdm.norad_cat_id_2),
        miss_distance_m=cdm.miss_distance_m,
        sigma_major_m=plane.sigma_major_m,
        sigma_minor_m=plane.sigma_minor_m,
        orientation_rad=math.radians(plane.orientation_deg or 0.0),
        hard_body_radius_m=plane.hard_body_radius_m if cdm.hard_body_radius_m is None else cdm.hard_body_radius_m,
    )


def _history_point(cdm: Cdm) -> HistoryPoint:
    return HistoryPoint(
        time=cdm.creation_date,
        originator=cdm.originator,
        miss_distance_m=cdm.miss_distance_m,
        collision_probability=cdm.collision_probability,
        maximum_probability=cdm.maximum_probability,
    )


async def _satellite(api: Api, norad_cat_id: int) -> Satellite | None:
    try:
        return await api.satellite(norad_cat_id)
    except ApiProblem as problem:
        if problem.status == 404:
            return None
        raise


@dataclass(frozen=True, slots=True)
class ObjectRow:
    """One property of both objects."""

    name: str
    low: str
    high: str


PROPERTIES = (
    ("international_designator", "Designator"),
    ("object_type", "Type"),
    ("status", "Status"),
    ("maneuverable", "Maneuverable"),
)


def _object_rows(
    event: Conjunction, latest: Cdm | None, low: Satellite | None, high: Satellite | None
) -> Sequence[ObjectRow]:
    rows = [
        ObjectRow(text, low.text(attribute) if low else "—", high.text(attribute) if high else "—")
        for attribute, text in PROPERTIES
    ]
    if latest is not None:
        numbers = (event.norad_cat_id_low, event.norad_cat_id_high)
        in_message = ["object 1" if number == latest.norad_cat_id_1 else "object 2" for number in numbers]
        rows.append(ObjectRow("In the newest message", *in_message))
        low_details, high_details = (latest.summary.of(number) for number in numbers)
        rows.append(ObjectRow("Trajectory", _trajectory(low_details), _trajectory(high_details)))
        rows.append(ObjectRow("Hard-body radius", _radius(low_details), _radius(high_details)))
    return rows


def _trajectory(known: CdmObject | None) -> str:
    if known is None:
        return "—"
    said = [known.ephemeris_name if known.ephemeris_name != "NONE" else None, known.screened_with]
    return ", ".join(part for part in said if part) or "—"


def _radius(known: CdmObject | None) -> str:
    if known is None or known.hard_body_radius_m is None:
        return "—"
    source = f" ({known.hard_body_radius_source})" if known.hard_body_radius_source else ""
    return f"{distance(known.hard_body_radius_m)}{source}"


@router.get("/cdms/{cdm_id}/{form}")
async def cdm_download(api: ApiDep, cdm_id: str, form: Literal["kvn", "json"]) -> Response:
    """Give a CDM as a file."""
    return await download(api.cdm_content(cdm_id, MEDIA_TYPES[form]), MEDIA_TYPES[form], f"{cdm_id}.{form}")
