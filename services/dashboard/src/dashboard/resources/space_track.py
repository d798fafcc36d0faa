"""Feeds, links to Space-Track with their checklists, and submissions."""

from datetime import datetime
from typing import Any

from pydantic import Field

from dashboard.resources.resource import Resource, Rows

__all__ = ["ChecklistItem", "Feed", "SatelliteChecklist", "SpaceTrackLink", "Submission", "SubmissionState"]


class SubmissionState(Resource):
    """How an ephemeris stands on its way to Space-Track."""

    state: str
    reasons: Rows = Field(default=[])


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
    result: dict[str, Any] = Field(default={})


class Feed(Resource):
    """A source or sink outside."""

    name: str
    state: str
    missing: Rows = Field(default=[])
    detail: dict[str, Any] = Field(default={})
    state_since: datetime | None = None
    checked_at: datetime

    @property
    def accounts(self) -> list[dict[str, Any]]:
        """Return the accounts behind the feed: their standing, their budget, what was done last."""
        return list(self.detail.get("accounts", []))


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
    items: list[ChecklistItem] = Field(default=[])


class SpaceTrackLink(Resource):
    """An organization's link to Space-Track."""

    organization_id: str
    state: str
    push_mode: str
    push_consented_by: str | None = None
    push_consented_at: datetime | None = None
    reads_folder: bool
    metadata_policy: str
    items: list[ChecklistItem] = Field(default=[])
    satellites: list[SatelliteChecklist] = Field(default=[])
    differences: Rows = Field(default=[])
    directory: Rows = Field(default=[])
    not_registered: list[int] = Field(default=[])
