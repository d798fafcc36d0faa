"""Writes of organizations, people, tokens, links and sessions. For ingest-api alone."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, update

from records.identity.permissions import Permission, Role
from records.identity.tables import ApiToken, Membership, Organization, SignInLink, User, UserSession
from servicekit.auth import hash_secret, new_secret, new_token
from servicekit.ids import new_id
from servicekit.store import UnitOfWork

__all__ = [
    "add_membership",
    "add_organization",
    "add_session",
    "add_sign_in_link",
    "add_token",
    "add_user",
    "change_organization",
    "remove_membership",
    "remove_session",
    "revoke_token",
    "use_sign_in_link",
]


async def add_organization(
    unit: UnitOfWork,
    *,
    name: str,
    space_track_title: str | None = None,
    gid: str | None = None,
    service_level: str = "basic",
    default_profile: str | None = None,
    is_operations: bool = False,
    close_approach_addresses: Sequence[str] = (),
    organization_id: str | None = None,
) -> Organization:
    """Add an organization, under a new identifier unless it had one before."""
    row = Organization(
        id=organization_id or new_id(),
        name=name,
        space_track_title=space_track_title,
        gid=gid,
        service_level=service_level,
        default_profile=default_profile,
        is_operations=is_operations,
        close_approach_addresses=list(close_approach_addresses),
        created_at=unit.now,
        row_version=1,
    )
    unit.session.add(row)
    await unit.session.flush()
    unit.audit("organization.created", "organization", row.id, {"name": name, "service_level": service_level})
    return row


async def add_user(unit: UnitOfWork, *, name: str, email: str) -> User:
    """Add a person; the address is kept in lower case."""
    row = User(id=new_id(), name=name, email=email.lower(), created_at=unit.now)
    unit.session.add(row)
    await unit.session.flush()
    unit.audit("user.created", "user", row.id, {"email": row.email})
    return row


async def add_membership(unit: UnitOfWork, user_id: str, organization_id: str, role: Role) -> Membership:
    """Give a person a role in an organization, in place of the one that it had there."""
    row = await unit.session.get(Membership, (user_id, organization_id))
    if row is None:
        row = Membership(user_id=user_id, organization_id=organization_id, role=role.value)
        unit.session.add(row)
    row.role = role.value
    await unit.session.flush()
    unit.audit("membership.set", "user", user_id, {"organization_id": organization_id, "role": role.value})
    return row


async def add_token(
    unit: UnitOfWork,
    *,
    organization_id: str,
    name: str,
    role: Role,
    scopes: Sequence[Permission] | None = None,
    expires_at: datetime | None = None,
) -> tuple[ApiToken, str]:
    """Add a token and return it with its secret, which nobody can read again."""
    made = new_token()
    row = ApiToken(
        id=new_id(),
        organization_id=organization_id,
        name=name,
        role=role.value,
        scopes=None if scopes is None else sorted(scope.value for scope in scopes),
        secret_hash=made.sha256,
        prefix=made.prefix,
        created_by=unit.actor.id,
        created_at=unit.now,
        expires_at=expires_at,
        revoked_at=None,
    )
    unit.session.add(row)
    await unit.session.flush()
    detail = {"organization_id": organization_id, "name": name, "role": role.value, "scopes": row.scopes}
    unit.audit("token.created", "token", row.id, detail)
    return row, made.text


async def revoke_token(unit: UnitOfWork, token_id: str) -> None:
    """Make a token worthless from now on; one that is revoked already stays as it is."""
    revoked = await unit.session.execute(
        update(ApiToken)
        .where(ApiToken.id == token_id, ApiToken.revoked_at.is_(None))
        .values(revoked_at=unit.now)
        .returning(ApiToken.id)
    )
    if revoked.first() is not None:
        unit.audit("token.revoked", "token", token_id)


async def add_sign_in_link(
    unit: UnitOfWork, *, user_id: str, organization_id: str, lifetime: timedelta
) -> tuple[SignInLink, str]:
    """Add a link that signs a person in once, and return it with its secret."""
    secret = new_secret()
    row = SignInLink(
        secret_hash=hash_secret(secret),
        user_id=user_id,
        organization_id=organization_id,
        created_at=unit.now,
        expires_at=unit.now + lifetime,
        used_at=None,
    )
    unit.session.add(row)
    unit.audit("sign-in-link.created", "user", user_id, {"organization_id": organization_id})
    return row, secret


async def use_sign_in_link(unit: UnitOfWork, secret_hash: str) -> bool:
    """Use a link up and return whether it was good: known, unused, and not too old."""
    used = await unit.session.execute(
        update(SignInLink)
        .where(SignInLink.secret_hash == secret_hash, SignInLink.used_at.is_(None), SignInLink.expires_at > unit.now)
        .values(used_at=unit.now)
        .returning(SignInLink.secret_hash)
    )
    return used.first() is not None


async def add_session(
    unit: UnitOfWork, *, user_id: str, organization_id: str, lifetime: timedelta
) -> tuple[UserSession, str]:
    """Sign a person in and return the session with the value of its cookie."""
    cookie = new_secret()
    row = UserSession(
        secret_hash=hash_secret(cookie),
        user_id=user_id,
        organization_id=organization_id,
        csrf=new_secret(),
        created_at=unit.now,
        expires_at=unit.now + lifetime,
    )
    unit.session.add(row)
    unit.audit("session.started", "user", user_id, {"organization_id": organization_id})
    return row, cookie


async def remove_session(unit: UnitOfWork, cookie: str, user_id: str) -> None:
    """Sign out."""
    await unit.session.execute(delete(UserSession).where(UserSession.secret_hash == hash_secret(cookie)))
    unit.audit("session.ended", "user", user_id)


async def change_organization(unit: UnitOfWork, row: Organization, values: Mapping[str, Any]) -> None:
    """Change columns of an organization that the transaction has read for update."""
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    if not changed:
        return
    for name, value in changed.items():
        setattr(row, name, value)
    row.row_version += 1
    await unit.session.flush()
    unit.audit("organization.changed", "organization", row.id, changed)


async def remove_membership(unit: UnitOfWork, user_id: str, organization_id: str) -> bool:
    """Take a person's role in an organization away, with their sessions there, and return whether there was one."""
    row = await unit.session.get(Membership, (user_id, organization_id))
    if row is None:
        return False
    await unit.session.delete(row)
    await unit.session.execute(
        delete(UserSession).where(UserSession.user_id == user_id, UserSession.organization_id == organization_id)
    )
    unit.audit("membership.removed", "user", user_id, {"organization_id": organization_id, "role": row.role})
    return True
