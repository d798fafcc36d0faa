"""OEM and CDM in XML: the standard's structure, every rule with path and line, and nothing hostile."""

import re
from pathlib import Path

import numpy as np
import pytest
from support.ccsds_messages import cdm_of_two, oem_of

import ccsds

DATA = Path(__file__).parents[2] / "data" / "ccsds" / "synthetic"
CDM = ccsds.write(ccsds.read(DATA / "006_cdm_BASE_valid.kvn", profile="strict"), "xml").decode()
OEM = ccsds.write(oem_of(8, covariances=True), "xml").decode()


def found(text: str, profile: str = "strict", **limits: int) -> dict[str, ccsds.Finding]:
    report = ccsds.validate(text.encode(), profile=profile, limits=ccsds.Limits(**limits))
    return {finding.rule: finding for finding in report.findings}


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def qualified(text: str, prefix: str = "ndm") -> str:
    return re.sub(r"<(/?)(?=[a-zA-Z])", rf"<\1{prefix}:", text).replace(
        " xmlns:xsi=", f' xmlns:{prefix}="urn:ccsds:schema:ndmxml" xmlns:xsi=', 1
    )


@pytest.mark.parametrize("text", [CDM, OEM], ids=["CDM", "OEM"])
@pytest.mark.parametrize("make", [str, qualified], ids=["unqualified", "qualified"])
def test_both_forms_of_element_names_read_alike(text: str, make: type[str]) -> None:
    report = ccsds.validate(make(text).encode(), profile="strict")
    assert (report.kind, report.format, report.findings) == (report.kind, "XML", ())
    assert report.message == ccsds.read(text.encode())


def test_a_default_namespace_is_a_qualified_form_too() -> None:
    text = CDM.replace("<cdm ", '<cdm xmlns="urn:ccsds:schema:ndmxml" ')
    assert ccsds.validate(text.encode(), profile="strict").findings == ()


def test_the_structure_is_that_of_the_standard() -> None:
    blocks = re.findall(r"<([a-z]\w+)>", CDM)
    assert blocks == [
        "header", "body", "relativeMetadataData", "relativeStateVector",
        *["segment", "metadata", "data", "odParameters", "additionalParameters", "stateVector", "covarianceMatrix"] * 2,
    ]  # fmt: skip
    assert 'id="CCSDS_CDM_VERS" version="1.0">' in CDM
    assert '<CR_R units="m**2">' in CDM


def test_a_message_alone_in_a_container_reads_as_it_does_alone() -> None:
    declaration, _, body = CDM.partition("\n")
    container = f"{declaration}\n<ndm>\n<COMMENT>one of one</COMMENT>\n{body}</ndm>\n"
    report = ccsds.validate(container.encode(), profile="strict")
    assert report.findings == ()
    assert report.message == ccsds.read(CDM.encode())


def test_a_finding_has_line_column_and_path() -> None:
    part = '<X units="km">1670.352554</X>'
    text = CDM.replace(part, '<X units="km">1670,352554</X>', 1)
    finding = found(text)["VAL-003"]
    assert finding.path == "cdm/body/segment[1]/data/stateVector/X"
    assert (finding.line, finding.column) == (line_of(CDM, part), 11)
    assert finding.hint == "Is the comma meant to be a decimal point? Then write 1670.352554"


def test_a_state_that_is_wrong_is_named_by_its_number() -> None:
    text = OEM.replace("<X>6817.541612</X>", "<X>6817.54.1612</X>")
    finding = found(text)["VAL-003"]
    assert finding.path == "oem/body/segment[1]/data/stateVector[3]"
    assert finding.line == line_of(OEM, "<X>6817.541612</X>") - 2


def test_messages_name_lines_of_the_document_and_not_of_anything_else() -> None:
    text = CDM.replace("<MISS_DISTANCE", '<MISS_DISTANCE units="m">5</MISS_DISTANCE>\n<MISS_DISTANCE', 1)
    finding = found(text)["SYN-010"]
    assert f"than on line {line_of(text, '<MISS_DISTANCE')}" in finding.message


