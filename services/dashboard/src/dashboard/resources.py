"""What the API answers, as far as the pages use it. Fields that the pages do not know are left alone."""

from datetime import datetime
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict

__all__ = [
    "Approach",
    "Catalogue",
    "Cdm",
    "CdmDetails",
    "CdmObject",
    "ChecklistItem",
    "Conjunction",
    "CoverageException",
    "DeadLetter",
    "Document",
    "EncounterPlane",
    "Ephemeris",
    "Fact",
    "Feed",
    "Finding",
    "Notification",
    "Organization",
    "Page",
    "Satellite",
    "SatelliteChecklist",
    "Screening",
    "ScreeningCost",
    "ScreeningTask",
    "ScreeningTasks",
    "ScreeningWorker",
    "Session",
    "SignedIn",
    "SpaceTrackLink",
    "Submission",
    "SubmissionState",
    "Verdict",
]

T = TypeVar("T")
Rows = Annotated[list[dict[str, Any]], BeforeValidator(lambda value: value or [])]


class Resource(BaseModel):
    """Base of everything that is read from the API."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Page(Resource, Generic[T]):
    """One page of a list."""

    items: list[T]
    next_cursor: str | None = None


class Session(Resource):
    """Who is signed in, and how the service stands."""

    name: str
    role: str
    organization_id: str | None = None
    organization_name: str | None = None
    is_staff: bool = False
    permissions: frozenset[str] = frozenset()
    csrf_token: str | None = None
    is_replay: bool = False
    now: datetime
    """The service's clock; in a replay it is not the real time."""

    def may(self, permission: str) -> bool:
        """Whether the role has `permission`; the API decides, the pages only leave out what would be refused."""
        return permission in self.permissions


class SignedIn(Resource):
    """What a sign-in link is exchanged for."""

    cookie: str


class Finding(Resource):
    """One finding of the validator; `column` counts bytes, from 1."""

    rule: str
    severity: Literal["error", "warning", "info"]
    line: int | None = None
    column: int | None = None
    path: str | None = None
    message: str
    hint: str | None = None
    source: str | None = None


class Verdict(Resource):
    """What the validator decided."""

    verdict: Literal["valid", "invalid"]
    kind: str
    format: str
    version: str | None = None
    profile: str
    norad_cat_id: int | None = None
    findings: list[Finding] = []
    findings_omitted: int = 0
    error_count: int = 0
    warning_count: int = 0
    decided_at: datetime | None = None


class Document(Resource):
    """An uploaded file."""

    id: str
    file_name: str
    status: Literal["received", "validating", "accepted", "rejected", "withdrawn"]
    purpose: str = "operator"
    sha256: str
    size_bytes: int
    organization_id: str | None = None
    received_at: datetime
    kind: str | None = None
    norad_cat_id: int | None = None
    verdict: Verdict | None = None
    ephemeris_id: str | None = None
    catalogue_id: str | None = None
    duplicate: bool = False

    @property
    def is_decided(self) -> bool:
        """Whether nothing more is to come from the validator."""
        return self.status not in ("received", "validating")


class SubmissionState(Resource):
    """How an ephemeris stands on its way to Space-Track."""

    state: str
    reasons: Rows = []


class Submission(SubmissionState):
    """An ephemeris or a maneuver notification on its way to Space-Track, with its receipts."""

    id: str
    kind: str
    document_id: str
    organization_id: str
    designation: str
    remote_name: str | None = None
    remote_file_id: int | None = None
    sent_at: datetime | None = None
    present_at: datetime | None = None
    result_at: datetime | None = None
    result: dict[str, Any] = {}


class Ephemeris(Resource):
    """An accepted ephemeris."""

    id: str
    document_id: str
    norad_cat_id: int
    designation: str
    is_active: bool
    file_name: str
    originator: str
    object_name: str
    international_designator: str
    ref_frame: str
    time_system: str
    start_time: datetime
    stop_time: datetime
    state_count: int
    segment_count: int = 1
    has_covariance: bool
    accepted_at: datetime
    submission: SubmissionState | None = None


class Fact(Resource):
    """One value of a satellite, and where it comes from."""

    value: Any = None
    source: str | None = None
    recorded_at: datetime | None = None


class Satellite(Resource):
    """A satellite with the facts in force."""

    norad_cat_id: int
    organization_id: str | None = None
    facts: dict[str, Fact] = {}

    @property
    def name(self) -> str | None:
        """The name in force, or None."""
        fact = self.facts.get("name")
        return str(fact.value) if fact is not None and fact.value is not None else None

    def text(self, attribute: str) -> str:
        """Return the value in force of `attribute` as it is written on a page."""
        fact = self.facts.get(attribute)
        value = fact.value if fact is not None else None
        if value is None:
            return "—"
        return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)

    def number(self, attribute: str) -> float | None:
        """Return the value in force of `attribute` if it is a number."""
        fact = self.facts.get(attribute)
        value = fact.value if fact is not None else None
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


