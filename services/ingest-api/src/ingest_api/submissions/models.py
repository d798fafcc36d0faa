"""Documents as the API shows them."""

from typing import Any

from pydantic import ConfigDict, Field

from records.ingest_api.reads.documents import DocumentRecord, DocumentStatus
from records.validator.tables import Verdict
from servicekit.http import ResponseModel, UtcTimestamp

__all__ = [
    "DocumentOut",
    "DocumentSummary",
    "SubmittedDocument",
    "document_out",
    "document_summary",
    "submitted_document",
]


class RequestedFields(ResponseModel):
    """What the uploader said about the file. It is kept from the first upload of the same bytes and name."""

    norad_cat_id: int | None
    profile: str | None
    designation: str | None


class VerdictSummary(ResponseModel):
    """Whether the file can be used."""

    verdict: str = Field(description="`valid` or `invalid`.")
    kind: str = Field(description="`OEM`, `OMM`, `CDM`, `TLE`, …, `UNKNOWN`.")
    format: str
    version: str | None
    profile: str = Field(description="How strict the check was.")
    norad_cat_id: int | None = Field(description="Which object the file is about.")
    error_count: int
    warning_count: int
    decided_at: UtcTimestamp


class Finding(ResponseModel):
    """One thing that is wrong with a file, and where."""

    model_config = ConfigDict(extra="allow", frozen=True)

    rule: str = Field(examples=["SYN-002"])
    severity: str = Field(description="`error`, `warning` or `info`.")
    line: int | None = None
    column: int | None = None
    path: str | None = None
    message: str
    hint: str | None = None
    source: str | None = Field(None, examples=["CCSDS 502.0-B-3 7.3.4"])


class VerdictOut(VerdictSummary):
    """Whether the file can be used, with what was found."""

    findings: list[Finding]
    findings_omitted: int = Field(description="Findings beyond those listed.")


class DocumentSummary(ResponseModel):
    """A file as it came, and where it stands."""

    id: str
    organization_id: str
    file_name: str
    content_type: str | None
    sha256: str
    size_bytes: int
    status: DocumentStatus
    purpose: str = Field(description="`operator`, `catalogue`, or `cdms` (a page of CDMs from Space-Track).")
    source: str
    uploader_kind: str
    uploader_id: str
    received_at: UtcTimestamp
    kind: str | None = Field(description="What the file is, once there is a verdict.")
    norad_cat_id: int | None = Field(description="Which object it is about: by the verdict, till then as requested.")
    requested: RequestedFields
    verdict: VerdictSummary | None
    ephemeris_id: str | None = Field(description="The ephemeris that was made of it.")
    catalogue_id: str | None = Field(description="The catalogue that was made of it.")


class DocumentOut(DocumentSummary):
    """A file as it came, where it stands, and what was found."""

    verdict: VerdictOut | None


class SubmittedDocument(DocumentOut):
    """What became of an upload."""

    duplicate: bool = Field(description="The same bytes came before under the same name; this is that document.")


def document_summary(record: DocumentRecord) -> DocumentSummary:
    """Return a document as lists show it."""
    verdict = None if record.verdict is None else VerdictSummary(**_verdict(record.verdict))
    return DocumentSummary(**_document(record), verdict=verdict)


def document_out(record: DocumentRecord) -> DocumentOut:
    """Return a document with its findings."""
    return DocumentOut(**_document(record), verdict=_full_verdict(record.verdict))


def submitted_document(record: DocumentRecord, *, is_duplicate: bool) -> SubmittedDocument:
    """Return a document as the answer to its upload."""
    return SubmittedDocument(**_document(record), verdict=_full_verdict(record.verdict), duplicate=is_duplicate)


def _document(record: DocumentRecord) -> dict[str, Any]:
    row = record.document
    copied = (
        "id",
        "organization_id",
        "file_name",
        "content_type",
        "sha256",
        "size_bytes",
        "purpose",
        "source",
        "uploader_kind",
        "uploader_id",
        "received_at",
    )
    return {name: getattr(row, name) for name in copied} | {
        "status": record.status,
        "kind": None if record.verdict is None else record.verdict.kind,
        "norad_cat_id": row.requested_norad_cat_id if record.verdict is None else record.verdict.norad_cat_id,
        "ephemeris_id": record.ephemeris_id,
        "catalogue_id": record.catalogue_id,
        "requested": RequestedFields(
            norad_cat_id=row.requested_norad_cat_id,
            profile=row.requested_profile,
            designation=row.requested_designation,
        ),
    }


def _verdict(row: Verdict) -> dict[str, Any]:
    return {name: getattr(row, name) for name in VerdictSummary.model_fields}


def _full_verdict(row: Verdict | None) -> VerdictOut | None:
    if row is None:
        return None
    return VerdictOut(
        **_verdict(row),
        findings=[Finding.model_validate(finding) for finding in row.findings],
        findings_omitted=row.findings_omitted,
    )
