"""The one session of an account: signs in when it has to, spends the budget, and gives only judged replies."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from records.spacetrack_gateway.tables import SpaceTrackAccount
from servicekit.context import Context
from servicekit.observability import logger
from servicekit.observability.declarations import counter, histogram
from spacetrack_gateway.accounts.vault import Vault
from spacetrack_gateway.budget.admission import Limits, Priority
from spacetrack_gateway.budget.lease import Lease
from spacetrack_gateway.budget.ledger import Asked, record, reserve
from spacetrack_gateway.client import addresses
from spacetrack_gateway.client.replies import Expected, Reply, judge
from spacetrack_gateway.client.wire import Upload, Wire, WireFault
from spacetrack_gateway.errors import SealedOtherwise
from spacetrack_gateway.settings import SpaceTrackSettings

__all__ = ["AccountSession", "AskFailed"]

_log = logger(__name__)
_IDLE: Final = timedelta(minutes=115)
"""A session that was used longer ago has ended: Space-Track lets it live for about two hours of idleness."""

REQUESTS: Final = counter(
    "fairway_space_track_requests_total",
    "Requests to Space-Track.",
    {"purpose": "login, cdm, upload, …", "outcome": "ok, empty, rate-limited, …"},
)
REQUEST_S: Final = histogram(
    "fairway_space_track_request_duration_seconds",
    "Time of a request to Space-Track.",
    buckets=(0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120),
)


class AskFailed(Exception):
    """What was asked was not answered with a success; the reply says why, and the account's standing is recorded."""

    def __init__(self, reply: Reply, purpose: str) -> None:
        super().__init__(f"{purpose}: {reply.outcome}: {reply.said}")
        self.reply = reply
        self.purpose = purpose


