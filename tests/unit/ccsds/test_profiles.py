"""A profile is data: every rule weighs something in every profile, with a reason where that differs from `strict`."""

import re
from pathlib import Path

import pytest

import ccsds

SOURCE = Path(ccsds.__file__).parent


def test_the_five_profiles_weigh_every_rule() -> None:
    assert ccsds.PROFILE_NAMES == ("strict", "operational", "space-track", "uksa", "lenient")
    keys = {rule.key for rule in ccsds.rules()}
    for profile in ccsds.profiles():
        assert set(profile.weights) == keys
        assert set(profile.weights.values()) <= {"error", "warning", "info", "off"}


@pytest.mark.parametrize("profile", ccsds.profiles(), ids=lambda profile: profile.name)
def test_every_difference_from_strict_has_a_reason(profile: ccsds.Profile) -> None:
    for key, (weight, reason) in profile.overrides.items():
        assert reason, f"{profile.name} weighs {key} as {weight} without a reason"


def test_every_rule_has_an_id_a_title_and_is_used() -> None:
    text = "".join(path.read_text() for path in SOURCE.rglob("*.py") if path.parent.name != "rules")
    for rule in ccsds.rules():
        assert re.fullmatch(r"[A-Z]{3}-\d{3}", rule.id)
        assert rule.title.endswith(".")
        assert f'"{rule.key}"' in text.replace(f'"{rule.key}": (', ""), f"no reader reports {rule.key}"


def test_no_profile_but_lenient_lets_a_changed_value_pass() -> None:
    for profile in ccsds.profiles():
        if profile.name != "lenient":
            for key in ("VAL-003", "VAL-009", "UNI-002/convertible", "SYN-010", "OEM-020", "CDM-012", "TIM-003"):
                assert profile.severity(key) == "error", f"{profile.name} {key}"


def test_what_agencies_send_is_accepted_in_operational_with_its_deviations_named() -> None:
    text = (
        "CCSDS_OEM_VERS = 2.0\nCREATION_DATE = 2020-12-15T15:38:49.225Z\nORIGINATOR = Planet/USA\nMETA_START\n"
        "OBJECT_NAME = Flock-2p-9\nOBJECT_ID = 29107\nCENTER_NAME = Earth\nREF_FRAME = J2000\nTIME_SYSTEM = UTC\n"
        "START_TIME = 2020-12-15T00:00:00.000Z\nSTOP_TIME = 2020-12-15T00:04:00.000Z\nINTERPOLATION = Lagrange\n"
        "INTERPOLATION_DEGREE = 5\nMETA_STOP\n"
        "2020-12-15T00:00:00.000Z\t3122.64037649000011 -4990.45786587000021 -3916.75557478000019 1.08 -4.14 6.15\n"
    )
    report = ccsds.validate(text.encode(), profile="operational")
    assert report.verdict == "valid"
    assert {finding.rule for finding in report.findings} == {
        "SYN-002", "VAL-002", "VAL-006", "OEM-017", "OEM-042", "OEM-043",
    }  # fmt: skip


def test_uksa_is_the_blue_book_to_the_letter() -> None:
    text = b"CCSDS_OEM_VERS = 2.0\nORIGINATOR = X\nCREATION_DATE = 2020-12-15T15:38:49\n"
    assert "SYN-009" in {finding.rule for finding in ccsds.validate(text, profile="uksa").errors}
    assert "SYN-009" not in {finding.rule for finding in ccsds.validate(text, profile="operational").errors}


def test_findings_beyond_the_limit_are_counted_and_errors_are_kept_first() -> None:
    lines = "".join("\tCOMMENT x\n" for _ in range(50))
    text = f"CCSDS_CDM_VERS = 1.0\n{lines}TCA = never\n"
    limits = ccsds.Limits(max_findings=5)
    report = ccsds.validate(text.encode(), profile="operational", limits=limits)
    everything = ccsds.validate(text.encode(), profile="operational")
    assert len(report.findings) == 5
    assert report.findings_omitted == len(everything.findings) - 5
    assert report.verdict == everything.verdict == "invalid"
    assert any(finding.severity == "error" for finding in report.findings)
    assert [finding.line or 0 for finding in report.findings] == sorted(f.line or 0 for f in report.findings)


def test_a_read_that_fails_says_where_and_carries_the_report() -> None:
    with pytest.raises(ccsds.InvalidMessage, match=r"OEM is invalid in profile operational: .*OEM-026") as caught:
        ccsds.read(b"CCSDS_OEM_VERS = 2.0\nCREATION_DATE = 2020-12-15T15:38:49\nORIGINATOR = X\n")
    assert isinstance(caught.value, ccsds.CcsdsError)
    assert caught.value.report.verdict == "invalid"
