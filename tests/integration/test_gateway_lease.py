"""One active gateway an account, and one ledger, on SQLite and on PostgreSQL."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from support.embedded import make_context
from support.gateway import KEY
from support.service import running

from records.spacetrack_gateway.tables import SpaceTrackAccount, SpaceTrackRequest
from servicekit.clock import SystemClock
from servicekit.context import Context
from servicekit.runtime.lifespan import DATABASE_FILE
from servicekit.store import Actor, Store
from servicekit.store.engine import sqlite_url
from spacetrack_gateway.accounts.keeping import enter_account
from spacetrack_gateway.accounts.vault import open_vault
from spacetrack_gateway.budget.admission import Limits, Priority
from spacetrack_gateway.budget.lease import ACTOR, LeaseLost, give_back, held_account, take
from spacetrack_gateway.budget.ledger import Asked, BudgetWait, reserve
from spacetrack_gateway.module import MODULE
from spacetrack_gateway.settings import SpaceTrackSettings
from spacetrack_gateway.work import work_once

LENGTH = timedelta(minutes=3)
LIMITS = Limits(25, 250)
ASKED = Asked(purpose="file", priority=Priority.EMERGENCY, method="GET", path="/x")


async def _account(ctx: Context) -> SpaceTrackAccount:
    return await enter_account(
        ctx,
        open_vault(SpaceTrackSettings.model_validate({"secret_key": KEY})),
        Actor("user", "admin"),
        name="service",
        base_url="http://127.0.0.1:1",
        identity="who",
        password="secret",
    )


async def test_of_many_that_want_it_at_once_one_gets_the_lease(tmp_path: Path, store: Store):
    async with make_context(store, tmp_path) as ctx:
        account = await _account(ctx)
        leases = await asyncio.gather(*(take(ctx, account.id, f"gateway-{n}", LENGTH) for n in range(6)))
    assert sum(lease is not None for lease in leases) == 1


async def test_a_lease_that_is_kept_keeps_its_fence_and_a_new_holder_counts_it_up(tmp_path: Path, store: Store):
    async with make_context(store, tmp_path) as ctx:
        account = await _account(ctx)
        first = await take(ctx, account.id, "a", LENGTH)
        again = await take(ctx, account.id, "a", LENGTH)
        assert first is not None
        assert again == first
        await give_back(ctx, first)
        second = await take(ctx, account.id, "b", LENGTH)
        assert second is not None
        assert second.fence == first.fence + 1
        with pytest.raises(LeaseLost):
            async with store.write(ACTOR) as unit:
                await held_account(unit, first)
        with pytest.raises(LeaseLost):
            await reserve(ctx, first, LIMITS, ASKED, timedelta(seconds=1))


async def test_the_budget_is_counted_one_after_the_other_whoever_asks_at_once(tmp_path: Path, store: Store):
    async with make_context(store, tmp_path) as ctx:
        account = await _account(ctx)
        lease = await take(ctx, account.id, "a", LENGTH)
        assert lease is not None
        asked = (reserve(ctx, lease, LIMITS, ASKED, timedelta(seconds=1)) for _ in range(40))
        answers = await asyncio.gather(*asked, return_exceptions=True)
        async with store.read() as session:
            count = await session.scalar(select(func.count()).select_from(SpaceTrackRequest))
    assert sum(isinstance(answer, str) for answer in answers) == 25
    assert sum(isinstance(answer, BudgetWait) for answer in answers) == 15
    assert count == 25


async def test_nothing_readable_of_an_account_is_in_the_database(tmp_path: Path, store: Store):
    async with make_context(store, tmp_path) as ctx:
        account = await _account(ctx)
    async with store.read() as session:
        row = await session.get_one(SpaceTrackAccount, account.id)
    assert b"secret" not in row.sealed_password
    assert b"who" not in row.sealed_identity


async def test_a_process_that_ends_leaves_its_account_to_a_standby_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("FAIRWAY_SPACE_TRACK__SECRET_KEY", KEY)
    async with running([MODULE], tmp_path / "data") as service:
        account = await _account(service.context)
        await work_once(service.context)
        assert await take(service.context, account.id, "standby", LENGTH) is None

    left = Store(sqlite_url(tmp_path / "data" / DATABASE_FILE), SystemClock())
    async with make_context(left, tmp_path) as ctx:
        lease = await take(ctx, account.id, "standby", LENGTH)
    await left.close()
    assert lease is not None
