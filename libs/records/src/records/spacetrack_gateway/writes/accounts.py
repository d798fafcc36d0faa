"""Changes to accounts, tasks, links and the ledger of requests."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, update

from records.spacetrack_gateway.tables import (
    SpaceTrackAccount,
    SpaceTrackLink,
    SpaceTrackRequest,
    SpaceTrackTask,
)
from servicekit.ids import new_id
from servicekit.store import UnitOfWork

__all__ = [
    "add_account",
    "add_request",
    "forget_requests",
    "locked_account",
    "put_link",
    "record_answer",
    "task_of",
]


async def add_account(unit: UnitOfWork, **values: Any) -> SpaceTrackAccount:
    """Add an account; its secrets are sealed already."""
    account = SpaceTrackAccount(
        **values,
        state="active",
        failures=0,
        refused_logins=0,
        lease_fence=0,
        created_at=unit.now,
        row_version=1,
    )
    unit.session.add(account)
    await unit.session.flush()
    unit.audit("space-track.account-added", "space-track-account", account.id, {"name": account.name})
    return account


async def locked_account(unit: UnitOfWork, account_id: str) -> SpaceTrackAccount | None:
    """Return an account as it stands, which nobody else changes until this unit ends; None where there is none."""
    return await unit.session.get(SpaceTrackAccount, account_id, with_for_update=True, populate_existing=True)


async def add_request(unit: UnitOfWork, **values: Any) -> str:
    """Write a request down before it is sent; return its identifier."""
    request = SpaceTrackRequest(id=new_id(), at=unit.now, **values)
    unit.session.add(request)
    return request.id


async def record_answer(
    unit: UnitOfWork, request_id: str, *, outcome: str, status: int | None, size_bytes: int, duration_s: float
) -> None:
    """Write down what came back."""
    await unit.session.execute(
        update(SpaceTrackRequest)
        .where(SpaceTrackRequest.id == request_id)
        .values(outcome=outcome, status=status, size_bytes=size_bytes, duration_s=duration_s)
    )


async def forget_requests(unit: UnitOfWork, before: datetime) -> None:
    """Remove entries of the ledger that are older than `before`."""
    await unit.session.execute(delete(SpaceTrackRequest).where(SpaceTrackRequest.at < before))


async def task_of(unit: UnitOfWork, account_id: str, name: str) -> SpaceTrackTask:
    """Return a task of an account, made and due now where there is none yet."""
    task = await unit.session.get(SpaceTrackTask, (account_id, name))
    if task is None:
        task = SpaceTrackTask(account_id=account_id, name=name, due_at=unit.now, failures=0, cursor={}, row_version=1)
        unit.session.add(task)
        await unit.session.flush()
    return task


async def put_link(unit: UnitOfWork, organization_id: str, **values: Any) -> SpaceTrackLink:
    """Set what an organization's link says, made where there is none: nothing is sent and no folder is read."""
    link = await unit.session.get(SpaceTrackLink, organization_id, with_for_update=True, populate_existing=True)
    if link is None:
        link = SpaceTrackLink(
            organization_id=organization_id,
            push_mode="off",
            reads_folder=False,
            metadata_policy="operator-wins",
            confirmed={},
            created_at=unit.now,
            row_version=0,
        )
        unit.session.add(link)
    for name, value in values.items():
        setattr(link, name, value)
    link.row_version += 1
    await unit.session.flush()
    return link
