"""What is written is read back equal and passes `strict`; what was read and not edited is written byte for byte."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.ccsds_messages import cdm_of_two, oem_of

import ccsds

DATA = Path(__file__).parents[2] / "data" / "ccsds" / "synthetic"
START = np.datetime64("2026-01-01T00:00:00", "ns")

numbers = st.decimals(-99999, 99999, places=9, allow_nan=False).map(lambda number: float(str(number)) + 0.0)
small = st.floats(1e-12, 1e-3).map(lambda value: float(f"{value:.12e}"))
names = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -()", min_size=1, max_size=24).map(
    lambda text: " ".join(text.split()) or "X"
)
identifiers = st.text("ABCXYZabcxyz019_-", min_size=1, max_size=24)
comments = st.lists(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=60), max_size=3).map(tuple)


def vectors(count: int) -> st.SearchStrategy[np.ndarray]:
    return st.lists(numbers, min_size=3 * count, max_size=3 * count).map(lambda v: np.array(v).reshape(count, 3))


@st.composite
def covariance(draw: st.DrawFn, count: int) -> np.ndarray:
    matrices = np.zeros((count, 6, 6))
    for axis in range(6):
        matrices[:, axis, axis] = draw(small)
    return matrices


@st.composite
def segments(draw: st.DrawFn, start_s: int) -> ccsds.OemSegment:
    count = draw(st.integers(1, 20))
    steps = np.cumsum(draw(st.lists(st.integers(1, 10**12), min_size=count, max_size=count)))
    epochs = START + np.timedelta64(start_s, "s") + steps.astype("timedelta64[ns]")
    matrices = draw(covariance(count))
    return ccsds.OemSegment(
        metadata=ccsds.OemMetadata(
            object_name="TESTSAT 1",
            object_id="2020-001A",
            center_name="EROS",  # of which nothing is known: any numbers are states about it
            ref_frame=draw(st.sampled_from(["EME2000", "GCRF", "ITRF2000", "TEME"])),
            start_time=epochs[0],
            stop_time=epochs[-1],
            useable_start_time=draw(st.sampled_from([None, epochs[0]])),
            comments=draw(comments),
        ),
        epochs=epochs,
        positions_km=draw(vectors(count)),
        velocities_km_s=draw(vectors(count)),
        accelerations_km_s2=draw(st.none() | vectors(count)),
        covariances=draw(
            st.none()
            | st.builds(
                ccsds.OemCovariances,
                epochs=st.just(epochs),
                matrices=st.just(matrices),
                frames=st.lists(st.sampled_from([None, "RTN", "EME2000"]), min_size=count, max_size=count).map(tuple),
                comments=comments,
            )
        ),
        comments=draw(comments),
    )


@st.composite
def oems(draw: st.DrawFn) -> ccsds.Oem:
    version = draw(st.sampled_from(["2.0", "3.0"]))
    return ccsds.Oem(
        header=ccsds.OemHeader(
            version=version,
            creation_date=START,
            originator=draw(names),
            comments=draw(comments),
            message_id=draw(names) if version == "3.0" else None,
        ),
        segments=tuple(draw(segments(start)) for start in range(0, 3 * 10**5, 10**5)[: draw(st.integers(1, 3))]),
    )


@settings(max_examples=40, deadline=None)
@given(oems())
def test_any_oem_is_written_read_and_equal_and_strict_finds_nothing(oem: ccsds.Oem) -> None:
    report = ccsds.validate(ccsds.write(oem, "kvn"), profile="strict")
    assert report.findings == ()
    assert report.message == oem


@st.composite
def cdms(draw: st.DrawFn) -> ccsds.Cdm:
    base = cdm_of_two()
    bodies = []
    for body in base.objects:
        matrix = np.zeros((6, 6))
        np.fill_diagonal(matrix, draw(st.lists(small, min_size=6, max_size=6)))
        if draw(st.booleans()):
            full = np.full((9, 9), np.nan)
            full[:6, :6] = matrix
            full[6, :7] = full[:7, 6] = draw(small)
            matrix = full
        bodies.append(
            replace(
                body,
                metadata=replace(body.metadata, object_name=draw(names), comments=draw(comments)),
                od=ccsds.CdmOrbitDetermination(
                    obs_available=draw(st.integers(100, 2**31 - 1)), obs_used=draw(st.none() | st.integers(0, 100)),
                    weighted_rms=draw(st.none() | small), comments=(),
                ),
                additional=ccsds.CdmAdditional(
                    area_pc=draw(small), mass=draw(st.none() | small), comments=draw(comments)
                ),
                covariance_rtn_m2=matrix,
                state_comments=draw(comments),
                covariance_comments=draw(comments),
            )
        )  # fmt: skip
    return replace(
        base,
        header=replace(base.header, message_id=draw(identifiers), message_for=draw(st.none() | names)),
        relative=replace(
            base.relative,
            collision_probability=draw(st.none() | st.floats(1e-30, 1.0).map(lambda p: float(f"{p:.10e}"))),
            comments=draw(comments),
        ),
        objects=(bodies[0], bodies[1]),
    )


@settings(max_examples=40, deadline=None)
@given(cdms())
def test_any_cdm_is_written_read_and_equal_and_strict_finds_nothing(cdm: ccsds.Cdm) -> None:
    report = ccsds.validate(ccsds.write(cdm, "kvn"), profile="strict")
    assert report.findings == ()
    assert report.message == cdm
    assert ccsds.write(replace(report.message), "kvn") == ccsds.write(cdm, "kvn")


VALID = sorted(path for path in DATA.glob("*_valid*.kvn"))


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_an_unedited_message_is_written_byte_for_byte(path: Path) -> None:
    message = ccsds.read(path, profile="strict")
    if not isinstance(message, ccsds.ElementSets):
        assert ccsds.write(message, "kvn") == path.read_bytes()


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_an_edited_message_is_written_in_the_standard_s_form(path: Path) -> None:
    message = ccsds.read(path, profile="strict")
    if isinstance(message, ccsds.ElementSets):
        return
    edited = replace(message, header=replace(message.header, originator="ANOTHER"))
    report = ccsds.validate(ccsds.write(edited, "kvn"), profile="strict")
    assert report.findings == ()
    assert report.message == edited


def test_an_edit_deep_inside_is_not_lost_behind_the_source() -> None:
    oem = ccsds.read(ccsds.write(oem_of(), "kvn"))
    segment = replace(oem.segments[0], metadata=replace(oem.segments[0].metadata, object_name="OTHER"))
    assert b"OBJECT_NAME = OTHER" in ccsds.write(replace(oem, segments=(segment,)), "kvn")


def test_numbers_that_were_read_with_many_digits_are_written_with_sixteen() -> None:
    oem = oem_of(1)
    segment = replace(oem.segments[0], positions_km=np.array([[1.0 / 3.0, 2e4 / 3.0, 1e-7 / 3.0]]))
    written = ccsds.write(replace(oem, segments=(segment,)), "kvn")
    assert b" 0.333333333333333 " not in written
    back = ccsds.read(written, profile="strict").segments[0].positions_km
    assert back == pytest.approx(segment.positions_km, rel=1e-15)
    assert not [f for f in ccsds.validate(written).findings if f.rule == "VAL-002"]


CAN_T = {
    "NaN": lambda oem: replace(oem, segments=(replace(oem.segments[0], positions_km=np.full((10, 3), np.nan)),)),
    "no segment": lambda oem: replace(oem, segments=()),
    "line break": lambda oem: replace(oem, header=replace(oem.header, originator="A\nB")),
    "non-ASCII": lambda oem: replace(oem, header=replace(oem.header, originator="Å")),
    "too long": lambda oem: replace(oem, header=replace(oem.header, comments=("x" * 300,))),
    "no creation date": lambda oem: replace(oem, header=replace(oem.header, creation_date=np.datetime64("NaT"))),
    "3.0 keyword": lambda oem: replace(oem, header=replace(oem.header, message_id="X")),
    "1.0 with covariance": lambda oem: replace(oem, header=replace(oem.header, version="1.0")),
}


@pytest.mark.parametrize("edit", CAN_T.values(), ids=CAN_T.keys())
def test_what_a_file_can_t_carry_is_refused(edit: object) -> None:
    with pytest.raises(ccsds.CannotWrite):
        ccsds.write(edit(oem_of(covariances=True)), "kvn")


def test_a_format_that_there_is_not_names_those_that_there_are() -> None:
    with pytest.raises(ccsds.CannotWrite, match="kvn, xml, json"):
        ccsds.write(cdm_of_two(), "tle")


def test_a_cdm_in_json_nests_as_xml_and_names_the_units_of_each_block() -> None:
    value = json.loads(ccsds.write(cdm_of_two(), "json"))
    assert list(value) == ["CCSDS_CDM_VERS", "header", "body"]
    relative = value["body"]["relativeMetadataData"]
    assert relative["MISS_DISTANCE"] == 1000.0
    assert relative["units"] == {"MISS_DISTANCE": "m", "RELATIVE_SPEED": "m/s"}
    assert relative["COMMENT"] == ["Screening Option = Covariance"]
    designators = [segment["metadata"]["OBJECT_DESIGNATOR"] for segment in value["body"]["segment"]]
    assert designators == ["12345", "30337"], "text is text, digits or not"


def test_an_oem_in_json_has_a_row_for_each_state() -> None:
    value = json.loads(ccsds.write(oem_of(2), "json"))
    states = value["body"]["segment"][0]["data"]["stateVector"]
    assert [state["EPOCH"] for state in states] == ["2026-01-01T00:00:00.000", "2026-01-01T00:01:00.000"]
    assert list(states[0]) == ["EPOCH", "X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT"]
