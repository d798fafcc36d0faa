"""Reads of organizations, people and tokens."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from records.identity.tables import ApiToken, Membership, Organization, SignInLink, User
from records.identity.visibility import Viewer

__all__ = [
    "membership_role",
    "operations_organization",
    "organization",
    "organization_named",
    "organizations",
    "sign_in_link",
    "tokens",
    "user",
    "user_with_email",
    "users",
]


async def operations_organization(session: AsyncSession) -> Organization | None:
    """Return the organization that runs this service, or None before the first start."""
    query = select(Organization).where(Organization.is_operations).order_by(Organization.created_at).limit(1)
    return (await session.scalars(query)).first()


async def organization(session: AsyncSession, organization_id: str) -> Organization | None:
    """Return one organization, or None."""
    return await session.get(Organization, organization_id)


async def organization_named(session: AsyncSession, name: str) -> Organization | None:
    """Return the organization with this exact name, or None."""
    return (await session.scalars(select(Organization).where(Organization.name == name))).one_or_none()


async def organizations(
    session: AsyncSession, viewer: Viewer, *, after: tuple[str, ...] | None, limit: int
) -> Sequence[Organization]:
    """Return organizations by name: all for staff, its own for everybody else."""
    query = select(Organization).order_by(Organization.name).limit(limit)
    if not viewer.is_staff:
        query = query.where(Organization.id == viewer.organization_id)
    if after is not None:
        query = query.where(Organization.name > after[0])
    return (await session.scalars(query)).all()


async def user(session: AsyncSession, user_id: str) -> User | None:
    """Return one person, or None."""
    return await session.get(User, user_id)


async def user_with_email(session: AsyncSession, email: str) -> User | None:
    """Return the person with this address, or None."""
    return (await session.scalars(select(User).where(User.email == email.lower()))).one_or_none()


async def membership_role(session: AsyncSession, user_id: str, organization_id: str) -> str | None:
    """Return a person's role in an organization, or None where there is none."""
    row = await session.get(Membership, (user_id, organization_id))
    return None if row is None else row.role


async def users(
    session: AsyncSession,
    viewer: Viewer,
    *,
    organization_id: str | None = None,
    after: tuple[str, ...] | None = None,
    limit: int,
) -> Sequence[tuple[User, Membership]]:
    """Return people with each of their memberships, by e-mail address and organization."""
    conditions: list[ColumnElement[bool]] = [
        true() if viewer.is_staff else Membership.organization_id == viewer.organization_id
    ]
    if organization_id is not None:
        conditions.append(Membership.organization_id == organization_id)
    if after is not None:
        conditions.append(tuple_(User.email, Membership.organization_id) > after)
    query = (
        select(User, Membership)
        .join(Membership, Membership.user_id == User.id)
        .where(and_(*conditions))
        .order_by(User.email, Membership.organization_id)
        .limit(limit)
    )
    return [(person, membership) for person, membership in (await session.execute(query)).all()]


async def tokens(
    session: AsyncSession,
    viewer: Viewer,
    *,
    organization_id: str | None = None,
    after: tuple[datetime, str] | None = None,
    limit: int,
) -> Sequence[ApiToken]:
    """Return tokens (never their secrets), the newest first."""
    query = select(ApiToken).order_by(ApiToken.created_at.desc(), ApiToken.id.desc()).limit(limit)
    if not viewer.is_staff:
        query = query.where(ApiToken.organization_id == viewer.organization_id)
    if organization_id is not None:
        query = query.where(ApiToken.organization_id == organization_id)
    if after is not None:
        query = query.where(tuple_(ApiToken.created_at, ApiToken.id) < after)
    return (await session.scalars(query)).all()


async def sign_in_link(session: AsyncSession, secret_hash: str) -> SignInLink | None:
    """Return the link with this hash, used or not, or None."""
    return await session.get(SignInLink, secret_hash)
