"""The five roles and what each may do. Every route names one of these permissions."""

from enum import StrEnum

__all__ = ["ROLE_PERMISSIONS", "STAFF_ROLES", "Permission", "Role"]


class Role(StrEnum):
    """What somebody, or a token, is to us."""

    OPERATOR = "operator"
    """Uploads and reads for one organization."""
    OPERATOR_ADMIN = "operator-admin"
    """An operator who also changes the organization's satellites, addresses and tokens."""
    ANALYST = "analyst"
    """Sees everything; asks for screenings."""
    ADMIN = "admin"
    """Runs the service."""
    SERVICE = "service"
    """One of our own services, or a system that loads catalogues."""


class Permission(StrEnum):
    """What a route asks for."""

    DOCUMENTS_READ = "documents:read"
    DOCUMENTS_WRITE = "documents:write"
    EPHEMERIDES_READ = "ephemerides:read"
    MANEUVERS_READ = "maneuvers:read"
    SATELLITES_READ = "satellites:read"
    SATELLITES_WRITE = "satellites:write"
    CATALOGUES_READ = "catalogues:read"
    CATALOGUES_WRITE = "catalogues:write"
    SCREENINGS_READ = "screenings:read"
    SCREENINGS_WRITE = "screenings:write"
    SCREENING_WORKERS_READ = "screening-workers:read"
    """Which processes compute, and what each does."""
    KNOWN_PAIRS_WRITE = "known-pairs:write"
    """Which pairs no screening reports."""
    CONJUNCTIONS_READ = "conjunctions:read"
    CHANGES_READ = "changes:read"
    NOTIFICATIONS_READ = "notifications:read"
    FEEDS_READ = "feeds:read"
    SPACE_TRACK_WRITE = "space-track:write"
    """What an organization allows at Space-Track, and its submissions there."""
    SPACE_TRACK_ACCOUNTS = "space-track:accounts"
    """Our own accounts at Space-Track."""
    ORGANIZATIONS_READ = "organizations:read"
    ORGANIZATIONS_WRITE = "organizations:write"
    ADDRESSES_WRITE = "addresses:write"
    """Where an organization's close-approach notifications go."""
    USERS_READ = "users:read"
    USERS_WRITE = "users:write"
    """People, their roles, and links that sign them in."""
    TOKENS_READ = "tokens:read"
    TOKENS_WRITE = "tokens:write"
    DEAD_LETTERS_READ = "dead-letters:read"
    DEAD_LETTERS_WRITE = "dead-letters:write"
    AUDIT_READ = "audit:read"


_READS = frozenset(
    {
        Permission.DOCUMENTS_READ,
        Permission.EPHEMERIDES_READ,
        Permission.MANEUVERS_READ,
        Permission.SATELLITES_READ,
        Permission.CATALOGUES_READ,
        Permission.SCREENINGS_READ,
        Permission.CONJUNCTIONS_READ,
        Permission.CHANGES_READ,
        Permission.NOTIFICATIONS_READ,
        Permission.FEEDS_READ,
        Permission.ORGANIZATIONS_READ,
    }
)
_OPERATOR = _READS | {Permission.DOCUMENTS_WRITE, Permission.SCREENINGS_WRITE}

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.OPERATOR: _OPERATOR,
    Role.OPERATOR_ADMIN: _OPERATOR
    | {
        Permission.SATELLITES_WRITE,
        Permission.ADDRESSES_WRITE,
        Permission.SPACE_TRACK_WRITE,
        Permission.USERS_READ,
        Permission.TOKENS_READ,
        Permission.TOKENS_WRITE,
    },
    Role.ANALYST: _READS
    | {
        Permission.SCREENINGS_WRITE,
        Permission.SCREENING_WORKERS_READ,
        Permission.KNOWN_PAIRS_WRITE,
        Permission.AUDIT_READ,
    },
    Role.ADMIN: frozenset(Permission),
    Role.SERVICE: _READS
    | {
        Permission.DOCUMENTS_WRITE,
        Permission.CATALOGUES_WRITE,
        Permission.SCREENINGS_WRITE,
        Permission.SCREENING_WORKERS_READ,
    },
}
STAFF_ROLES = frozenset({Role.ANALYST, Role.ADMIN, Role.SERVICE})
"""Those who see every organization's data."""
