"""OMM in XML, one (a message) or many in an NDM container (a catalogue) (CCSDS 505.0-B-3), qualified or not."""

from __future__ import annotations

import io
import itertools
import re

from ccsds.limits import Limits
from ccsds.messages.element_sets import ElementSets
from ccsds.messages.omm import Omm
from ccsds.readers.omm_columns import KEYWORDS, Place, Records, element_sets
from ccsds.report import FindingLog
from ccsds.tree.messages import read_xml_message

__all__ = ["read_omm_xml"]

RECORD = "omm"
BEGINNING = re.compile(rb"<(?:[A-Za-z0-9_.-]+:)?omm[\s>]")
HEADER = re.compile(rb"<(?:[A-Za-z0-9_.-]+:)?header[\s>]")


def read_omm_xml(data: bytes, log: FindingLog, limits: Limits) -> Omm | ElementSets | None:
    """Read one OMM, or a catalogue of many; records without a header are a catalogue too."""
    if HEADER.search(data) and next(itertools.islice(BEGINNING.finditer(data), 1, None), None) is None:
        message = read_xml_message("OMM", data, log, limits)
        return message if isinstance(message, (Omm, ElementSets)) else None
    records = _records(data, log, limits)
    if not records:
        return None
    columns = {keyword: [record.get(keyword, "") for record in records] for keyword in KEYWORDS}

    def place(row: int, keyword: str) -> Place:
        return Place(None, path=f"omm[{row + 1}]/{keyword}")

    return element_sets(Records(len(records), columns, place, judge_forms=True), log)


def _records(data: bytes, log: FindingLog, limits: Limits) -> list[dict[str, str]]:
    from xml.etree.ElementTree import ParseError  # noqa: PLC0415

    from defusedxml import DefusedXmlException  # noqa: PLC0415
    from defusedxml.ElementTree import iterparse  # noqa: PLC0415

    records: list[dict[str, str]] = []
    record: dict[str, str] | None = None
    depth = 0
    try:
        for event, element in iterparse(io.BytesIO(data), events=("start", "end"), forbid_dtd=True):
            name = element.tag.rpartition("}")[2]
            if event == "start":
                depth += 1
                if depth > limits.max_xml_depth:
                    log.drop("XML-003", f"elements are nested deeper than {limits.max_xml_depth}")
                    break
                if name == RECORD:
                    record = {}
                continue
            depth -= 1
            if name == RECORD and record is not None:
                if len(records) == limits.max_records:
                    log.drop("SYN-017", f"more than {limits.max_records} records")
                    break
                records.append(record)
                record = None
                element.clear()
            elif record is not None and name.isupper() and name != "COMMENT":
                record.setdefault(name, (element.text or "").strip())
    except ParseError as error:
        line, column = error.position
        log.drop("XML-001", f"not well-formed: {str(error).partition(':')[0]}", line=line, column=column + 1)
    except DefusedXmlException:
        log.drop("XML-002", "the document declares a document type or an entity", line=1)
    except (ValueError, LookupError) as error:
        log.drop("XML-001", f"the encoding can't be read: {error}", line=1)
    return records
