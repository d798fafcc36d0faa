"""The ledger in the database: a request is written down before it is sent, and what came back after."""

from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta

from records.spacetrack_gateway import reads, writes
from records.spacetrack_gateway.tables import SpaceTrackAccount
from servicekit.context import Context
from spacetrack_gateway.budget.admission import HOUR, Limits, Priority, earliest
from spacetrack_gateway.budget.cadence import may_ask_again_at
from spacetrack_gateway.budget.lease import ACTOR, Lease, held_account
from spacetrack_gateway.budget.standing import Standing, standing_after
from spacetrack_gateway.client.replies import Reply

__all__ = ["Asked", "AskedEnough", "BudgetWait", "record", "reserve"]

_LONGEST_INTERVAL = timedelta(days=1)
_LONGEST_PATH = 500


class BudgetWait(Exception):
    """No request of this priority may be made before `until`: of the budget, or because the account rests."""

    def __init__(self, until: datetime, priority: Priority) -> None:
        super().__init__(f"not before {until.isoformat()}")
        self.until = until
        self.priority = priority


class AskedEnough(Exception):
    """The same was asked and answered; Space-Track's rules on its class let it be asked again at `until`."""

    def __init__(self, until: datetime, purpose: str) -> None:
        super().__init__(f"{purpose}: answered, and not kept; not asked again before {until:%Y-%m-%d %H:%M} UTC")
        self.until = until


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a request is, for the ledger."""

    purpose: str
    priority: Priority
    method: str
    path: str
    organization_id: str | None = None


async def reserve(ctx: Context, lease: Lease, limits: Limits, asked: Asked, longest: timedelta) -> str:
    """Write a request down that is about to be sent, and return its identifier.

    The account's row is locked meanwhile, so two gateways count one after the other. The lease is made longer, and has
    to last for `longest`, the time that the request may take.

    Raises
    ------
    BudgetWait
        The budget has no room for it now.
    AskedEnough
        The same was answered, and its class may not be asked again yet.
    LeaseLost
        Another gateway has the account.
    """
    async with ctx.store.write(ACTOR) as unit:
        account = await held_account(unit, lease)
        if account.retry_at is not None and account.retry_at > unit.now:
            raise BudgetWait(account.retry_at, Priority.EMERGENCY)
        made = await reads.request_times(unit.session, lease.account_id, unit.now - HOUR)
        free_at = earliest(made, unit.now, asked.priority, limits)
        if free_at > unit.now:
            raise BudgetWait(free_at, asked.priority)
        answered = await reads.answered_at(
            unit.session, lease.account_id, asked.path[:_LONGEST_PATH], unit.now - _LONGEST_INTERVAL
        )
        again_at = may_ask_again_at(asked.purpose, answered, unit.now)
        if again_at > unit.now:
            raise AskedEnough(again_at, asked.purpose)
        account.lease_until = unit.now + max(lease.length, longest)
        return await writes.add_request(
            unit,
            account_id=lease.account_id,
            purpose=asked.purpose,
            priority=int(asked.priority),
            organization_id=asked.organization_id,
            method=asked.method,
            path=asked.path[:_LONGEST_PATH],
            gateway=lease.holder,
            fence=lease.fence,
        )


async def record(
    ctx: Context,
    lease: Lease,
    asked: Asked,
    request_id: str,
    reply: Reply,
    *,
    duration_s: float,
    sealed_cookie: bytes | None,
    clock_skew_s: float | None = None,
) -> Standing:
    """Write down what came back, how the account stands after it, and the session where it is new."""
    async with ctx.store.write(ACTOR) as unit:
        await writes.record_answer(
            unit,
            request_id,
            outcome=reply.outcome,
            status=reply.status,
            size_bytes=reply.size_bytes,
            duration_s=duration_s,
        )
        account = await held_account(unit, lease)
        before = standing_of(account)
        after = standing_after(
            before, reply.outcome, reply.said, unit.now, purpose=asked.purpose, seed=lease.account_id
        )
        for name, value in asdict(after).items():
            if getattr(account, name) != value:
                setattr(account, name, value)
        if clock_skew_s is not None:
            account.clock_skew_s = clock_skew_s
        if sealed_cookie is not None:
            account.sealed_cookie = sealed_cookie
        if reply.outcome in ("not-signed-in", "login-refused", "stopped"):
            account.sealed_cookie = None
        if after.state != before.state:
            account.row_version += 1
            unit.audit(
                "space-track.account-stopped",
                "space-track-account",
                account.id,
                {"reason": after.stopped_reason, "purpose": asked.purpose},
            )
        return after


def standing_of(account: SpaceTrackAccount) -> Standing:
    """Return the part of an account that answers change."""
    return Standing(**{field.name: getattr(account, field.name) for field in fields(Standing)})
