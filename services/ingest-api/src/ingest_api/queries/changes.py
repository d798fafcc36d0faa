"""The change feed: everything that the caller may see, in order, from a token on."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field

from ingest_api.parameters import caller, viewer_of
from records.identity.permissions import Permission
from records.identity.visibility import Viewer
from records.ingest_api.reads.feed import BEGINNING, Position, changes, newest_position
from servicekit.auth import Principal
from servicekit.context import Context
from servicekit.http import (
    ContextDep,
    PreferencesDep,
    ResponseModel,
    UtcTimestamp,
    decode_cursor,
    encode_cursor,
    known_parameters_only,
    raises,
)
from servicekit.http.pages import InvalidCursor
from servicekit.store.plumbing import Change

__all__ = ["router"]

router = APIRouter(
    prefix="/v1/changes", dependencies=[Depends(known_parameters_only)], tags=["Changes and notifications"]
)

Reader = Annotated[Principal, caller(Permission.CHANGES_READ)]
_PAUSE_S = 0.2
_LARGEST = 2**62


class ChangeOut(ResponseModel):
    """That something has changed; read it again at its own route."""

    token: str = Field(description="Pass it as `after` to go on behind this entry.")
    at: UtcTimestamp
    kind: str = Field(examples=["document.received", "conjunction.updated"])
    subject_id: str
    detail: dict[str, Any]


class ChangesOut(ResponseModel):
    """Entries of the change feed in order."""

    items: list[ChangeOut]
    next_token: str = Field(description="Pass it as `after` next time, also when there was nothing.")


@router.get("", responses=raises(InvalidCursor))
async def list_changes(
    request: Request,
    context: ContextDep,
    principal: Reader,
    preferences: PreferencesDep,
    after: Annotated[
        str | None, Query(max_length=1000, description="A token, or `latest` for now; left out: from the beginning.")
    ] = None,
    kind: Annotated[
        list[str] | None, Query(max_length=20, description="Only these kinds; may stand more than once.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
) -> ChangesOut:
    """Read what has changed since a token. With `Prefer: wait=N` an empty answer waits up to N seconds for a change.

    The entries come in one order for ever, so that a reader who keeps `next_token` misses nothing and sees nothing
    twice.
    """
    viewer = viewer_of(principal)
    position = await _position(context, after)
    rows, position = await _read(context, viewer, position, kind or (), limit)
    stopping: asyncio.Event = request.app.state.stopping
    deadline = asyncio.get_running_loop().time() + (preferences.wait_s or 0)
    while not rows and after != "latest" and asyncio.get_running_loop().time() < deadline and not stopping.is_set():
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), _PAUSE_S)
        rows, position = await _read(context, viewer, position, kind or (), limit)
    return ChangesOut(items=[_change_out(row) for row in rows], next_token=encode_cursor(*position))


async def _position(context: Context, after: str | None) -> Position:
    if after is None:
        return BEGINNING
    if after == "latest":
        async with context.store.read() as session:
            return await newest_position(session)
    transaction_id, number = decode_cursor(after, int, int)
    if not (0 <= transaction_id < _LARGEST and 0 <= number < _LARGEST):
        raise InvalidCursor("The token is not one of this feed")
    return transaction_id, number


async def _read(
    context: Context, viewer: Viewer, position: Position, kinds: Sequence[str], limit: int
) -> tuple[Sequence[Change], Position]:
    async with context.store.read() as session:
        newest = await newest_position(session)
        rows = await changes(session, viewer, after=position, kinds=kinds, limit=limit)
    if len(rows) == limit:
        last = rows[-1]
        return rows, (last.transaction_id, last.id)
    return rows, max(newest, position)


def _change_out(row: Change) -> ChangeOut:
    return ChangeOut(
        token=encode_cursor(row.transaction_id, row.id),
        at=row.at,
        kind=row.kind,
        subject_id=row.subject_id,
        detail=row.detail,
    )
