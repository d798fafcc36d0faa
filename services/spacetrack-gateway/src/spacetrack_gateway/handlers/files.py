"""What lies in an organization's folders at Space-Track, as the last listing had it."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import Field

from records.identity.permissions import Permission
from records.identity.reads import organization
from records.identity.visibility import Viewer
from records.spacetrack_gateway import reads
from servicekit.auth import Principal
from servicekit.http import (
    ContextDep,
    Page,
    PageDep,
    ResponseModel,
    UtcTimestamp,
    known_parameters_only,
    raises,
)
from servicekit.http.pages import InvalidCursor
from spacetrack_gateway.errors import LinkNotFound
from spacetrack_gateway.handlers.parameters import Identifier, caller

__all__ = ["router"]

router = APIRouter(prefix="/v1", dependencies=[Depends(known_parameters_only)], tags=["Space-Track"])

Reader = Annotated[Principal, caller(Permission.FEEDS_READ)]


class RemoteFileOut(ResponseModel):
    """A file in a folder at Space-Track."""

    file_id: int = Field(description="Its number at Space-Track.")
    folder_id: int
    file_name: str
    size_bytes: int
    uploaded_at: UtcTimestamp | None
    sha256: str | None = Field(description="Of its content, where it was read.")
    origin: str = Field(
        description="`ours`: sent from here; `operator`: taken in from the folder; `passed-over`: too long to be taken "
        "in; `unread`: anything else."
    )
    document_id: str | None = Field(description="The document that it was sent from, or became.")
    seen_at: UtcTimestamp = Field(description="When a listing last showed something new of it.")


@router.get("/space-track/organizations/{organization_id}/files", responses=raises(LinkNotFound, InvalidCursor))
async def list_remote_files(
    context: ContextDep, principal: Reader, organization_id: Identifier, page: PageDep
) -> Page[RemoteFileOut]:
    """List what lies in an organization's folders at Space-Track, the newest first.

    Folders are listed every four hours where the organization lets files be sent, or its folder be read.
    """
    async with context.store.read() as session:
        row = await organization(session, organization_id)
        if row is None or not Viewer.of(principal).organization(organization_id):
            raise LinkNotFound(f"There is no organization {organization_id}")
        after = page.after(int)
        rows = await reads.files(
            session, organization_id, after=None if after is None else after[0], limit=page.limit + 1
        )
    return page.page(rows, RemoteFileOut.model_validate, lambda file: (file.file_id,))
