"""The verdict on a document, to whoever uploaded it."""

from collections.abc import Sequence

from sqlalchemy import select

from notifier.links import document_page
from notifier.message import Content, Message, Table
from notifier.recipients import uploaders
from notifier.rules.rule import Rule, Situation
from records.ingest_api.tables import Document
from records.validator.events import DocumentValidatedV1
from records.validator.tables import Catalogue, Ephemeris, Verdict

__all__ = ["RULE"]

_SEVERITIES = ("error", "warning", "info")


async def _decide(situation: Situation[DocumentValidatedV1]) -> Sequence[Message]:
    session = situation.session
    document = await session.get_one(Document, situation.event.document_id)
    verdict = await session.get_one(Verdict, document.id)
    ephemeris = (await session.scalars(select(Ephemeris).where(Ephemeris.document_id == document.id))).first()
    catalogue = (await session.scalars(select(Catalogue).where(Catalogue.document_id == document.id))).first()
    is_valid = verdict.verdict == "valid"
    if is_valid and document.uploader_kind == "service" and document.purpose != "operator":
        return []  # a page of messages or a catalogue that the service fetched: nobody waits for its verdict
    content = Content(
        headline=f"{document.file_name} is {verdict.verdict}",
        paragraphs=(_consequence(verdict, ephemeris, catalogue),),
        facts=(
            ("File", document.file_name),
            ("Document", document.id),
            ("Kind", f"{verdict.kind} ({verdict.format}{f' {verdict.version}' if verdict.version else ''})"),
            ("Satellite", "not determined" if verdict.norad_cat_id is None else str(verdict.norad_cat_id)),
            ("Profile", verdict.profile),
            ("Errors, warnings", f"{verdict.error_count}, {verdict.warning_count}"),
            ("SHA-256", document.sha256),
        ),
        tables=_findings(verdict),
        links=(("The file with its findings", document_page(situation.base_url, document.id)),),
    )
    return [
        Message(
            subject_id=document.id,
            recipient=recipient,
            subject=f"{'Accepted' if is_valid else 'Rejected'}: {document.file_name}",
            content=content,
            reason="Whoever uploads a file is told its verdict.",
            is_synthetic=catalogue is not None and catalogue.is_synthetic,
            is_replay=situation.is_replay,
        )
        for recipient in await uploaders(session, document)
    ]


def _consequence(verdict: Verdict, ephemeris: Ephemeris | None, catalogue: Catalogue | None) -> str:
    if verdict.verdict != "valid":
        return "The file is kept as it came, but it is not used. Correct what the errors below say and upload it again."
    if ephemeris is not None:
        return (
            f"It is the {ephemeris.designation} ephemeris of satellite {ephemeris.norad_cat_id} and is screened now; "
            "you are told of the result."
        )
    if catalogue is not None:
        return (
            f"It is the catalogue that screening uses from now on: {catalogue.object_count} objects, "
            f"{catalogue.refused_count} records were left out."
        )
    return "The file is stored and shown. It is not screened: screening uses ephemerides (OEM) and catalogues."


def _findings(verdict: Verdict) -> tuple[Table, ...]:
    if not verdict.findings:
        return ()
    ranked = sorted(verdict.findings, key=lambda finding: _SEVERITIES.index(finding["severity"]))
    rows = tuple(
        (
            finding["severity"],
            finding["rule"],
            _place(finding),
            finding["message"],
            finding.get("hint") or "",
        )
        for finding in ranked
    )
    omitted = verdict.findings_omitted
    return (
        Table(
            "Findings",
            ("Severity", "Rule", "Where", "What", "What to do"),
            rows,
            f"{omitted} more findings were not kept." if omitted else None,
        ),
    )


def _place(finding: dict[str, object]) -> str:
    if finding.get("line") is not None:
        column = f", column {finding['column']}" if finding.get("column") is not None else ""
        return f"line {finding['line']}{column}"
    return str(finding.get("path") or "")


RULE = Rule(kind="verdict", event=DocumentValidatedV1, decide=_decide)
