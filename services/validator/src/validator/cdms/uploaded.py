"""A conjunction data message that an operator uploads about a satellite of its own."""

from typing import Final

import ccsds
from validator.cdms.facts import CdmFacts, NotKeptError, Recipient, cdm_facts
from validator.question import Question

__all__ = ["operators_cdm"]

_BASIS: Final = "as uploaded by its operator"
"""Its messages are a thread of their own, beside those that the originator sends us itself."""


def operators_cdm(report: ccsds.Report, question: Question, data: bytes, number: int | None) -> CdmFacts | None:
    """Return what is kept of an operator's CDM; None where it is none, or not about a satellite of its own."""
    if question.purpose != "operator" or not isinstance(report.message, ccsds.Cdm) or number not in question.own:
        return None
    try:
        return cdm_facts(
            report.message,
            Recipient(question.organization_id, question.service_level),
            source="operator",
            received_at=question.received_at,
            basis=_BASIS,
            kvn=data if report.format == "KVN" else None,
        )
    except NotKeptError:
        return None
