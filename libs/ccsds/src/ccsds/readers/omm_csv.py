"""OMM catalogues in CSV: a header line of keywords, then a record a line (CelesTrak, GP data formats)."""

from __future__ import annotations

import csv
import io

from ccsds.limits import Limits
from ccsds.messages.element_sets import ElementSets
from ccsds.readers.characters import check_characters
from ccsds.readers.omm_columns import Place, Records, element_sets
from ccsds.report import FindingLog
from ccsds.syntax.lines import Lines

__all__ = ["read_omm_csv"]


def read_omm_csv(data: bytes, log: FindingLog, limits: Limits) -> ElementSets | None:
    """Read a catalogue; columns that an OMM does not know are ignored, in any order."""
    check_characters(Lines(data), log)
    rows: list[list[str]] = []
    line_numbers: list[int] = []
    header: list[str] | None = None
    reader = csv.reader(io.StringIO(data.decode("utf-8", errors="replace"), newline=""))
    try:
        for row in reader:
            if not row or row == [""]:
                continue
            if header is None:
                header = [name.strip().upper() for name in row]
            elif len(row) != len(header):
                message = f"the record has {len(row)} columns, the header line {len(header)}"
                end = sum(len(text) + 1 for text in row[: len(header)])
                log.drop("OMM-026", message, line=reader.line_num, column=max(end, 1))
            elif len(rows) == limits.max_records:
                log.drop("SYN-017", f"more than {limits.max_records} records", line=reader.line_num)
                break
            else:
                rows.append(row)
                line_numbers.append(reader.line_num)
    except csv.Error as error:
        log.drop("OMM-026", f"the line can't be read as CSV: {error}", line=reader.line_num, column=1)
    if header is None or not rows:
        return None
    columns = {
        name: [text.strip() for text in texts] for name, texts in zip(header, zip(*rows, strict=True), strict=True)
    }

    def place(row: int, keyword: str) -> Place:
        before = header.index(keyword) if keyword in header else 0
        return Place(line_numbers[row], sum(len(text) + 1 for text in rows[row][:before]) + 1)

    return element_sets(Records(len(rows), columns, place), log)
