"""OPM and OMM in KVN: lines to the statements of each message (CCSDS 502.0-B-3 sections 3, 4 and 7)."""

from __future__ import annotations

from ccsds.readers.odm_statements import OdmKind, OdmStatements
from ccsds.report import FindingLog
from ccsds.syntax.kvn import KvnLine, parse_line
from ccsds.syntax.lines import Lines

__all__ = ["read_messages", "read_statements"]

MARKERS = frozenset({"META_START", "META_STOP"})
SHOWN = 40


def read_statements(kind: OdmKind, version: str, lines: Lines, log: FindingLog) -> OdmStatements:
    """The statements of the one message that the lines hold."""
    statements = OdmStatements(kind, version, log)
    for line, text in enumerate(lines.texts(), start=1):
        _take(statements, parse_line(text), line)
    statements.close()
    return statements


def read_messages(kind: OdmKind, lines: Lines, log: FindingLog, max_count: int) -> list[OdmStatements]:
    """The statements of each message, one after the other, each beginning with its version line."""
    found: list[OdmStatements] = []
    before: list[tuple[KvnLine, int]] = []
    for line, text in enumerate(lines.texts(), start=1):
        parsed = parse_line(text)
        begins = parsed.kind == "assignment" and parsed.keyword == kind.version_keyword
        if not begins and not found and parsed.kind != "assignment":
            before.append((parsed, line))
            continue
        if begins or not found:
            if len(found) == max_count:
                log.drop("SYN-017", f"more than {max_count} records", line=line)
                break
            if found:
                found[-1].close()
            found.append(OdmStatements(kind, parsed.value if begins else "", log))
            for earlier, earlier_line in before:
                _take(found[-1], earlier, earlier_line)
            before = []
        _take(found[-1], parsed, line)
    if found:
        found[-1].close()
    return found


def _take(statements: OdmStatements, parsed: KvnLine, line: int) -> None:
    log = statements.log
    match parsed.kind:
        case "blank":
            pass
        case "comment":
            if not parsed.spaced:
                log.add("SYN-015", "COMMENT is not followed by a blank", line=line, column=parsed.value_column)
            statements.take_comment(parsed.value, line, parsed.column)
        case "assignment":
            statements.take_assignment(parsed, line)
        case "marker" if parsed.keyword in MARKERS:
            message = f"{parsed.keyword}: the metadata of an {statements.kind.name} stands between no markers"
            log.add("SYN-016/marker", message, line=line, column=parsed.column)
        case _:
            shown = parsed.value if len(parsed.value) <= SHOWN else parsed.value[:SHOWN] + "…"
            message = f"{shown!r} is no assignment and no comment"
            log.drop("SYN-016", message, line=line, column=parsed.column)
