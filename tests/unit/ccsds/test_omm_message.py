"""A single OMM: every block is read, its theory decides what it needs, and it goes on as an element set."""

from pathlib import Path

import numpy as np
import pytest

import ccsds

DATA = Path(__file__).parents[2] / "data" / "ccsds" / "synthetic"
BASE = (DATA / "005_omm_BASE_valid.kvn").read_text()
AXES = ("X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT")
COVARIANCE = "".join(
    f"C{row}_{column} = {'1.0e-04' if row == column else '0.0'}\n"
    for i, row in enumerate(AXES)
    for column in AXES[: i + 1]
)
XP = (
    BASE.replace("VERS = 2.0", "VERS = 3.0")
    .replace("SGP/SGP4", "SGP4-XP")
    .replace("EPHEMERIS_TYPE = 0", "EPHEMERIS_TYPE = 4")
    .replace("BSTAR = 0.0001", "BTERM = 0.0286 [m**2/kg]")
    .replace("MEAN_MOTION_DDOT = 0.0", "AGOM = 0.0143 [m**2/kg]")
)
DSST = (
    "\n".join(
        line
        for line in BASE.replace("SGP/SGP4", "DSST").replace("= TEME", "= TOD").splitlines()
        if line.partition(" ")[0]
        not in {"EPHEMERIS_TYPE", "CLASSIFICATION_TYPE", "NORAD_CAT_ID", "ELEMENT_SET_NO", "REV_AT_EPOCH", "BSTAR"}
        and not line.startswith("MEAN_MOTION_D")
    ).replace("MEAN_MOTION = 15.21913250", "SEMI_MAJOR_AXIS = 6878.137")
    + "\n"
)


def read(text: str, profile: str = "operational") -> ccsds.Omm:
    message = ccsds.read(text.encode(), profile=profile)
    assert isinstance(message, ccsds.Omm)
    return message


def rules(text: str, profile: str = "strict") -> dict[str, str]:
    return {finding.rule: finding.severity for finding in ccsds.validate(text.encode(), profile=profile).findings}


def test_every_block_is_read() -> None:
    text = BASE + "COV_REF_FRAME = TEME\n" + COVARIANCE + "USER_DEFINED_EARTH_MODEL = WGS-84\n"
    omm = read(text.replace("EPHEMERIS_TYPE", "MASS = 300.0 [kg]\nEPHEMERIS_TYPE"), "strict")
    assert (omm.header.version, omm.header.comments) == ("2.0", ("synthetic base message",))
    assert (omm.metadata.mean_element_theory, omm.metadata.ref_frame) == ("SGP/SGP4", "TEME")
    assert omm.elements.epoch == np.datetime64("2026-01-01T00:00:00", "ns")
    assert (omm.elements.mean_motion_rev_day, omm.elements.semi_major_axis_km) == (15.2191325, None)
    assert (omm.elements.inclination_deg, omm.elements.gm_km3_s2) == (97.4, 398600.8)
    assert omm.spacecraft is not None
    assert omm.spacecraft.mass_kg == 300.0
    assert omm.tle is not None
    assert (omm.tle.norad_cat_id, omm.tle.element_set_no, omm.tle.bstar) == (45000, 999, 0.0001)
    assert omm.covariance is not None
    assert omm.covariance.matrix.tolist() == (np.eye(6) * 1e-4).tolist()
    assert omm.user_defined == (("EARTH_MODEL", "WGS-84"),)


def test_sgp4_xp_is_of_version_3_and_no_element_set_for_sgp4() -> None:
    assert rules(XP) == {}
    omm = read(XP)
    assert omm.tle is not None
    assert (omm.tle.bterm_m2_kg, omm.tle.agom_m2_kg, omm.tle.bstar) == (0.0286, 0.0143, None)
    with pytest.raises(ccsds.NoElementSet, match="SGP4-XP"):
        omm.element_sets()
    assert rules(XP.replace("VERS = 3.0", "VERS = 2.0")) == {"OMM-021": "error", "OMM-029": "error"}
    assert rules(XP.replace("BTERM = 0.0286 [m**2/kg]\n", "")) == {"OMM-012": "error"}


