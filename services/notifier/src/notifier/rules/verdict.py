"""The verdict on a document, to whoever uploaded it."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from notifier.document_facts import Decided, decided
from notifier.links import document_page
from notifier.message import Content, Message, Recipient, Table
from notifier.recipients import usable
from notifier.rules.rule import Rule, Situation
from records.identity.permissions import Permission
from records.validator.events import DocumentValidatedV1
from records.validator.tables import Catalogue, Ephemeris, Verdict

__all__ = ["RULE"]

_SEVERITIES = ("error", "warning", "info")


async def _look(session: AsyncSession, events: Sequence[DocumentValidatedV1]) -> Sequence[Decided | None]:
    return [each if _is_awaited(each) else None for each in await decided(session, events)]


def _is_awaited(found: Decided) -> bool:
    """Whether anybody waits for a verdict. Nobody does for messages and catalogues that the service fetched."""
    document = found.document
    is_fetched = document.uploader_kind == "service" and document.purpose != "operator"
    return not is_fetched or found.verdict.verdict != "valid"


async def _decide(situation: Situation[Decided]) -> Sequence[Message]:
    found = situation.found
    document, verdict = found.document, found.verdict
    recipients = await _uploaders(situation)
    if not recipients:
        return []
    content = Content(
        headline=f"{document.file_name} is {verdict.verdict}",
        paragraphs=(_consequence(verdict, found.ephemeris, found.catalogue),),
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
            subject=f"{'Accepted' if verdict.verdict == 'valid' else 'Rejected'}: {document.file_name}",
            content=content,
            reason="Whoever uploads a file is told its verdict.",
            is_synthetic=found.catalogue is not None and found.catalogue.is_synthetic,
            is_replay=situation.is_replay,
        )
        for recipient in recipients
    ]


async def _uploaders(situation: Situation[Decided]) -> Sequence[Recipient]:
    """Return the person who uploaded a file; where a token did, those members of its organization who may upload."""
    document, address = situation.found.document, situation.found.uploader_address
    if address is not None:
        return usable([Recipient(address, document.organization_id, "you uploaded the file")])
    return await situation.people.members_or_designated(
        document.organization_id,
        (Permission.DOCUMENTS_WRITE, Permission.CATALOGUES_WRITE),
        "it was uploaded with a token of your organization, and you may upload for it",
    )


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


RULE = Rule(kind="verdict", event=DocumentValidatedV1, look=_look, decide=_decide)
