"""Runs, tasks, coverage, CDMs and conjunction events."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from servicekit.store import Base, Id, Json, UtcDateTime

__all__ = [
    "Cdm",
    "ConjunctionEvent",
    "CoverageException",
    "PairRescreening",
    "ScreeningRun",
    "ScreeningTask",
    "ScreeningWorker",
]


class ScreeningRun(Base):
    """One screening with its pinned inputs. Writer: screening (a request's row: ingest-api asks by an event)."""

    __tablename__ = "screening_runs"
    __table_args__ = (
        Index("ix_screening_runs_requested_at", "requested_at", "id"),
        Index("ix_screening_runs_organization_id", "organization_id", "requested_at", "id"),
        Index("ix_screening_runs_ephemeris_id", "ephemeris_id", "catalogue_id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(30))
    """``ephemeris-catalogue``, ``ephemeris-ephemerides``, ``catalogue-catalogue``, ``concern-list``."""
    state: Mapped[str] = mapped_column(String(20), index=True)
    """``requested``, ``running``, ``finalising``, ``completed``, ``failed``, ``refused``."""
    reason: Mapped[str | None] = mapped_column(Text)
    """Why it waits, failed or was refused, for a person."""
    urgency: Mapped[str] = mapped_column(String(10))
    """``urgent`` where somebody waits for it, else ``bulk``: the topic of its tasks."""
    organization_id: Mapped[str | None] = mapped_column(Id)
    """Whose primary it has; None is the catalogue's."""
    requested_by: Mapped[str] = mapped_column(String(80))
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ephemeris_id: Mapped[str | None] = mapped_column(Id)
    norad_cat_id: Mapped[int | None] = mapped_column(index=True)
    request: Mapped[dict[str, Any]] = mapped_column(Json)
    """What was asked for, as the API took it."""
    catalogue_id: Mapped[str | None] = mapped_column(Id, ForeignKey("catalogues.id"))
    inputs: Mapped[dict[str, Any]] = mapped_column(Json)
    """The pinned objects: keys with their SHA-256, designators, catalogue numbers."""
    volume: Mapped[str] = mapped_column(String(80))
    start_time: Mapped[datetime | None] = mapped_column(UtcDateTime)
    stop_time: Mapped[datetime | None] = mapped_column(UtcDateTime)
    task_count: Mapped[int]
    tasks_done: Mapped[int]
    object_count: Mapped[int | None]
    screened_count: Mapped[int | None]
    not_screened_count: Mapped[int | None]
    """Objects that were not screened over the whole interval."""
    exception_counts: Mapped[dict[str, int]] = mapped_column(Json)
    """How many objects were not screened over the whole interval, by reason."""
    approach_count: Mapped[int | None] = mapped_column(BigInteger)
    known_pair_approach_count: Mapped[int | None] = mapped_column(BigInteger)
    """Approaches of pairs that are known to stay together: found, and left out."""
    cdm_count: Mapped[int | None]
    approaches_key: Mapped[str | None] = mapped_column(String(200))
    """The object with every approach, slices joined."""
    coverage_key: Mapped[str | None] = mapped_column(String(200))
    """The object with the interval of every object of the run."""
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finalise_emitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the joining of its slices was asked for last."""
    finalise_emissions: Mapped[int] = mapped_column(default=0, server_default="0")
    """How often it was."""
    completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cpu_s: Mapped[float | None]
    """Processor time of its slices."""
    is_replay: Mapped[bool]
    row_version: Mapped[int]


class ScreeningTask(Base):
    """A slice of a run that one worker does alone. The first committed result wins. Writer: screening.

    A run's slices meet in the order of their times. One that turns out to be too long is cut into more.
    """

    __tablename__ = "screening_tasks"
    __table_args__ = (UniqueConstraint("run_id", "ordinal"), Index("ix_screening_tasks_state", "state", "emitted_at"))

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    run_id: Mapped[str] = mapped_column(Id, ForeignKey("screening_runs.id"))
    ordinal: Mapped[int]
    start_tai_ns: Mapped[int] = mapped_column(BigInteger)
    stop_tai_ns: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(20))
    """``waiting``, ``done``, ``failed``."""
    emitted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When its event was emitted last; one that waits too long is emitted again."""
    emissions: Mapped[int] = mapped_column(default=1, server_default="1")
    """How often it was emitted: each time is waited for twice as long as the time before."""
    worker: Mapped[str | None] = mapped_column(String(120))
    """Who computed the result that counts."""
    taken_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When that worker began; what lies between `emitted_at` and this it has waited."""
    result_key: Mapped[str | None] = mapped_column(String(200))
    result_sha256: Mapped[str | None] = mapped_column(String(64))
    approach_count: Mapped[int | None] = mapped_column(BigInteger)
    cpu_s: Mapped[float | None]
    wall_s: Mapped[float | None]
    peak_memory_bytes: Mapped[int | None] = mapped_column(BigInteger)
    """Most resident memory of the engine's process while it computed this slice."""
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ScreeningWorker(Base):
    """A process that computes slices, as it was seen last. Writer: screening (the worker itself).

    Nothing is decided by these rows but what people are shown, and how small tasks are cut.
    """

    __tablename__ = "screening_workers"

    name: Mapped[str] = mapped_column(String(120), primary_key=True)
    """The pod's name, or the machine's with the process' number."""
    state: Mapped[str] = mapped_column(String(20))
    """``warming``, ``idle``, ``busy``, ``stopping``."""
    run_id: Mapped[str | None] = mapped_column(Id)
    task_id: Mapped[str | None] = mapped_column(Id)
    """What it computes."""
    progress: Mapped[float | None]
    """How much of that slice is done, 0 to 1."""
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    """When it came into this state, or began this slice."""
    threads: Mapped[int]
    memory_bytes: Mapped[int | None] = mapped_column(BigInteger)
    """Resident memory of the process and its engine."""
    memory_limit_bytes: Mapped[int | None] = mapped_column(BigInteger)
    """What the engine may take."""
    kernels_ready_s: Mapped[float | None]
    """Seconds from the start of the process until the compiled kernels were loaded."""
    tasks_done: Mapped[int]
    cpu_s: Mapped[float]
    """Processor time of the slices that it has done since it started."""
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When it said last how it stands; it does so every few seconds."""
    alive_until: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    """One that has not said anything by then is taken for gone."""


class CoverageException(Base):
    """An object that a run did not screen over the whole interval, and why. Writer: screening.

    The rows of one run are limited in number; the object under the run's ``coverage_key`` has all of them.
    """

    __tablename__ = "coverage_exceptions"

    run_id: Mapped[str] = mapped_column(Id, ForeignKey("screening_runs.id"), primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True)
    norad_cat_id: Mapped[int]
    designator: Mapped[str | None] = mapped_column(String(255))
    reason: Mapped[str] = mapped_column(String(40))
    from_time: Mapped[datetime] = mapped_column(UtcDateTime)
    to_time: Mapped[datetime] = mapped_column(UtcDateTime)


class PairRescreening(Base):
    """That a run screened a pair which has an event, and found nothing in its volume. Writer: screening.

    A conjunction event is a pure function of its messages and of these rows.
    """

    __tablename__ = "pair_rescreenings"
    __table_args__ = (Index("ix_pair_rescreenings_pair", "norad_cat_id_low", "norad_cat_id_high"),)

    run_id: Mapped[str] = mapped_column(Id, ForeignKey("screening_runs.id"), primary_key=True)
    norad_cat_id_1: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """The primary of the thread of messages that it answers."""
    norad_cat_id_2: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    norad_cat_id_low: Mapped[int]
    norad_cat_id_high: Mapped[int]
    originator: Mapped[str] = mapped_column(String(60))
    basis: Mapped[str] = mapped_column(String(120))
    """What was screened against what, how: it answers messages of the same basis only."""
    start_time: Mapped[datetime] = mapped_column(UtcDateTime)
    stop_time: Mapped[datetime] = mapped_column(UtcDateTime)
    screened_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Cdm(Base):
    """A conjunction data message, with what is needed to list and plot it.

    Writers: validator (from outside), screening (ours). The same natural key with other content is a conflict.
    """

    __tablename__ = "cdms"
    __table_args__ = (
        UniqueConstraint("originator", "message_id", "recipient_id"),
        Index("ix_cdms_pair_tca", "norad_cat_id_low", "norad_cat_id_high", "tca"),
        Index("ix_cdms_event_id", "event_id", "creation_date"),
        Index("ix_cdms_creation_date", "creation_date", "id"),
        Index("ix_cdms_run_id", "run_id", "recipient_id"),
        Index("ix_cdms_document_id", "document_id"),
        Index("ix_cdms_tca", "tca"),
        Index("ix_cdms_high", "norad_cat_id_high", "creation_date", "id"),
        Index("ix_cdms_low", "norad_cat_id_low", "creation_date", "id"),
        Index("ix_cdms_recipient_id", "recipient_id", "creation_date", "id"),
        Index("ix_cdms_owner_1", "organization_id_1", "creation_date", "id"),
        Index("ix_cdms_owner_2", "organization_id_2", "creation_date", "id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    source: Mapped[str] = mapped_column(String(20))
    """``fairway``, ``space-track``, ``operator``."""
    originator: Mapped[str] = mapped_column(String(60))
    message_id: Mapped[str] = mapped_column(String(120))
    recipient_id: Mapped[str | None] = mapped_column(Id)
    """The organization that it is for."""
    content_sha256: Mapped[str] = mapped_column(String(64))
    object_key: Mapped[str] = mapped_column(String(200))
    run_id: Mapped[str | None] = mapped_column(Id, ForeignKey("screening_runs.id"))
    document_id: Mapped[str | None] = mapped_column(Id, ForeignKey("documents.id"))
    event_id: Mapped[str | None] = mapped_column(Id)
    creation_date: Mapped[datetime] = mapped_column(UtcDateTime)
    tca: Mapped[datetime] = mapped_column(UtcDateTime)
    tca_tai_ns: Mapped[int] = mapped_column(BigInteger)
    norad_cat_id_1: Mapped[int]
    norad_cat_id_2: Mapped[int]
    norad_cat_id_low: Mapped[int]
    norad_cat_id_high: Mapped[int]
    organization_id_1: Mapped[str | None] = mapped_column(Id)
    organization_id_2: Mapped[str | None] = mapped_column(Id)
    """Whose the two objects are: of a message with an event, those of the event."""
    object_name_1: Mapped[str] = mapped_column(String(120))
    object_name_2: Mapped[str] = mapped_column(String(120))
    miss_distance_m: Mapped[float]
    relative_speed_m_s: Mapped[float]
    radial_m: Mapped[float]
    in_track_m: Mapped[float]
    cross_track_m: Mapped[float]
    collision_probability: Mapped[float | None]
    probability_method: Mapped[str | None] = mapped_column(String(60))
    probability_reason: Mapped[str | None] = mapped_column(Text)
    """Why there is no probability."""
    maximum_probability: Mapped[float | None]
    """A bound, never a probability."""
    hard_body_radius_m: Mapped[float | None]
    level: Mapped[str] = mapped_column(String(20))
    """``none``, ``reportable``, ``unquantified``, ``emergency``."""
    summary: Mapped[dict[str, Any]] = mapped_column(Json)
    """Geometry of the encounter plane, flags, sources: what the pages draw."""
    is_replay: Mapped[bool]

    @property
    def covariance_model(self) -> str | None:
        """Return by which model `modelled_probability` is."""
        model: str | None = self.summary.get("cdm_summary", {}).get("covariance_model")
        return model

    @property
    def modelled_probability(self) -> float | None:
        """Return what the probability would be with a modelled covariance: never the message's own."""
        value: float | None = self.summary.get("cdm_summary", {}).get("modelled_probability")
        return value


class ConjunctionEvent(Base):
    """All messages about one passage of one pair. Writer: screening (conjunctions)."""

    __tablename__ = "conjunction_events"
    __table_args__ = (
        Index("ix_conjunction_events_pair", "norad_cat_id_low", "norad_cat_id_high", "tca"),
        Index("ix_conjunction_events_low", "norad_cat_id_low", "tca", "id"),
        Index("ix_conjunction_events_high", "norad_cat_id_high", "tca", "id"),
        Index("ix_conjunction_events_organization_low", "organization_id_low", "tca", "id"),
        Index("ix_conjunction_events_organization_high", "organization_id_high", "tca", "id"),
        Index("ix_conjunction_events_state", "state", "tca", "id"),
        Index("ix_conjunction_events_tca", "tca", "id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    norad_cat_id_low: Mapped[int]
    norad_cat_id_high: Mapped[int]
    object_name_low: Mapped[str] = mapped_column(String(120))
    object_name_high: Mapped[str] = mapped_column(String(120))
    organization_id_low: Mapped[str | None] = mapped_column(Id)
    organization_id_high: Mapped[str | None] = mapped_column(Id)
    state: Mapped[str] = mapped_column(String(20))
    """``active``, ``superseded``, ``mitigated``, ``passed``."""
    redirect_to: Mapped[str | None] = mapped_column(Id)
    """After a merge: the event that goes on."""
    level: Mapped[str] = mapped_column(String(20), index=True)
    tca: Mapped[datetime] = mapped_column(UtcDateTime)
    miss_distance_m: Mapped[float]
    relative_speed_m_s: Mapped[float]
    collision_probability: Mapped[float | None]
    maximum_probability: Mapped[float | None]
    worst_probability: Mapped[float | None]
    smallest_miss_distance_m: Mapped[float]
    cdm_count: Mapped[int]
    latest_cdm_id: Mapped[str] = mapped_column(Id)
    history: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    """One entry a message: time, originator, TCA, miss distance, probability, level."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    is_replay: Mapped[bool]
    row_version: Mapped[int]
