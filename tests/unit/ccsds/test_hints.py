"""A finding says what to do: by its rule, or better where the finding knows what was meant."""

import json
from pathlib import Path

import pytest
from support.ccsds_messages import cdm_of_two, oem_text

import ccsds

DATA = Path(__file__).parents[2] / "data" / "ccsds"
MANIFEST = json.loads((DATA / "manifest.json").read_text())
LONGEST = 120
FIRST_STATE = 16
"""Line of the first state in `oem_text`."""
CSV = "NORAD_CAT_ID,EPOCH,MEAN_MOTION,ECCENTRICITY,INCLINATION,RA_OF_ASC_NODE,ARG_OF_PERICENTER,MEAN_ANOMALY,BSTAR\n"


def finding(data: str, rule: str, profile: str = "strict") -> ccsds.Finding:
    (found,) = (f for f in ccsds.validate(data.encode(), profile=profile).findings if f.rule == rule)
    return found


def with_state(end: str) -> str:
    """An OEM whose first state line is the epoch and this; two blanks stand before the epoch."""
    lines = oem_text().split("\n")
    lines[FIRST_STATE - 1] = f"  2026-01-01T00:00:00.000 {end}"
    return "\n".join(lines)


@pytest.mark.parametrize("rule", ccsds.rules(), ids=lambda rule: rule.key)
def test_every_rule_says_what_to_do(rule: ccsds.Rule) -> None:
    assert rule.hint == rule.hint.strip()
    assert rule.hint[0].isupper()
    assert rule.hint.isprintable()
    assert 10 < len(rule.hint) <= LONGEST
    assert rule.hint != rule.title


@pytest.mark.parametrize("profile", ccsds.PROFILE_NAMES)
def test_every_finding_of_a_broken_file_says_what_to_do(profile: str) -> None:
    files = [entry["file"] for entry in MANIFEST["synthetic"]] + [
        f"textformats/{path.name}" for path in sorted((DATA / "textformats").iterdir())
    ]
    findings = [(file, found) for file in files for found in ccsds.validate(DATA / file, profile=profile).findings]
    assert len(findings) > len(files) / 3
    assert not [(file, found) for file, found in findings if not found.hint]


@pytest.mark.parametrize(
    ("number", "hint"),
    [
        ("70OO.5", "Is the letter O meant to be the digit 0? Then write 7000.5"),
        ("7l.5", "Is the letter l or I meant to be the digit 1? Then write 71.5"),
        ("7000,5", "Is the comma meant to be a decimal point? Then write 7000.5"),
        ("7.0D+03", "Is D meant to be the exponent's E? Then write 7.0E+03"),
        ("7.0.5", "Write digits with one decimal point, for example 7000.123456 or 7.000123456E+03."),
        ("l0O0", "Write digits with one decimal point, for example 7000.123456 or 7.000123456E+03."),
    ],
)
def test_what_is_no_number_is_told_the_number_that_was_meant(number: str, hint: str) -> None:
    assert finding(with_state(f"{number} 0.0 0.0 0.0 7.6 0.0"), "VAL-003").hint == hint
    cdm = ccsds.write(cdm_of_two(), "kvn").decode()
    line = next(line for line in cdm.splitlines() if line.startswith("MISS_DISTANCE"))
    assert finding(cdm.replace(line, f"MISS_DISTANCE = {number} [m]"), "VAL-003").hint == hint
    record = f'25544,2026-01-01T00:00:00,"{number}",0.1,51.0,1.0,1.0,1.0,0.0\n'
    assert finding(CSV + record, "VAL-003").hint == hint


@pytest.mark.parametrize(
    ("written", "meant"), [("REFFRAME", "REF_FRAME"), ("CENTRE_NAME", "CENTER_NAME"), ("TIME_SYTEM", "TIME_SYSTEM")]
)
def test_a_misspelt_keyword_is_told_the_one_that_was_meant(written: str, meant: str) -> None:
    hint = finding(oem_text().replace(meant, written, 1), "SYN-008").hint
    assert hint == f"Is {meant} meant? If not, leave the keyword out."


