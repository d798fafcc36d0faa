"""CDMs in the form in which Space-Track issued them."""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import PlainTextResponse, Response

from records.identity.permissions import Permission
from records.identity.visibility import Viewer
from records.screening.reads import cdm
from servicekit.auth import Principal
from servicekit.http import ContextDep, known_parameters_only, raises
from spacetrack_gateway.errors import OriginalNotFound
from spacetrack_gateway.handlers.parameters import Identifier, caller
from spacetrack_gateway.pulling.originals import original_of

__all__ = ["router"]

router = APIRouter(prefix="/v1", dependencies=[Depends(known_parameters_only)], tags=["Space-Track"])

Reader = Annotated[Principal, caller(Permission.CONJUNCTIONS_READ)]


@router.get(
    "/space-track/cdms/{cdm_id}/original",
    response_model=None,
    responses={
        200: {"content": {"text/plain": {"schema": {"type": "string"}}}, "description": "The message in KVN."},
        **raises(OriginalNotFound),
    },
)
async def get_original(context: ContextDep, principal: Reader, cdm_id: Identifier) -> Response:
    """Show a CDM as Space-Track issued it, where it was asked for in that form: the newest of an emergency.

    `cdm_id` is that of `/v1/cdms`, which has every message in KVN as Fairway writes it.
    """
    async with context.store.read() as session:
        row = await cdm(session, cdm_id, Viewer.of(principal))
    content = None if row is None else await original_of(context, row)
    if content is None:
        raise OriginalNotFound(f"There is no original of a CDM {cdm_id}")
    return PlainTextResponse(content)
