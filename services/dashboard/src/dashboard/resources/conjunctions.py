"""Conjunction events and their messages."""

from datetime import datetime

from pydantic import Field

from dashboard.resources.resource import Resource

__all__ = ["Cdm", "CdmDetails", "CdmObject", "ComparedValue", "Conjunction", "EncounterPlane", "ProbabilityComparison"]


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
    hard_body_radius_sources: list[str] = Field(default=[])
    flags: list[str] = Field(default=[])


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
    values: list[ComparedValue] = Field(default=[])


class CdmDetails(Resource):
    """What a message keeps for the pages."""

    comparison: ProbabilityComparison | None = None
    encounter_plane: EncounterPlane = EncounterPlane()
    volume: str | None = None
    objects: list[CdmObject] = Field(default=[])

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