class Conjunction(Resource):
    """All messages about one passage of one pair."""

    id: str
    norad_cat_id_low: int
    norad_cat_id_high: int
    object_name_low: str
    object_name_high: str
    state: str
    level: str
    tca: datetime
    miss_distance_m: float
    relative_speed_m_s: float
    collision_probability: float | None = None
    maximum_probability: float | None = None
    worst_probability: float | None = None
    smallest_miss_distance_m: float
    cdm_count: int
    latest_cdm_id: str
    redirect_to: str | None = None
    updated_at: datetime
    is_replay: bool = False


class EncounterPlane(Resource):
    """The encounter plane; x lies along the miss vector. What does not exist is None."""

    sigma_major_m: float | None = None
    sigma_minor_m: float | None = None
    orientation_deg: float | None = None
    mahalanobis_distance: float | None = None
    hard_body_radius_m: float | None = None
    hard_body_radius_sources: list[str] = []
    flags: list[str] = []


class CdmObject(Resource):
    """What is known of one object of a message beside its state."""

    norad_cat_id: int
    ephemeris_name: str | None = None
    screened_with: str | None = None
    hard_body_radius_m: float | None = None
    hard_body_radius_source: str | None = None


class ComparedValue(Resource):
    """A probability by one definition, beside the one that a message states."""

    title: str
    probability: float | None = None
    reason: str | None = None


class ProbabilityComparison(Resource):
    """The probability that a message from outside states, and ours by several definitions."""

    statement: str
    values: list[ComparedValue] = []


class CdmDetails(Resource):
    """What a message keeps for the pages."""

    comparison: ProbabilityComparison | None = None
    encounter_plane: EncounterPlane = EncounterPlane()
    volume: str | None = None
    objects: list[CdmObject] = []

    def of(self, norad_cat_id: int) -> CdmObject | None:
        """Return the details of one object, or None."""
        return next((each for each in self.objects if each.norad_cat_id == norad_cat_id), None)


class Cdm(Resource):
    """A conjunction data message."""

    id: str
    source: str
    originator: str
    message_id: str
    creation_date: datetime
    tca: datetime
    norad_cat_id_1: int
    norad_cat_id_2: int
    object_name_1: str
    object_name_2: str
    miss_distance_m: float
    relative_speed_m_s: float
    radial_m: float
    in_track_m: float
    cross_track_m: float
    collision_probability: float | None = None
    probability_method: str | None = None
    probability_reason: str | None = None
    maximum_probability: float | None = None
    hard_body_radius_m: float | None = None
    covariance_model: str | None = None
    modelled_probability: float | None = None
    level: str = "none"
    summary: CdmDetails = CdmDetails()
    run_id: str | None = None
    event_id: str | None = None
    is_replay: bool = False


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
    exception_counts: dict[str, int] = {}
    approach_count: int | None = None
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
    task_counts: dict[str, int] = {}
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


class Feed(Resource):
    """A source or sink outside."""

    name: str
    state: str
    missing: Rows = []
    detail: dict[str, Any] = {}
    state_since: datetime | None = None
    checked_at: datetime

    @property
    def accounts(self) -> list[dict[str, Any]]:
        """Return the accounts behind the feed: their standing, their budget, what was done last."""
        return list(self.detail.get("accounts", []))


class Organization(Resource):
    """Who uses the service."""

    id: str
    name: str
    space_track_title: str | None = None
    is_operations: bool = False


class ChecklistItem(Resource):
    """One line of the checklist of a link to Space-Track."""

    code: str
    state: str
    what: str
    who: str | None = None
    evidence: str | None = None
    at: datetime | None = None
    can_confirm: bool = False


class SatelliteChecklist(Resource):
    """A satellite's checklist."""

    norad_cat_id: int
    name: str | None = None
    state: str
    items: list[ChecklistItem] = []


class SpaceTrackLink(Resource):
    """An organization's link to Space-Track."""

    organization_id: str
    state: str
    push_mode: str
    push_consented_by: str | None = None
    push_consented_at: datetime | None = None
    reads_folder: bool
    metadata_policy: str
    items: list[ChecklistItem] = []
    satellites: list[SatelliteChecklist] = []
    differences: Rows = []
    directory: Rows = []
    not_registered: list[int] = []


class Notification(Resource):
    """One mail to one address."""

    id: str
    kind: str
    subject_id: str
    recipient: str
    message_id: str
    mail_subject: str
    mail_text: str | None = None
    reason: str | None = None
    state: str
    attempts: int = 0
    error: str | None = None
    created_at: datetime
    sent_at: datetime | None = None


class DeadLetter(Resource):
    """An event that a consumer could not handle."""

    event_id: str
    consumer: str
    topic: str
    payload: dict[str, Any] | None = None
    emitted_at: datetime
    attempts: int
    settled_at: datetime | None = None
    error: str | None = None
    error_kind: str | None = None
    trace_id: str | None = None
