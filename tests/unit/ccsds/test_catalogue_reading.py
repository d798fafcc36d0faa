"""TLE, 3LE and OMM become one table of element sets; a record that can't be used is refused, the next is read."""

import json
from dataclasses import fields

import numpy as np
import pytest

import ccsds

LINE_1 = "1 25544U 98067A   08264.51782528 -.00002182  00000-0 -11606-4 0  2927"
LINE_2 = "2 25544  51.6416 247.4627 0006703 130.5360 325.0288 15.72125391563537"
"""CelesTrak, NORAD Two-Line Element Set Format: the ISS example."""

CSV = (
    "OBJECT_NAME,OBJECT_ID,EPOCH,MEAN_MOTION,ECCENTRICITY,INCLINATION,RA_OF_ASC_NODE,ARG_OF_PERICENTER,MEAN_ANOMALY,"
    "EPHEMERIS_TYPE,CLASSIFICATION_TYPE,NORAD_CAT_ID,ELEMENT_SET_NO,REV_AT_EPOCH,BSTAR,MEAN_MOTION_DOT,MEAN_MOTION_DDOT\n"
    "ISS (ZARYA),1998-067A,2008-09-20T12:25:40.104192,15.72125391,.0006703,51.6416,247.4627,130.5360,325.0288,"
    "0,U,25544,292,56353,-.11606E-4,-.2182E-4,0\n"
)


def csv_rows() -> list[dict[str, str]]:
    header, *rows = (line.split(",") for line in CSV.splitlines())
    return [dict(zip(header, row, strict=True)) for row in rows]


def kvn(record: dict[str, str]) -> str:
    metadata = {"CENTER_NAME": "EARTH", "REF_FRAME": "TEME", "TIME_SYSTEM": "UTC", "MEAN_ELEMENT_THEORY": "SGP4"}
    order = ["OBJECT_NAME", "OBJECT_ID", *metadata, *[key for key in record if not key.startswith("OBJECT")]]
    lines = [f"{key} = {(record | metadata)[key]}" for key in order]
    return "\n".join(["CCSDS_OMM_VERS = 2.0", "CREATION_DATE =", "ORIGINATOR =", *lines]) + "\n"


def xml(record: dict[str, str]) -> str:
    body = "".join(f"<{key}>{value}</{key}>" for key, value in record.items())
    return f'<ndm><omm id="CCSDS_OMM_VERS" version="2.0"><body><segment>{body}</segment></body></omm></ndm>'


FORMS = {
    "TLE": f"{LINE_1}\n{LINE_2}\n",
    "3LE": f"0 ISS (ZARYA)\n{LINE_1}\n{LINE_2}\n",
    "3LE with trailing blanks and CRLF": f"ISS (ZARYA)             \r\n{LINE_1}\r\n{LINE_2}\r\n",
    "OMM CSV": CSV,
    "OMM JSON, numbers": json.dumps(
        [{k: json.loads(v) if k == "NORAD_CAT_ID" else v for k, v in csv_rows()[0].items()}]
    ),
    "OMM JSON, text": json.dumps(csv_rows()),
    "OMM KVN": kvn(csv_rows()[0]),
    "OMM XML": xml(csv_rows()[0]),
}


@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS.keys())
def test_every_form_carries_the_same_elements(text: str) -> None:
    sets, findings = ccsds.read_catalogue(text.encode())
    assert len(sets) == 1
    assert not [finding for finding in findings if finding.severity == "error"]
    assert sets.norad_cat_id.tolist() == [25544]
    assert sets.object_id == ("1998-067A",)
    assert sets.object_name in {("ISS (ZARYA)",), ("",)}
    assert sets.epoch[0] == np.datetime64("2008-09-20T12:25:40.104192", "ns")
    assert sets.mean_motion_rev_day[0] == 15.72125391
    assert sets.eccentricity[0] == 0.0006703
    assert sets.inclination_deg[0] == 51.6416
    assert sets.ra_of_asc_node_deg[0] == 247.4627
    assert sets.arg_of_pericenter_deg[0] == 130.5360
    assert sets.mean_anomaly_deg[0] == 325.0288
    assert sets.bstar[0] == -0.11606e-4
    assert sets.mean_motion_dot[0] == -0.00002182
    assert sets.mean_motion_ddot[0] == 0.0
    assert (sets.element_set_no[0], sets.rev_at_epoch[0], sets.ephemeris_type[0]) == (292, 56353, 0)
    assert sets.classification.tolist() == ["U"]
    report = ccsds.validate(text.encode(), profile="operational")
    assert report.verdict == "valid"
    assert report.kind == ("TLE" if LINE_1 in text else "OMM")


def checksummed(line: str) -> str:
    total = sum(int(c) if c.isdigit() else c == "-" for c in line[:68])
    return line[:68] + str(total % 10)


