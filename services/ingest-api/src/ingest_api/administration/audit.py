"""The audit log: who changed what."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import Field

from ingest_api.parameters import TextFilter, caller
from records.identity.permissions import Permission
from records.ingest_api.reads.feed import AuditFilter, audit_entries
from servicekit.auth import Principal
from servicekit.http import ContextDep, Page, PageDep, ResponseModel, UtcTimestamp, known_parameters_only, raises
from servicekit.http.pages import InvalidCursor

__all__ = ["router"]

router = APIRouter(prefix="/v1/audit", dependencies=[Depends(known_parameters_only)], tags=["Operations"])

Reader = Annotated[Principal, caller(Permission.AUDIT_READ)]


class AuditEntryOut(ResponseModel):
    """One act."""

    id: str
    at: UtcTimestamp
    actor_kind: str = Field(description="`user`, `token`, `service` or `system`.")
    actor_id: str
    organization_id: str | None
    action: str = Field(examples=["document.withdrawn"])
    subject_kind: str
    subject_id: str
    detail: dict[str, Any]
    trace_id: str


@router.get("", responses=raises(InvalidCursor))
async def list_audit_entries(
    context: ContextDep,
    _principal: Reader,
    page: PageDep,
    action: TextFilter = None,
    subject_kind: TextFilter = None,
    subject_id: TextFilter = None,
    actor_id: TextFilter = None,
) -> Page[AuditEntryOut]:
    """List who changed what, the newest first."""
    which = AuditFilter(action=action, subject_kind=subject_kind, subject_id=subject_id, actor_id=actor_id)
    async with context.store.read() as session:
        rows = await audit_entries(session, which=which, after=page.after(datetime, str), limit=page.limit + 1)
    return page.page(rows, AuditEntryOut.model_validate, lambda row: (row.at, row.id))