WRONG = {
    "no version": (CDM.replace(' version="1.0">', ">"), "XML-004"),
    "the id of another kind": (CDM.replace("CCSDS_CDM_VERS", "CCSDS_OEM_VERS"), "XML-004"),
    "no declaration": (CDM.partition("\n")[2], "XML-006"),
    "an unknown block": (CDM.replace("odParameters>", "orbitParameters>"), "XML-005"),
    "a second block": (CDM.replace("<header>", "<header></header><header>"), "XML-005"),
    "a keyword in another block": (
        CDM.replace("<AREA_PC", "<MASS2/><AREA_PC").replace("<MASS2/>", "<WEIGHTED_RMS>1.0</WEIGHTED_RMS>", 1),
        "XML-005",
    ),
    "a keyword of no table": (CDM.replace("<TCA>", "<HBR>5</HBR><TCA>"), "SYN-008"),
    "the order": (CDM.replace("<TCA>", "<SCREEN_VOLUME_FRAME>RTN</SCREEN_VOLUME_FRAME><TCA>", 1), "SYN-009"),
    "a mandatory keyword less": (re.sub(r"\s*<TCA>.*</TCA>", "", CDM), "SYN-011"),
    "an empty value": (re.sub(r"<ORIGINATOR>.*</ORIGINATOR>", "<ORIGINATOR/>", CDM), "SYN-012"),
    "another unit": (CDM.replace('<X units="km">', '<X units="m">', 1), "UNI-002"),
    "no unit": (CDM.replace('<X units="km">', "<X>", 1), "UNI-006"),
    "a unit of a text": (CDM.replace("<ORIGINATOR>", '<ORIGINATOR units="m">'), "UNI-004"),
    "a unit of a state": (OEM.replace("<X>", '<X units="m">', 1), "UNI-002"),
    "a state without its Z": (OEM.replace("<Z>0.0</Z>", "", 1), "SYN-011"),
    "a state with a value of no table": (OEM.replace("<Z>", "<W>1.0</W><Z>", 1), "SYN-008"),
    "a value twice": (OEM.replace("<Z>0.0</Z>", "<Z>0.0</Z><Z>1.0</Z>", 1), "SYN-010"),
    "two numbers in one": (OEM.replace("<Z>0.0</Z>", "<Z>0.0 1.0</Z>", 1), "VAL-005"),
    "a comment as an epoch": (re.sub(r"<EPOCH>.*?</EPOCH>", "<EPOCH>COMMENT</EPOCH>", OEM, count=1), "TIM-001"),
    "an assignment as a number": (OEM.replace("<Z>0.0</Z>", "<Z>X=1</Z>", 1), "VAL-003"),
}


@pytest.mark.parametrize(("text", "rule"), WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_is_found_with_its_place(text: str, rule: str) -> None:
    finding = found(text)[rule]
    assert finding.line is not None
    assert finding.hint
    assert finding.path is None or finding.path.startswith(("cdm", "oem"))


def test_units_of_a_state_are_allowed_where_they_are_the_table_s() -> None:
    text = OEM.replace("<X>", '<X units="km">').replace("<X_DOT>", '<X_DOT units="km/s">')
    assert ccsds.validate(text.encode(), profile="strict").findings == ()


def test_text_that_would_break_a_line_is_one_line() -> None:
    text = CDM.replace("<ORIGINATOR>JSPOC", "<ORIGINATOR>JSPOC\n  TCA = 2000-01-01T00:00:00", 1)
    cdm = ccsds.validate(text.encode(), profile="lenient").message
    assert cdm.header.originator == "JSPOC TCA = 2000-01-01T00:00:00"
    assert cdm.relative.tca == np.datetime64("2026-01-03T12:00:00")


def test_comments_are_kept_where_they_stand_one_element_a_line() -> None:
    text = CDM.replace("<header>", "<header><COMMENT>a\n   b</COMMENT><COMMENT> c &lt; d </COMMENT>")
    cdm = ccsds.read(text.encode(), profile="strict")
    assert cdm.header.comments == ("a b", " c < d ")


HOSTILE = {
    "a document type": ('<!DOCTYPE cdm SYSTEM "file:///etc/passwd">', {}, "XML-002"),
    "entities": ('<!DOCTYPE cdm [<!ENTITY a "aaaa">]>', {}, "XML-002"),
    "nesting": ("", {"max_xml_depth": 4}, "XML-003"),
    "elements": ("", {"max_values": 20}, "SYN-017"),
}


@pytest.mark.parametrize(("inserted", "limits", "rule"), HOSTILE.values(), ids=HOSTILE.keys())
def test_what_is_hostile_is_refused(inserted: str, limits: dict[str, int], rule: str) -> None:
    text = CDM.replace("?>\n", f"?>\n{inserted}\n", 1)
    report = ccsds.validate(text.encode(), profile="lenient", limits=ccsds.Limits(**limits))
    assert rule in {finding.rule for finding in report.findings}
    assert report.message is None


@pytest.mark.parametrize("data", [CDM[:900], CDM.replace("</body>", ""), "<cdm>", "<cdm/>", "<oem><body/></oem>"])
def test_what_is_cut_or_empty_is_a_verdict(data: str) -> None:
    for profile in ccsds.PROFILE_NAMES:
        assert ccsds.validate(data.encode(), profile=profile).message is None


def test_accelerations_and_both_kinds_of_covariance_frames_are_read() -> None:
    text = OEM.replace("</Z_DOT>", "</Z_DOT><X_DDOT>1.0</X_DDOT><Y_DDOT>2.0</Y_DDOT><Z_DDOT>3.0</Z_DDOT>")
    text = text.replace("<COV_REF_FRAME>RTN</COV_REF_FRAME>", "", 1)
    (segment,) = ccsds.read(text.encode(), profile="strict").segments
    assert segment.accelerations_km_s2.tolist() == [[1.0, 2.0, 3.0]] * 8
    assert segment.covariances.frames[:2] == (None, "RTN")


def test_extension_keywords_keep_their_unit() -> None:
    text = CDM.replace("<AREA_PC", '<HBR units="m">5.0</HBR><AREA_PC', 1)
    cdm = ccsds.read(text.encode())
    assert cdm.objects[0].extensions == (("HBR", "5.0 [m]"),)
    assert ccsds.read(ccsds.write(cdm, "kvn")).objects[0].extensions == (("HBR", "5.0 [m]"),)
    assert ccsds.validate(ccsds.write(cdm_of_two(), "xml"), profile="strict").findings == ()
