"""Routes on our accounts at Space-Track, for administrators. A secret goes in and never comes out."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import Field, SecretStr

from records.identity.permissions import Permission
from records.spacetrack_gateway import reads
from records.spacetrack_gateway.tables import SpaceTrackAccount
from servicekit.auth import Principal
from servicekit.context import Context
from servicekit.http import (
    ContextDep,
    Page,
    PageDep,
    RequestModel,
    ResponseModel,
    UtcTimestamp,
    known_parameters_only,
    raises,
)
from servicekit.http.pages import InvalidCursor
from servicekit.settings import read_settings
from spacetrack_gateway.accounts.keeping import change_password, enter_account, let_go_on
from spacetrack_gateway.accounts.vault import open_vault
from spacetrack_gateway.errors import AccountExists, AccountNotFound, NoSecretKey
from spacetrack_gateway.handlers.parameters import Identifier, Text, caller
from spacetrack_gateway.inspection import budget_of
from spacetrack_gateway.on_demand import NoSuchSync, ask_now
from spacetrack_gateway.settings import SpaceTrackSettings

__all__ = ["router"]

router = APIRouter(
    prefix="/v1/space-track/accounts", dependencies=[Depends(known_parameters_only)], tags=["Space-Track"]
)

Administrator = Annotated[Principal, caller(Permission.SPACE_TRACK_ACCOUNTS)]
Secret = Annotated[SecretStr, Field(min_length=1, max_length=200, strict=False)]


class NewAccount(RequestModel):
    """An account to be used."""

    name: Text
    identity: Secret
    password: Secret
    base_url: Annotated[str, Field(pattern=r"^https?://[^\s/]+$", max_length=200)] | None = Field(
        None, description="Where it is: Space-Track, its test server, a simulator. Left out: the setting's."
    )
    granted_at: UtcTimestamp | None = Field(
        None, description="CDMs are read from this moment on; left out: from now on. Older ones are not."
    )


class NewPassword(RequestModel):
    """A new password of an account."""

    password: Secret


class BudgetOut(ResponseModel):
    """How many requests may still be made."""

    left_this_minute: int
    left_this_hour: int


class TaskOut(ResponseModel):
    """Something done with an account from time to time."""

    name: str
    due_at: UtcTimestamp
    succeeded_at: UtcTimestamp | None
    failures: int
    last_error: str | None


class AccountOut(ResponseModel):
    """An account, without its secrets."""

    id: str
    name: str
    base_url: str
    state: str = Field(description="`active`, or `stopped`: nothing is asked until a person has seen to it.")
    stopped_reason: str | None
    failing_since: UtcTimestamp | None
    retry_at: UtcTimestamp | None
    last_error: str | None
    last_ok_at: UtcTimestamp | None
    password_set_at: UtcTimestamp
    granted_at: UtcTimestamp
    budget: BudgetOut
    tasks: list[TaskOut]


class RequestOut(ResponseModel):
    """One entry of the ledger: a request that was made with an account."""

    id: str
    at: UtcTimestamp
    purpose: str
    priority: int
    organization_id: str | None
    method: str
    path: str
    outcome: str | None
    status: int | None
    size_bytes: int | None
    duration_s: float | None


class SyncOut(ResponseModel):
    """When what was asked for will be done at the earliest."""

    name: str
    due_at: UtcTimestamp


@router.get("")
async def list_accounts(context: ContextDep, _principal: Administrator) -> Page[AccountOut]:
    """List our accounts at Space-Track, with their standing and what is left of their budgets."""
    async with context.store.read() as session:
        rows = await reads.accounts(session)
    return Page(items=[await _shown(context, row) for row in rows])


@router.post("", status_code=201, responses=raises(AccountExists, NoSecretKey))
async def create_account(context: ContextDep, principal: Administrator, new: NewAccount) -> AccountOut:
    """Enter an account; its identity and password are sealed before they are stored."""
    settings = read_settings(SpaceTrackSettings)
    row = await enter_account(
        context,
        open_vault(settings),
        principal.actor,
        name=new.name,
        base_url=new.base_url or settings.base_url,
        identity=new.identity.get_secret_value(),
        password=new.password.get_secret_value(),
        granted_at=new.granted_at,
    )
    return await _shown(context, row)


@router.put("/{account_id}/password", responses=raises(AccountNotFound, NoSecretKey))
async def put_password(
    context: ContextDep, principal: Administrator, account_id: Identifier, new: NewPassword
) -> AccountOut:
    """Store a new password; the account goes on with it."""
    vault = open_vault(read_settings(SpaceTrackSettings))
    await change_password(context, vault, principal.actor, account_id, new.password.get_secret_value())
    return await _shown(context, await _found(context, account_id))


@router.post("/{account_id}/resume", responses=raises(AccountNotFound))
async def resume_account(context: ContextDep, principal: Administrator, account_id: Identifier) -> AccountOut:
    """Let an account be used again that was stopped, now that a person has cleared it up."""
    await let_go_on(context, principal.actor, account_id)
    return await _shown(context, await _found(context, account_id))


@router.post("/{account_id}/sync/{name}", status_code=202, responses=raises(AccountNotFound, NoSuchSync))
async def sync_account(context: ContextDep, principal: Administrator, account_id: Identifier, name: Text) -> SyncOut:
    """Have something synchronized as soon as Space-Track's rules allow: `satellite`, `organization`, `gp`, …."""
    return SyncOut(name=name, due_at=await ask_now(context, principal.actor, account_id, name))


@router.get("/{account_id}/requests", responses=raises(AccountNotFound, InvalidCursor))
async def list_requests(
    context: ContextDep, _principal: Administrator, account_id: Identifier, page: PageDep
) -> Page[RequestOut]:
    """List what was asked with an account, the newest first."""
    await _found(context, account_id)
    async with context.store.read() as session:
        rows = await reads.requests(session, account_id, after=page.after(datetime, str), limit=page.limit + 1)
    return page.page(rows, RequestOut.model_validate, lambda row: (row.at, row.id))


async def _found(context: Context, account_id: str) -> SpaceTrackAccount:
    async with context.store.read() as session:
        row = await session.get(SpaceTrackAccount, account_id)
    if row is None:
        raise AccountNotFound(f"There is no Space-Track account {account_id}")
    return row


async def _shown(context: Context, row: SpaceTrackAccount) -> AccountOut:
    settings = read_settings(SpaceTrackSettings)
    async with context.store.read() as session:
        minute, hour = await budget_of(session, row.id, context.clock.now(), settings)
        tasks = await reads.tasks(session, row.id)
    return AccountOut(
        **{name: getattr(row, name) for name in AccountOut.model_fields if name not in ("budget", "tasks")},
        budget=BudgetOut(left_this_minute=minute, left_this_hour=hour),
        tasks=[TaskOut.model_validate(task, from_attributes=True) for task in tasks],
    )