def tle(number: str = "25544", **changes: str) -> str:
    first = LINE_1.replace("25544", number).replace(changes.get("old", "\0"), changes.get("new", ""))
    return f"{checksummed(first)}\n{checksummed(LINE_2.replace('25544', number))}\n"


def test_alpha_5_and_blank_designators_are_read() -> None:
    sets, findings = ccsds.read_catalogue((tle("T0001") + tle(old="98067A  ", new=" " * 8)).encode())
    assert sets.norad_cat_id.tolist() == [270001, 25544]
    assert sets.object_id == ("1998-067A", "")
    assert findings == ()


@pytest.mark.parametrize("number", ["I0001", "O0001", "a0001", "A00 1"])
def test_what_is_no_alpha_5_is_refused(number: str) -> None:
    report = ccsds.validate(tle(number).encode())
    assert {finding.rule for finding in report.errors} == {"TLE-003"}


def test_a_missing_checksum_is_a_warning() -> None:
    sets, findings = ccsds.read_catalogue(f"{LINE_1[:68]}\n{LINE_2[:68]}\n".encode())
    assert len(sets) == 1
    assert [(finding.rule, finding.severity) for finding in findings] == [("TLE-001", "warning")]


BROKEN_TLE = {
    "wrong checksum": (f"{LINE_1[:-1]}0\n{LINE_2}\n", "TLE-001", 1),
    "a letter in a number": (f"{LINE_1}\n{checksummed(LINE_2.replace('51.6416', '51.x416'))}\n", "TLE-006", 2),
    "a character short": (f"{LINE_1[:30]}{LINE_1[31:]}\n{LINE_2}\n", "TLE-001", 1),
    "collapsed blanks": (f"{' '.join(LINE_1.split())}\n{' '.join(LINE_2.split())}\n", "TLE-001", 1),
    "no second line": (f"{LINE_1}\n", "TLE-001", 1),
    "no first line": (f"{LINE_2}\n", "TLE-001", 1),
    "two numbers": (f"{LINE_1}\n{checksummed(LINE_2.replace('25544', '25545'))}\n", "TLE-002", 2),
    "day 366 of a common year": (tle(old="08264", new="09366"), "TLE-004", 1),
    "day 0": (tle(old="08264", new="08000"), "TLE-004", 1),
    "SGP4-XP": (tle(old=" 0  2927", new=" 4  2927"), "TLE-008", 1),
}


@pytest.mark.parametrize(("text", "rule", "line"), BROKEN_TLE.values(), ids=BROKEN_TLE.keys())
def test_a_broken_tle_is_refused_and_the_ones_around_it_are_read(text: str, rule: str, line: int) -> None:
    before, after = tle("00005"), tle("00011")
    sets, findings = ccsds.read_catalogue(f"0 ONE\n{before}0 TWO\n{text}0 THREE\n{after}".encode())
    assert sets.norad_cat_id.tolist() == [5, 11]
    assert sets.object_name == ("ONE", "THREE")
    errors = [finding for finding in findings if finding.severity == "error"]
    assert (errors[0].rule, errors[0].line) == (rule, 4 + line)


BROKEN_OMM = {
    "a letter in a number": ("15.72125391", "15.7x", "VAL-003"),
    "not a number": ("51.6416", "NaN", "VAL-004"),
    "overflow": ("-.11606E-4", "1.0E400", "VAL-009"),
    "inclination": ("51.6416", "181.0", "OMM-019"),
    "negative eccentricity": (".0006703", "-.0006703", "OMM-019"),
    "no mean motion": ("15.72125391", "", "SYN-011"),
    "mean motion of zero": ("15.72125391", "0.0", "OMM-019"),
    "epoch": ("2008-09-20T12:25:40.104192", "2008-09-31T12:25:40.104192", "TIM-003"),
    "no epoch": ("2008-09-20T12:25:40.104192", "", "SYN-011"),
    "no number": (",25544,", ",,", "OMM-013"),
    "ten digits": (",25544,", ",1234567890,", "OMM-020"),
    "Alpha-5": (",25544,", ",T0001,", "OMM-020"),
    "classification": (",U,", ",X,", "OMM-022"),
    "SGP4-XP": (",0,U,", ",4,U,", "OMM-027"),
    "revolution": (",56353,", ",5e4,", "VAL-001"),
}


@pytest.mark.parametrize(("old", "new", "rule"), BROKEN_OMM.values(), ids=BROKEN_OMM.keys())
@pytest.mark.parametrize("text_format", ["csv", "json", "xml"])
def test_a_broken_omm_record_is_refused_and_the_ones_around_it_are_read(
    old: str, new: str, rule: str, text_format: str
) -> None:
    header, row = CSV.splitlines()
    rows = [row.replace("25544", "5"), row.replace(old, new, 1), row.replace("25544", "123456789")]
    records = [dict(zip(header.split(","), text.split(","), strict=True)) for text in rows]
    text = {
        "csv": "\n".join([header, *rows]),
        "json": json.dumps(records),
        "xml": "<ndm>" + "".join(xml(record)[5:-6] for record in records) + "</ndm>",
    }[text_format]
    sets, findings = ccsds.read_catalogue(text.encode())
    assert sets.norad_cat_id.tolist() == [5, 123456789]
    (error,) = [finding for finding in findings if finding.severity == "error"]
    assert error.rule == rule
    if text_format == "csv":
        assert error.line == 3
        assert rows[1][error.column - 1 :].startswith(new.strip(","))
    else:
        assert error.path.startswith({"json": "[1].", "xml": "omm[2]/"}[text_format])


