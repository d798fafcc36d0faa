"""Screenings: how far they are, what they cost, what they found and left out; catalogues."""

from datetime import datetime

from pydantic import Field

from dashboard.resources.resource import Page, Resource

__all__ = [
    "Approach",
    "Catalogue",
    "CoverageException",
    "Screening",
    "ScreeningCost",
    "ScreeningTask",
    "ScreeningTasks",
    "ScreeningWorker",
]


class Screening(Resource):
    """One run."""

    id: str
    kind: str
    state: str
    reason: str | None = None
    requested_by: str | None = None
    requested_at: datetime
    ephemeris_id: str | None = None
    norad_cat_id: int | None = None
    catalogue_id: str | None = None
    volume: str
    start_time: datetime | None = None
    stop_time: datetime | None = None
    task_count: int = 0
    tasks_done: int = 0
    object_count: int | None = None
    screened_count: int | None = None
    not_screened_count: int | None = None
    exception_counts: dict[str, int] = Field(default={})
    approach_count: int | None = None
    known_pair_approach_count: int | None = None
    cdm_count: int | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None
    is_replay: bool = False

    @property
    def is_finished(self) -> bool:
        """Whether nothing more is to come."""
        return self.state in ("completed", "failed", "refused")


class ScreeningTask(Resource):
    """A slice of a run."""

    state: str
    start_time: datetime
    stop_time: datetime
    progress: float | None = None
    worker: str | None = None
    waited_s: float | None = None
    wall_s: float | None = None
    cpu_s: float | None = None
    emissions: int = 1


class ScreeningCost(Resource):
    """What a run has cost so far."""

    cpu_s: float = 0.0
    wall_s: float = 0.0
    longest_task_s: float | None = None
    first_wait_s: float | None = None
    longest_wait_s: float | None = None
    peak_memory_bytes: int | None = None
    worker_count: int = 0


class ScreeningTasks(Page[ScreeningTask]):
    """A run slice by slice."""

    task_count: int = 0
    task_counts: dict[str, int] = Field(default={})
    live_workers: int = 0
    cost: ScreeningCost = ScreeningCost()


class ScreeningWorker(Resource):
    """A process that computes slices."""

    name: str
    state: str
    screening_id: str | None = None
    progress: float | None = None
    since: datetime
    threads: int
    memory_bytes: int | None = None
    memory_limit_bytes: int | None = None
    kernels_ready_s: float | None = None
    tasks_done: int = 0
    cpu_s: float = 0.0


class CoverageException(Resource):
    """An object that was not screened over the whole interval, and why."""

    norad_cat_id: int
    designator: str | None = None
    reason: str
    from_time: datetime
    to_time: datetime


class Approach(Resource):
    """One close approach of a run."""

    norad_cat_id_1: int
    norad_cat_id_2: int
    tca: datetime
    miss_distance_m: float
    relative_speed_m_s: float
    radial_m: float
    in_track_m: float
    cross_track_m: float
    kind: str


class Catalogue(Resource):
    """A set of elements that screening uses."""

    id: str
    label: str
    is_synthetic: bool = False
    object_count: int
    refused_count: int = 0
    oldest_epoch: datetime
    newest_epoch: datetime
    accepted_at: datetime
