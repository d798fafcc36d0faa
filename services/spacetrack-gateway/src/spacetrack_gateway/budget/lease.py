"""One active gateway an account: a lease with an end and a fence, in the account's row.

Whoever takes the lease counts the fence up. Every write that matters checks the fence in its own transaction, with the
row locked, so a gateway that stood still and lost the lease can neither spend the budget nor move a watermark.
"""

from dataclasses import dataclass
from datetime import timedelta

from records.spacetrack_gateway import writes
from records.spacetrack_gateway.tables import SpaceTrackAccount
from servicekit.context import Context
from servicekit.store import Actor, UnitOfWork

__all__ = ["Lease", "LeaseLost", "give_back", "held_account", "take"]

ACTOR = Actor.service("spacetrack-gateway")
_RENEWED_AT = 2 / 3
"""A lease that has less than this part of its time left is made longer."""


class LeaseLost(Exception):
    """Another gateway has the account now; whatever was being done is left to it."""


@dataclass(frozen=True)
class Lease:
    """That this gateway may use an account."""

    account_id: str
    holder: str
    fence: int
    length: timedelta


async def take(ctx: Context, account_id: str, holder: str, length: timedelta) -> Lease | None:
    """Take or keep the lease of an account; None where another gateway has it."""
    async with ctx.store.read() as session:
        seen = await session.get(SpaceTrackAccount, account_id)
    now = ctx.clock.now()
    if seen is None:
        return None
    if seen.lease_holder == holder and seen.lease_until is not None and seen.lease_until > now + _RENEWED_AT * length:
        return Lease(account_id, holder, seen.lease_fence, length)
    if seen.lease_holder not in (None, holder) and seen.lease_until is not None and seen.lease_until > now:
        return None
    async with ctx.store.write(ACTOR) as unit:
        account = await writes.locked_account(unit, account_id)
        if account is None:
            return None
        is_free = account.lease_holder is None or account.lease_until is None or account.lease_until <= unit.now
        if not is_free and account.lease_holder != holder:
            return None
        if is_free:
            account.lease_fence += 1
            if account.lease_holder != holder:
                unit.audit("space-track.lease-taken", "space-track-account", account_id, {"gateway": holder})
        account.lease_holder, account.lease_until = holder, unit.now + length
        return Lease(account_id, holder, account.lease_fence, length)


async def held_account(unit: UnitOfWork, lease: Lease, *, longer_than: timedelta = timedelta(0)) -> SpaceTrackAccount:
    """Return the account, locked, after making sure that the lease is still ours for longer than that.

    Raises
    ------
    LeaseLost
        It is not.
    """
    account = await writes.locked_account(unit, lease.account_id)
    if account is None or account.lease_until is None:
        raise LeaseLost
    if (account.lease_holder, account.lease_fence) != (lease.holder, lease.fence):
        raise LeaseLost
    if account.lease_until <= unit.now + longer_than:
        raise LeaseLost
    return account


async def give_back(ctx: Context, lease: Lease) -> None:
    """Give the lease back, so that another gateway need not wait for its end."""
    async with ctx.store.write(ACTOR) as unit:
        account = await writes.locked_account(unit, lease.account_id)
        if account is not None and (account.lease_holder, account.lease_fence) == (lease.holder, lease.fence):
            account.lease_holder, account.lease_until = None, None
