"""Events that could not be handled: list them, look at one, send it again."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path
from pydantic import Field
from starlette.responses import Response

from ingest_api.administration.errors import DeadLetterNotFound
from ingest_api.parameters import Identifier, caller
from records.identity.permissions import Permission
from servicekit.auth import Principal
from servicekit.bus.dead_letters import dead_letter, dead_letters, replay
from servicekit.http import ContextDep, Page, PageDep, ResponseModel, UtcTimestamp, known_parameters_only, raises
from servicekit.http.pages import InvalidCursor

__all__ = ["router"]

router = APIRouter(prefix="/v1/dead-letters", dependencies=[Depends(known_parameters_only)], tags=["Operations"])

Reader = Annotated[Principal, caller(Permission.DEAD_LETTERS_READ)]
Replayer = Annotated[Principal, caller(Permission.DEAD_LETTERS_WRITE)]
ConsumerName = Annotated[str, Path(pattern=r"^[a-z0-9.-]{1,80}$", examples=["validator.decide"])]


class DeadLetterSummary(ResponseModel):
    """An event that a consumer could not handle."""

    event_id: str
    consumer: str
    topic: str
    emitted_at: UtcTimestamp
    attempts: int
    settled_at: UtcTimestamp | None = Field(description="Since when it is parked.")
    error_kind: str | None
    trace_id: str


class DeadLetterOut(DeadLetterSummary):
    """The same with its content and what went wrong."""

    payload: dict[str, Any]
    error: str | None


@router.get("", responses=raises(InvalidCursor))
async def list_dead_letters(context: ContextDep, _principal: Reader, page: PageDep) -> Page[DeadLetterSummary]:
    """List events that could not be handled, in their order."""
    async with context.store.read() as session:
        rows = await dead_letters(session, after=page.after(str, str), limit=page.limit + 1)
    return page.page(rows, DeadLetterSummary.model_validate, lambda row: (row.event_id, row.consumer))


@router.get("/{event_id}/{consumer}", responses=raises(DeadLetterNotFound))
async def get_dead_letter(
    context: ContextDep, _principal: Reader, event_id: Identifier, consumer: ConsumerName
) -> DeadLetterOut:
    """Show one with its payload and its error."""
    async with context.store.read() as session:
        row = await dead_letter(session, event_id, consumer)
    if row is None:
        raise DeadLetterNotFound(f"The event {event_id} is no dead letter of {consumer}")
    return DeadLetterOut.model_validate(row)


@router.post(
    "/{event_id}/{consumer}/replay", status_code=202, responses=raises(DeadLetterNotFound), response_class=Response
)
async def replay_dead_letter(
    context: ContextDep, principal: Replayer, event_id: Identifier, consumer: ConsumerName
) -> Response:
    """Send one again, with the same event identifier: an effect that was committed does not happen twice."""
    async with context.store.write(principal.actor) as unit:
        if not await replay(unit, event_id, consumer):
            raise DeadLetterNotFound(f"The event {event_id} is no dead letter of {consumer}")
    context.wake()
    return Response("{}", status_code=202, media_type="application/json")