class AccountSession:
    """Everything that is asked of Space-Track goes through here."""

    def __init__(
        self,
        ctx: Context,
        settings: SpaceTrackSettings,
        vault: Vault,
        wire: Wire,
        account: SpaceTrackAccount,
        lease: Lease,
    ) -> None:
        self._ctx = ctx
        self._settings = settings
        self._vault = vault
        self._wire = wire
        self._account_id = account.id
        self._lease = lease
        self._limits = Limits(settings.requests_a_minute, settings.requests_an_hour)
        self._longest = timedelta(seconds=settings.request_timeout_s)
        self._cookies = self._kept_cookies(account)

    async def rows(
        self, path: str, *, purpose: str, priority: Priority, organization_id: str | None = None
    ) -> list[dict[str, Any]]:
        """Return the rows of a query; an empty list says that Space-Track has none.

        Raises
        ------
        AskFailed, BudgetWait, LeaseLost
        """
        return (await self.ask(path, "rows", purpose=purpose, priority=priority, organization_id=organization_id)).rows

    async def ask(
        self, path: str, expected: Expected, *, purpose: str, priority: Priority, organization_id: str | None = None
    ) -> Reply:
        """Return the successful reply to a GET.

        Raises
        ------
        AskFailed
            There was none.
        BudgetWait
            It may not be asked now.
        LeaseLost
            Another gateway has the account.
        """
        asked = Asked(purpose=purpose, priority=priority, method="GET", path=path, organization_id=organization_id)
        return await self._signed_in(asked, expected, may_repeat=True)

    async def digest_of(self, path: str, *, purpose: str, priority: Priority, organization_id: str | None) -> str:
        """Return the SHA-256 of a file's content, which may be as long as what is sent: it is not kept in memory.

        Raises
        ------
        AskFailed, BudgetWait, LeaseLost
        """
        asked = Asked(purpose=purpose, priority=priority, method="GET", path=path, organization_id=organization_id)
        return (await self._signed_in(asked, "content", may_repeat=True, is_digest_enough=True)).sha256

    async def upload(
        self, folder_id: int, open_file: Callable[[], Upload], *, priority: Priority, organization_id: str
    ) -> Reply:
        """Hand a file over. It is repeated only where Space-Track did not look at it, because nobody was signed in.

        Raises
        ------
        AskFailed, BudgetWait, LeaseLost
        """
        asked = Asked(
            purpose="upload",
            priority=priority,
            method="POST",
            path=addresses.upload_to(folder_id),
            organization_id=organization_id,
        )
        return await self._signed_in(asked, "upload", may_repeat=False, open_file=open_file)

    async def _signed_in(
        self,
        asked: Asked,
        expected: Expected,
        *,
        may_repeat: bool,
        open_file: Callable[[], Upload] | None = None,
        is_digest_enough: bool = False,
    ) -> Reply:
        was_signed_in = bool(self._cookies)
        if not was_signed_in:
            await self._sign_in(asked.priority)
        reply = await self._exchange(
            asked,
            expected,
            open_file=open_file,
            page_means_ended=was_signed_in and may_repeat,
            is_digest_enough=is_digest_enough,
        )
        if reply.outcome == "not-signed-in":
            await self._sign_in(asked.priority)
            reply = await self._exchange(asked, expected, open_file=open_file, is_digest_enough=is_digest_enough)
        if not reply.is_success:
            _log.warning(
                "Space-Track did not do what was asked",
                purpose=asked.purpose,
                outcome=reply.outcome,
                status=reply.status,
                said=reply.said,
            )
            raise AskFailed(reply, asked.purpose)
        return reply

    async def _sign_in(self, priority: Priority) -> None:
        self._cookies = {}
        account = await self._account()
        form = {
            "identity": self._vault.open(account.sealed_identity, account.id, "identity"),
            "password": self._vault.open(account.sealed_password, account.id, "password"),
        }
        asked = Asked(purpose="login", priority=priority, method="POST", path=addresses.LOGIN)
        reply = await self._exchange(asked, "login", form=form)
        if not reply.is_success:
            _log.warning("Space-Track did not sign us in", outcome=reply.outcome, status=reply.status, said=reply.said)
            raise AskFailed(reply, "login")

    async def _exchange(
        self,
        asked: Asked,
        expected: Expected,
        *,
        form: Mapping[str, str] | None = None,
        open_file: Callable[[], Upload] | None = None,
        page_means_ended: bool = False,
        is_digest_enough: bool = False,
    ) -> Reply:
        request_id = await reserve(self._ctx, self._lease, self._limits, asked, self._longest)
        upload = None if open_file is None else open_file()
        try:
            answer = await self._wire.exchange(
                asked.method,
                asked.path,
                cookies=self._cookies,
                form=form,
                upload=upload,
                is_digest_enough=is_digest_enough,
            )
            reply, duration_s = (
                judge(answer.status, answer.body, expected, self._settings.stop_words),
                answer.duration_s,
            )
            reply = replace(reply, size_bytes=answer.size_bytes, sha256=answer.sha256)
            fresh = {name: value for name, value in answer.cookies.items() if self._cookies.get(name) != value}
            ahead_s = None if answer.date is None else (answer.date - self._ctx.clock.now()).total_seconds()
            if page_means_ended and reply.outcome == "page-of-html":
                # An old session may end as a page where data was asked for; a new one shows whether it is an outage.
                reply = replace(reply, outcome="not-signed-in")
        except WireFault as fault:
            outcome: Any = fault.kind
            said = f"after {fault.size_bytes} bytes"
            reply, duration_s, fresh, ahead_s = Reply(outcome=outcome, said=said), fault.duration_s, {}, None
        finally:
            if upload is not None:
                upload.file.close()
        if fresh:
            self._cookies = self._cookies | fresh
        await record(
            self._ctx,
            self._lease,
            asked,
            request_id,
            reply,
            duration_s=duration_s,
            sealed_cookie=self._sealed_cookies() if fresh and reply.is_success else None,
            clock_skew_s=ahead_s,
        )
        self._count(asked, reply, duration_s)
        return reply

    def _count(self, asked: Asked, reply: Reply, duration_s: float) -> None:
        self._ctx.metrics.of(REQUESTS).labels(asked.purpose, reply.outcome).inc()
        self._ctx.metrics.of(REQUEST_S).observe(duration_s)

    async def _account(self) -> SpaceTrackAccount:
        async with self._ctx.store.read() as session:
            return await session.get_one(SpaceTrackAccount, self._account_id)

    def _kept_cookies(self, account: SpaceTrackAccount) -> dict[str, str]:
        if account.sealed_cookie is None or account.last_ok_at is None:
            return {}
        if account.last_ok_at < self._ctx.clock.now() - _IDLE:
            return {}
        try:
            kept: dict[str, str] = json.loads(self._vault.open(account.sealed_cookie, account.id, "cookie"))
        except SealedOtherwise:  # the key was changed: signing in again needs the password, and says so if it cannot
            return {}
        return kept

    def _sealed_cookies(self) -> bytes:
        return self._vault.seal(json.dumps(self._cookies), self._account_id, "cookie")
