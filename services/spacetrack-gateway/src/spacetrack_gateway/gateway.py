"""The gateway at work: for each account that it holds it does what is due, the most urgent first, within the budget.

It never waits. What may not be asked yet is left, and `Gateway.run_due` says when it will be worth while to come again;
so a test can put its clock forward by a day and have the day's work done in a moment.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol
from urllib.parse import urlsplit

import httpx

from records.spacetrack_gateway import reads
from records.spacetrack_gateway.tables import SpaceTrackAccount
from servicekit.context import Context
from servicekit.holds import is_outbound_held
from servicekit.observability import logger
from spacetrack_gateway.accounts.vault import Vault, open_vault
from spacetrack_gateway.budget.admission import Priority
from spacetrack_gateway.budget.lease import Lease, LeaseLost, give_back, take
from spacetrack_gateway.budget.ledger import BudgetWait
from spacetrack_gateway.client.session import AccountSession, AskFailed
from spacetrack_gateway.client.wire import open_wire
from spacetrack_gateway.desk import Desk
from spacetrack_gateway.errors import NoSecretKey, SealedOtherwise
from spacetrack_gateway.settings import SpaceTrackSettings

__all__ = ["LOOPBACK", "Due", "Gateway", "Work"]

_log = logger(__name__)
_STANDBY: Final = timedelta(seconds=60)
_IDLE: Final = timedelta(minutes=5)
_MOST_STEPS: Final = 5000
"""In one go; more than the budget of an hour allows, so that work which makes no headway cannot turn for ever."""
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1", "[::1]"})


@dataclass(frozen=True, kw_only=True)
class Due:
    """A piece of work and from when on it may be done."""

    priority: Priority
    at: datetime
    key: str
    """Which of the work's pieces it is."""


class Work(Protocol):
    """A kind of work: offers its most urgent piece, and does it."""

    name: str

    async def offers(self, desk: Desk) -> Sequence[Due]:
        """Return the pieces that are due, or will be next; the most urgent of each priority is enough."""

    async def do(self, desk: Desk, due: Due) -> None:
        """Do one piece. It is less urgent, later or gone afterwards."""


class Gateway:
    """One gateway among perhaps several: what it holds it serves, the rest it leaves to the others."""

    def __init__(
        self,
        ctx: Context,
        settings: SpaceTrackSettings,
        works: Sequence[Work],
        *,
        gateway_id: str,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._ctx = ctx
        self._settings = settings
        self._works = works
        self._gateway_id = gateway_id
        self._transport = transport

    async def run_due(self) -> datetime:
        """Do everything that is due now, as far as budget and standing allow; return when to come again.

        Nothing is due while outbound is held: after a restore the ledger of requests is as old as the backup.
        """
        if await is_outbound_held(self._ctx):
            return self._ctx.clock.now() + _IDLE
        async with self._ctx.store.read() as session:
            accounts = await reads.accounts(session)
        next_at = self._ctx.clock.now() + _IDLE
        if not accounts:
            return next_at
        try:
            vault = open_vault(self._settings)
        except NoSecretKey as error:
            _log.warning("no account can be used", error=error.sentence)
            return next_at
        return min([await self._serve(account, vault) for account in accounts])

    async def stop(self) -> None:
        """Give every lease back."""
        async with self._ctx.store.read() as session:
            accounts = await reads.accounts(session)
        for account in accounts:
            if account.lease_holder == self._gateway_id:
                lease = Lease(account.id, self._gateway_id, account.lease_fence, timedelta(0))
                await give_back(self._ctx, lease)

    async def _serve(self, account: SpaceTrackAccount, vault: Vault) -> datetime:
        now = self._ctx.clock.now()
        if self._ctx.replay and urlsplit(account.base_url).hostname not in LOOPBACK:
            return now + _IDLE
        lease = await take(self._ctx, account.id, self._gateway_id, timedelta(seconds=self._settings.lease_s))
        if lease is None:
            return now + _STANDBY
        if account.state != "active":
            return now + _IDLE
        if account.retry_at is not None and account.retry_at > now:
            return account.retry_at
        try:
            return await self._serve_held(account, lease, vault)
        except LeaseLost:
            _log.info("another gateway has taken over", account=account.name)
        except SealedOtherwise as error:
            _log.error("an account cannot be used", account=account.name, error=error.sentence)
        return self._ctx.clock.now() + _STANDBY

    async def _serve_held(self, account: SpaceTrackAccount, lease: Lease, vault: Vault) -> datetime:
        async with self._desk(account, lease, vault) as desk:
            return await self._work(desk)

    @asynccontextmanager
    async def _desk(self, account: SpaceTrackAccount, lease: Lease, vault: Vault) -> AsyncIterator[Desk]:
        async with open_wire(self._settings, account.base_url, self._transport) as wire:
            session = AccountSession(self._ctx, self._settings, vault, wire, account, lease)
            yield Desk(ctx=self._ctx, settings=self._settings, session=session, lease=lease, vault=vault)

    async def _work(self, desk: Desk) -> datetime:
        """Do piece after piece until none may be done; return when the next one may."""
        not_before: dict[Priority, datetime] = {}
        for _ in range(_MOST_STEPS):
            now = self._ctx.clock.now()
            offers = [(due, work) for work in self._works for due in await work.offers(desk)]
            times = [max(due.at, not_before.get(due.priority, due.at)) for due, _ in offers]
            ready = [offer for offer, at in zip(offers, times, strict=True) if at <= now]
            if not ready:
                return min(times, default=now + _IDLE)
            due, work = min(ready, key=lambda offer: (offer[0].priority, offer[0].at, offer[1].name))
            try:
                await work.do(desk, due)
            except BudgetWait as wait:
                # What is as urgent as this, or less, has to wait too; what is more urgent has a larger share.
                not_before |= {each: wait.until for each in Priority if each >= wait.priority}
            except AskFailed as failed:
                rests_until = await self._rests_until(desk)
                if rests_until is not None:
                    return rests_until
                _log.info("goes on with other work", failed=failed.purpose)
        return self._ctx.clock.now()

    async def _rests_until(self, desk: Desk) -> datetime | None:
        """Return until when the account rests, or is stopped, after a failure; None where other work may go on."""
        async with self._ctx.store.read() as session:
            account = await session.get_one(SpaceTrackAccount, desk.account_id)
        now = self._ctx.clock.now()
        if account.state != "active":
            return now + _IDLE
        return account.retry_at if account.retry_at is not None and account.retry_at > now else None
