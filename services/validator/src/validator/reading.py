"""From the bytes of a document to the decision on it. A pure function, which a child process may run."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import ccsds
from assessment.errors import AssessmentError
from astrodynamics.errors import AstrodynamicsError
from validator.cdms.uploaded import operators_cdm
from validator.errors import ContentDamaged
from validator.extraction import catalogue_facts, ephemeris_facts, plain, start_of
from validator.maneuvers import maneuver_facts
from validator.question import (
    CatalogueFacts,
    Decision,
    EphemerisFacts,
    ManeuverFacts,
    Question,
    TrajectoryRemarks,
)
from validator.rules import PACKED_DAMAGED, PACKED_TOO_LARGE, Fault, ServiceRule, Subject, service_findings
from validator.satellite import Claim, claims, satellite_of
from validator.unpacking import DamagedError, TooLargeError, is_gzip, unpacked

__all__ = ["decide", "decide_all", "decide_file"]

_RECORD = re.compile(r"\[\d+\]")


def decide_file(file: str, question: Question) -> Decision:
    """Decide on the document in `file`.

    Raises
    ------
    ContentDamaged
        The file does not hold the bytes that were received.
    """
    return _decide_checked(Path(file).read_bytes(), question)


def decide_all(documents: Sequence[tuple[bytes, Question]]) -> list[Decision]:
    """Decide on documents, one after the other.

    Raises
    ------
    ContentDamaged
        One of them does not have the bytes that were received.
    """
    return [_decide_checked(data, question) for data, question in documents]


def _decide_checked(data: bytes, question: Question) -> Decision:
    found = hashlib.sha256(data).hexdigest()
    if found != question.sha256:
        raise ContentDamaged(
            f"The object of document {question.document_id} has SHA-256 {found}, and {question.sha256} was received"
        )
    return decide(data, question)


def decide(data: bytes, question: Question) -> Decision:
    """Decide on a document: what the message library finds, what its name says, and the service's own rules."""
    try:
        content = unpacked(data, question.limits) if question.purpose == "catalogue" and is_gzip(data) else data
    except DamagedError as error:
        return _refused(question, PACKED_DAMAGED, str(error))
    except TooLargeError as error:
        return _refused(question, PACKED_TOO_LARGE, str(error))
    largest = ccsds.Limits(max_bytes=max(question.limits.unpacked_max_bytes, ccsds.Limits().max_bytes))
    report = _with_element_sets(ccsds.validate(content, profile=question.profile, limits=largest))
    name = ccsds.parse_file_name(question.file_name, profile=question.profile)
    found = claims(question, name, report.message)
    number = satellite_of(found) if question.purpose == "operator" else None
    ephemeris, remarks, unusable = _ephemeris(report, name, question, number)
    refused_count = _refused_records(report) if question.purpose == "catalogue" else 0
    catalogue, unusable = _catalogue(report, question, refused_count, unusable)
    maneuvers, untold = _maneuvers(report, question, number)
    subject = Subject(
        question=question,
        kind=report.kind,
        message_type=report.message_type,
        message=report.message,
        name=name,
        claims=found if question.purpose == "operator" else (),
        norad_cat_id=number,
        start_time=start_of(report.message) if isinstance(report.message, ccsds.Oem) else None,
        unusable=unusable,
        remarks=remarks,
        untold=untold,
        record_count=len(report.message) if isinstance(report.message, ccsds.ElementSets) else 0,
        refused_count=refused_count,
    )
    findings = [*_name_findings(subject), *service_findings(subject), *_content(report, question)]
    is_valid = all(finding["severity"] != "error" for finding in findings)
    decision = _decision(
        report,
        findings,
        number,
        ephemeris=ephemeris if is_valid else None,
        catalogue=catalogue if is_valid else None,
        maneuvers=maneuvers if is_valid else (),
    )
    cdm = operators_cdm(report, question, data, number) if is_valid else None
    unresolved = _unresolved(found) if question.purpose == "operator" else ()
    return replace(decision, cdm=cdm, unresolved=unresolved)


def _unresolved(found: Iterable[Claim]) -> tuple[str, ...]:
    return tuple(claim.text.upper() for claim in found if claim.norad_cat_id is None)


def _with_element_sets(report: ccsds.Report) -> ccsds.Report:
    """The report with element sets for its message where it is one OMM for SGP4: a catalogue of one."""
    sets = ccsds.element_sets_of(report.message)
    return report if sets is None else replace(report, message=sets)


