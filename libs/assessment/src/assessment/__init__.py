"""Where messages meet dynamics: trajectories, volumes and criteria, encounters, CDMs and conjunction events.

Modules, in the order of the walk: `trajectories` and `catalogues` (what is screened), `regimes` and `volumes` (within
what), `encounters` with `hard_body_radius` (states, probability, bound), `criteria` (what is reported), `cdm_making`
(messages of ours), `cdm_reading` with `probability_comparison` (messages of anybody), `events` and `event_changes`
(what people are told of).
"""

from assessment.catalogues import (
    Catalogue,
    catalogue_from_columns,
    catalogue_from_sets,
    catalogue_to_columns,
    elements_from_sets,
)
from assessment.cdm_making import CdmIdentity, ScreeningContext, make_cdm, summarise_made
from assessment.cdm_reading import CdmAssessment, assess_cdm, summarise
from assessment.cdm_summary import CdmSummary
from assessment.criteria import LEVELS, Level, Prediction, ScreeningKind, ServiceLevel, calls_for_cdm, level_of
from assessment.encounters import Encounter, Participant, assess
from assessment.errors import AssessmentError
from assessment.event_changes import EventPicture, materially_changed
from assessment.events import ConjunctionEvent, ExistingEvent, Matching, ScreenedAgain, group_events, match_existing
from assessment.hard_body_radius import CombinedRadius, HardBodyRadius, choose_radius, combine
from assessment.probability_comparison import ComparedValue, ProbabilityComparison
from assessment.regimes import Orbit, Regime, orbit_from_mean_elements, orbit_from_state
from assessment.trajectories import ephemeris_from_columns, ephemeris_from_oem, ephemeris_to_columns
from assessment.volumes import PRESETS, ScreeningVolume, VolumeSpec, parse_volume
from assessment.warming import warm_up

__all__ = [
    "LEVELS",
    "PRESETS",
    "AssessmentError",
    "Catalogue",
    "CdmAssessment",
    "CdmIdentity",
    "CdmSummary",
    "CombinedRadius",
    "ComparedValue",
    "ConjunctionEvent",
    "Encounter",
    "EventPicture",
    "ExistingEvent",
    "HardBodyRadius",
    "Level",
    "Matching",
    "Orbit",
    "Participant",
    "Prediction",
    "ProbabilityComparison",
    "Regime",
    "ScreenedAgain",
    "ScreeningContext",
    "ScreeningKind",
    "ScreeningVolume",
    "ServiceLevel",
    "VolumeSpec",
    "assess",
    "assess_cdm",
    "calls_for_cdm",
    "catalogue_from_columns",
    "catalogue_from_sets",
    "catalogue_to_columns",
    "choose_radius",
    "combine",
    "elements_from_sets",
    "ephemeris_from_columns",
    "ephemeris_from_oem",
    "ephemeris_to_columns",
    "group_events",
    "level_of",
    "make_cdm",
    "match_existing",
    "materially_changed",
    "orbit_from_mean_elements",
    "orbit_from_state",
    "parse_volume",
    "summarise",
    "summarise_made",
    "warm_up",
]