def test_a_keyword_that_is_near_no_other_is_not_taken_for_one() -> None:
    text = oem_text().replace("META_STOP", "SPACECRAFT_MASS = 7\nMETA_STOP")
    (rule,) = (rule for rule in ccsds.rules() if rule.key == "SYN-008")
    assert finding(text, "SYN-008").hint == rule.hint


def test_a_missing_keyword_is_named_with_its_unit() -> None:
    cdm = ccsds.write(cdm_of_two(), "kvn").decode()
    line = next(line for line in cdm.splitlines() if line.startswith("MISS_DISTANCE"))
    assert finding(cdm.replace(line + "\n", ""), "SYN-011").hint == "Add the line MISS_DISTANCE = … [m]"
    assert finding(oem_text().replace("CENTER_NAME = EARTH\n", ""), "SYN-011").hint == "Add the line CENTER_NAME = …"


@pytest.mark.parametrize(
    ("shown", "hint"),
    [("[M]", "Write [m] instead."), ("[km]", "Convert the value to m, and write [m] behind it.")],
)
def test_a_wrong_unit_is_told_the_one_that_is_expected(shown: str, hint: str) -> None:
    cdm = ccsds.write(cdm_of_two(), "kvn").decode()
    line = next(line for line in cdm.splitlines() if line.startswith("MISS_DISTANCE"))
    assert finding(cdm.replace(line, line.replace("[m]", shown)), "UNI-002").hint == hint


@pytest.mark.parametrize(
    ("end", "column", "what"),
    [
        ("1.0 2.0 3.0 4.0 5.0", 46, "behind the last of five"),
        ("1.0 2.0 3.0 4.0 5.0   ", 46, "behind the last of five, not behind the blanks"),
        ("1.0 2.0 3.0 4.0 5.0 6.0 7.0", 51, "the seventh of seven"),
        ("1.0 2.0 3.0 4.0 5.0 6.0 7.0 8.0", 58, "behind the last of eight: a ninth is missing"),
        ("1.0 2.0 3.0 4.0 5.0 6.0 7.0 8.0 9.0 10.0 11.0", 63, "the tenth of eleven"),
    ],
)
def test_a_wrong_count_of_numbers_is_shown_where_it_breaks(end: str, column: int, what: str) -> None:
    text = with_state(end)
    found = finding(text, "OEM-022")
    assert (found.line, found.column) == (FIRST_STATE, column), what
    assert "three positions and three velocities" in str(found.hint)


def test_version_1_is_not_told_to_write_accelerations() -> None:
    text = with_state("1.0 2.0 3.0 4.0 5.0 6.0 7.0 8.0 9.0").replace("CCSDS_OEM_VERS = 2.0", "CCSDS_OEM_VERS = 1.0")
    found = finding(text, "OEM-022")
    assert found.column == finding(text, "VER-002").column == 51
    assert "accelerations" not in str(found.hint)


@pytest.mark.parametrize(("row", "column"), [("1.0", 4), ("1.0 2.0 3.0", 9)])
def test_a_covariance_row_is_shown_where_its_count_breaks(row: str, column: int) -> None:
    lines = oem_text(2, covariances=True).split("\n")
    second_row = lines.index("COVARIANCE_START") + 4
    lines[second_row] = row
    found = finding("\n".join(lines), "OEM-034")
    assert (found.line, found.column) == (second_row + 1, column)


def test_rows_of_the_public_class_are_named_and_the_class_to_ask_for():
    rows = '[{"CDM_ID": "1", "TCA": "2024-09-18T04:10:11.123000", "MIN_RNG": "312", "SAT_1_ID": "25544"}]'
    found = finding(rows, "FMT-001")
    assert "cdm_public" in found.message
    assert found.hint is not None
    assert "class cdm " in found.hint
