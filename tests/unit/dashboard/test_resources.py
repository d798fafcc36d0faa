"""The pages read what the API gives: every field that a page uses is one of the API's own models."""

import pytest
from pydantic import BaseModel

from dashboard import resources
from ingest_api.administration.dead_letters import DeadLetterOut, DeadLetterSummary
from ingest_api.administration.organizations import OrganizationOut
from ingest_api.administration.sessions import Me, SignedIn
from ingest_api.queries.catalogues import CatalogueOut
from ingest_api.queries.cdms import CdmOut
from ingest_api.queries.conjunctions import ConjunctionOut
from ingest_api.queries.ephemerides import EphemerisOut, EphemerisSummary, SubmissionState
from ingest_api.queries.feeds import FeedOut, SubmissionOut
from ingest_api.queries.notifications import NotificationOut, NotificationSummary
from ingest_api.queries.satellites import FactOut, SatelliteOut
from ingest_api.queries.screening_models import ApproachOut, CoverageExceptionOut, ScreeningOut
from ingest_api.submissions.models import DocumentOut, DocumentSummary, SubmittedDocument, VerdictOut, VerdictSummary
from ingest_api.submissions.models import Finding as FindingOut
from spacetrack_gateway.handlers.links import ItemOut, LinkOut, SatelliteChecklistOut

WHOLE = (
    (resources.Approach, ApproachOut),
    (resources.Catalogue, CatalogueOut),
    (resources.Cdm, CdmOut),
    (resources.Conjunction, ConjunctionOut),
    (resources.ChecklistItem, ItemOut),
    (resources.CoverageException, CoverageExceptionOut),
    (resources.DeadLetter, DeadLetterOut),
    (resources.Document, SubmittedDocument),
    (resources.Ephemeris, EphemerisOut),
    (resources.Fact, FactOut),
    (resources.Feed, FeedOut),
    (resources.Finding, FindingOut),
    (resources.Notification, NotificationOut),
    (resources.Organization, OrganizationOut),
    (resources.Satellite, SatelliteOut),
    (resources.SatelliteChecklist, SatelliteChecklistOut),
    (resources.SpaceTrackLink, LinkOut),
    (resources.Screening, ScreeningOut),
    (resources.Session, Me),
    (resources.SignedIn, SignedIn),
    (resources.Submission, SubmissionOut),
    (resources.SubmissionState, SubmissionState),
    (resources.Verdict, VerdictOut),
)
IN_LISTS = (
    (resources.DeadLetter, DeadLetterSummary),
    (resources.Document, DocumentOut),
    (resources.Document, DocumentSummary),
    (resources.Ephemeris, EphemerisSummary),
    (resources.Notification, NotificationSummary),
    (resources.Verdict, VerdictSummary),
)


@pytest.mark.parametrize(("read", "given"), WHOLE)
def test_the_api_gives_every_field_that_is_read(read: type[BaseModel], given: type[BaseModel]) -> None:
    assert set(read.model_fields) <= set(given.model_fields)


@pytest.mark.parametrize(("read", "given"), IN_LISTS)
def test_a_list_leaves_out_only_what_may_be_absent(read: type[BaseModel], given: type[BaseModel]) -> None:
    left_out = set(read.model_fields) - set(given.model_fields)
    assert not [name for name in left_out if read.model_fields[name].is_required()]
