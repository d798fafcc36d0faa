"""Maneuver notifications as 19 SDS wants them: an OPM read as one, made of one, and judged by tables 10 to 16."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ccsds
from ccsds.tables.maneuver_notification import MANEUVER_PURPOSES, MANEUVER_STATUSES

TEXT = """CCSDS_OPM_VERS = 2.0
COMMENT Raise the perigee
CREATION_DATE = 2026-01-01T12:00:00
ORIGINATOR = TESTORG
USER_DEFINED_RELEASABILITY = PUBLIC
USER_DEFINED_CLASSIFICATION = UNCLASSIFIED
OBJECT_NAME = TESTSAT 1
OBJECT_ID = 2020-001A
USER_DEFINED_NORAD_CAT_ID = 45000
CENTER_NAME = EARTH
TIME_SYSTEM = UTC
MAN_EPOCH_IGNITION = 2026-01-02T10:00:00.000
MAN_DURATION = 12.5
MAN_DELTA_MASS = -0.25
MAN_REF_FRAME = RTN
MAN_DV_1 = 0.0
MAN_DV_2 = 0.0003
MAN_DV_3 = 0.0004
USER_DEFINED_MAN_ID = PLAN-7
USER_DEFINED_DV_OVERALL = 0.0005
USER_DEFINED_EPHEM = MEME_45000_TESTSAT1_0021000_special_burn7_unclassified.txt
USER_DEFINED_MAN_PURPOSE = COLA
USER_DEFINED_TCA = 2026-01-03T04:05:06.789
USER_DEFINED_MAN_STATUS = PREDICTED
MAN_EPOCH_IGNITION = 2026-01-04T10:00:00.000
MAN_DURATION = 0.0
MAN_REF_FRAME = RTN
MAN_DV_1 = 0.0
MAN_DV_2 = -0.001
MAN_DV_3 = 0.0
USER_DEFINED_MAN_PURPOSE = SK
USER_DEFINED_MAN_STATUS = DETERMINED
"""


def test_a_notification_is_read_with_whose_why_and_how_sure() -> None:
    opm = ccsds.read(TEXT.encode(), profile="space-track")
    assert ccsds.is_maneuver_notification(opm)
    told = ccsds.maneuver_notification(opm)
    assert (told.originator, told.norad_cat_id, told.object_name, told.is_public) == (
        "TESTORG",
        45000,
        "TESTSAT 1",
        True,
    )
    avoids, keeps = told.maneuvers
    assert (avoids.man_id, avoids.purpose, avoids.status) == ("PLAN-7", "COLA", "PREDICTED")
    assert avoids.tca == np.datetime64("2026-01-03T04:05:06.789", "ns")
    assert avoids.ephemeris_name == "MEME_45000_TESTSAT1_0021000_special_burn7_unclassified.txt"
    assert (avoids.epoch_ignition, avoids.duration_s, avoids.delta_mass_kg) == (
        np.datetime64("2026-01-02T10:00:00", "ns"), 12.5, -0.25,
    )  # fmt: skip
    assert (keeps.purpose, keeps.status, keeps.tca, keeps.delta_mass_kg) == ("SK", "DETERMINED", None, None)


def test_the_whole_increment_is_as_given_or_else_computed() -> None:
    avoids, keeps = ccsds.maneuver_notification(ccsds.read(TEXT.encode())).maneuvers
    assert avoids.dv_overall_km_s == 0.0005
    assert keeps.dv_overall_as_given_km_s is None
    assert keeps.dv_overall_km_s == pytest.approx(0.001)


def test_without_releasability_it_is_private() -> None:
    text = TEXT.replace("USER_DEFINED_RELEASABILITY = PUBLIC\n", "")
    assert ccsds.validate(text.encode(), profile="space-track").verdict == "valid"
    assert not ccsds.maneuver_notification(ccsds.read(text.encode())).is_public


def test_the_handbook_s_own_form_has_no_error_where_space_track_reads() -> None:
    report = ccsds.validate(TEXT.encode(), profile="space-track")
    assert not [finding for finding in report.findings if finding.severity != "info"]


def test_an_orbit_parameter_message_is_no_notification() -> None:
    opm = replace(ccsds.read(TEXT.encode()), header=ccsds.OdmHeader(
        creation_date=np.datetime64("2026-01-01", "ns"), originator="X"), maneuvers=())  # fmt: skip
    assert not ccsds.is_maneuver_notification(opm)
    with pytest.raises(ccsds.NotANotification, match="no maneuver"):
        ccsds.maneuver_notification(opm)


def without(keyword: str, count: int = 1) -> Callable[[str], str]:
    def edit(text: str) -> str:
        lines = text.splitlines()
        for _ in range(count):
            lines.remove(next(line for line in lines if line.startswith(keyword)))
        return "\n".join(lines) + "\n"

    return edit


def swap(old: str, new: str) -> Callable[[str], str]:
    def edit(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return edit


FAULTS: dict[str, tuple[Callable[[str], str], str, int | None]] = {
    "another version": (swap("VERS = 2.0", "VERS = 3.0"), "MAN-001", 1),
    "no classification": (without("USER_DEFINED_CLASSIFICATION"), "MAN-002", 4),
    "secret": (swap("= UNCLASSIFIED", "= SECRET"), "MAN-002", 6),
    "a third releasability": (swap("= PUBLIC", "= FRIENDS"), "MAN-003", 5),
    "no number": (without("USER_DEFINED_NORAD_CAT_ID"), "MAN-004", 7),
    "a number of seven digits": (swap("= 45000", "= 4500000"), "MAN-004", 9),
    "TAI": (swap("= UTC", "= TAI"), "MAN-005", 11),
    "no purpose": (without("USER_DEFINED_MAN_PURPOSE"), "MAN-006", 12),
    "a purpose of their own": (swap("= SK", "= FUN"), "MAN-006", 31),
    "no status": (without("USER_DEFINED_MAN_STATUS"), "MAN-007", 12),
    "a status of before": (swap("= DETERMINED", "= SOLVED"), "MAN-007", 32),
    "avoidance without TCA": (without("USER_DEFINED_TCA"), "MAN-008", 22),
    "a TCA that is no time": (swap("2026-01-03T04:05:06.789", "2026-01-33"), "MAN-008", 23),
    "a TCA of station-keeping": (swap("= COLA", "= SK"), "MAN-008", 23),
    "a blank in the identifier": (swap("= PLAN-7", "= PLAN 7"), "MAN-009", 19),
    "a long identifier": (swap("= PLAN-7", f"= {'A' * 31}"), "MAN-009", 19),
    "an identifier twice": (
        swap("USER_DEFINED_MAN_PURPOSE = SK", "USER_DEFINED_MAN_ID = PLAN-7\nUSER_DEFINED_MAN_PURPOSE = SK"),
        "MAN-009", 31,
    ),
    "a magnitude in m/s": (swap("OVERALL = 0.0005", "OVERALL = 0.5"), "MAN-010", 20),
    "a parameter in another section": (
        lambda text: without("USER_DEFINED_NORAD")(text).replace("2.0\nCOMM", "2.0\nCOMM").replace(
            "USER_DEFINED_RELEASABILITY", "USER_DEFINED_NORAD_CAT_ID = 45000\nUSER_DEFINED_RELEASABILITY"
        ),
        "MAN-011", 5,
    ),
    "a true anomaly": (
        swap("MAN_EPOCH_IGNITION", "SEMI_MAJOR_AXIS = 7000.0\nECCENTRICITY = 0.001\nINCLINATION = 98.0\n"
             "RA_OF_ASC_NODE = 1.0\nARG_OF_PERICENTER = 1.0\nTRUE_ANOMALY = 1.0\nGM = 398600.4415\nMAN_EPOCH_IGNITION"),
        "MAN-013", 17,
    ),
    "a state without frame": (
        swap("MAN_EPOCH_IGNITION", "EPOCH = 2026-01-01T00:00:00\nX = 7000.0\nY = 0.0\nZ = 0.0\nX_DOT = 0.0\n"
             "Y_DOT = 7.5\nZ_DOT = 0.0\nMAN_EPOCH_IGNITION"),
        "MAN-014", 13,
    ),
    "a parameter of their own": (swap("DV_OVERALL", "DV_TOTAL"), "MAN-015", 20),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_named_where_space_track_reads_and_where_the_operator_asks(name: str) -> None:
    edit, rule, line = FAULTS[name]
    data = edit(TEXT).encode()
    for profile in ("space-track", "operational"):
        found = {(finding.rule, finding.line) for finding in ccsds.validate(data, profile=profile).findings}
        assert (rule, line) in found, found
    assert rule not in {finding.rule for finding in ccsds.validate(data, profile="strict").findings}


def test_where_space_track_reads_every_opm_is_a_notification() -> None:
    text = "\n".join(line for line in TEXT.splitlines() if "USER_DEFINED" not in line)
    rules = {finding.rule for finding in ccsds.validate(text.encode(), profile="space-track").errors}
    assert {"MAN-002", "MAN-004", "MAN-006", "MAN-007"} <= rules
    assert not [f for f in ccsds.validate(text.encode()).findings if f.rule.startswith("MAN")]


MISSING = {
    "USER_DEFINED_NORAD_CAT_ID = 45000\n": "NORAD_CAT_ID is missing",
    "USER_DEFINED_MAN_PURPOSE = SK\n": "MAN_PURPOSE is missing",
    "USER_DEFINED_MAN_STATUS = PREDICTED\n": "MAN_STATUS is missing",
    "USER_DEFINED_TCA = 2026-01-03T04:05:06.789\n": "TCA is missing",
}


@pytest.mark.parametrize("line", MISSING)
def test_what_lacks_a_fact_is_no_notification_and_says_which(line: str) -> None:
    opm = ccsds.read(TEXT.replace(line, "").encode())
    with pytest.raises(ccsds.NotANotification, match=MISSING[line]):
        ccsds.maneuver_notification(opm)


times = st.integers(-(10**18), 4 * 10**18).map(lambda ns: np.datetime64(ns, "ns"))
words = st.from_regex(r"[A-Z][A-Z0-9]{0,11}( [A-Z0-9]{1,8})?", fullmatch=True)
components = st.floats(-10, 10, allow_nan=False, allow_subnormal=False).map(lambda value: float(f"{value:.12g}"))


@st.composite
def notified_maneuvers(draw: st.DrawFn) -> ccsds.NotifiedManeuver:
    purpose = draw(st.sampled_from(sorted(MANEUVER_PURPOSES)))
    return ccsds.NotifiedManeuver(
        man_id=draw(st.none() | st.from_regex(r"[A-Za-z0-9_-]{1,30}", fullmatch=True)),
        epoch_ignition=draw(times),
        duration_s=draw(st.integers(0, 10**6)) / 8,
        delta_mass_kg=draw(st.none() | st.integers(1, 10**6).map(lambda value: -value / 64)),
        ref_frame=draw(st.sampled_from(["RTN", "TNW", "EME2000"])),
        delta_v_km_s=np.array(draw(st.tuples(components, components, components))),
        purpose=purpose,
        status=draw(st.sampled_from(MANEUVER_STATUSES)),
        tca=draw(times) if purpose == "COLA" else None,
        ephemeris_name=draw(st.none() | st.just("MEME_45000_SAT_0010000_special__unclassified.txt")),
        comments=tuple(draw(st.lists(words, max_size=2))),
    )


@st.composite
def notifications(draw: st.DrawFn) -> ccsds.ManeuverNotification:
    number = st.integers(1, 399_999) | st.integers(795_000_000, 799_999_999)
    return ccsds.ManeuverNotification(
        originator=draw(words),
        creation_date=draw(times),
        norad_cat_id=draw(number),
        object_name=draw(words),
        object_id=draw(st.sampled_from(["", "2020-001A"])),
        is_public=draw(st.booleans()),
        maneuvers=tuple(draw(st.lists(notified_maneuvers(), min_size=1, max_size=3))),
        comments=tuple(draw(st.lists(words, max_size=2))),
    )


@given(notifications())
def test_any_notification_is_built_to_an_opm_and_comes_back(told: ccsds.ManeuverNotification) -> None:
    assert ccsds.maneuver_notification(told.to_opm()) == told


@given(notifications())
def test_any_notification_is_written_and_read_without_error_where_space_track_reads(
    told: ccsds.ManeuverNotification,
) -> None:
    data = ccsds.write(told.to_opm(), "kvn")
    report = ccsds.validate(data, profile="space-track")
    ids = [maneuver.man_id for maneuver in told.maneuvers if maneuver.man_id]
    if len(set(ids)) == len(ids):
        assert not report.errors, (report.errors, data.decode())
    assert ccsds.maneuver_notification(report.message) == told


def test_a_state_goes_along() -> None:
    told = ccsds.maneuver_notification(ccsds.read(TEXT.encode()))
    state = ccsds.OpmState(
        epoch=np.datetime64("2026-01-01", "ns"),
        position_km=np.array([7000.0, 0.0, 0.0]),
        velocity_km_s=np.array([0.0, 7.5, 0.0]),
    )
    metadata = ccsds.OpmMetadata(object_name="", object_id="", ref_frame="EME2000")
    base = ccsds.Opm(header=ccsds.OdmHeader(creation_date=state.epoch, originator=""), metadata=metadata, state=state)
    opm = told.to_opm(base)
    assert opm.state == state
    assert opm.metadata.ref_frame == "EME2000"
    assert ccsds.maneuver_notification(opm) == told
