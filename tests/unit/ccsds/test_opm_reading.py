"""OPM: every block is read in its versions, and each rule of the message names what is wrong."""

from pathlib import Path

import numpy as np
import pytest

import ccsds

DATA = Path(__file__).parents[2] / "data" / "ccsds" / "synthetic"
BASE = (DATA / "004_opm_BASE_valid.kvn").read_text()
STATE_ONLY = (DATA / "026_opm_OPM-002_valid.kvn").read_text()
MANEUVER = """MAN_EPOCH_IGNITION = 2026-01-01T06:00:00.000
MAN_DURATION = 120.0 [s]
MAN_DELTA_MASS = -0.5 [kg]
MAN_REF_FRAME = RTN
MAN_DV_1 = 0.0 [km/s]
MAN_DV_2 = 0.0001 [km/s]
MAN_DV_3 = 0.0 [km/s]
"""
FIRST_ISSUE = STATE_ONLY.replace("VERS = 2.0", "VERS = 1.0") + (
    "MASS = 500 [KG]\nSOLAR_RAD_AREA = 10 [M**2]\nSOLAR_RAD_COEFF = 1.3\nDRAG_AREA = 10 [m**2]\nDRAG_COEFF = 2.2\n"
)


def read(text: str, profile: str = "operational") -> ccsds.Opm:
    message = ccsds.read(text.encode(), profile=profile)
    assert isinstance(message, ccsds.Opm)
    return message


def rules(text: str, profile: str = "strict") -> dict[str, str]:
    return {finding.rule: finding.severity for finding in ccsds.validate(text.encode(), profile=profile).findings}


def test_every_block_is_read() -> None:
    opm = read(BASE, "strict")
    assert (opm.header.version, opm.header.originator, opm.header.comments) == (
        "2.0", "TESTORG", ("synthetic base message",),
    )  # fmt: skip
    assert (opm.metadata.object_id, opm.metadata.ref_frame, opm.metadata.time_system) == ("2020-001A", "EME2000", "UTC")
    assert opm.state is not None
    assert opm.state.epoch == np.datetime64("2026-01-01T00:00:00", "ns")
    assert opm.state.position_km.tolist() == [6878.137, 0.0, 0.0]
    assert opm.state.velocity_km_s.tolist() == [0.0, -0.980439, 7.549206]
    assert opm.state.comments == ("state vector",)
    assert opm.keplerian is not None
    assert (opm.keplerian.true_anomaly_deg, opm.keplerian.mean_anomaly_deg) == (0.0, None)
    assert opm.keplerian.gm_km3_s2 == 398600.4418
    assert opm.spacecraft is not None
    assert (opm.spacecraft.mass_kg, opm.spacecraft.drag_coeff) == (500.0, 2.2)
    assert opm.covariance is not None
    assert opm.covariance.ref_frame == "RTN"
    assert opm.covariance.matrix[1, 0] == opm.covariance.matrix[0, 1] == 1e-6
    (maneuver,) = opm.maneuvers
    assert (maneuver.duration_s, maneuver.delta_mass_kg, maneuver.ref_frame) == (120.0, -0.5, "RTN")
    assert maneuver.delta_v_km_s.tolist() == [0.0, 0.0001, 0.0]
    assert opm.user_defined == (("EARTH_MODEL", "WGS-84"),)


def test_maneuvers_and_user_defined_parameters_repeat() -> None:
    opm = read((DATA / "025_opm_OPM-020_valid.kvn").read_text(), "strict")
    hours = [
        int((each.epoch_ignition - np.datetime64("2026-01-01")) / np.timedelta64(1, "h")) for each in opm.maneuvers
    ]
    assert hours == [6, 18]
    assert opm.user_defined == (("A", "b"), ("C", "d"))


def test_version_1_wants_the_spacecraft_and_takes_units_in_any_case() -> None:
    assert rules(FIRST_ISSUE) == {}
    assert rules(FIRST_ISSUE.replace("DRAG_COEFF = 2.2\n", "")) == {"SYN-011": "error"}
    assert rules(BASE.replace("VERS = 2.0", "VERS = 1.0")).keys() >= {"VER-002", "SYN-008"}
    assert rules(FIRST_ISSUE.replace("TIME_SYSTEM", f"COMMENT {'x' * 80}\nTIME_SYSTEM")) == {"SYN-003": "error"}


