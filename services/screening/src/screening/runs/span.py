"""Over which interval a run screens."""

from datetime import datetime, timedelta

from assessment.regimes import Regime
from records.validator.tables import Ephemeris
from screening.runs.requests import RefusedError, ScreeningRequest
from screening.settings import ScreeningSettings

__all__ = [
    "check_hours",
    "check_start",
    "longest_span_h",
    "on_closed_orbit",
    "span_of_catalogue",
    "span_of_ephemeris",
]

_FURTHEST = timedelta(days=366)
_SHORTEST = timedelta(seconds=1)


def on_closed_orbit(ephemeris: Ephemeris, hours: float | None) -> float:
    """Return `hours`, which are None where an ephemeris is on no closed orbit.

    Raises
    ------
    RefusedError
        It is on none.
    """
    if hours is None:
        raise RefusedError(
            f"Nothing was screened: {ephemeris.file_name} begins on no closed orbit about the earth, "
            "so that no screening volume can be chosen for it."
        )
    return hours


def span_of_ephemeris(ephemeris: Ephemeris, *, start: datetime, hours: float) -> tuple[datetime, datetime]:
    """Return the part of an ephemeris from `start` on, at most `hours` long.

    Raises
    ------
    RefusedError
        There is no such part.
    """
    name = ephemeris.file_name
    if ephemeris.stop_time <= start:
        raise RefusedError(
            f"Nothing was screened: {name} ends at {_utc(ephemeris.stop_time)}, "
            f"and the screening begins at {_utc(start)}."
        )
    first = max(start, ephemeris.start_time)
    if first >= start + timedelta(hours=hours):
        raise RefusedError(
            f"Nothing was screened: {name} starts at {_utc(first)}, "
            f"beyond the span of {hours:g} hours from {_utc(start)}."
        )
    return first, min(ephemeris.stop_time, start + timedelta(hours=hours))


def span_of_catalogue(*, start: datetime, hours: float) -> tuple[datetime, datetime]:
    """Return the interval of a run whose primaries are objects of the catalogue."""
    return start, start + timedelta(hours=hours)


def longest_span_h(regime: Regime, settings: ScreeningSettings) -> float:
    """Return how far ahead an ephemeris of this regime is screened."""
    if regime == "deep-space":
        return settings.deep_space_ephemeris_hours
    return settings.near_earth_ephemeris_hours


def check_start(request: ScreeningRequest, *, now: datetime, replay: bool, settings: ScreeningSettings) -> datetime:
    """Return when a requested screening begins: as asked, else now.

    Raises
    ------
    RefusedError
        It would begin in the past, and this is not a replay; or so far away that nothing is known of it.
    """
    if request.start is None:
        return now
    earliest = now - timedelta(minutes=settings.past_tolerance_minutes)
    if request.start < earliest and not replay:
        raise RefusedError(
            f"The start {_utc(request.start)} lies in the past: nothing in the past is screened outside a replay. "
            "Leave start out to begin now."
        )
    if abs(request.start - now) > _FURTHEST:
        raise RefusedError(
            f"The start {_utc(request.start)} is too far away: begin at most {_FURTHEST.days} days from now."
        )
    return request.start


def check_hours(request: ScreeningRequest, settings: ScreeningSettings) -> float | None:
    """Return for how long to screen, None where the request does not say.

    Raises
    ------
    RefusedError
        It is longer than is served, or shorter than anything takes.
    """
    if request.hours is not None and request.hours > settings.longest_hours:
        raise RefusedError(f"{request.hours:g} hours are too many: ask for at most {settings.longest_hours:g}.")
    if request.hours is not None and timedelta(hours=request.hours) < _SHORTEST:
        raise RefusedError(f"{request.hours:g} hours are too few: ask for one second or more.")
    return request.hours


def _utc(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
