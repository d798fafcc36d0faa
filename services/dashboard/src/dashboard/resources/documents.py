"""Documents with their verdicts, and ephemerides."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from dashboard.resources.resource import Resource
from dashboard.resources.space_track import SubmissionState

__all__ = ["Document", "Ephemeris", "Finding", "Verdict"]


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
    findings: list[Finding] = Field(default=[])
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
