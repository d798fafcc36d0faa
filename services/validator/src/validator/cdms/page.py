"""A page of Space-Track's class ``cdm``: an array of rows, of which each becomes a message. Runs in a child process."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final, NamedTuple

import ccsds
from assessment.cdm_reading import CdmAssessment
from assessment.errors import UnusableCdmError
from records.screening.cdm_texts import TextPage, text_page
from validator.cdms.facts import CdmFacts, NotKeptError, Recipient, assessed_each, cdm_facts
from validator.errors import ContentDamaged
from validator.rules import ROW_NOT_KEPT, Fault

__all__ = ["PageDecision", "PageQuestion", "decide_page"]

_PROFILE: Final = "lenient"
_MOST_FINDINGS: Final = 100
_AT_ONCE: Final = 100
"""So many messages are held and assessed together."""


@dataclass(frozen=True, kw_only=True)
class PageQuestion:
    """A page without its bytes, and for whom each of its rows is, by their place."""

    document_id: str
    sha256: str
    received_at: datetime
    source: str
    recipients: Sequence[Recipient]


@dataclass(frozen=True, kw_only=True)
class PageDecision:
    """The messages of a page, and what is to be said of the rows of which none could be made.

    Attributes
    ----------
    texts
        The KVN of all messages; None where there is no message.
    """

    facts: tuple[CdmFacts, ...]
    texts: TextPage | None
    findings: list[dict[str, Any]]
    not_kept: int

    @property
    def profile(self) -> str:
        """By which the rows were read."""
        return _PROFILE


def decide_page(file: str, question: PageQuestion) -> PageDecision:
    """Read a page.

    Raises
    ------
    ContentDamaged
        The file does not hold the bytes that were received.
    """
    data = Path(file).read_bytes()
    if hashlib.sha256(data).hexdigest() != question.sha256:
        raise ContentDamaged(f"The object of document {question.document_id} does not hold what was received")
    facts: list[CdmFacts] = []
    findings: list[dict[str, Any]] = []
    not_kept = 0
    read = (_read(report) for report in ccsds.validate_each(data, profile=_PROFILE))
    place = 0
    while some := list(islice(read, _AT_ONCE)):
        for row, assessment in zip(some, _assessments(some), strict=True):
            recipient = question.recipients[place] if place < len(question.recipients) else Recipient(None)
            place += 1
            try:
                facts.append(_facts(row, assessment, recipient, question))
            except NotKeptError as error:
                not_kept += 1
                if len(findings) < _MOST_FINDINGS:
                    fault = Fault(f"row {place}: {error}; the row is kept, and no message is made of it")
                    findings.append(ROW_NOT_KEPT.finding(fault))
    texts, placed = _in_one_object(question.document_id, facts)
    return PageDecision(facts=placed, texts=texts, findings=findings, not_kept=not_kept)


def _in_one_object(document_id: str, facts: Sequence[CdmFacts]) -> tuple[TextPage | None, tuple[CdmFacts, ...]]:
    """Put the texts of messages into one object, and name in each row where its text lies there."""
    if not facts:
        return None, ()
    texts = text_page(document_id, [each.kvn or b"" for each in facts])
    placed = tuple(
        replace(each, kvn=None, columns=each.columns | {"object_key": key})
        for each, key in zip(facts, texts.object_keys, strict=True)
    )
    return texts, placed


class _Message(NamedTuple):
    cdm: ccsds.Cdm
    kvn: bytes


def _read(report: ccsds.Report) -> _Message | str:
    """Return a row's message with its KVN, or why it is none.

    It is written right after it was read, while the library still has in hand what the row says.
    """
    if isinstance(report.message, ccsds.Cdm):
        try:
            return _Message(report.message, ccsds.write(report.message, "kvn"))
        except ccsds.CannotWrite as error:
            return str(error)
    first = next((finding for finding in report.findings if finding.severity == "error"), None)
    return "it is no CDM" if first is None else f"{first.rule}: {first.message}"


def _assessments(rows: Sequence[_Message | str]) -> list[CdmAssessment | UnusableCdmError | None]:
    """Assess the messages among some rows; None beside what is no message."""
    assessed = iter(assessed_each([row.cdm for row in rows if isinstance(row, _Message)]))
    return [next(assessed) if isinstance(row, _Message) else None for row in rows]


def _facts(
    row: _Message | str,
    assessment: CdmAssessment | UnusableCdmError | None,
    recipient: Recipient,
    question: PageQuestion,
) -> CdmFacts:
    if isinstance(row, str):
        raise NotKeptError(row)
    return cdm_facts(
        row.cdm,
        recipient,
        source=question.source,
        received_at=question.received_at,
        kvn=row.kvn,
        assessment=assessment,
    )
