"""What a document says twice must agree, and its states must be those of an orbit."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from support.ccsds_messages import cdm_of_two, oem_of

import ccsds
from ccsds.checks.plausibility import first_below_surface, first_impossible_step
from ccsds.checks.two_body import state_of

DATA = Path(__file__).parents[2] / "data" / "ccsds" / "synthetic"
OPM = (DATA / "004_opm_BASE_valid.kvn").read_text()
OMM = (DATA / "005_omm_BASE_valid.kvn").read_text()


def rules(message: ccsds.Message | str, profile: str = "operational") -> dict[str, str]:
    data = message.encode() if isinstance(message, str) else ccsds.write(message, "kvn")
    return {finding.rule: finding.severity for finding in ccsds.validate(data, profile=profile).findings}


def finding(message: ccsds.Message | str, rule: str) -> ccsds.Finding:
    data = message.encode() if isinstance(message, str) else ccsds.write(message, "kvn")
    (found,) = (found for found in ccsds.validate(data, profile="operational").findings if found.rule == rule)
    return found


# -- OEM


def with_positions(positions_km: np.ndarray) -> ccsds.Oem:
    oem = oem_of(10)
    return replace(oem, segments=(replace(oem.segments[0], positions_km=positions_km),))


def test_a_state_below_the_surface_is_named_by_its_line() -> None:
    positions = oem_of(10).segments[0].positions_km.copy()
    positions[4] *= 0.9
    found = finding(with_positions(positions), "PHY-001")
    text = ccsds.write(with_positions(positions), "kvn").decode().splitlines()
    assert text[(found.line or 0) - 1].startswith("2026-01-01T00:04:00")
    assert "6190.32 km from the center of EARTH" in found.message


def test_a_wrong_digit_is_a_step_that_no_orbit_makes() -> None:
    positions = oem_of(10).segments[0].positions_km.copy()
    assert rules(with_positions(positions)) == {}
    positions[6, 0] += 100.0
    found = finding(with_positions(positions), "PHY-003")
    text = ccsds.write(with_positions(positions), "kvn").decode().splitlines()
    assert text[(found.line or 0) - 1].startswith("2026-01-01T00:06:00")


@pytest.mark.parametrize("step_s", [1.0, 60.0, 600.0, 3600.0, 86400.0])
@pytest.mark.parametrize("eccentricity", [0.0, 0.3, 0.7])
def test_steps_along_an_orbit_are_possible_however_long_they_are(step_s: float, eccentricity: float) -> None:
    gm = 398600.4418
    axis = 7000.0 / (1.0 - eccentricity)
    times = np.arange(200) * step_s
    states = [
        state_of(
            ccsds.OpmKeplerian(
                semi_major_axis_km=axis,
                eccentricity=eccentricity,
                inclination_deg=63.4,
                ra_of_asc_node_deg=30.0,
                arg_of_pericenter_deg=270.0,
                mean_anomaly_deg=float(np.degrees(np.sqrt(gm / axis**3) * time)) % 360.0,
                gm_km3_s2=gm,
            )
        )
        for time in times
    ]
    positions = np.array([state[0] for state in states if state is not None])
    velocities = np.array([state[1] for state in states if state is not None])
    elapsed = (times * 1e9).astype(np.int64)
    assert first_impossible_step(elapsed, positions, velocities, "EARTH") is None
    assert first_below_surface(positions, "EARTH") is None
    positions[100] *= -3.0
    impossible = first_impossible_step(elapsed, positions, velocities, "EARTH")
    assert impossible is not None or step_s >= 3600.0


def test_a_maneuver_between_two_states_is_a_possible_step() -> None:
    oem = oem_of(10)
    segment = oem.segments[0]
    velocities = segment.velocities_km_s.copy()
    velocities[5:] *= 1.02
    seconds = np.arange(5)[:, np.newaxis] * 60.0
    positions = segment.positions_km.copy()
    positions[5:] += seconds * 0.02 * segment.velocities_km_s[5:]
    assert "PHY-003" not in rules(
        replace(oem, segments=(replace(segment, positions_km=positions, velocities_km_s=velocities),))
    )


def test_nothing_is_said_of_a_body_of_which_nothing_is_known() -> None:
    oem = oem_of(10)
    segment = oem.segments[0]
    about = replace(
        segment, metadata=replace(segment.metadata, center_name="EROS"), positions_km=segment.positions_km / 100
    )
    assert rules(replace(oem, segments=(about,))) == {}


def test_a_covariance_between_two_states_is_an_information() -> None:
    oem = oem_of(10, covariances=True)
    segment = oem.segments[0]
    assert segment.covariances is not None
    epochs = segment.covariances.epochs.copy()
    epochs[3:5] += np.timedelta64(10, "s")
    moved = replace(oem, segments=(replace(segment, covariances=replace(segment.covariances, epochs=epochs)),))
    assert rules(moved) == {"OEM-039": "info"}
    assert "2 matrices" in finding(moved, "OEM-039").message
    assert rules(moved, "strict") == {}


def test_a_covariance_in_square_metres_is_noticed() -> None:
    oem = oem_of(2, covariances=True)
    segment = oem.segments[0]
    assert segment.covariances is not None
    matrices = segment.covariances.matrices * 1e12
    large = replace(oem, segments=(replace(segment, covariances=replace(segment.covariances, matrices=matrices)),))
    assert rules(large)["PHY-004"] == "warning"


# -- OPM and OMM


def test_elements_of_another_orbit_than_the_state_s_are_noticed() -> None:
    assert rules(OPM) == {}
    found = finding(OPM.replace("INCLINATION = 97.400000", "INCLINATION = 79.400000"), "OPM-030")
    assert found.severity == "warning"
    assert "away from the state vector" in found.message


def test_an_anomaly_under_the_wrong_keyword_is_told() -> None:
    elements = ccsds.OpmKeplerian(
        semi_major_axis_km=8000.0, eccentricity=0.1, inclination_deg=50.0, ra_of_asc_node_deg=10.0,
        arg_of_pericenter_deg=20.0, mean_anomaly_deg=40.0, gm_km3_s2=398600.4418,
    )  # fmt: skip
    state = state_of(elements)
    assert state is not None
    opm = ccsds.read(OPM.encode())
    assert isinstance(opm, ccsds.Opm)
    assert opm.state is not None
    right = replace(
        opm, state=replace(opm.state, position_km=state[0], velocity_km_s=state[1]), keplerian=elements, covariance=None
    )
    assert "OPM-030" not in rules(right)
    wrong = replace(right, keplerian=replace(elements, mean_anomaly_deg=None, true_anomaly_deg=40.0))
    assert finding(wrong, "OPM-030").hint == "The value of TRUE_ANOMALY fits as MEAN_ANOMALY: write that keyword."


def test_elements_in_a_rotating_frame_are_not_compared() -> None:
    turned = OPM.replace("REF_FRAME = EME2000", "REF_FRAME = ITRF2000").replace(
        "INCLINATION = 97.4", "INCLINATION = 79.4"
    )
    assert "OPM-030" not in rules(turned)


@pytest.mark.parametrize(
    ("edit", "rule"),
    [
        (("MASS = 500.000000", "MASS = 0.4"), "OPM-031"),
        (("MAN_DV_2 = 0.000100", "MAN_DV_2 = 1.000000"), "OPM-032"),
        (("\nX = 6878.137000", "\nX = 687.8137000"), "PHY-001"),
        (("SEMI_MAJOR_AXIS = 6878.137000", "SEMI_MAJOR_AXIS = -6878.137000"), "PHY-002"),
        (("CX_X = 1.0000000e-04", "CX_X = 1.0000000e+09"), "PHY-004"),
    ],
)
def test_an_opm_that_no_spacecraft_flies_is_a_warning(edit: tuple[str, str], rule: str) -> None:
    assert edit[0] in OPM
    assert rules(OPM.replace(*edit))[rule] == "warning"


# -- CDM


def test_the_relative_state_is_that_of_the_two_states_in_rtn() -> None:
    cdm = cdm_of_two()
    assert rules(cdm) == {}
    turned = replace(cdm.relative, relative_position_rtn_m=np.array([0.0, 1000.0, 0.0]))
    found = finding(replace(cdm, relative=turned), "CDM-024")
    assert found.severity == "warning"
    assert "by the two states it is" in found.message
    assert rules(replace(cdm, relative=turned), "strict") == {}


def test_a_relative_state_the_other_way_round_is_told() -> None:
    cdm = cdm_of_two()
    turned = replace(cdm.relative, relative_position_rtn_m=np.array([-1000.0, 0.0, 0.0]))
    assert finding(replace(cdm, relative=turned), "CDM-024").hint == (
        "Turn the signs around: the relative state is object 2 minus object 1."
    )


def test_tca_lies_in_the_screening_period() -> None:
    cdm = cdm_of_two()
    tca, hour = cdm.relative.tca, np.timedelta64(1, "h")
    around = replace(cdm.relative, start_screen_period=tca - hour, stop_screen_period=tca + hour)
    assert rules(replace(cdm, relative=around)) == {}
    after = replace(cdm.relative, start_screen_period=tca - 2 * hour, stop_screen_period=tca - hour)
    assert rules(replace(cdm, relative=after)) == {"CDM-023": "warning"}


def with_covariance(matrix: np.ndarray, method: str = "CALCULATED") -> ccsds.Cdm:
    cdm = cdm_of_two()
    body = cdm.objects[0]
    metadata = replace(body.metadata, covariance_method=method)
    return replace(cdm, objects=(replace(body, covariance_rtn_m2=matrix, metadata=metadata), cdm.objects[1]))


def test_a_covariance_is_positive_semi_definite() -> None:
    matrix = np.diag([1e4, 4e4, 1e4, 0.01, 0.01, 0.01])
    matrix[0, 1] = matrix[1, 0] = 3e4
    assert rules(with_covariance(matrix)) == {"CDM-022": "warning"}


def test_a_row_whose_variance_is_zero_is_discounted() -> None:
    matrix = np.diag([1e4, 4e4, 1e4, 0.01, 0.01, 0.0])
    matrix[5, 0] = matrix[0, 5] = 1.0
    assert rules(with_covariance(matrix)) == {}


def test_a_sentinel_covariance_is_no_fault_where_the_method_says_so() -> None:
    sentinel = np.diag([63781370.0**2] * 3 + [1e8] * 3)
    assert rules(with_covariance(sentinel, "DEFAULT")) == {}
    assert rules(with_covariance(sentinel)) == {"PHY-004": "warning"}


# -- a catalogue beside the document


CATALOGUE = {"2020-001A": 45000, "1998-067A": 25544}


def against_catalogue(data: bytes) -> list[tuple[str, str, int | None]]:
    report = ccsds.validate(data, profile="operational", catalogue=CATALOGUE)
    return [(each.rule, each.severity, each.line) for each in report.findings if each.rule.startswith("CAT-")]


def test_designator_and_number_of_an_omm_are_one_object_s() -> None:
    assert against_catalogue(OMM.encode()) == []
    assert against_catalogue(OMM.replace("45000", "45001").encode()) == [("CAT-001", "warning", 6)]
    assert against_catalogue(OMM.replace("2020-001A", "2020-009Z").encode()) == [("CAT-002", "info", 6)]
    assert against_catalogue(OMM.replace("2020-001A", "UNKNOWN").encode()) == []


def test_each_record_of_a_catalogue_is_compared() -> None:
    elements = "MEAN_MOTION,ECCENTRICITY,INCLINATION,RA_OF_ASC_NODE,ARG_OF_PERICENTER,MEAN_ANOMALY,BSTAR"
    header = f"NORAD_CAT_ID,OBJECT_ID,EPOCH,{elements}"
    end = "2026-01-01T00:00:00,15.5,0.001,51.6,1.0,2.0,3.0,0.0"
    data = f"{header}\n25544,1998-067A,{end}\n45001,2020-001A,{end}\n"
    assert against_catalogue(data.encode()) == [("CAT-001", "warning", 3)]
    sets, _ = ccsds.read_catalogue(data.encode())
    assert sets.designators() == {"1998-067A": 25544, "2020-001A": 45001}


def test_both_objects_of_a_cdm_are_compared() -> None:
    cdm = cdm_of_two()
    first = replace(cdm.objects[0], metadata=replace(cdm.objects[0].metadata, object_designator="45000"))
    data = ccsds.write(replace(cdm, objects=(first, cdm.objects[1])), "kvn")
    ((rule, severity, _),) = against_catalogue(data)
    assert (rule, severity) == ("CAT-001", "warning")


def test_an_oem_named_by_number_is_looked_up_by_number() -> None:
    text = ccsds.write(oem_of(2), "kvn")
    assert against_catalogue(text.replace(b"2020-001A", b"45000")) == []
    assert [rule for rule, _, _ in against_catalogue(text.replace(b"2020-001A", b"45001"))] == ["CAT-002"]
