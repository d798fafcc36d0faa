"""Who is signed in, and organizations."""

from datetime import datetime

from dashboard.resources.resource import Resource

__all__ = ["Organization", "Session", "SignedIn"]


class Session(Resource):
    """Who is signed in, and how the service stands."""

    name: str
    role: str
    organization_id: str | None = None
    organization_name: str | None = None
    is_staff: bool = False
    permissions: frozenset[str] = frozenset()
    csrf_token: str | None = None
    is_replay: bool = False
    now: datetime
    """The service's clock; in a replay it is not the real time."""

    def may(self, permission: str) -> bool:
        """Whether the role has `permission`; the API decides, the pages only leave out what would be refused."""
        return permission in self.permissions


class SignedIn(Resource):
    """What a sign-in link is exchanged for."""

    cookie: str


class Organization(Resource):
    """Who uses the service."""

    id: str
    name: str
    space_track_title: str | None = None
    is_operations: bool = False
