"""Entering an account, changing its password, letting it go on after it was stopped."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from records.spacetrack_gateway import writes
from records.spacetrack_gateway.tables import SpaceTrackAccount
from servicekit.context import Context
from servicekit.ids import new_id
from servicekit.store import Actor
from spacetrack_gateway.accounts.vault import Vault
from spacetrack_gateway.errors import AccountExists, AccountNotFound

__all__ = ["account_named", "change_password", "enter_account", "let_go_on"]


async def account_named(session: AsyncSession, name: str) -> SpaceTrackAccount | None:
    """Return the account of that name, or None."""
    return (await session.scalars(select(SpaceTrackAccount).where(SpaceTrackAccount.name == name))).one_or_none()


async def enter_account(
    ctx: Context,
    vault: Vault,
    actor: Actor,
    *,
    name: str,
    base_url: str,
    identity: str,
    password: str,
    granted_at: datetime | None = None,
) -> SpaceTrackAccount:
    """Enter an account; CDMs are read from `granted_at` on, which is now where it is None.

    Raises
    ------
    AccountExists
        There is one of that name.
    """
    account_id = new_id()
    async with ctx.store.write(actor) as unit:
        if await account_named(unit.session, name) is not None:
            raise AccountExists(f"There is a Space-Track account {name} already")
        return await writes.add_account(
            unit,
            id=account_id,
            name=name,
            base_url=base_url.rstrip("/"),
            sealed_identity=vault.seal(identity, account_id, "identity"),
            sealed_password=vault.seal(password, account_id, "password"),
            password_set_at=unit.now,
            granted_at=granted_at or unit.now,
        )


async def change_password(ctx: Context, vault: Vault, actor: Actor, account_id: str, password: str) -> None:
    """Store a new password; the account goes on with it, and the old session is forgotten."""
    async with ctx.store.write(actor) as unit:
        account = await writes.locked_account(unit, account_id)
        if account is None:
            raise AccountNotFound(f"There is no Space-Track account {account_id}")
        account.sealed_password = vault.seal(password, account_id, "password")
        account.password_set_at = unit.now
        _go_on(account)
        unit.audit("space-track.password-changed", "space-track-account", account_id)


async def let_go_on(ctx: Context, actor: Actor, account_id: str) -> None:
    """Let an account be used again that was stopped: a person has seen to it."""
    async with ctx.store.write(actor) as unit:
        account = await writes.locked_account(unit, account_id)
        if account is None:
            raise AccountNotFound(f"There is no Space-Track account {account_id}")
        _go_on(account)
        unit.audit("space-track.account-resumed", "space-track-account", account_id)


def _go_on(account: SpaceTrackAccount) -> None:
    account.state, account.stopped_reason, account.stopped_at = "active", None, None
    account.failures, account.refused_logins = 0, 0
    account.failing_since, account.retry_at, account.sealed_cookie = None, None, None
    account.row_version += 1
