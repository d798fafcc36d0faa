"""What a caller may hand on: never more than the caller has, and staff's roles only in the operations team."""

from collections.abc import Iterable

from sqlalchemy.ext.asyncio import AsyncSession

from ingest_api.administration.errors import OrganizationNotFound, RoleNotAllowed
from records.identity.permissions import ROLE_PERMISSIONS, STAFF_ROLES, Permission, Role
from records.identity.reads import organization
from records.identity.tables import Organization
from records.identity.visibility import Viewer
from servicekit.auth import Principal
from servicekit.errors import Forbidden

__all__ = ["check_grant", "organization_to_act_for"]


async def organization_to_act_for(session: AsyncSession, principal: Principal, organization_id: str) -> Organization:
    """Return the organization, if the caller may act for it.

    Raises
    ------
    OrganizationNotFound
        It is not there, or not for this caller.
    """
    row = await organization(session, organization_id)
    if row is None or not Viewer.of(principal).organization(organization_id):
        raise OrganizationNotFound(f"There is no organization {organization_id}")
    return row


def check_grant(
    principal: Principal, target: Organization, role: Role, permissions: Iterable[Permission] | None = None
) -> None:
    """Refuse to give a role where it does not belong, or more than the caller has.

    Raises
    ------
    RoleNotAllowed
        An operators' role in the operations team, or the other way round.
    Forbidden
        The caller lacks one of the permissions itself.
    """
    if (role in STAFF_ROLES) != target.is_operations:
        raise RoleNotAllowed(f"The role {role.value} does not belong to {target.name}")
    given = ROLE_PERMISSIONS[role] if permissions is None else frozenset(permissions)
    beyond = sorted(given - principal.permissions)
    if beyond:
        raise Forbidden(f"The caller cannot hand on {beyond[0]}, which it does not have", permission=beyond[0])
