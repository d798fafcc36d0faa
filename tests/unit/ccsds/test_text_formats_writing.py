"""Writing Modified ITC: what it carries comes back, what it can't carry is refused."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.ccsds_messages import oem_of

import ccsds

ITC = (
    Path(__file__).parents[2] / "data/ccsds/textformats/MEME_45000_TESTSAT1_0010000_Operational_nomnvr_UNCLASSIFIED.txt"
)
numbers = st.floats(-1e5, 1e5, allow_nan=False, allow_subnormal=False)


def oem_with(**metadata: object) -> ccsds.Oem:
    oem = oem_of(5, covariances=True)
    (segment,) = oem.segments
    return replace(oem, segments=(replace(segment, metadata=replace(segment.metadata, **metadata)),))


def segment_with(**fields: object) -> ccsds.Oem:
    oem = oem_of(5, covariances=True)
    return replace(oem, segments=(replace(oem.segments[0], **fields),))


def test_what_was_read_and_not_edited_is_written_byte_for_byte() -> None:
    assert ccsds.write(ccsds.read(ITC), "itc") == ITC.read_bytes()


def test_a_file_in_another_text_format_is_not_taken_for_itc() -> None:
    nasa = ccsds.read(ITC.parent / "nasa_valid.txt")
    with pytest.raises(ccsds.CannotWrite, match="covariance at the epoch of each state"):
        ccsds.write(nasa, "itc")


@pytest.mark.parametrize("profile", ["strict", "operational", "space-track"])
def test_what_is_written_has_no_finding_but_what_is_assumed(profile: str) -> None:
    data = ccsds.write(oem_of(5, covariances=True), "itc")
    report = ccsds.validate(data, profile=profile)
    assert (report.kind, [finding.rule for finding in report.findings]) == ("ITC", ["ITC-001"])
    assert data.decode().splitlines()[:5] == [
        "created:2026-01-01 00:00:00 UTC",
        "ephemeris_start:2026-01-01 00:00:00 UTC ephemeris_stop:2026-01-01 00:04:00 UTC step_size:60",
        "ephemeris_source:TESTORG",
        "RTN",
        "2026001000000.000 6878.137 0.0 0.0 -0.0 7.612608 0.0",
    ]


@given(
    states=st.lists(st.tuples(*[numbers] * 6), min_size=1, max_size=5),
    triangle=st.lists(numbers, min_size=21, max_size=21),
    frame=st.sampled_from(["UVW", "RTN", "RSW", "EME2000"]),
    first=st.integers(-10_000_000_000_000_000_00, 40_000_000_000_000_000_00),
    step=st.integers(1, 10**14),
)
def test_any_states_with_covariances_come_back(
    states: list[tuple[float, ...]], triangle: list[float], frame: str, first: int, step: int
) -> None:
    epochs = (first + np.arange(len(states)) * step).astype("datetime64[ns]")
    matrix = np.zeros((6, 6))
    matrix[np.tril_indices(6)] = triangle
    matrix += np.tril(matrix, -1).T
    rows = np.array(states)
    base = oem_of(1).segments[0]
    segment = replace(
        base,
        metadata=replace(base.metadata, start_time=epochs[0], stop_time=epochs[-1]),
        epochs=epochs,
        positions_km=rows[:, :3],
        velocities_km_s=rows[:, 3:],
        covariances=ccsds.OemCovariances(
            epochs=epochs,
            matrices=np.repeat(matrix[np.newaxis], len(states), axis=0),
            frames=(frame,) * len(states),
        ),
    )
    (back,) = ccsds.read(ccsds.write(replace(oem_of(1), segments=(segment,)), "itc")).segments
    assert np.array_equal(back.epochs, segment.epochs)
    assert np.array_equal(back.positions_km, segment.positions_km)
    assert np.array_equal(back.velocities_km_s, segment.velocities_km_s)
    assert back.covariances == segment.covariances
    assert (back.metadata.start_time, back.metadata.stop_time) == (epochs[0], epochs[-1])


def test_itc_to_oem_and_back_keeps_states_and_covariances() -> None:
    oem = ccsds.read(ITC)
    kvn = ccsds.write(oem, "kvn")
    assert ccsds.validate(kvn, profile="operational").verdict == "valid"
    back = ccsds.read(ccsds.write(ccsds.read(kvn), "itc"))
    assert back.segments[0].covariances == oem.segments[0].covariances
    assert np.array_equal(back.segments[0].positions_km, oem.segments[0].positions_km)


five = oem_of(5, covariances=True).segments[0]
REFUSED = {
    "two segments": (replace(oem_of(5, covariances=True), segments=(five, five)), "one segment"),
    "another frame": (oem_with(ref_frame="ITRF2000"), "EME2000; the states are in ITRF2000"),
    "another time system": (oem_with(time_system="TAI"), "in UTC; the times are in TAI"),
    "another center": (oem_with(center_name="MARS"), "about MARS"),
    "accelerations": (segment_with(accelerations_km_s2=np.zeros((5, 3))), "no accelerations"),
    "no covariance": (segment_with(covariances=None), "covariance at the epoch of each state"),
    "fewer covariances": (
        segment_with(covariances=oem_of(4, covariances=True).segments[0].covariances),
        "covariance at the epoch of each state",
    ),
    "several frames": (
        segment_with(covariances=replace(five.covariances, frames=("RTN", "TNW", "RTN", "RTN", "RTN"))),
        "one frame; these are in RTN, TNW",
    ),
    "a frame beyond table 8": (segment_with(covariances=replace(five.covariances, frames=("TNW",) * 5)), "in TNW"),
    "not finite": (segment_with(positions_km=np.full((5, 3), np.inf)), "not finite"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_itc_can_t_carry_is_refused(name: str) -> None:
    oem, message = REFUSED[name]
    with pytest.raises(ccsds.CannotWrite, match=message):
        ccsds.write(oem, "itc")


def test_every_text_ephemeris_is_written_as_an_oem_that_says_the_same() -> None:
    for name in ("nasa_valid.txt", "goo_valid.txt", "caliper_v2_valid.txt", ITC.name):
        oem = ccsds.read(ITC.parent / name)
        data = ccsds.write(oem, "kvn")
        report = ccsds.validate(data, profile="strict")
        assert {found.severity for found in report.findings} <= {"info"}, (name, report.findings)
        (back,), (given,) = report.message.segments, oem.segments
        assert (back.epochs == given.epochs).all()
        assert (back.positions_km == given.positions_km).all()
        assert back.covariances == given.covariances
        assert not np.isnat(report.message.header.creation_date)


def test_a_date_that_was_set_is_the_one_that_is_written() -> None:
    oem = ccsds.read(ITC.parent / "nasa_valid.txt")
    when = np.datetime64("2026-01-02T03:04:05", "ns")
    dated = replace(oem, header=replace(oem.header, creation_date=when, originator="TESTORG"))
    assert b"CREATION_DATE = 2026-01-02T03:04:05.000\nORIGINATOR = TESTORG\n" in ccsds.write(dated, "kvn")


@pytest.mark.parametrize("text_format", ["kvn", "xml", "json"])
def test_single_states_are_written_as_opm(text_format: str) -> None:
    caliper = ccsds.read(b"\n".join((ITC.parent / "caliper_v2_valid.txt").read_bytes().splitlines()[:5]))
    vector = ccsds.read(
        b'{"epoch": "2026-01-01T00:00:00", "ref_frame": "EME2000", "position": {"value": [7000, 0, 0], "unit": "km"},'
        b'"velocity": {"value": [0, 7.5, 0], "unit": "km/s"}}'
    )
    for opm in (caliper, vector):
        report = ccsds.validate(ccsds.write(opm, text_format), profile="strict")
        assert (report.kind, report.verdict) == ("OPM", "valid"), report.findings
        assert report.message.state == opm.state
        assert report.message.covariance == opm.covariance
