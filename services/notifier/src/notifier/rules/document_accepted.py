"""A note to the analysts that an operator's file was accepted."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from notifier.document_facts import Decided, decided
from notifier.formats import utc
from notifier.links import document_page
from notifier.message import Content, Message
from notifier.rules.rule import Rule, Situation
from records.validator.events import DocumentValidatedV1
from records.validator.tables import Ephemeris

__all__ = ["RULE"]


async def _look(session: AsyncSession, events: Sequence[DocumentValidatedV1]) -> Sequence[Decided | None]:
    return [each if _is_an_accepted_file(each) else None for each in await decided(session, events)]


def _is_an_accepted_file(found: Decided) -> bool:
    return found.verdict.verdict == "valid" and found.document.purpose == "operator"


async def _decide(situation: Situation[Decided]) -> Sequence[Message]:
    found = situation.found
    document, verdict = found.document, found.verdict
    recipients = await situation.people.analysts("you are an analyst")
    if not recipients:
        return []
    content = Content(
        headline=f"{found.organization_name} uploaded {document.file_name}",
        facts=(
            ("Organization", found.organization_name),
            ("Satellite", "not determined" if verdict.norad_cat_id is None else str(verdict.norad_cat_id)),
            ("File", document.file_name),
            ("Kind", verdict.kind),
            ("Received", utc(document.received_at)),
            ("Warnings", str(verdict.warning_count)),
            *(() if found.ephemeris is None else _span(found.ephemeris)),
        ),
        links=(("The file with its findings", document_page(situation.base_url, document.id)),),
    )
    about = "" if verdict.norad_cat_id is None else f" for satellite {verdict.norad_cat_id}"
    return [
        Message(
            subject_id=document.id,
            recipient=recipient,
            subject=f"New {verdict.kind}{about} from {found.organization_name}",
            content=content,
            reason="Analysts are told of every accepted file.",
            is_replay=situation.is_replay,
        )
        for recipient in recipients
    ]


def _span(ephemeris: Ephemeris) -> tuple[tuple[str, str], ...]:
    return (
        ("Designation", ephemeris.designation),
        ("Span", f"{utc(ephemeris.start_time)} to {utc(ephemeris.stop_time)}"),
        ("States", f"{ephemeris.state_count} ({'with' if ephemeris.has_covariance else 'without'} covariance)"),
    )


RULE = Rule(kind="document-accepted", event=DocumentValidatedV1, look=_look, decide=_decide)
