"""Who is told. Each function says in `Recipient.why` why it names an address."""

import re
from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from notifier.message import Recipient
from records.identity.permissions import ROLE_PERMISSIONS, Permission, Role
from records.identity.tables import Membership, Organization, User
from records.ingest_api.tables import Document
from servicekit.observability import logger

__all__ = ["analysts", "designated", "is_address", "members", "members_or_designated", "operations", "uploaders"]

_log = logger(__name__)
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
_LONGEST = 254


def is_address(text: str) -> bool:
    """Whether `text` is one plain ASCII mail address, so that it can stand in a header as it is."""
    return len(text) <= _LONGEST and _ADDRESS.fullmatch(text) is not None


async def uploaders(session: AsyncSession, document: Document) -> Sequence[Recipient]:
    """Return who is told about a document's verdict.

    The person who uploaded it; where a token did, those members of its organization who may upload.
    """
    if document.uploader_kind == "user":
        user = await session.get(User, document.uploader_id)
        if user is not None:
            return _usable([Recipient(user.email, document.organization_id, "you uploaded the file")])
    return await members_or_designated(
        session,
        document.organization_id,
        (Permission.DOCUMENTS_WRITE, Permission.CATALOGUES_WRITE),
        "it was uploaded with a token of your organization, and you may upload for it",
    )


async def members(
    session: AsyncSession, organization_id: str, permissions: Iterable[Permission], why: str
) -> Sequence[Recipient]:
    """Return the members of an organization whose role has one of the permissions, by address."""
    roles = [role.value for role, has in ROLE_PERMISSIONS.items() if has & set(permissions)]
    query = (
        select(User.email)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.organization_id == organization_id, Membership.role.in_(roles))
        .order_by(User.email)
    )
    return _usable(Recipient(email, organization_id, why) for email in await session.scalars(query))


async def designated(session: AsyncSession, organization_id: str) -> Sequence[Recipient]:
    """Return the addresses that an organization designated for close-approach notifications."""
    organization = await session.get(Organization, organization_id)
    addresses = [] if organization is None else organization.close_approach_addresses
    why = "your organization designated this address for close-approach notifications"
    return _usable(Recipient(address, organization_id, why) for address in addresses)


async def members_or_designated(
    session: AsyncSession, organization_id: str, permissions: Iterable[Permission], why: str
) -> Sequence[Recipient]:
    """Return an organization's members with one of the permissions; where it has none, its designated addresses."""
    return await members(session, organization_id, permissions, why) or await designated(session, organization_id)


async def operations(session: AsyncSession, why: str) -> Sequence[Recipient]:
    """Return every member of the organization that runs the service, by address."""
    query = (
        select(User.email, Membership.organization_id)
        .join(Membership, Membership.user_id == User.id)
        .join(Organization, Organization.id == Membership.organization_id)
        .where(Organization.is_operations)
        .order_by(User.email)
    )
    return _usable(Recipient(email, organization_id, why) for email, organization_id in await session.execute(query))


async def analysts(session: AsyncSession, why: str) -> Sequence[Recipient]:
    """Return every analyst, by address."""
    query = (
        select(User.email, Membership.organization_id)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.role == Role.ANALYST.value)
        .order_by(User.email, Membership.organization_id)
    )
    return _usable(Recipient(email, organization_id, why) for email, organization_id in await session.execute(query))


def _usable(recipients: Iterable[Recipient]) -> Sequence[Recipient]:
    found: dict[str, Recipient] = {}
    for recipient in recipients:
        if is_address(recipient.address):
            found.setdefault(recipient.address.lower(), recipient)
        else:
            _log.warning("an address cannot be used and is left out", organization_id=recipient.organization_id)
    return list(found.values())
