"""The dashboard as a service: its pages and its assets. It listens to nothing and keeps nothing."""

from dashboard import assets
from dashboard.pages import conjunctions, documents, home, operations, satellites, screenings, sign_in, space_track
from servicekit.runtime import ServiceModule

__all__ = ["MODULE"]

MODULE = ServiceModule(
    name="dashboard",
    routers=(
        home.router,
        sign_in.router,
        documents.router,
        conjunctions.router,
        satellites.router,
        screenings.router,
        operations.router,
        space_track.router,
        assets.router,
    ),
)
