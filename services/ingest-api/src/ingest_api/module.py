"""The public API as a service."""

from datetime import timedelta

from ingest_api.administration import audit, dead_letters, known_pairs, organizations, sessions, tokens, users
from ingest_api.administration import satellites as satellite_administration
from ingest_api.queries import (
    catalogues,
    cdms,
    changes,
    conjunctions,
    documents,
    ephemerides,
    feeds,
    maneuvers,
    notifications,
    satellites,
    screening_tasks,
    screenings,
)
from ingest_api.submissions import routes as submissions
from ingest_api.submissions.sweep import sweep
from servicekit.runtime import Job, ServiceModule

__all__ = ["MODULE"]

MODULE = ServiceModule(
    name="ingest-api",
    routers=(
        submissions.router,
        documents.router,
        ephemerides.router,
        maneuvers.router,
        satellites.router,
        satellite_administration.router,
        catalogues.router,
        screenings.router,
        screening_tasks.router,
        known_pairs.router,
        conjunctions.router,
        cdms.router,
        changes.router,
        notifications.router,
        feeds.router,
        organizations.router,
        users.router,
        tokens.router,
        sessions.router,
        dead_letters.router,
        audit.router,
    ),
    jobs=(Job(name="ingest-api.sweep", every=timedelta(hours=1), run=sweep),),
)