def _ephemeris(
    report: ccsds.Report, name: ccsds.FileName, question: Question, number: int | None
) -> tuple[EphemerisFacts | None, TrajectoryRemarks, str | None]:
    """What is extracted of an operator's ephemeris with remarks on it, or why nothing can be."""
    if question.purpose != "operator" or number is None or report.verdict != "valid":
        return None, TrajectoryRemarks(), None
    if not isinstance(report.message, ccsds.Oem):
        return None, TrajectoryRemarks(), None
    try:
        return *ephemeris_facts(report.message, name, question, number), None
    except (AssessmentError, AstrodynamicsError) as error:
        return None, TrajectoryRemarks(), str(error)


def _catalogue(
    report: ccsds.Report, question: Question, refused_count: int, unusable: str | None
) -> tuple[CatalogueFacts | None, str | None]:
    if question.purpose != "catalogue" or not isinstance(report.message, ccsds.ElementSets):
        return None, unusable
    try:
        return catalogue_facts(report.message, question, refused_count=refused_count), None
    except (AssessmentError, AstrodynamicsError) as error:
        return None, str(error)


def _maneuvers(
    report: ccsds.Report, question: Question, number: int | None
) -> tuple[tuple[ManeuverFacts, ...], str | None]:
    """What an operator's maneuver notification tells, or why it tells nothing."""
    if question.purpose != "operator" or number is None or not isinstance(report.message, ccsds.Opm):
        return (), None
    try:
        return maneuver_facts(report.message, question, number), None
    except (ccsds.NotANotification, AstrodynamicsError) as error:
        return (), str(error)


def _name_findings(subject: Subject) -> list[dict[str, Any]]:
    """What the rules of file names say. Names of anything but an operator's ephemeris are free."""
    applies = subject.is_operators and subject.is_ephemeris
    return [finding.to_dict() for finding in subject.name.findings] if applies else []


def _content(report: ccsds.Report, question: Question) -> Iterable[dict[str, Any]]:
    """The findings on the content. A record of a catalogue that cannot be used is left out, and is no error of it."""
    leaves_out = question.purpose == "catalogue" and isinstance(report.message, ccsds.ElementSets)
    for found in report.findings:
        finding = found.to_dict()
        if leaves_out and found.severity == "error":
            finding |= {"severity": "warning", "message": f"{found.message}; the record is left out"}
        yield finding


def _refused_records(report: ccsds.Report) -> int:
    """How many records have an error: they are counted by their place, a line or an entry of an array."""
    places = {_place(finding) for finding in report.errors}
    all_kept = len(report.errors) < ccsds.Limits().max_findings
    return len(places) + (0 if all_kept else report.findings_omitted)


def _place(finding: ccsds.Finding) -> object:
    record = _RECORD.match(finding.path or "")
    return record[0] if record is not None else finding.line


def _refused(question: Question, rule: ServiceRule, message: str) -> Decision:
    return Decision(
        verdict="invalid",
        kind="UNKNOWN",
        format="TXT",
        version=None,
        profile=question.profile,
        norad_cat_id=None,
        findings=[rule.finding(Fault(message))],
        findings_omitted=0,
        error_count=1,
        warning_count=0,
    )


def _decision(
    report: ccsds.Report,
    findings: list[dict[str, Any]],
    number: int | None,
    *,
    ephemeris: EphemerisFacts | None,
    catalogue: CatalogueFacts | None,
    maneuvers: tuple[ManeuverFacts, ...],
) -> Decision:
    count = {
        severity: sum(finding["severity"] == severity for finding in findings) for severity in ("error", "warning")
    }
    verdict: Literal["valid", "invalid"] = "invalid" if count["error"] else "valid"
    return Decision(
        verdict=verdict,
        kind=report.kind,
        format=report.format,
        version=None if report.version is None else plain(report.version, 10),
        profile=report.profile,
        norad_cat_id=number,
        findings=[
            {name: plain(value) if isinstance(value, str) else value for name, value in finding.items()}
            for finding in findings
        ],
        findings_omitted=report.findings_omitted,
        error_count=count["error"],
        warning_count=count["warning"],
        ephemeris=ephemeris,
        catalogue=catalogue,
        maneuvers=maneuvers,
    )
