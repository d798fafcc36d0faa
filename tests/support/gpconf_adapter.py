"""What `gpconf` calls: this library's readers and writer, in the kit's field names.

Values go as the shortest text of the double that was read, so that the kit compares digits and not binary fractions.
"""

import re
from datetime import datetime
from typing import Any

import numpy as np

import ccsds
from ccsds.syntax.alpha5 import decode_alpha5, encode_alpha5
from ccsds.syntax.times import format_time, read_time

ELEMENTS = {
    "mean_motion": "mean_motion_rev_day",
    "eccentricity": "eccentricity",
    "inclination": "inclination_deg",
    "ra_of_asc_node": "ra_of_asc_node_deg",
    "arg_of_pericenter": "arg_of_pericenter_deg",
    "mean_anomaly": "mean_anomaly_deg",
    "bstar": "bstar",
    "mean_motion_dot": "mean_motion_dot",
    "mean_motion_ddot": "mean_motion_ddot",
}
COUNTERS = ("ephemeris_type", "element_set_no", "rev_at_epoch")
REFUSALS_ARE_REPORTED = {"_adapter": {"refusals": True}}
CSV_HEADER = (
    "OBJECT_NAME,OBJECT_ID,EPOCH,MEAN_MOTION,ECCENTRICITY,INCLINATION,RA_OF_ASC_NODE,ARG_OF_PERICENTER,MEAN_ANOMALY,"
    "NORAD_CAT_ID,BSTAR"
)
CSV_RECORD = "A,1998-067A,2026-09-20T12:00:00,15.5,.0003,51.6,213.4,300.5,59.5,{},.0001"


class Adapter:
    """The readers and the writer of `ccsds` behind the kit's protocol."""

    def parse(self, raw: bytes, text_format: str) -> list[dict[str, Any]]:  # noqa: ARG002 - the content shows it
        """Read a file: its records, and a refusal with its reason for every record that can't be used."""
        report = ccsds.validate(raw, profile="operational")
        lines = raw.decode("utf-8", errors="replace").splitlines()
        answer: list[dict[str, Any]] = [REFUSALS_ARE_REPORTED]
        answer += [_refusal(finding, lines) for finding in report.errors]
        message = report.message
        if isinstance(message, ccsds.ElementSets):
            answer += [_record(message, row) for row in range(len(message))]
        elif isinstance(message, ccsds.Omm):
            answer.append(_record_of_message(message))
        return answer

    def write_tle(self, record: dict[str, Any]) -> str:
        """Write a record as TLE; `ccsds.CannotWrite` where a TLE can't carry it."""
        return ccsds.write(_sets(record), "tle").decode()

    def alpha5_decode(self, field: str) -> int:
        """The number of a five-character field."""
        number = decode_alpha5(field) if len(field) == 5 and field == field.strip() else None
        if number is None:
            raise ValueError(f"{field!r} is no catalogue number")
        return number

    def alpha5_encode(self, number: int) -> str:
        """The five-character field of a number."""
        field = encode_alpha5(number)
        if field is None:
            raise ValueError(f"{number} does not fit into a TLE")
        return field

    def two_digit_year(self, text: str) -> int:
        """The year of a TLE's epoch."""
        first, second = ccsds.write(_sets(_EXAMPLE), "tle").decode().splitlines()[-2:]
        first = _with_checksum(first[:18] + text + first[20:68])
        sets, _ = ccsds.read_catalogue(f"{first}\n{second}\n".encode())
        return int(str(sets.epoch[0])[:4])

    def parse_epoch(self, text: str) -> datetime:
        """A CCSDS time, to microseconds."""
        reading = read_time(text)
        if reading.problem is not None:
            raise ValueError(reading.message)
        rounded = (reading.epoch + np.timedelta64(500, "ns")).astype("datetime64[us]")
        return datetime.fromisoformat(str(rounded))

    def parse_catalog_id(self, text: str) -> int:
        """NORAD_CAT_ID of an OMM record."""
        sets, _ = ccsds.read_catalogue(f"{CSV_HEADER}\n{CSV_RECORD.format(text)}\n".encode())
        return int(sets.norad_cat_id[0])