@pytest.mark.parametrize("keyword", ["CLASSIFICATION", "MESSAGE_ID"])
def test_version_3_alone_has_classification_and_message_id(keyword: str) -> None:
    place = "CREATION_DATE" if keyword == "CLASSIFICATION" else "COMMENT metadata"
    text = BASE.replace(place, f"{keyword} = SBU\n{place}", 1)
    assert rules(text) == {"VER-003": "error"}
    assert rules(text.replace("VERS = 2.0", "VERS = 3.0")) == {}


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (("OBJECT_ID = 2020-001A\n", ""), {"SYN-011": "error"}),
        (("GM = 398600.441800 [km**3/s**2]\n", ""), {"OPM-010": "error"}),
        (("TRUE_ANOMALY = 0.000000 [deg]\n", ""), {"OPM-011": "error"}),
        (("CZ_Z = 9.0000000e-05\n", ""), {"OPM-012": "error"}),
        (("CX_X = 1.0000000e-04", "CX_X = -1.0000000e-04"), {"OPM-013": "warning"}),
        (("CY_X = 1.0000000e-06", "CY_X = 9.0000000e-04"), {"OPM-013": "warning"}),
        (("MAN_DV_2 = 0.000100 [km/s]\n", ""), {"OPM-021": "error"}),
        (("MAN_DELTA_MASS = -0.500", "MAN_DELTA_MASS = 0.500"), {"OPM-022": "error"}),
        (("MAN_DELTA_MASS = -0.500", "MAN_DELTA_MASS = 0.000"), {"OPM-022": "error"}),
        (("MASS = 500.000000 [kg]\n", ""), {"OPM-023": "error"}),
        (("MAN_DURATION = 120.000", "MAN_DURATION = -120.000"), {"OPM-024": "error"}),
        (("MASS = 500.000000", "MASS = 0.0"), {"OPM-026": "error"}),
        (("DRAG_COEFF = 2.200000", "DRAG_COEFF = 0.0"), {"OPM-027": "info"}),
        (("DRAG_AREA = 10.000000", "DRAG_AREA = -10.000000"), {"VAL-008": "error"}),
        (("RA_OF_ASC_NODE = 0.000000", "RA_OF_ASC_NODE = 360.0"), {"VAL-008": "error"}),
        (("MASS = 500.000000 [kg]", "MASS = 500.0 [m**2]"), {"UNI-002": "error"}),
        (("SOLAR_RAD_AREA = 10.000000 [m**2]", "SOLAR_RAD_AREA = 10.0 [m^2]"), {"UNI-002": "error"}),
        (("MAN_REF_FRAME = RTN", "MAN_REF_FRAME = QSW"), {"OEM-042": "info"}),
        (("COV_REF_FRAME = RTN", "COV_REF_FRAME = NOWHERE"), {"OEM-042": "warning"}),
        (("COV_REF_FRAME = RTN", "COV_REF_FRAME = LVLH_ROTATING"), {"OEM-042": "info"}),
        (("OBJECT_NAME", "META_START\nOBJECT_NAME"), {"SYN-016": "error"}),
        (("EPOCH = 2026-01-01", "USER_DEFINED_X = 1\nEPOCH = 2026-01-01"), {"OPM-028": "error"}),
        (("USER_DEFINED_EARTH_MODEL = WGS-84", "USER_DEFINED_A = 1\nUSER_DEFINED_A = 2"), {"SYN-010": "error"}),
    ],
)  # fmt: skip
def test_one_fault_is_named_by_its_rule_alone(edit: tuple[str, str], expected: dict[str, str]) -> None:
    assert edit[0] in BASE
    assert rules(BASE.replace(*edit, 1)) == expected


def test_an_opm_has_a_state_vector() -> None:
    lines = STATE_ONLY.splitlines(keepends=True)
    head = "".join(lines[: next(i for i, line in enumerate(lines) if line.startswith("COMMENT state"))])
    assert rules(head) == {"OPM-002": "error"}
    assert rules(head + "MASS = 500.0 [kg]\n" + MANEUVER) == {"OPM-002": "error"}


def test_a_second_keyword_in_a_maneuver_is_repeated_not_the_next_maneuver() -> None:
    text = BASE.replace("MAN_DV_1 = 0.000000 [km/s]\n", "MAN_DV_1 = 0.000000 [km/s]\nMAN_DV_1 = 0.5 [km/s]\n")
    assert rules(text) == {"SYN-010": "error"}


def test_a_block_behind_a_maneuver_is_out_of_order_and_read() -> None:
    text = STATE_ONLY + MANEUVER + "MASS = 500.0 [kg]\n"
    assert rules(text) == {"SYN-009": "error"}
    opm = read(text)
    assert opm.spacecraft is not None
    assert opm.spacecraft.mass_kg == 500.0


def test_a_z_outside_utc_and_a_month_in_mission_elapsed_time_are_warnings() -> None:
    text = STATE_ONLY.replace("TIME_SYSTEM = UTC", "TIME_SYSTEM = TAI").replace("00:00:00.000", "00:00:00.000Z")
    assert rules(text) == {"TIM-008": "warning"}
    assert rules(STATE_ONLY.replace("TIME_SYSTEM = UTC", "TIME_SYSTEM = MET")) == {"TIM-009": "warning"}
    elapsed = STATE_ONLY.replace("TIME_SYSTEM = UTC", "TIME_SYSTEM = MET")
    assert rules(elapsed.replace("EPOCH = 2026-01-01T", "EPOCH = 2026-001T")) == {}


def test_salvage_keeps_the_state_where_another_block_is_broken() -> None:
    text = BASE.replace("ECCENTRICITY = 0.000000", "ECCENTRICITY = none")
    assert rules(text) == {"VAL-003": "error"}
    opm = read(text, "lenient")
    assert opm.state is not None
    assert opm.keplerian is None


def test_findings_of_xml_carry_path_and_rule() -> None:
    text = (
        ccsds.write(read(BASE), "xml").decode().replace('<MAN_DELTA_MASS units="kg">-', '<MAN_DELTA_MASS units="kg">')
    )
    (finding,) = ccsds.validate(text.encode()).findings
    assert (finding.rule, finding.severity) == ("OPM-022", "error")
    assert finding.path is not None
    assert "maneuverParameters" in finding.path
