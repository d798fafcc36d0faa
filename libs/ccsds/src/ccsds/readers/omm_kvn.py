"""OMM in KVN (CCSDS 502.0-B-3 section 4): one is a message; many, each beginning with its version, are a catalogue."""

from __future__ import annotations

from ccsds.checks.omm import check_omm
from ccsds.limits import Limits
from ccsds.messages.element_sets import ElementSets
from ccsds.messages.omm import Omm
from ccsds.readers.characters import check_characters, check_line_lengths
from ccsds.readers.odm_kvn import read_messages
from ccsds.readers.odm_statements import OdmStatements
from ccsds.readers.omm_columns import Place, Records, element_sets
from ccsds.readers.omm_message import OMM_KIND, build_omm
from ccsds.readers.section import NOT_A_VALUE, Section
from ccsds.report import FindingLog
from ccsds.syntax.kvn import split_unit
from ccsds.syntax.lines import Lines
from ccsds.syntax.numbers import number_problem
from ccsds.tables import omm as tables

__all__ = ["read_omm_kvn"]

VERSION = "CCSDS_OMM_VERS"


def read_omm_kvn(data: bytes, log: FindingLog, limits: Limits) -> Omm | ElementSets | None:
    """Read one OMM, or a catalogue of many; records without a header are a catalogue."""
    lines = Lines(data)
    check_characters(lines, log)
    check_line_lengths(lines, log)
    messages = read_messages(OMM_KIND, lines, log, limits.max_records)
    if not messages:
        return None
    if len(messages) == 1 and VERSION in messages[0].section.entries:
        return build_omm(messages[0], log)
    return _catalogue(messages, log)


def _catalogue(messages: list[OdmStatements], log: FindingLog) -> ElementSets | None:
    sections = [message.section for message in messages]
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
