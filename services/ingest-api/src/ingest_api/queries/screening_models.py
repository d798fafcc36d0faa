"""Screenings as the API takes and shows them."""

from typing import Annotated, Any, Literal

from pydantic import AliasChoices, ConfigDict, Field

from assessment.object_kinds import ObjectKind
from ingest_api.parameters import UUID_PATTERN
from servicekit.http import RequestModel, ResponseModel, UtcTimestamp

__all__ = [
    "ApproachOut",
    "CoverageExceptionOut",
    "CoverageOut",
    "ScreeningCostOut",
    "ScreeningOut",
    "ScreeningRequestIn",
    "ScreeningTaskOut",
    "ScreeningTasksOut",
    "ScreeningWorkerOut",
]

NoradCatId = Annotated[int, Field(ge=1, le=999_999_999)]


class KindIn(RequestModel):
    """A volume of its own for secondaries of a kind."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    kind: ObjectKind
    volume: Annotated[str, Field(min_length=1, max_length=80)]
    norad_cat_ids: Annotated[list[NoradCatId], Field(min_length=1, max_length=10_000)] | None = Field(
        None,
        description="The objects of the kind. Left out: active ones are the registered satellites and those said to be "
        "active, crewed ones those of the setting, debris is told by the catalogue's names (DEB, R/B).",
    )


class ScreeningRequestIn(RequestModel):
    """Whom to screen against what: exactly one of `ephemeris_id`, `norad_cat_id` and `all`."""

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        allow_inf_nan=False,
        frozen=True,
        json_schema_extra={
            "examples": [
                {"ephemeris_id": "0192f7c2-6f2b-7c1e-9d3a-5b1f0c9a7e11", "against": "catalogue", "volume": "sphere:5"},
                {"norad_cat_id": 44391, "against": "ephemerides", "hours": 72, "volume": "ephemeris"},
                {
                    "norad_cat_id": 44391,
                    "volume": "ephemeris",
                    "kinds": [{"kind": "manned", "volume": "box:5,50,50"}, {"kind": "debris", "volume": "sphere:2"}],
                },
                {"all": True, "start": "2024-09-17T12:00:00Z", "hours": 24, "volume": "hac"},
            ]
        },
    )

    ephemeris_id: Annotated[str, Field(pattern=UUID_PATTERN)] | None = Field(
        None, description="An accepted ephemeris is the primary."
    )
    norad_cat_id: NoradCatId | None = Field(None, description="An object of the catalogue is the primary.")
    all: bool = Field(False, description="Every object of the catalogue is a primary. For staff.")
    against: Literal["catalogue", "ephemerides"] | Annotated[list[NoradCatId], Field(min_length=1, max_length=1000)] = (
        Field("catalogue", description="The catalogue, other operators' operational ephemerides, or listed objects.")
    )
    start: UtcTimestamp | None = Field(None, description="From when on; now where it is left out.")
    hours: Annotated[float, Field(gt=0, le=8784)] | None = Field(
        None, description="For how long; the span of the handbook where it is left out."
    )
    volume: Annotated[str, Field(min_length=1, max_length=80)] | None = Field(
        None,
        description="A preset (`hac`, `ephemeris`, `early-orbit`, …), `sphere:KM`, `box:R,T,N` or `ellipsoid:R,T,N`.",
    )
    kinds: Annotated[list[KindIn], Field(max_length=3)] | None = Field(
        None, description="Other volumes for kinds of secondaries; an object of several has the first one's."
    )


class ScreeningOut(ResponseModel):
    """A screening and how far it is."""

    id: str
    kind: str
    state: str = Field(
        description="`requested`, `running`, `finalising`, `completed`, `failed` or `refused`.", examples=["running"]
    )
    reason: str | None = Field(description="Why it waits, failed or was refused.")
    organization_id: str | None = Field(description="Whose primary it has; null is the catalogue's.")
    requested_by: str
    requested_at: UtcTimestamp
    ephemeris_id: str | None
    norad_cat_id: int | None
    request: dict[str, Any] = Field(description="What was asked for.")
    catalogue_id: str | None
    volume: str
    start_time: UtcTimestamp | None
    stop_time: UtcTimestamp | None
    task_count: int
    tasks_done: int
    object_count: int | None
    screened_count: int | None
    not_screened_count: int | None = Field(description="Objects that were not screened over the whole interval.")
    exception_counts: dict[str, int] = Field(description="The same by reason.")
    approach_count: int | None
    known_pair_approach_count: int | None = Field(
        description="Approaches that were found and left out: their pairs are known to stay together."
    )
    cdm_count: int | None
    started_at: UtcTimestamp | None
    completed_at: UtcTimestamp | None
    cpu_s: float | None
    is_replay: bool
    row_version: int

    @property
    def is_finished(self) -> bool:
        """Whether nothing more is to come."""
        return self.state in {"completed", "failed", "refused"}


class ScreeningTaskOut(ResponseModel):
    """A slice of a screening, which one worker computes."""

    ordinal: int
    state: str = Field(description="`waiting`, `running`, `done` or `failed`.", examples=["running"])
    start_time: UtcTimestamp
    stop_time: UtcTimestamp
    progress: float | None = Field(description="How much of it is done while it is computed, 0 to 1.")
    worker: str | None = Field(description="Who computes it, or computed it. For staff.")
    emitted_at: UtcTimestamp = Field(description="When it was handed out last.")
    emissions: int = Field(description="How often it was handed out.")
    taken_at: UtcTimestamp | None = Field(description="When that worker began.")
    done_at: UtcTimestamp | None
    waited_s: float | None = Field(description="From `emitted_at` until a worker began.")
    cpu_s: float | None = Field(description="Processor time of the engine.")
    wall_s: float | None
    peak_memory_bytes: int | None = Field(description="Of the engine's process while it computed this slice.")
    approach_count: int | None


class ScreeningCostOut(ResponseModel):
    """What a screening has cost so far."""

    cpu_s: float = Field(description="Processor time of the engine, all slices.")
    wall_s: float = Field(description="Time of the engine by the clock, summed over slices.")
    longest_task_s: float | None
    first_wait_s: float | None = Field(description="From the planning until a worker began with the first slice.")
    longest_wait_s: float | None = Field(description="Longest time that a slice waited for a worker.")
    peak_memory_bytes: int | None = Field(description="Most memory that a slice took.")
    worker_count: int = Field(description="How many workers have computed for it.")


class ScreeningTasksOut(ResponseModel):
    """How far a screening is, slice by slice: its counts, its cost, and one page of its slices in order of time."""

    screening_id: str
    state: str
    task_count: int
    task_counts: dict[str, int] = Field(description="Slices by state.")
    live_workers: int = Field(description="Workers that live now, whatever they compute.")
    cost: ScreeningCostOut
    items: list[ScreeningTaskOut]
    next_cursor: str | None = None


class ScreeningWorkerOut(ResponseModel):
    """A process that computes slices of screenings."""

    name: str = Field(description="The pod, or the machine and its process.")
    state: str = Field(description="`warming`, `idle` or `busy`.", examples=["busy"])
    screening_id: str | None = Field(
        validation_alias=AliasChoices("screening_id", "run_id"), description="For which screening it computes."
    )
    task_id: str | None
    progress: float | None = Field(description="How much of its slice is done, 0 to 1.")
    since: UtcTimestamp = Field(description="Since when it does this.")
    threads: int
    memory_bytes: int | None = Field(description="Resident memory of the process and its engine.")
    memory_limit_bytes: int | None = Field(description="What its engine may take.")
    kernels_ready_s: float | None = Field(
        description="Seconds from the start of the process until its compiled kernels were there; null until then."
    )
    tasks_done: int = Field(description="Slices since it started.")
    cpu_s: float = Field(description="Processor time of these.")
    started_at: UtcTimestamp
    seen_at: UtcTimestamp


class CoverageExceptionOut(ResponseModel):
    """An object that was not screened over an interval, and why."""

    ordinal: int
    norad_cat_id: int
    designator: str | None = Field(description="Which ephemeris; null is the catalogue.")
    reason: str
    from_time: UtcTimestamp
    to_time: UtcTimestamp


class CoverageOut(ResponseModel):
    """What a screening covered: its interval, its counts, and one page of what it did not screen, with reasons."""

    screening_id: str
    state: str
    start_time: UtcTimestamp | None
    stop_time: UtcTimestamp | None
    object_count: int | None
    screened_count: int | None
    not_screened_count: int | None
    exception_counts: dict[str, int]
    known_pair_approach_count: int | None = Field(
        description="Approaches that were found and left out: their pairs are known to stay together."
    )
    items: list[CoverageExceptionOut]
    next_cursor: str | None = None


class ApproachOut(ResponseModel):
    """One close approach; the smaller number first, components of object 2 in the RTN axes of object 1."""

    norad_cat_id_1: int
    norad_cat_id_2: int
    designator_1: str | None = Field(description="Which ephemeris object 1 was taken from; null is the catalogue.")
    designator_2: str | None
    tca: str = Field(description="UTC, to microseconds.", json_schema_extra={"format": "date-time"})
    miss_distance_m: float
    relative_speed_m_s: float
    radial_m: float
    in_track_m: float
    cross_track_m: float
    kind: str = Field(description="`approach`, `truncated` or `continuous`.")
