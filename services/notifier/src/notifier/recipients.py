"""Who is told. Each method says in `Recipient.why` why it names an address."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select

from notifier.message import Recipient
from records.identity.permissions import ROLE_PERMISSIONS, Permission, Role
from records.identity.tables import Membership, Organization, User
from servicekit.observability import logger
from servicekit.store import Store

__all__ = ["People", "is_address", "usable"]

_log = logger(__name__)
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
_LONGEST = 254


def is_address(text: str) -> bool:
    """Whether `text` is one plain ASCII mail address, so that it can stand in a header as it is."""
    return len(text) <= _LONGEST and _ADDRESS.fullmatch(text) is not None


@dataclass(frozen=True)
class _Organization:
    """Whom an organization has, by address, and what it designated."""

    members: Sequence[tuple[str, str]]
    """Address and role."""
    designated: Sequence[str]


@dataclass(frozen=True)
class _Staff:
    """One who analyses, or belongs to the organization that runs the service."""

    email: str
    organization_id: str
    role: str
    runs_the_service: bool


class People:
    """Everybody who can be told, as they stand while a batch of events is handled: each is read once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._organizations: dict[str, _Organization] = {}
        self._staff: Sequence[_Staff] | None = None

    async def members(self, organization_id: str, permissions: Iterable[Permission], why: str) -> Sequence[Recipient]:
        """Return the members of an organization whose role has one of the permissions, by address."""
        roles = {role.value for role, has in ROLE_PERMISSIONS.items() if has & set(permissions)}
        organization = await self._organization(organization_id)
        return usable(Recipient(email, organization_id, why) for email, role in organization.members if role in roles)

    async def designated(self, organization_id: str) -> Sequence[Recipient]:
        """Return the addresses that an organization designated for close-approach notifications."""
        why = "your organization designated this address for close-approach notifications"
        organization = await self._organization(organization_id)
        return usable(Recipient(address, organization_id, why) for address in organization.designated)

    async def members_or_designated(
        self, organization_id: str, permissions: Iterable[Permission], why: str
    ) -> Sequence[Recipient]:
        """Return an organization's members with one of the permissions; where it has none, its designated addresses."""
        return await self.members(organization_id, permissions, why) or await self.designated(organization_id)

    async def operations(self, why: str) -> Sequence[Recipient]:
        """Return every member of the organization that runs the service, by address."""
        return usable(
            Recipient(each.email, each.organization_id, why)
            for each in await self._all_staff()
            if each.runs_the_service
        )

    async def analysts(self, why: str) -> Sequence[Recipient]:
        """Return every analyst, by address."""
        return usable(
            Recipient(each.email, each.organization_id, why)
            for each in await self._all_staff()
            if each.role == Role.ANALYST.value
        )

    async def _organization(self, organization_id: str) -> _Organization:
        if organization_id not in self._organizations:
            query = (
                select(Organization.close_approach_addresses, User.email, Membership.role)
                .outerjoin(Membership, Membership.organization_id == Organization.id)
                .outerjoin(User, User.id == Membership.user_id)
                .where(Organization.id == organization_id)
                .order_by(User.email)
            )
            async with self._store.look() as session:
                rows = (await session.execute(query)).all()
            self._organizations[organization_id] = _Organization(
                members=[(email, role) for _, email, role in rows if email],
                designated=rows[0][0] if rows else (),
            )
        return self._organizations[organization_id]

    async def _all_staff(self) -> Sequence[_Staff]:
        if self._staff is None:
            query = (
                select(User.email, Membership.organization_id, Membership.role, Organization.is_operations)
                .join(Membership, Membership.user_id == User.id)
                .join(Organization, Organization.id == Membership.organization_id)
                .where(or_(Membership.role == Role.ANALYST.value, Organization.is_operations))
                .order_by(User.email, Membership.organization_id)
            )
            async with self._store.look() as session:
                self._staff = [_Staff(*row) for row in await session.execute(query)]
        return self._staff


def usable(recipients: Iterable[Recipient]) -> Sequence[Recipient]:
    """Return those whose address can be used, each address once; the others are said in the log."""
    found: dict[str, Recipient] = {}
    for recipient in recipients:
        if is_address(recipient.address):
            found.setdefault(recipient.address.lower(), recipient)
        else:
            _log.warning("an address cannot be used and is left out", organization_id=recipient.organization_id)
    return list(found.values())
