"""What has not left is looked at again whenever something that bears on it may have changed."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from records.ingest_api.reads.documents import open_withdrawal
from records.spacetrack_gateway import reads, writes
from records.spacetrack_gateway.tables import SpaceTrackAccount, SpaceTrackLink, Submission
from records.validator.tables import Ephemeris
from servicekit.context import Context
from servicekit.store import UnitOfWork
from spacetrack_gateway.budget.lease import ACTOR
from spacetrack_gateway.gateway import LOOPBACK
from spacetrack_gateway.holding import UNDECIDED, Situation, decide
from spacetrack_gateway.pushing.names import name_of
from spacetrack_gateway.pushing.reasons import WITHDRAWN

__all__ = ["account_of", "review", "settle_ephemeris", "settle_maneuver"]

_BATCH = 200
_STANDS_THERE = frozenset({"sent", "present", "screened", "not-screened"})


def account_of(link: SpaceTrackLink | None, accounts: Sequence[SpaceTrackAccount]) -> SpaceTrackAccount | None:
    """Return the account that serves an organization: the one its link names, else the only one there is."""
    named = [account for account in accounts if link is not None and account.id == link.account_id]
    if named:
        return named[0]
    return accounts[0] if len(accounts) == 1 else None


async def settle_ephemeris(
    unit: UnitOfWork, ephemeris: Ephemeris, submission: Submission | None, *, replay: bool
) -> None:
    """Record how an ephemeris stands on its way, made known where it is new."""
    if submission is None:
        submission = await writes.add_submission(
            unit,
            kind="ephemeris",
            document_id=ephemeris.document_id,
            ephemeris_id=ephemeris.id,
            organization_id=ephemeris.organization_id,
            designation=ephemeris.designation,
        )
        submission.remote_name = name_of(ephemeris)
    await _settle(unit, submission, ephemeris, replay=replay)


async def settle_maneuver(unit: UnitOfWork, submission: Submission, *, replay: bool) -> None:
    """Record how a maneuver notification stands on its way."""
    await _settle(unit, submission, None, replay=replay)


async def review(ctx: Context) -> None:
    """Look again at everything that has not left."""
    after = ""
    while True:
        async with ctx.store.write(ACTOR) as unit:
            query = (
                select(Submission)
                .where(Submission.state.in_(("held", "queued")), Submission.id > after)
                .order_by(Submission.id)
                .limit(_BATCH)
            )
            some = (await unit.session.scalars(query)).all()
            for submission in some:
                ephemeris = await _ephemeris(unit.session, submission)
                await _settle(unit, submission, ephemeris, replay=ctx.replay)
        if len(some) < _BATCH:
            return
        after = some[-1].id


async def _ephemeris(session: AsyncSession, submission: Submission) -> Ephemeris | None:
    return None if submission.ephemeris_id is None else await session.get(Ephemeris, submission.ephemeris_id)


async def _is_withdrawn(session: AsyncSession, submission: Submission, ephemeris: Ephemeris | None) -> bool:
    if ephemeris is not None:
        return ephemeris.withdrawn_at is not None
    return await open_withdrawal(session, submission.document_id) is not None


async def _say_withdrawn(unit: UnitOfWork, submission: Submission, *, is_withdrawn: bool) -> None:
    """Say with what has left that its document was withdrawn, for as long as it was not restored."""
    others = [reason for reason in submission.reasons if reason["code"] != WITHDRAWN.code]
    own = [WITHDRAWN.as_data()] if is_withdrawn and submission.state in _STANDS_THERE else []
    await writes.change_submission(unit, submission, reasons=[*others, *own])


async def _settle(unit: UnitOfWork, submission: Submission, ephemeris: Ephemeris | None, *, replay: bool) -> None:
    is_withdrawn = await _is_withdrawn(unit.session, submission, ephemeris)
    if submission.state not in UNDECIDED:
        await _say_withdrawn(unit, submission, is_withdrawn=is_withdrawn)
        return
    link = await reads.link(unit.session, submission.organization_id)
    account = account_of(link, await reads.accounts(unit.session))
    folder_id = None
    if link is not None:
        folder_id = link.maneuver_folder_id if submission.kind == "maneuver" else link.ephemeris_folder_id
    state, reasons = decide(
        Situation(
            is_withdrawn=is_withdrawn,
            is_current=ephemeris is None or ephemeris.is_active,
            push_mode="off" if link is None else link.push_mode,
            is_released=submission.release_requested_by is not None,
            has_account=account is not None,
            has_folder=folder_id is not None,
            is_replay=replay and (account is None or urlsplit(account.base_url).hostname not in LOOPBACK),
        )
    )
    submission.account_id = None if account is None else account.id
    submission.folder_id = folder_id
    if state != "queued":
        submission.due_at = None
    elif submission.state != "queued":
        submission.due_at = unit.now
    await writes.change_submission(unit, submission, state=state, reasons=reasons)
