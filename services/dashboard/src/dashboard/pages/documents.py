"""Uploads: the form, the list, and one file with the findings on its lines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Literal

from fastapi import Query
from starlette.requests import Request
from starlette.responses import Response

from dashboard.api import Api
from dashboard.downloads import download
from dashboard.excerpts import Line, lines_around, lines_to_show, read_lines
from dashboard.multipart_upload import read_upload_form
from dashboard.resources import Document, Ephemeris, Finding, Screening
from dashboard.web import ApiDep, VisitDep, page_router, see_other
from servicekit.http import accepts_upload

__all__ = ["router"]

router = page_router()

BEGINS_WITHIN = timedelta(minutes=2)
"""So long after its acceptance the first screening and the way to Space-Track are waited for."""
MOST_FINDINGS = 200
"""So many findings are shown on a page."""

SEVERITIES = ("error", "warning", "info")

Status = Literal["", "received", "validating", "accepted", "rejected", "withdrawn"]


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line of an excerpt; `caret` counts the characters before the marked one."""

    number: int
    text: str
    is_marked: bool
    caret: int | None


@dataclass(frozen=True, slots=True)
class ShownFinding:
    """A finding with the lines around it."""

    finding: Finding
    lines: Sequence[ShownLine]


@router.get("/documents")
async def documents_page(
    visit: VisitDep, status: Status = "", cursor: Annotated[str | None, Query(max_length=1000)] = None
) -> Response:
    """Show the upload form and what came in."""
    documents = await visit.api.documents(status=status or None, cursor=cursor, limit=50)
    base_url = str(visit.request.base_url).rstrip("/")
    return visit.page("documents/list.html", documents=documents, shown_status=status, base_url=base_url)


@router.post("/documents")
@accepts_upload
async def upload_form(request: Request, api: ApiDep) -> Response:
    """Pass a file on to the API while it arrives."""
    body = request.stream()
    form = await read_upload_form(request.headers.get("content-type", ""), body)
    api.present_csrf(form.fields.get("csrf", ""))
    document = await api.upload(form)
    return see_other(f"/documents/{document.id}")


@router.get("/documents/{document_id}")
async def document_page(visit: VisitDep, document_id: str) -> Response:
    """Show one file: its verdict, its findings on their lines, and what has become of it."""
    api = visit.api
    document = await api.document(document_id)
    findings = sorted(document.verdict.findings if document.verdict else [], key=_by_severity)[:MOST_FINDINGS]
    omitted = document.verdict.findings_omitted + len(document.verdict.findings) if document.verdict else 0
    ephemeris, runs = await _outcome(api, document)
    return visit.page(
        "documents/one.html",
        document=document,
        verdict=document.verdict,
        findings=await _shown_findings(api, document, findings),
        not_shown=omitted - len(findings),
        ephemeris=ephemeris,
        runs=runs,
        pending=not document.is_decided or _is_moving(ephemeris, runs, visit.session.now),
    )


def _is_moving(ephemeris: Ephemeris | None, runs: Sequence[Screening], now: datetime) -> bool:
    """Whether more is to come of an accepted ephemeris: runs that go on, or, while it is new, what begins with it."""
    if ephemeris is None or not ephemeris.is_active:
        return False
    if not all(run.is_finished for run in runs):
        return True
    return now - ephemeris.accepted_at < BEGINS_WITHIN and (not runs or ephemeris.submission is None)


def _by_severity(finding: Finding) -> tuple[int, int, int]:
    """What rejects a file comes first; within a severity, the order of the lines."""
    return SEVERITIES.index(finding.severity), finding.line or 0, finding.column or 0


async def _outcome(api: Api, document: Document) -> tuple[Ephemeris | None, list[Screening]]:
    if document.ephemeris_id is None:
        return None, []
    ephemeris = await api.ephemeris(document.ephemeris_id)
    return ephemeris, (await api.screenings(ephemeris_id=ephemeris.id, limit=20)).items


async def _shown_findings(api: Api, document: Document, findings: Sequence[Finding]) -> list[ShownFinding]:
    wanted = lines_to_show(finding.line for finding in findings if finding.line is not None)
    lines: Mapping[int, Line] = {}
    if wanted:
        async with api.document_content(document.id) as content:
            lines = await read_lines(content.aiter_bytes(), wanted)
    return [ShownFinding(finding, _shown_lines(finding, lines)) for finding in findings]


def _shown_lines(finding: Finding, lines: Mapping[int, Line]) -> list[ShownLine]:
    if finding.line is None:
        return []
    shown = []
    for line in lines_around(finding.line, lines):
        is_marked = line.number == finding.line
        window = line.window(finding.column, has_column=is_marked)
        shown.append(ShownLine(line.number, window.text, is_marked, window.caret))
    return shown


@router.get("/documents/{document_id}/content")
async def document_download(api: ApiDep, document_id: str) -> Response:
    """Give the bytes as they came."""
    return await download(api.document_content(document_id), "application/octet-stream")


@router.post("/documents/{document_id}/withdraw")
async def withdraw_form(visit: VisitDep, document_id: str) -> Response:
    """Take a file back."""
    await visit.form()
    await visit.api.withdraw(document_id)
    return see_other(f"/documents/{document_id}")


@router.post("/documents/{document_id}/restore")
async def restore_form(visit: VisitDep, document_id: str) -> Response:
    """Undo that."""
    await visit.form()
    await visit.api.restore(document_id)
    return see_other(f"/documents/{document_id}")
