"""From bytes to a report: what the document is, what is wrong with it, and its message."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from ccsds.document_format import DocumentFormat
from ccsds.errors import InvalidMessage
from ccsds.formats import UNKNOWN, find_format
from ccsds.limits import Limits
from ccsds.messages import ElementSets, Message, Omm
from ccsds.opening import BYTE_ORDER_MARK, Sniffed, compression_of
from ccsds.profiles import profile_named
from ccsds.readers.characters import invalid_utf8
from ccsds.report import Finding, FindingLog, Report
from ccsds.rules import RULES
from ccsds.syntax.lines import Lines

__all__ = ["Source", "read", "read_catalogue", "sniff", "validate", "validate_each"]

Source = bytes | str | os.PathLike[str]

DEFAULT_LIMITS = Limits()
CHUNK = 1 << 20
CONTROL = bytes(code for code in range(32) if code not in b"\t\n\r\f")


def sniff(data: bytes) -> Sniffed:
    """Tell kind, format and version of a document from its beginning; kind `UNKNOWN` where nothing fits."""
    if compression_of(data) is not None:
        return UNKNOWN
    return find_format(data)[0]


def validate(
    source: Source,
    *,
    profile: str = "strict",
    limits: Limits = DEFAULT_LIMITS,
    catalogue: Mapping[str, int] | None = None,
) -> Report:
    """Judge a document by all rules in one profile. Never stops at the first error and never raises on content.

    Parameters
    ----------
    source
        The bytes, or a path to them.
    profile
        `strict`, `operational`, `space-track`, `uksa` or `lenient`.
    limits
        Bounds against hostile input.
    catalogue
        International designator, as `1998-067A`, to catalogue number: what the document says of both is then checked
        against it. `ElementSets.designators` makes one.

    Returns
    -------
    The verdict with its findings, and the typed message where the document is usable.

    Raises
    ------
    UnknownProfile
        There is no profile of that name.
    OSError
        The path can't be read.
    """
    log = FindingLog(profile_named(profile), limits.max_findings)
    data, sha256, size = _load(source, limits)
    if size > limits.max_bytes:
        log.add("SYN-017", f"the document has {size} bytes; {limits.max_bytes} are allowed")
        return _report(log, UNKNOWN, None, sha256, None)
    sniffed, entry = find_format(data) if compression_of(data) is None else (UNKNOWN, None)
    message = _read(data, entry, log, limits)
    if message is not None and catalogue is not None:
        from ccsds.checks.catalogue_numbers import check_catalogue_numbers  # noqa: PLC0415

        check_catalogue_numbers(message, catalogue, data, log)
    return _report(log, sniffed, entry, sha256, message)


def validate_each(source: Source, *, profile: str = "strict", limits: Limits = DEFAULT_LIMITS) -> Iterator[Report]:
    """Judge each message of a document that holds several: one report a message, in their order.

    Several are in an NDM container, in an array of JSON objects (what Space-Track answers for class `cdm`), and in KVN
    where one message follows the other. A part's hash and places are those of the part alone. A document that holds one
    message, or a catalogue of element sets, gives the one report that `validate` gives.

    Raises
    ------
    UnknownProfile, OSError
        As `validate`.
    """
    from ccsds.splitting import parts_of  # noqa: PLC0415

    profile_named(profile)
    data = source if isinstance(source, bytes) else _load(source, limits)[0]
    if not data:
        yield validate(source, profile=profile, limits=limits)
        return
    for part in parts_of(data, limits):
        yield validate(part, profile=profile, limits=limits)


def read(source: Source, *, profile: str = "operational", limits: Limits = DEFAULT_LIMITS) -> Message:
    """Read a document into its typed message.

    Raises
    ------
    InvalidMessage
        The document is invalid in the profile, or of no use; the error carries the report.
    """
    report = validate(source, profile=profile, limits=limits)
    if report.verdict == "invalid" or report.message is None:
        raise InvalidMessage(report)
    return report.message


def read_catalogue(
    source: Source, *, profile: str = "operational", limits: Limits = DEFAULT_LIMITS
) -> tuple[ElementSets, tuple[Finding, ...]]:
    """Read TLE, 3LE or OMM (CSV, JSON, KVN, XML) as a catalogue.

    A record that can't be used is refused with its finding, and the ones after it are read.

    Raises
    ------
    InvalidMessage
        The document is no catalogue, or none of its records is usable.
    """
    report = validate(source, profile=profile, limits=limits)
    if isinstance(report.message, Omm):
        return _one_element_set(report, report.message), report.findings
    if not isinstance(report.message, ElementSets):
        raise InvalidMessage(report)
    return report.message, report.findings


def _one_element_set(report: Report, omm: Omm) -> ElementSets:
    """A message as a catalogue of one; refused under OMM-027 where its elements are not for SGP4."""
    reason = omm.why_not_sgp4()
    if reason is None:
        return omm.element_sets()
    rule = RULES["OMM-027"]
    finding = Finding("OMM-027", "error", None, None, None, f"the OMM is no element set for SGP4: {reason}", rule.hint)
    raise InvalidMessage(replace(report, verdict="invalid", findings=(*report.findings, finding), message=None))


def _load(source: Source, limits: Limits) -> tuple[bytes, str, int]:
    """The bytes (none if there are too many), their SHA-256 and their number."""
    if isinstance(source, bytes):
        return source, hashlib.sha256(source).hexdigest(), len(source)
    path = Path(source)
    size = path.stat().st_size
    if size <= limits.max_bytes:
        data = path.read_bytes()
        return data, hashlib.sha256(data).hexdigest(), len(data)
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return b"", digest.hexdigest(), size


def _read(data: bytes, entry: DocumentFormat | None, log: FindingLog, limits: Limits) -> Message | None:
    if not data.strip():
        log.add("FMT-003", "the document is empty" if not data else "the document holds nothing but blanks")
        return None
    compression = compression_of(data)
    if compression is not None:
        log.add("FMT-004", f"the document is compressed with {compression}: unpack it first")
        return None
    if entry is None:
        _report_unknown(data, log)
        return None
    breaks = data.count(b"\n") + data.count(b"\r")
    if breaks > 2 * limits.max_lines:
        log.add("SYN-017", f"the document has more than {limits.max_lines} lines")
        return None
    body = data
    if data.startswith(BYTE_ORDER_MARK):
        log.add("SYN-013", "a byte order mark stands before the text", line=1, column=1)
        body = data.removeprefix(BYTE_ORDER_MARK)
    message = entry.read(body, log, limits)
    if message is None:
        if not log.error_count:
            log.add("FMT-007", f"nothing of this {entry.kind} is usable")
        return None
    if not log.lossy:
        message.remember_source(data, entry.kind, entry.format)
    elif log.error_count and not isinstance(message, ElementSets):
        return None  # a catalogue goes on without the records that can't be used; a message is whole or none
    return message


def _report_unknown(data: bytes, log: FindingLog) -> None:
    lines = Lines(data)
    if data.translate(None, CONTROL) != data:
        first = int(np.flatnonzero(np.isin(lines.characters, np.frombuffer(CONTROL, dtype=np.uint8)))[0])
        line, column = lines.place_of(first)
        message = f"the document is binary: byte 0x{data[first]:02x}"
        log.add("FMT-005", message, line=line, column=column)
        return
    broken = invalid_utf8(data)
    if broken is not None:
        line, column = lines.place_of(broken)
        message = f"byte 0x{data[broken]:02x} is not valid UTF-8, and the document is of no known kind"
        log.add("FMT-006", message, line=line, column=column)
        return
    if b'"MIN_RNG"' in data and b'"SAT_1_ID"' in data:
        message = "rows of Space-Track's class cdm_public: a summary of conjunctions, without states and covariances"
        hint = "Ask for class cdm instead, in KVN or JSON: your organization sees those of its own objects."
        log.add("FMT-001", message, line=1, hint=hint)
        return
    log.add("FMT-001", "the document is of no known kind", line=1)


def _report(
    log: FindingLog, sniffed: Sniffed, entry: DocumentFormat | None, sha256: str, message: Message | None
) -> Report:
    findings, omitted = log.findings()
    return Report(
        verdict=log.verdict,
        findings=findings,
        findings_omitted=omitted,
        kind=sniffed.kind,
        format=sniffed.format,  # type: ignore[arg-type]
        version=sniffed.version,
        profile=log.profile.name,
        sha256=sha256,
        message_type=None if entry is None else entry.message_type,
        message=message,
    )
