"""Findings and reports: what was found in a document, where, and what it means in a profile."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from ccsds.profiles import Profile
from ccsds.rules import RULES

if TYPE_CHECKING:
    from ccsds.messages import Message

__all__ = ["Finding", "FindingLog", "Kind", "Report", "Severity", "TextFormat", "Verdict"]

Severity = Literal["error", "warning", "info"]
Verdict = Literal["valid", "invalid"]
Kind = str
"""`OEM`, `CDM`, `OMM`, `TLE`, … or `UNKNOWN`: the kinds that `ccsds.formats` lists."""
TextFormat = Literal["KVN", "XML", "JSON", "CSV", "TXT"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a rule says about one place of a document.

    Attributes
    ----------
    rule
        Stable id, for example `SYN-002`.
    severity
        Its weight in the profile of the report.
    line, column
        From 1; None where the finding is about the whole document. A column counts bytes.
    path
        Place in XML or JSON, for example `[3].MEAN_MOTION`.
    message
        What is wrong.
    hint
        What to do about it.
    source
        Clause of the standard or handbook.
    """

    rule: str
    severity: Severity
    line: int | None
    column: int | None
    path: str | None
    message: str
    hint: str | None = None
    source: str | None = None

    @property
    def place(self) -> str:
        """The place as a prefix for one line of text: `line 12, column 5: `."""
        if self.line is None:
            return "" if self.path is None else f"{self.path}: "
        column = "" if self.column is None else f", column {self.column}"
        return f"line {self.line}{column}: "

    def to_dict(self) -> dict[str, object]:
        """The finding as the verdict object carries it."""
        return {
            "rule": self.rule,
            "severity": self.severity,
            "line": self.line,
            "column": self.column,
            "path": self.path,
            "message": self.message,
            "hint": self.hint,
            "source": self.source,
        }


@dataclass(frozen=True, slots=True)
class Report:
    """The verdict on one document; `invalid` exactly when one finding is an error in the profile.

    Attributes
    ----------
    findings
        Sorted by line.
    findings_omitted
        How many more there were than `Limits.max_findings`. Errors are kept before warnings.
    sha256
        Of the bytes as they came, in hexadecimal.
    message_type
        What a document that begins like this becomes if it is usable; None where its format can't be read.
    message
        The typed message; None where the document can't be used.
    """

    verdict: Verdict
    findings: tuple[Finding, ...]
    findings_omitted: int
    kind: Kind
    format: TextFormat
    version: str | None
    profile: str
    sha256: str
    message_type: type[Message] | None
    message: Message | None = field(repr=False)

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings of severity error."""
        return tuple(f for f in self.findings if f.severity == "error")

    def to_dict(self, file: str) -> dict[str, object]:
        """The verdict object of the command line and of the API, for the file of that name."""
        return {
            "file": file,
            "sha256": self.sha256,
            "kind": self.kind,
            "format": self.format,
            "version": self.version,
            "profile": self.profile,
            "verdict": self.verdict,
            "findings": [finding.to_dict() for finding in self.findings],
            "findings_omitted": self.findings_omitted,
        }


class FindingLog:
    """Takes what the readers and checks report, and weighs it by the profile."""

    def __init__(self, profile: Profile, max_findings: int) -> None:
        self.profile = profile
        self.lossy = False
        """Whether a value had to be dropped, so that the message does not carry the whole document."""
        self.error_count = 0
        self._errors: list[Finding] = []
        self._others: list[Finding] = []
        self._max_findings = max_findings
        self._count = 0

    def weighs(self, key: str) -> bool:
        """Whether the profile reports that rule at all: asked before costly checks."""
        return self.profile.severity(key) != "off"

    def is_error(self, key: str) -> bool:
        """Whether that rule rejects a document in this profile."""
        return self.profile.severity(key) == "error"

    def has_room(self, key: str) -> bool:
        """Whether a finding under that rule would be kept: asked before a costly hint."""
        severity = self.profile.severity(key)
        kept = self._errors if severity == "error" else self._others
        return severity != "off" and len(kept) < self._max_findings

    def add(
        self,
        key: str,
        message: str,
        *,
        line: int | None = None,
        column: int | None = None,
        path: str | None = None,
        hint: str | None = None,
    ) -> None:
        """Report one finding under a rule key (`SYN-012` or, for a variant, `SYN-012/optional`)."""
        severity = self.profile.severity(key)
        if severity == "off":
            return
        self._count += 1
        kept = self._others
        if severity == "error":
            self.error_count += 1
            kept = self._errors
        if len(kept) >= self._max_findings:
            return
        rule = RULES[key]
        kept.append(
            Finding(
                rule=rule.id,
                severity=severity,
                line=line,
                column=column,
                path=path,
                message=message,
                hint=hint if hint is not None else rule.hint,
                source=rule.source or None,
            )
        )

    def drop(
        self,
        key: str,
        message: str,
        *,
        line: int | None = None,
        column: int | None = None,
        hint: str | None = None,
    ) -> None:
        """Report a finding because of which a value of the document is lost to the message."""
        self.lossy = True
        self.add(key, message, line=line, column=column, hint=hint)

    @property
    def verdict(self) -> Verdict:
        """`invalid` exactly when an error was reported."""
        return "invalid" if self.error_count else "valid"

    def findings(self) -> tuple[tuple[Finding, ...], int]:
        """The findings to keep, sorted by place, and how many were left out."""
        room = self._max_findings - len(self._errors)
        kept = sorted(self._errors + self._others[: max(room, 0)], key=_place)
        return tuple(kept), self._count - len(kept)


def _place(finding: Finding) -> tuple[int, int]:
    return (finding.line or 0, finding.column or 0)
