"""What is asked about a document, and the answer: plain data, so that it can go to a child process and back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from astrodynamics.interpolation_error import InterpolationError

if TYPE_CHECKING:
    from validator.cdms.facts import CdmFacts

__all__ = ["CatalogueFacts", "Decision", "EphemerisFacts", "Limits", "ManeuverFacts", "Question", "TrajectoryRemarks"]


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What reading may cost."""

    unpacked_max_bytes: int
    unpacked_max_ratio: float
    refused_share: float


@dataclass(frozen=True, kw_only=True)
class Question:
    """A document without its bytes, and what the service knows that bears on it."""

    document_id: str
    file_name: str
    sha256: str
    received_at: datetime
    purpose: Literal["operator", "catalogue"]
    profile: str
    requested_norad_cat_id: int | None
    requested_designation: str | None
    own: frozenset[int]
    """Catalogue numbers of the organization's satellites."""
    registered: frozenset[int]
    """Numbers of nine digits that the service knows, whoever's they are; shorter ones need not be registered."""
    designators: Mapping[str, int]
    """International designators, in upper case, and their catalogue numbers: those of the organization's satellites,
    and others that a decision has named as unresolved."""
    limits: Limits
    organization_id: str = ""
    service_level: Literal["basic", "advanced"] = "advanced"


@dataclass(frozen=True, kw_only=True)
class EphemerisFacts:
    """What is extracted of an ephemeris: the columns of its row, and its states as bytes. Times are aware, in UTC."""

    id: str
    norad_cat_id: int
    designation: str
    creation_date: datetime
    originator: str
    object_name: str
    object_id: str
    ref_frame: str
    time_system: str
    center_name: str
    start_time: datetime
    stop_time: datetime
    state_count: int
    segment_count: int
    has_covariance: bool
    regime: Literal["near-earth", "deep-space", "open"]
    """By its first state; ``open``: on no closed orbit."""
    columns: bytes
    columns_sha256: str


@dataclass(frozen=True, slots=True)
class TrajectoryRemarks:
    """What is worth saying about the trajectory that an ephemeris makes; each None where there is nothing to say."""

    interpolation: InterpolationError | None = None
    earth_orientation: str | None = None
    """The table of the earth's rotation that it rests on."""


@dataclass(frozen=True, kw_only=True)
class CatalogueFacts:
    """What is extracted of a catalogue."""

    id: str
    is_synthetic: bool
    object_count: int
    refused_count: int
    oldest_epoch: datetime
    newest_epoch: datetime
    columns: bytes
    columns_sha256: str


@dataclass(frozen=True, kw_only=True)
class ManeuverFacts:
    """What a notification says of one maneuver: the columns of its row. Times are aware, in UTC."""

    norad_cat_id: int
    man_id: str | None
    notified_at: datetime
    is_public: bool
    purpose: str
    status: str
    epoch_ignition: datetime
    duration_s: float
    delta_mass_kg: float | None
    ref_frame: str
    delta_v_km_s: list[float]
    dv_overall_km_s: float
    tca: datetime | None
    ephemeris_name: str | None


@dataclass(frozen=True, kw_only=True)
class Decision:
    """The verdict on a document, and what was extracted of it."""

    verdict: Literal["valid", "invalid"]
    kind: str
    format: str
    version: str | None
    profile: str
    norad_cat_id: int | None
    findings: list[dict[str, Any]]
    findings_omitted: int
    error_count: int
    warning_count: int
    ephemeris: EphemerisFacts | None = None
    catalogue: CatalogueFacts | None = None
    cdm: "CdmFacts | None" = None
    maneuvers: tuple[ManeuverFacts, ...] = ()
    unresolved: tuple[str, ...] = ()
    """What names a satellite in the document and is neither a catalogue number nor one of the question's designators,
    in upper case. If one of these is known, the question is to be asked again with it."""
