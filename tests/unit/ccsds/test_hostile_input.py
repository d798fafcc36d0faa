"""Whatever the bytes, validate answers with a verdict, and an end."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.ccsds_messages import oem_text
from support.repeated_input import REPEATED

import ccsds

DATA = Path(__file__).parents[2] / "data" / "ccsds"
TLE = (
    b"1 25544U 98067A   08264.51782528 -.00002182  00000-0 -11606-4 0  2927\n"
    b"2 25544  51.6416 247.4627 0006703 130.5360 325.0288 15.72125391563537\n"
)
SEEDS = [path.read_bytes() for path in sorted((DATA / "synthetic").glob("*_valid*.kvn"))] + [
    TLE,
    b"NORAD_CAT_ID,EPOCH,MEAN_MOTION,ECCENTRICITY\n5,2026-01-01T00:00:00,15.0,0.1\n",
    b'[{"NORAD_CAT_ID": 5, "EPOCH": "2026-01-01T00:00:00", "MEAN_MOTION": 15.0, "ECCENTRICITY": 0.1}]',
    b"<ndm><omm version='2.0'><NORAD_CAT_ID>5</NORAD_CAT_ID><EPOCH>2026-01-01T00:00:00</EPOCH></omm></ndm>",
]
SPLICES = [
    b"\0", b"\t", b"\r", b"\n", b"\xff", "é".encode(), b"=", b"[", b"nan", b"1e999", b"1e-999", b"9" * 30, b"COMMENT",
    b"\nMETA_START\n", b"\nMETA_STOP\n", b"\nEPOCH = ", b"\nCOVARIANCE_START\n", b"\nCOVARIANCE_STOP\n",
    b"OBJECT = OBJECT1\n",
    b"\x0b", b"\x1c", b"\x85", b"<!DOCTYPE a>", b"&a;", b'"', b"\n2016-12-31T23:59:60 1 2 3 4 5 6\n",
]  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    data = draw(st.sampled_from(SEEDS))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        stop = min(len(data), start + draw(st.sampled_from([0, 0, 1, 10, 400])))
        data = data[:start] + draw(st.sampled_from(SPLICES) | st.binary(max_size=3)) + data[stop:]
    return data


def judge(data: bytes, profile: str) -> None:
    report = ccsds.validate(data, profile=profile)
    assert (report.verdict == "invalid") == any(finding.severity == "error" for finding in report.findings)
    assert report.verdict == "invalid" or report.message is not None
    for finding in report.findings:
        assert finding.line is None or finding.line >= 1
        assert finding.message
        assert finding.hint


@settings(max_examples=400, deadline=None)
@given(mutated(), st.sampled_from(ccsds.PROFILE_NAMES))
def test_a_mutated_document_gets_a_verdict(data: bytes, profile: str) -> None:
    judge(data, profile)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(ccsds.PROFILE_NAMES))
def test_random_bytes_get_a_verdict(data: bytes, profile: str) -> None:
    judge(data, profile)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_random_bytes_behind_a_version_line_get_a_verdict(data: bytes) -> None:
    for kind in (b"OEM", b"CDM", b"OMM"):
        judge(b"CCSDS_" + kind + b"_VERS = 2.0\n" + data, "lenient")


@pytest.mark.parametrize(
    "line", [b"\x1c", b"\x0b\x0c", b"1[ [", b"1[km] [km]", b"2026-01-01T00:00:00] [s]", b"- [", b"="]
)
@pytest.mark.parametrize("where", [b"META_START", b"META_STOP", b"COVARIANCE_START", b"COVARIANCE_STOP"])
def test_a_line_of_separators_or_brackets_gets_a_verdict(line: bytes, where: bytes) -> None:
    text = oem_text(2, covariances=True).encode()
    for profile in ccsds.PROFILE_NAMES:
        judge(text.replace(where + b"\n", where + b"\n" + line + b"\n"), profile)


LIMITS = {
    "bytes": (oem_text(100).encode(), ccsds.Limits(max_bytes=1000)),
    "lines": (oem_text(100).encode(), ccsds.Limits(max_lines=20)),
    "segments": (oem_text(1).encode() + b"META_START\nMETA_STOP\n" * 5, ccsds.Limits(max_segments=1)),
    "records": (TLE * 3, ccsds.Limits(max_records=1)),
    "depth": (b"<ndm><omm>" + b"<a>" * 40, ccsds.Limits()),
}


@pytest.mark.parametrize(("data", "limits"), LIMITS.values(), ids=LIMITS.keys())
def test_a_document_beyond_a_limit_is_refused(data: bytes, limits: ccsds.Limits) -> None:
    report = ccsds.validate(data, profile="lenient", limits=limits)
    assert report.verdict == "invalid" or report.kind == "OMM"
    assert {"SYN-017", "XML-003"} & {finding.rule for finding in report.findings}


def test_a_file_beyond_the_limit_is_not_read_into_memory(tmp_path: Path) -> None:
    file = tmp_path / "large"
    file.write_bytes(b"x" * 5000)
    report = ccsds.validate(file, limits=ccsds.Limits(max_bytes=4999))
    assert [finding.rule for finding in report.findings] == ["SYN-017"]
    assert len(report.sha256) == 64


def test_nested_json_without_end_is_an_error() -> None:
    head = b'[{"EPOCH": 1, "MEAN_MOTION": 1, "ECCENTRICITY": '
    report = ccsds.validate(head + b"[" * 100_000)
    assert [finding.rule for finding in report.errors][:1] == ["JSN-001"]


@pytest.mark.parametrize("make", REPEATED.values(), ids=REPEATED.keys())
def test_a_verdict_comes_whatever_is_repeated(make: Callable[[int], str]) -> None:
    """That its time grows with the size, and not with its square, is what `make bench-ccsds` shows."""
    report = ccsds.validate(make(16_000).encode(), profile="lenient")
    assert report.verdict in ("valid", "invalid")


def test_the_import_is_light() -> None:
    """No reader, no message and no XML before they are asked for; `make bench-ccsds` says what that takes."""
    code = "import sys, numpy; before = set(sys.modules); import ccsds; print(*sorted(set(sys.modules) - before))"
    loaded = set(
        subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout.split()
    )
    assert "ccsds.profiles" in loaded
    assert not {name for name in loaded if name.startswith(("ccsds.readers", "ccsds.messages", "ccsds.writers"))}
    assert not {"defusedxml", "csv", "xml.etree.ElementTree"} & loaded


def test_every_public_name_can_be_asked_for() -> None:
    assert {name for name in ccsds.__all__ if getattr(ccsds, name, None) is None} == set()
    assert set(ccsds.__all__) <= set(dir(ccsds))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        ccsds.nothing  # noqa: B018
