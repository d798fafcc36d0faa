"""Documents that hold several messages: one report each."""

import json

import pytest
from support.ccsds_messages import cdm_of_two, oem_of
from support.cdm_rows import space_track_row

import ccsds

CDM, OEM = cdm_of_two(), oem_of(8)


def reports(data: bytes, profile: str = "strict") -> list[ccsds.Report]:
    return list(ccsds.validate_each(data, profile=profile))


def container(*messages: ccsds.Message, attributes: str = "") -> bytes:
    members = b"".join(ccsds.write(message, "xml").partition(b"\n")[2] for message in messages)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n<ndm' + attributes.encode() + b">\n" + members + b"</ndm>\n"


def test_each_message_of_a_container_has_its_report() -> None:
    found = reports(container(CDM, OEM, CDM))
    assert [report.kind for report in found] == ["CDM", "OEM", "CDM"]
    assert [report.findings for report in found] == [(), (), ()]
    assert [report.message for report in found] == [CDM, OEM, CDM]


def test_validate_alone_says_that_there_are_several() -> None:
    (finding,) = ccsds.validate(container(CDM, OEM)).findings
    assert finding.rule == "FMT-008"
    assert "2 messages" in finding.message


def test_namespaces_of_the_container_hold_in_its_messages() -> None:
    data = container(CDM, OEM, attributes=' xmlns:ndm="urn:ccsds:schema:ndmxml"')
    for name in (b"cdm", b"oem"):
        data = data.replace(b"<" + name, b"<ndm:" + name).replace(b"</" + name, b"</ndm:" + name)
    assert [report.message for report in reports(data)] == [CDM, OEM]


def test_each_row_of_an_array_has_its_report_and_one_that_is_wrong_spoils_no_other() -> None:
    rows = [space_track_row(CDM), space_track_row(CDM, TCA=None), space_track_row(CDM)]
    found = reports(json.dumps(rows).encode(), "operational")
    assert [report.verdict for report in found] == ["valid", "invalid", "valid"]
    assert found[0].sha256 == found[2].sha256
    assert "SYN-011" in {finding.rule for finding in found[1].errors}


def test_kvn_files_one_behind_the_other_are_told_apart_with_the_lines_before_them() -> None:
    one = b"CDM_ID = 1\nCONSTELLATION = TEST\n" + ccsds.write(CDM, "kvn")
    two = b"CDM_ID = 2\n" + ccsds.write(CDM, "kvn")
    found = reports(one + two, "operational")
    assert [report.message.extensions[0] for report in found] == [("CDM_ID", "1"), ("CDM_ID", "2")]
    assert ccsds.write(found[0].message, "kvn") == one


CATALOGUE = json.dumps([{"EPOCH": "2026-01-01T00:00:00", "MEAN_MOTION": 15, "ECCENTRICITY": 0}] * 2).encode()


@pytest.mark.parametrize(
    "data",
    [ccsds.write(CDM, "kvn"), ccsds.write(OEM, "xml"), b"", b"nothing", b"[1, 2]", CATALOGUE, container(CDM)[:500]],
    ids=["KVN", "XML", "empty", "unknown", "array of numbers", "catalogue", "cut container"],
)
def test_what_holds_one_message_or_none_has_one_report(data: bytes) -> None:
    (report,) = reports(data)
    assert report.to_dict("x") == ccsds.validate(data).to_dict("x")


def test_a_file_is_read_as_bytes_are(tmp_path) -> None:
    path = tmp_path / "several.xml"
    path.write_bytes(container(CDM, OEM))
    assert [report.kind for report in ccsds.validate_each(path)] == ["CDM", "OEM"]


def test_a_document_beyond_the_limit_is_not_split() -> None:
    data = container(CDM, OEM)
    (report,) = ccsds.validate_each(data, limits=ccsds.Limits(max_bytes=100))
    assert [finding.rule for finding in report.findings] == ["SYN-017"]
