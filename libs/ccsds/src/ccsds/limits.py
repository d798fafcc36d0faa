"""Bounds against hostile input."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Limits"]

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What a document may cost at most; beyond it one SYN-017 error is reported and nothing is read.

    Attributes
    ----------
    max_bytes
        Size of the document.
    max_lines
        Number of lines.
    max_segments
        Segments of an OEM.
    max_records
        Element sets of a catalogue.
    max_xml_depth
        Nesting of XML elements, or of JSON objects and arrays.
    max_values
        Elements or values of a single message in XML or JSON.
    max_findings
        Findings kept in the report; the rest is counted in `Report.findings_omitted`.
    """

    max_bytes: int = 256 * MIB
    max_lines: int = 10_000_000
    max_segments: int = 10_000
    max_records: int = 1_000_000
    max_xml_depth: int = 32
    max_values: int = 4_000_000
    max_findings: int = 1000
