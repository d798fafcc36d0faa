"""JSON: the library's own form, rows of Space-Track, and KVN as flat objects."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from support.ccsds_messages import cdm_of_two, oem_of
from support.cdm_rows import space_track_row

import ccsds

CDM = json.loads(ccsds.write(cdm_of_two(), "json"))
OEM = json.loads(ccsds.write(oem_of(8, covariances=True), "json"))


def validate(value: object, profile: str = "strict", **limits: int) -> ccsds.Report:
    data = value.encode() if isinstance(value, str) else json.dumps(value, indent=1).encode()
    return ccsds.validate(data, profile=profile, limits=ccsds.Limits(**limits))


def read(value: object) -> Any:
    report = validate(value, "operational")
    assert report.verdict == "valid", report.findings
    return report.message


def changed(value: dict[str, Any], path: str, new: object) -> dict[str, Any]:
    """The document with one member changed; a path is `body.segment.0.metadata.REF_FRAME`."""
    copy = json.loads(json.dumps(value))
    at: Any = copy
    *steps, last = path.split(".")
    for step in steps:
        at = at[int(step)] if step.isdigit() else at[step]
    at[int(last) if last.isdigit() else last] = new
    return copy  # type: ignore[no-any-return]


def test_the_order_of_members_says_nothing() -> None:
    def reversed_members(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: reversed_members(value[name]) for name in reversed(value)}
        return [reversed_members(entry) for entry in value] if isinstance(value, list) else value

    for value, message in ((CDM, cdm_of_two()), (OEM, oem_of(8, covariances=True))):
        report = validate(reversed_members(value))
        assert report.findings == ()
        assert report.message == message


def test_numbers_may_be_numbers_or_text_and_null_is_absent() -> None:
    value = changed(CDM, "body.relativeMetadataData.MISS_DISTANCE", "1000.000")
    value = changed(value, "body.relativeMetadataData.COLLISION_PROBABILITY", None)
    value = changed(value, "body.segment.0.metadata.OBJECT_DESIGNATOR", 12345)
    cdm = read(value)
    assert cdm.relative.miss_distance_m == 1000.0
    assert cdm.relative.collision_probability is None
    assert cdm.objects[0].metadata.object_designator == "12345"


def test_a_finding_has_path_line_and_column() -> None:
    report = validate(changed(CDM, "body.segment.1.data.stateVector.X", "68 78"))
    finding = next(f for f in report.findings if f.rule == "VAL-005")
    assert finding.path == "body.segment[1].data.stateVector.X"
    lines = json.dumps(changed(CDM, "body.segment.1.data.stateVector.X", "68 78"), indent=1).splitlines()
    assert '"X": "68 78"' in lines[finding.line - 1]
    assert lines[finding.line - 1][finding.column - 1 :].startswith('"X"')


WRONG: dict[str, tuple[object, str]] = {
    "cut": (json.dumps(CDM)[:400], "JSN-001"),
    "more behind": (json.dumps(CDM) + "x", "JSN-001"),
    "a trailing comma": (json.dumps(CDM)[:-1] + ",}", "JSN-001"),
    "a member twice": (json.dumps(CDM).replace('"ORIGINATOR": ', '"ORIGINATOR": "A", "ORIGINATOR": ', 1), "JSN-004"),
    "an unknown block": (changed(CDM, "body.relative", {}), "JSN-003"),
    "a keyword in another block": (changed(CDM, "header.TCA", "2026-01-02T12:00:00"), "JSN-003"),
    "a block that is text": (changed(CDM, "body.relativeMetadataData", "x"), "JSN-003"),
    "a value that is an object": (changed(CDM, "header.ORIGINATOR", {"a": 1}), "JSN-003"),
    "a comment that is a number of objects": (changed(CDM, "header.COMMENT", [{}]), "JSN-003"),
    "NaN": (json.dumps(changed(CDM, "body.relativeMetadataData.MISS_DISTANCE", float("nan"))), "VAL-004"),
    "true": (changed(CDM, "body.relativeMetadataData.MISS_DISTANCE", True), "VAL-003"),
    "another unit": (changed(CDM, "body.relativeMetadataData.units.MISS_DISTANCE", "km"), "UNI-002"),
    "no units": (changed(CDM, "body.relativeMetadataData.units", {}), "UNI-006"),
    "a control character": (changed(CDM, "header.ORIGINATOR", "A\0B"), "SYN-002"),
    "an empty value": (changed(CDM, "header.ORIGINATOR", ""), "SYN-012"),
    "a state less a value": (changed(OEM, "body.segment.0.data.stateVector.2", {"EPOCH": "x"}), "SYN-011"),
    "a state that is none": (changed(OEM, "body.segment.0.data.stateVector.2", 5), "JSN-003"),
    "an overflow": (changed(OEM, "body.segment.0.data.stateVector.2.X", "1.0e400"), "VAL-009"),
}


@pytest.mark.parametrize(("value", "rule"), WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_is_found(value: object, rule: str) -> None:
    report = validate(value)
    finding = next(f for f in report.findings if f.rule == rule)
    assert finding.line is not None
    assert finding.hint


def test_text_that_would_break_a_line_is_one_line() -> None:
    cdm = validate(changed(CDM, "header.ORIGINATOR", "A\r\nTCA = 2000-01-01T00:00:00"), "lenient").message
    assert cdm.header.originator == "A TCA = 2000-01-01T00:00:00"
    assert cdm.relative.tca == np.datetime64("2026-01-02T12:00:00")


def test_a_keyword_that_would_break_a_line_is_refused() -> None:
    report = validate(changed(CDM, "header.X = 1\nTCA", "2000-01-01T00:00:00"), "lenient")
    assert "JSN-003" in {finding.rule for finding in report.findings}
    assert report.message.relative.tca == np.datetime64("2026-01-02T12:00:00")


@pytest.mark.parametrize("limits", [{"max_xml_depth": 3}, {"max_values": 30}])
def test_limits_hold(limits: dict[str, int]) -> None:
    report = validate(CDM, "lenient", **limits)
    assert report.message is None


@pytest.mark.parametrize("deep", ["[" * 100_000, '{"CCSDS_CDM_VERS":' * 100_000], ids=["arrays", "objects"])
def test_deep_nesting_ends_in_a_finding(deep: str) -> None:
    report = validate('{"CCSDS_CDM_VERS": ' + deep)
    assert "JSN-001" in {finding.rule for finding in report.findings}


def test_a_row_of_space_track_becomes_a_cdm_without_a_finding() -> None:
    report = validate(space_track_row(cdm_of_two()), "strict")
    assert report.findings == ()
    cdm = report.message
    expected = cdm_of_two()
    assert cdm.relative.tca == expected.relative.tca
    assert cdm.relative.miss_distance_m == 1000.0
    assert np.array_equal(cdm.objects[1].covariance_rtn_m2, expected.objects[1].covariance_rtn_m2)
    assert cdm.objects[0].metadata.operator_organization is None
    assert cdm.relative.comments == ("EMERGENCY_REPORTABLE = Y", "Screening Option = Covariance")
    assert cdm.objects[0].od.comments == (
        "Covariance Scale Factor = 1.000000",
        "Exclusion Volume Radius = 5.00 [m]",
    )
    assert dict(cdm.extensions)["CDM_ID"] == "406111525"
    assert dict(cdm.extensions)["INSERT_EPOCH"] == "2026-01-01 00:10:00.000000", "kept as it came"


DATES = {
    "2026-01-02 12:00:00": "2026-01-02T12:00:00",
    "2026-01-02 12:00:00.250000": "2026-01-02T12:00:00.25",
    "2026-01-02T12:00:00.250000": "2026-01-02T12:00:00.25",
}


@pytest.mark.parametrize(("text", "expected"), DATES.items())
def test_the_three_forms_of_dates_are_read(text: str, expected: str) -> None:
    assert read(space_track_row(cdm_of_two(), TCA=text)).relative.tca == np.datetime64(expected)


def test_a_fraction_of_a_second_in_its_own_column_belongs_to_the_time() -> None:
    od = read(space_track_row(cdm_of_two())).objects[0].od
    assert od.time_lastob_end == np.datetime64("2025-12-31T12:00:00.25")


def test_a_row_without_covariance_is_a_cdm_without_one() -> None:
    row = space_track_row(cdm_of_two())
    row |= {name: None for name in row if name.startswith("SAT2_C") and name[6:7] in "RTN" and "_" in name[5:]}
    report = validate(row, "operational")
    assert report.verdict == "valid"
    assert report.message.objects[0].covariance_rtn_m2 is not None
    assert report.message.objects[1].covariance_rtn_m2 is None


def test_an_unknown_column_is_told_and_kept_with_its_object() -> None:
    row = space_track_row(cdm_of_two(), SAT2_NEW_COLUMN="7", NEW_COLUMN="8")
    report = validate(row, "operational")
    assert sorted(finding.path or "" for finding in report.findings) == ["NEW_COLUMN", "SAT2_NEW_COLUMN"]
    assert report.message.objects[1].extensions == (("NEW_COLUMN", "7"),)
    assert ("NEW_COLUMN", "8") in report.message.extensions


def test_an_array_of_one_row_is_that_row_and_of_more_is_told_how_to_read() -> None:
    row = space_track_row(cdm_of_two())
    assert read([row]) == read(row)
    (finding,) = validate([row, row]).findings
    assert finding.rule == "FMT-008"
    assert "validate_each" in finding.hint


def flat(number: int | None = None) -> dict[str, Any]:
    """The keywords of the CDM: of its header and relative part, or of one object."""
    segment = CDM["body"]["segment"]
    blocks = (
        [CDM["header"], CDM["body"]["relativeMetadataData"], CDM["body"]["relativeMetadataData"]["relativeStateVector"]]
        if number is None
        else [segment[number]["metadata"], *segment[number]["data"].values()]
    )
    members = {} if number is not None else {"CCSDS_CDM_VERS": "1.0"}
    for block in blocks:
        members |= {name: value for name, value in block.items() if name.isupper() and name != "COMMENT"}
    return members


FLAT_FORMS = {
    "prefixes": flat()
    | {f"SAT{number + 1}_{name}": value for number in (0, 1) for name, value in flat(number).items()},
    "a member of two objects": flat() | {"objects": [flat(0), flat(1)]},
    "two members": flat() | {"OBJECT1": flat(0), "OBJECT2": flat(1)},
    "a list of two": [flat() | flat(0), flat(1)],
}


@pytest.mark.parametrize("value", FLAT_FORMS.values(), ids=FLAT_FORMS.keys())
def test_kvn_as_a_flat_object_reads_as_the_message(value: object) -> None:
    cdm = cdm_of_two()
    assert read(value) == replace(cdm, relative=replace(cdm.relative, comments=()))


def test_a_flat_row_is_written_as_kvn_with_its_own_texts() -> None:
    kvn = ccsds.write(read(space_track_row(cdm_of_two())), "kvn").decode()
    assert "MISS_DISTANCE = 1000 [m]\n" in kvn
    assert "TIME_LASTOB_END = 2025-12-31T12:00:00.250000\n" in kvn
    assert "COMMENT Apogee Altitude = 500   [km]\n" in kvn


def test_other_writers_of_json_than_this_one_are_read() -> None:
    text = json.dumps(CDM, separators=(",", ":")).replace('"TCA"', '"\\u0054CA"')
    assert read(text) == cdm_of_two()
    cdm = replace(cdm_of_two(), header=replace(cdm_of_two().header, originator="A/B"))
    assert read(json.dumps(CDM).replace('"TESTORG"', '"A\\/B"')) == cdm


def test_a_message_is_written_in_its_own_words_whichever_was_read_last() -> None:
    rows = [json.dumps([{**space_track_row(cdm_of_two()), "CDM_ID": number}]).encode() for number in ("1001", "1002")]
    first, second = (ccsds.read(row, profile="lenient") for row in rows)
    alone = ccsds.write(ccsds.read(rows[0], profile="lenient"), "kvn")
    ccsds.read(rows[1], profile="lenient")
    assert ccsds.write(first, "kvn") == alone
    assert b"1002" in ccsds.write(second, "kvn")


def test_members_are_the_same_however_their_text_is_escaped() -> None:
    row = space_track_row(cdm_of_two())
    members = (
        f'"{name}" : ' + ("null" if value is None else '"' + "".join(f"\\u{ord(each):04x}" for each in value) + '"')
        for name, value in row.items()
    )
    plain, escaped = json.dumps(row), "{" + ",".join(members) + "}"
    one, other = (ccsds.validate(text.encode(), profile="lenient") for text in (plain, escaped))
    assert one.message is not None
    assert other.message is not None
    assert ccsds.write(one.message, "kvn") == ccsds.write(other.message, "kvn")