def test_csv_takes_unknown_columns_in_any_order_and_refuses_a_short_row() -> None:
    header, row = CSV.splitlines()
    names, values = header.split(","), row.split(",")
    text = "\n".join([",".join(["RMS", *names[::-1]]), ",".join(["0.1", *values[::-1]]), "0.1,2"])
    sets, findings = ccsds.read_catalogue(text.encode())
    assert sets.norad_cat_id.tolist() == [25544]
    assert [(finding.rule, finding.line) for finding in findings] == [("OMM-026", 3)]


def test_json_that_is_cut_gives_the_whole_records_before_the_cut() -> None:
    text = json.dumps(csv_rows() * 3)
    sets, findings = ccsds.read_catalogue(text[:-40].encode())
    assert len(sets) == 2
    assert [finding.rule for finding in findings if finding.severity == "error"] == ["JSN-001"]


def test_many_omm_in_one_kvn_are_read() -> None:
    sets, _ = ccsds.read_catalogue((kvn(csv_rows()[0]) * 3).encode())
    assert sets.norad_cat_id.tolist() == [25544] * 3


def test_the_empty_header_of_celestrak_s_kvn_is_a_warning_in_operational_and_an_error_in_strict() -> None:
    text = kvn(csv_rows()[0]).encode()
    assert {
        (f.rule, f.severity) for f in ccsds.validate(text, profile="operational").findings if f.rule == "SYN-012"
    } == {("SYN-012", "warning")}
    assert ccsds.validate(text, profile="strict").verdict == "invalid"


@pytest.mark.parametrize(
    ("declaration", "rule"),
    [
        ('<!DOCTYPE ndm [<!ENTITY a "b">]>', "XML-002"),
        ('<!DOCTYPE ndm SYSTEM "file:///etc/passwd">', "XML-002"),
    ],
)
def test_xml_with_a_document_type_is_refused(declaration: str, rule: str) -> None:
    report = ccsds.validate((declaration + xml(csv_rows()[0])).encode())
    assert {finding.rule for finding in report.errors} == {rule}


def test_a_document_without_usable_record_raises_on_reading() -> None:
    with pytest.raises(ccsds.InvalidMessage) as caught:
        ccsds.read_catalogue(f"{LINE_1}\n".encode())
    assert caught.value.code == "ccsds.invalid_message"
    assert caught.value.report.kind == "TLE"
    with pytest.raises(ccsds.InvalidMessage):
        ccsds.read_catalogue(b"CCSDS_OEM_VERS = 2.0\n")


@pytest.mark.parametrize("text_format", ["csv", "json", "tle"])
def test_element_sets_are_written_and_read_back_equal(text_format: str) -> None:
    sets, _ = ccsds.read_catalogue(FORMS["3LE"].encode() + tle("T0001").encode())
    back, findings = ccsds.read_catalogue(ccsds.write(sets, text_format))
    assert back == sets
    assert findings == ()


def test_a_tle_refuses_a_number_that_it_can_t_carry() -> None:
    sets, _ = ccsds.read_catalogue(CSV.replace("25544", "340000").encode())
    with pytest.raises(ccsds.CannotWrite, match="340000"):
        ccsds.write(sets, "tle")


def test_every_column_has_the_same_length() -> None:
    sets, _ = ccsds.read_catalogue((tle("00005") * 4).encode())
    assert {len(getattr(sets, entry.name)) for entry in fields(sets) if entry.name != "_source"} == {4}


@pytest.mark.parametrize("profile", ["strict", "operational"])
@pytest.mark.parametrize(
    ("garbage", "lines"),
    [("1 99999U garbage\n2 99999 xx\n", [4, 5]), ("A NAME WITHOUT ITS SET\n", [4]), ("1 25544U 98067A   26\n", [4])],
    ids=["broken lines", "a name alone", "a line cut short"],
)
def test_a_line_that_belongs_to_no_element_set_is_said(profile: str, garbage: str, lines: list[int]) -> None:
    report = ccsds.validate(f"0 ISS (ZARYA)\n{LINE_1}\n{LINE_2}\n{garbage}".encode(), profile=profile)
    assert report.verdict == "invalid"
    assert [finding.line for finding in report.errors if finding.rule == "TLE-001"] == lines
    assert isinstance(report.message, ccsds.ElementSets)
    assert len(report.message) == 1
