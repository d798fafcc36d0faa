"""Documents: what has become of them, their bytes, taking them back and restoring them."""

from datetime import datetime
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from ingest_api.parameters import (
    Identifier,
    IdentifierFilter,
    NoradCatIdFilter,
    TextFilter,
    TimeFilter,
    caller,
    viewer_of,
    within,
)
from ingest_api.queries.errors import DocumentNotFound
from ingest_api.submissions.errors import DocumentHasSuccessor, DocumentIsACatalogue
from ingest_api.submissions.models import DocumentOut, DocumentSummary, document_out, document_summary
from ingest_api.submissions.withdrawal import restore, withdraw
from records.identity.permissions import Permission
from records.ingest_api.reads.documents import DocumentFilter, DocumentRecord, DocumentStatus, document, documents
from servicekit.auth import Principal
from servicekit.context import Context
from servicekit.http import (
    NOT_MODIFIED,
    ContextDep,
    Page,
    PageDep,
    entity_tag,
    is_not_modified,
    known_parameters_only,
    raises,
    tagged_answer,
)
from servicekit.http.pages import InvalidCursor
from servicekit.objects import ObjectNotFound

__all__ = ["router"]

router = APIRouter(prefix="/v1/documents", dependencies=[Depends(known_parameters_only)], tags=["Documents"])

Reader = Annotated[Principal, caller(Permission.DOCUMENTS_READ)]
Owner = Annotated[Principal, caller(Permission.DOCUMENTS_WRITE)]


@router.get("", responses=raises(InvalidCursor))
async def list_documents(
    context: ContextDep,
    principal: Reader,
    page: PageDep,
    kind: TextFilter = None,
    status: Annotated[DocumentStatus | None, Query(description="Where the document stands.")] = None,
    norad_cat_id: NoradCatIdFilter = None,
    purpose: Annotated[str | None, Query(pattern="^(operator|catalogue|cdms)$")] = None,
    organization_id: IdentifierFilter = None,
    received_from: TimeFilter = None,
    received_to: TimeFilter = None,
) -> Page[DocumentSummary]:
    """List documents, the newest first, with a summary of each verdict."""
    within(received_from, received_to)
    which = DocumentFilter(
        kind=kind,
        status=status,
        norad_cat_id=norad_cat_id,
        purpose=purpose,
        organization_id=organization_id,
        received_from=received_from,
        received_to=received_to,
    )
    async with context.store.read() as session:
        rows = await documents(
            session, viewer_of(principal), which=which, after=page.after(datetime, str), limit=page.limit + 1
        )
    return page.page(rows, document_summary, lambda row: (row.document.received_at, row.document.id))


@router.get("/{document_id}", response_model=DocumentOut, responses={**NOT_MODIFIED, **raises(DocumentNotFound)})
async def get_document(request: Request, context: ContextDep, principal: Reader, document_id: Identifier) -> Response:
    """Show one document with its verdict and findings."""
    return tagged_answer(request, document_out(await _found(context, principal, document_id)))


@router.get(
    "/{document_id}/content",
    response_class=StreamingResponse,
    responses={
        200: {"content": {"application/octet-stream": {}}, "description": "The bytes as they came."},
        304: {"description": "The caller has them already."},
        **raises(DocumentNotFound, ObjectNotFound),
    },
)
async def get_document_content(
    request: Request, context: ContextDep, principal: Reader, document_id: Identifier
) -> Response:
    """Give the bytes as they came. They go to the owner's organization and to staff only."""
    row = (await _found(context, principal, document_id)).document
    tag = entity_tag(row.sha256)
    if is_not_modified(request, tag):
        return Response(status_code=304, headers={"ETag": tag})
    info = await context.objects.stat(row.object_key)
    headers = {
        "ETag": tag,
        "Content-Length": str(info.size),
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(row.file_name, safe='')}",
    }
    return StreamingResponse(
        context.objects.stream(row.object_key), media_type="application/octet-stream", headers=headers
    )


@router.delete(
    "/{document_id}", status_code=204, responses=raises(DocumentNotFound, DocumentIsACatalogue), response_class=Response
)
async def withdraw_document(context: ContextDep, principal: Owner, document_id: Identifier) -> None:
    """Take a document back, and with it the ephemeris that was made of it. Nothing is deleted; it can be restored."""
    record = await _found(context, principal, document_id)
    await withdraw(context.store, principal.actor, record.document)


@router.post("/{document_id}/restore", responses=raises(DocumentNotFound, DocumentHasSuccessor))
async def restore_document(context: ContextDep, principal: Owner, document_id: Identifier) -> DocumentOut:
    """Put back a document that was withdrawn, if it is still current."""
    record = await _found(context, principal, document_id)
    await restore(context.store, principal.actor, record.document)
    return document_out(await _found(context, principal, document_id))


async def _found(context: Context, principal: Principal, document_id: str) -> DocumentRecord:
    async with context.store.read() as session:
        record = await document(session, viewer_of(principal), document_id)
    if record is None:
        raise DocumentNotFound(f"There is no document {document_id}")
    return record
