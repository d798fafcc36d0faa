"""What the API answers, as far as the pages use it."""

from dashboard.resources.conjunctions import Cdm, CdmDetails, CdmObject, Conjunction, EncounterPlane
from dashboard.resources.documents import Document, Ephemeris, Finding, Verdict
from dashboard.resources.operations import DeadLetter, Notification
from dashboard.resources.people import Organization, Session, SignedIn
from dashboard.resources.resource import Page, Resource
from dashboard.resources.satellites import Fact, Satellite
from dashboard.resources.screenings import (
    Approach,
    Catalogue,
    CoverageException,
    Screening,
    ScreeningCost,
    ScreeningTask,
    ScreeningTasks,
    ScreeningWorker,
)
from dashboard.resources.space_track import (
    ChecklistItem,
    Feed,
    SatelliteChecklist,
    SpaceTrackLink,
    Submission,
    SubmissionState,
)

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
    "Resource",
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