def test_another_theory_needs_no_tle_parameters() -> None:
    assert rules(DSST) == {}
    assert read(DSST).tle is None
    assert rules(DSST.replace("= TOD", "= TEME")) == {"OMM-023": "error"}
    assert rules(DSST.replace("ECCENTRICITY = 0.0010000", "ECCENTRICITY = 1.5")) == {"PHY-002": "warning"}


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (("NORAD_CAT_ID = 45000\n", ""), {"OMM-013": "error"}),
        (("BSTAR = 0.0001\n", ""), {"OMM-012": "error"}),
        (("MEAN_MOTION_DOT = 0.00000113\n", ""), {"OMM-014": "error"}),
        (("MEAN_MOTION_DDOT = 0.0\n", ""), {"OMM-014": "warning"}),
        (("MEAN_MOTION = 15.21913250", "SEMI_MAJOR_AXIS = 6878.137"), {"OMM-011": "error"}),
        (("RA_OF_ASC_NODE = 10.0000", "RA_OF_ASC_NODE = 360.0"), {"OMM-019": "error"}),
        (("MEAN_MOTION = 15.21913250", "MEAN_MOTION = 0.0"), {"OMM-019": "error"}),
        (("MEAN_MOTION = 15.21913250", "MEAN_MOTION = 18.5"), {"PHY-001": "warning"}),
        (("ECCENTRICITY = 0.0010000", "ECCENTRICITY = 1.1"), {"OMM-018": "warning"}),
        (("ELEMENT_SET_NO = 0999", "ELEMENT_SET_NO = 10000"), {"OMM-022": "error"}),
        (("EPHEMERIS_TYPE = 0", "EPHEMERIS_TYPE = 5"), {"OMM-022": "error"}),
        (("OBJECT_ID = 2020-001A", "OBJECT_ID ="), {"SYN-012": "error"}),
        (("NORAD_CAT_ID = 45000", "NORAD_CAT_ID = T0001"), {"OMM-020": "error"}),
        (("CREATION_DATE", "CLASSIFICATION = SBU\nCREATION_DATE"), {"VER-003": "error"}),
    ],
)  # fmt: skip
def test_one_fault_is_named_by_its_rule_alone(edit: tuple[str, str], expected: dict[str, str]) -> None:
    assert edit[0] in BASE
    assert rules(BASE.replace(*edit, 1)) == expected


def test_the_theory_sgp_demands_the_derivatives() -> None:
    text = BASE.replace("SGP/SGP4", "SGP").replace("MEAN_MOTION_DOT = 0.00000113\nMEAN_MOTION_DDOT = 0.0\n", "")
    assert rules(text) == {"OMM-014": "error"}


def test_part_of_a_covariance_is_an_error_and_an_indefinite_one_a_warning() -> None:
    assert rules(BASE + COVARIANCE.replace("CZ_Z = 1.0e-04\n", "")) == {"OMM-025": "error"}
    assert rules(BASE + COVARIANCE.replace("CY_X = 0.0", "CY_X = 2.0e-04")) == {"OMM-028": "warning"}


def test_a_message_is_an_element_set_with_the_same_values() -> None:
    sets = read(BASE).element_sets()
    assert (sets.norad_cat_id.tolist(), sets.object_id, sets.object_name) == ([45000], ("2020-001A",), ("TESTSAT 1",))
    assert sets.epoch.tolist() == [np.datetime64("2026-01-01T00:00:00", "ns").astype(np.int64)]
    assert sets.mean_motion_rev_day.tolist() == [15.2191325]
    assert (sets.bstar.tolist(), sets.mean_motion_dot.tolist()) == ([0.0001], [0.00000113])
    assert (sets.classification.tolist(), sets.element_set_no.tolist(), sets.rev_at_epoch.tolist()) == (
        ["U"],
        [999],
        [4316],
    )
    read_as_catalogue, _ = ccsds.read_catalogue(BASE.encode())
    assert read_as_catalogue == sets
    assert ccsds.element_sets_of(read(BASE)) == sets


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (DSST, "its theory is DSST"),
        (BASE.replace("NORAD_CAT_ID = 45000\n", ""), "it has no NORAD_CAT_ID"),
        (BASE.replace("MEAN_MOTION = 15.21913250", "SEMI_MAJOR_AXIS = 6878.137"), "it has no MEAN_MOTION"),
    ],
)
def test_a_message_that_is_no_element_set_is_no_catalogue(text: str, reason: str) -> None:
    assert ccsds.validate(text.encode(), profile="operational").verdict == "valid"
    with pytest.raises(ccsds.InvalidMessage, match=reason) as error:
        ccsds.read_catalogue(text.encode())
    assert [finding.rule for finding in error.value.report.errors] == ["OMM-027"]
    assert ccsds.element_sets_of(read(text)) is None


def test_two_messages_in_one_file_are_a_catalogue() -> None:
    message = ccsds.read((BASE + BASE.replace("45000", "45001")).encode())
    assert isinstance(message, ccsds.ElementSets)
    assert message.norad_cat_id.tolist() == [45000, 45001]
    assert isinstance(ccsds.read(ccsds.write(read(BASE), "xml")), ccsds.Omm)
