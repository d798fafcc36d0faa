"""The public API as a service."""

from datetime import timedelta

from ingest_api.queries import documents
from ingest_api.submissions import routes as submissions
from ingest_api.submissions.sweep import sweep
from servicekit.runtime import Job, ServiceModule

__all__ = ["MODULE"]

MODULE = ServiceModule(
    name="ingest-api",
    routers=(submissions.router, documents.router),
    jobs=(Job(name="ingest-api.sweep", every=timedelta(hours=1), run=sweep),),
)
