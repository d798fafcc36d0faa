"""OMM in KVN, one or many, each beginning with CCSDS_OMM_VERS (CCSDS 502.0-B-3 section 4)."""

from __future__ import annotations

from dataclasses import dataclass, field

from ccsds.checks.omm import check_omm
from ccsds.limits import Limits
from ccsds.messages.element_sets import ElementSets
from ccsds.readers.characters import check_characters, check_line_lengths
from ccsds.readers.omm_columns import Place, Records, element_sets
from ccsds.readers.section import NOT_A_VALUE, Section
from ccsds.report import FindingLog
from ccsds.syntax.kvn import KvnLine, parse_line, split_unit
from ccsds.syntax.lines import Lines
from ccsds.syntax.numbers import number_problem
from ccsds.tables import omm as tables
from ccsds.tables.keyword import Keyword

__all__ = ["read_omm_kvn"]

VERSION = "CCSDS_OMM_VERS"
USER_DEFINED = "USER_DEFINED_"


def read_omm_kvn(data: bytes, log: FindingLog, limits: Limits) -> ElementSets | None:
    """Read a catalogue or a single OMM."""
    lines = Lines(data)
    check_characters(lines, log)
    check_line_lengths(lines, log)
    sections = _OmmReader(lines, log, limits).read()
    if not sections:
        return None
    columns: dict[str, list[str]] = {
        name: [_bare(section, name) for section in sections] for name in tables.KEYWORDS if name != VERSION
    }
    refused = {row for row, section in enumerate(sections) if not _judge(section, log)}

    def place(row: int, keyword: str) -> Place:
        entry = sections[row].entries.get(keyword)
        return Place(sections[row].last_line) if entry is None else Place(entry.line, entry.column)

    return element_sets(Records(len(sections), columns, place, judge_presence=False, refused=refused), log)


def _bare(section: Section, name: str) -> str:
    text = section.text(name) or ""
    return split_unit(text).value if name in tables.NUMBERS else text


def _judge(section: Section, log: FindingLog) -> bool:
    """Report what is wrong with one record's values; False where an element of it can't be read."""
    names = [row.name for row in tables.KEYWORDS.values() if row.obligation == "M" and row.name != VERSION]
    section.require(*names, *((VERSION,) if VERSION not in section.entries else ()))
    usable = True
    for name in section.entries:
        if name in tables.NUMBERS:
            value = section.number(name)
            spoiled = number_problem(split_unit(section.entries[name].value).value)[1] in NOT_A_VALUE
            if value is None and spoiled and section.entries[name].value:
                usable = False
    section.time("CREATION_DATE")
    section.time("REF_FRAME_EPOCH")
    return check_omm(section, log) and usable


@dataclass
class _OmmReader:
    lines: Lines
    log: FindingLog
    limits: Limits
    sections: list[Section] = field(default_factory=list)
    _last: Keyword | None = None
    _comment: tuple[int, int] | None = None

    def read(self) -> list[Section]:
        for index in range(len(self.lines)):
            parsed = parse_line(self.lines.text(index))
            line = index + 1
            match parsed.kind:
                case "blank":
                    pass
                case "comment":
                    self._take_comment(parsed, line)
                case "assignment":
                    if not self._take_assignment(parsed, line):
                        break
                case _:
                    shown = parsed.value if len(parsed.value) <= 40 else parsed.value[:40] + "…"
                    message = f"{shown!r} is no assignment and no comment"
                    self.log.drop("SYN-016", message, line=line, column=parsed.column)
        return self.sections

    def _take_comment(self, parsed: KvnLine, line: int) -> None:
        if not parsed.spaced:
            message = "COMMENT is not followed by a blank"
            self.log.add("SYN-015", message, line=line, column=parsed.value_column)
        if not self.sections:
            message = "a comment stands before CCSDS_OMM_VERS"
            self.log.add("SYN-001/comment", message, line=line, column=parsed.column)
        elif self._comment is None:
            self._comment = (line, parsed.column)

    def _take_assignment(self, parsed: KvnLine, line: int) -> bool:
        keyword = parsed.keyword
        if keyword == VERSION or not self.sections:
            if len(self.sections) == self.limits.max_records:
                self.log.drop("SYN-017", f"more than {self.limits.max_records} records", line=line)
                return False
            if keyword != VERSION:
                message = f"{keyword} stands before {VERSION}"
                self.log.add("SYN-001", message, line=line, column=parsed.column)
            self._open()
        section = self.sections[-1]
        if keyword.startswith(USER_DEFINED):
            section.last_line = line
            return True
        if keyword in tables.ONLY_3_0 and section.text(VERSION) == "2.0":
            key = "OMM-021" if keyword in {"BTERM", "AGOM"} else "VER-003"
            self.log.add(key, f"{keyword} is not a keyword of version 2.0", line=line, column=parsed.column)
        row = section.assign(parsed, line)
        self._check_comment_place(row)
        self._last = row
        if keyword == VERSION:
            self._check_version(parsed, line)
        return True

    def _open(self) -> None:
        section = Section(tables.KEYWORDS, "the OMM", self.log, empty_key="SYN-012/header")
        self.sections.append(section)
        self._last = None

    def _check_comment_place(self, row: Keyword | None) -> None:
        if self._comment is None:
            return
        (line, column), self._comment = self._comment, None
        last = self._last
        below_version = last is not None and last.name == VERSION
        if row is not None and last is not None and last.block == row.block and not below_version:
            message = f"a comment stands inside a block, before {row.name}"
            self.log.add("COM-004", message, line=line, column=column)

    def _check_version(self, parsed: KvnLine, line: int) -> None:
        if parsed.value in tables.VERSIONS:
            return
        key = "VER-005" if parsed.value == "1.0" else "VER-004"
        message = f"{parsed.value!r} is no version of the OMM: {', '.join(tables.VERSIONS)} are"
        self.log.add(key, message, line=line, column=parsed.value_column)
