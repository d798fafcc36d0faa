"""A note to the analysts that an operator's file was accepted."""

from collections.abc import Sequence

from sqlalchemy import select

from notifier.formats import utc
from notifier.links import document_page
from notifier.message import Content, Message
from notifier.recipients import analysts
from notifier.rules.rule import Rule, Situation
from records.identity.tables import Organization
from records.ingest_api.tables import Document
from records.validator.events import DocumentValidatedV1
from records.validator.tables import Ephemeris, Verdict

__all__ = ["RULE"]


async def _decide(situation: Situation[DocumentValidatedV1]) -> Sequence[Message]:
    session = situation.session
    document = await session.get_one(Document, situation.event.document_id)
    verdict = await session.get_one(Verdict, document.id)
    if verdict.verdict != "valid" or document.purpose != "operator":
        return []
    organization = await session.get_one(Organization, document.organization_id)
    ephemeris = (await session.scalars(select(Ephemeris).where(Ephemeris.document_id == document.id))).first()
    content = Content(
        headline=f"{organization.name} uploaded {document.file_name}",
        facts=(
            ("Organization", organization.name),
            ("Satellite", "not determined" if verdict.norad_cat_id is None else str(verdict.norad_cat_id)),
            ("File", document.file_name),
            ("Kind", verdict.kind),
            ("Received", utc(document.received_at)),
            ("Warnings", str(verdict.warning_count)),
            *(() if ephemeris is None else _span(ephemeris)),
        ),
        links=(("The file with its findings", document_page(situation.base_url, document.id)),),
    )
    about = "" if verdict.norad_cat_id is None else f" for satellite {verdict.norad_cat_id}"
    return [
        Message(
            subject_id=document.id,
            recipient=recipient,
            subject=f"New {verdict.kind}{about} from {organization.name}",
            content=content,
            reason="Analysts are told of every accepted file.",
            is_replay=situation.is_replay,
        )
        for recipient in await analysts(session, "you are an analyst")
    ]


def _span(ephemeris: Ephemeris) -> tuple[tuple[str, str], ...]:
    return (
        ("Designation", ephemeris.designation),
        ("Span", f"{utc(ephemeris.start_time)} to {utc(ephemeris.stop_time)}"),
        ("States", f"{ephemeris.state_count} ({'with' if ephemeris.has_covariance else 'without'} covariance)"),
    )


RULE = Rule(kind="document-accepted", event=DocumentValidatedV1, decide=_decide)
