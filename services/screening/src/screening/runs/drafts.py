"""A run as it is going to be stored: its row and its slices. Pure: everything that it depends on is handed in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from records.screening.tables import ScreeningRun
from screening.runs.inputs import RunInputs
from screening.runs.slices import Cutting, slices_tai_ns

__all__ = ["Asked", "Draft", "planned", "refused", "waiting"]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Who wants which run, and how soon.

    Attributes
    ----------
    run_id
        The same for the same wish, so that planning twice makes one run.
    requested_by
        Name of a consumer of ours, or who asked through the API.
    organization_id
        Whose primary it has; it sees the run.
    """

    run_id: str
    requested_by: str
    requested_at: datetime
    organization_id: str | None
    urgency: str
    request: Mapping[str, Any]
    is_replay: bool
    kind: str
    volume: str
    ephemeris_id: str | None = None
    norad_cat_id: int | None = None


@dataclass(frozen=True)
class Draft:
    """A row and the slices of its tasks (TAI nanoseconds, half-open)."""

    run: ScreeningRun
    slices_tai_ns: tuple[tuple[int, int], ...] = ()

    @property
    def planned_columns(self) -> dict[str, Any]:
        """The columns that a waiting run gets when it is planned."""
        names = (
            "state",
            "reason",
            "catalogue_id",
            "inputs",
            "start_time",
            "stop_time",
            "started_at",
            "completed_at",
            "object_count",
        )
        return {name: getattr(self.run, name) for name in names}


def planned(
    asked: Asked, inputs: RunInputs, interval: tuple[datetime, datetime], *, now: datetime, cutting: Cutting
) -> Draft:
    """Return a run that can begin."""
    start, stop = interval
    run = _row(asked, "running")
    run.inputs = inputs.stored()
    run.catalogue_id = None if inputs.catalogue is None else inputs.catalogue.id
    run.start_time, run.stop_time, run.started_at = start, stop, now
    run.object_count = inputs.objects
    return Draft(run, slices_tai_ns(inputs, start, stop, volume=asked.volume, cutting=cutting))


def refused(asked: Asked, reason: str, *, now: datetime) -> Draft:
    """Return a run that cannot be, with the reason for a person."""
    run = _row(asked, "refused")
    run.reason, run.completed_at = reason, now
    return Draft(run)


def waiting(asked: Asked, reason: str) -> Draft:
    """Return a run that is planned when what it lacks is there."""
    run = _row(asked, "requested")
    run.reason = reason
    return Draft(run)


def _row(asked: Asked, state: str) -> ScreeningRun:
    return ScreeningRun(
        id=asked.run_id,
        kind=asked.kind,
        state=state,
        reason=None,
        urgency=asked.urgency,
        organization_id=asked.organization_id,
        requested_by=asked.requested_by,
        requested_at=asked.requested_at,
        ephemeris_id=asked.ephemeris_id,
        norad_cat_id=asked.norad_cat_id,
        request=dict(asked.request),
        catalogue_id=None,
        inputs={},
        volume=asked.volume,
        start_time=None,
        stop_time=None,
        task_count=0,
        tasks_done=0,
        object_count=None,
        screened_count=None,
        not_screened_count=None,
        exception_counts={},
        approach_count=None,
        known_pair_approach_count=None,
        cdm_count=None,
        approaches_key=None,
        coverage_key=None,
        started_at=None,
        finalise_emitted_at=None,
        finalise_emissions=0,
        completed_at=None,
        cpu_s=None,
        is_replay=asked.is_replay,
        row_version=1,
    )