def _with_checksum(line: str) -> str:
    return line + str(sum(int(c) if c.isdigit() else c == "-" for c in line) % 10)


def _record(sets: ccsds.ElementSets, row: int) -> dict[str, Any]:
    return {
        "norad_cat_id": int(sets.norad_cat_id[row]),
        "object_name": sets.object_name[row],
        "object_id": sets.object_id[row],
        "classification_type": str(sets.classification[row]),
        "epoch": format_time(sets.epoch[row]),
        **{name: repr(float(getattr(sets, field)[row])) for name, field in ELEMENTS.items()},
        **{name: int(getattr(sets, name)[row]) for name in COUNTERS},
    }


def _record_of_message(omm: ccsds.Omm) -> dict[str, Any]:
    """One complete message: what it leaves out stays out, but for the drag terms, which then are 0."""
    elements, tle = omm.elements, omm.tle or ccsds.OmmTleParameters()
    values = {name: getattr(elements if hasattr(elements, field) else tle, field) for name, field in ELEMENTS.items()}
    given = {
        "object_name": omm.metadata.object_name,
        "object_id": omm.metadata.object_id,
        "center_name": omm.metadata.center_name,
        "ref_frame": omm.metadata.ref_frame,
        "time_system": omm.metadata.time_system,
        "mean_element_theory": omm.metadata.mean_element_theory,
        "classification_type": tle.classification_type,
        **{name: getattr(tle, name) for name in COUNTERS},
    }
    return {
        "norad_cat_id": tle.norad_cat_id,
        "epoch": format_time(elements.epoch),
        **{name: repr(0.0 if value is None else value) for name, value in values.items()},
        **{name: value for name, value in given.items() if value is not None},
    }


def _refusal(finding: ccsds.Finding, lines: list[str]) -> dict[str, Any]:
    """A finding with the text around its place, and the catalogue field of its line where a TLE or CSV has one."""
    text = lines[finding.line - 1] if finding.line is not None and finding.line <= len(lines) else ""
    begin = max(0, (finding.column or 1) - 60)
    refusal = {"_refused": f"{finding.place}{finding.rule}: {finding.message}", "_input": text[begin : begin + 80]}
    header = lines[0].split(",")
    if re.match(r"[12] ", text):
        refusal["_field"] = text[2:7]
    elif "NORAD_CAT_ID" in header and text.count(",") >= header.index("NORAD_CAT_ID"):
        refusal["_field"] = text.split(",")[header.index("NORAD_CAT_ID")]
    return refusal


_EXAMPLE = {
    "norad_cat_id": 25544,
    "object_name": "",
    "object_id": "1998-067A",
    "classification_type": "U",
    "epoch": "2026-09-20T12:00:00",
    "mean_motion": "15.5",
    "eccentricity": "0.0003",
    "inclination": "51.6",
    "ra_of_asc_node": "213.4",
    "arg_of_pericenter": "300.5",
    "mean_anomaly": "59.5",
    "bstar": "0.0001",
    "mean_motion_dot": "0",
    "mean_motion_ddot": "0",
    "ephemeris_type": 0,
    "element_set_no": 999,
    "rev_at_epoch": 1,
}


def _sets(record: dict[str, Any]) -> ccsds.ElementSets:
    columns: dict[str, Any] = {field: np.array([float(record[name])]) for name, field in ELEMENTS.items()}
    columns |= {name: np.array([int(record.get(name) or 0)]) for name in COUNTERS}
    return ccsds.ElementSets(
        norad_cat_id=np.array([record["norad_cat_id"]]),
        object_name=(record.get("object_name") or "",),
        object_id=(record.get("object_id") or "",),
        epoch=np.array([read_time(record["epoch"]).epoch]),
        classification=np.array([record.get("classification_type") or "U"]),
        **columns,
    )
