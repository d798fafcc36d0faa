"""Who a token or a session cookie belongs to."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from records.identity.permissions import ROLE_PERMISSIONS, STAFF_ROLES, Permission, Role
from records.identity.tables import ApiToken, Membership, Organization, User, UserSession
from servicekit.auth import Principal, hash_secret

__all__ = ["DatabaseAuthenticator"]


class DatabaseAuthenticator:
    """Finds tokens and sessions by the hash of their secret. It implements `servicekit.auth.Authenticator`.

    A role counts as staff only in the organization that runs the service, whatever a row says.
    """

    async def authenticate_token(self, session: AsyncSession, secret: str, now: datetime) -> Principal | None:
        """Return whose token `secret` is, or None where it is unknown, expired or revoked."""
        query = (
            select(ApiToken, Organization.is_operations)
            .join(Organization, Organization.id == ApiToken.organization_id)
            .where(ApiToken.secret_hash == hash_secret(secret), ApiToken.revoked_at.is_(None))
        )
        found = (await session.execute(query)).one_or_none()
        if found is None:
            return None
        token, is_operations = found
        if token.expires_at is not None and token.expires_at <= now:
            return None
        permissions = _permissions(token.role)
        if token.scopes is not None:
            permissions &= frozenset(token.scopes)
        return Principal(
            subject_id=token.id,
            kind="token",
            name=token.name,
            organization_id=token.organization_id,
            role=token.role,
            permissions=permissions,
            is_staff=_is_staff(token.role, is_operations=is_operations),
        )

    async def authenticate_session(self, session: AsyncSession, cookie: str, now: datetime) -> Principal | None:
        """Return whose session `cookie` names, with the role that the person has now, or None where it has ended."""
        query = (
            select(UserSession, User, Membership.role, Organization.is_operations)
            .join(User, User.id == UserSession.user_id)
            .join(Organization, Organization.id == UserSession.organization_id)
            .join(
                Membership,
                (Membership.user_id == UserSession.user_id)
                & (Membership.organization_id == UserSession.organization_id),
            )
            .where(UserSession.secret_hash == hash_secret(cookie))
        )
        found = (await session.execute(query)).one_or_none()
        if found is None:
            return None
        signed_in, user, role, is_operations = found
        if signed_in.expires_at <= now:
            return None
        return Principal(
            subject_id=user.id,
            kind="session",
            name=user.name,
            organization_id=signed_in.organization_id,
            role=role,
            permissions=_permissions(role),
            is_staff=_is_staff(role, is_operations=is_operations),
            csrf=signed_in.csrf,
        )


def _permissions(role: str) -> frozenset[Permission]:
    return ROLE_PERMISSIONS[Role(role)]


def _is_staff(role: str, *, is_operations: bool) -> bool:
    return is_operations and Role(role) in STAFF_ROLES
