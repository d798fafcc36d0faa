"""The short run of `make fuzz`, with fixed seeds: whatever is broken in a document, a verdict, and in its time."""

import random
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from support.ccsds_messages import oem_text
from support.fuzzing import LIMITS, documents_of, judge_everywhere, mutated, own_documents, random_bytes, watch

import ccsds

OMM = (
    "CCSDS_OMM_VERS = 2.0\nCREATION_DATE = 2026-01-01T00:00:00\nORIGINATOR = A\nOBJECT_NAME = A\n"
    "OBJECT_ID = 2020-001A\n"
    "CENTER_NAME = EARTH\nREF_FRAME = TEME\nTIME_SYSTEM = UTC\nMEAN_ELEMENT_THEORY = SGP4\n"
    "EPOCH = 2026-01-01T00:00:00\n"
    "MEAN_MOTION = 15.2\nECCENTRICITY = 0.001\nINCLINATION = 97.4\nRA_OF_ASC_NODE = 10.0\nARG_OF_PERICENTER = 20.0\n"
    "MEAN_ANOMALY = 30.0\nNORAD_CAT_ID = 45000\nBSTAR = 0.0001\nMEAN_MOTION_DOT = 0.0\nMEAN_MOTION_DDOT = 0.0\n"
)


def test_broken_fixtures_get_a_verdict_in_every_way_in() -> None:
    originals, draw = list(own_documents().values()), random.Random(20260101)
    assert len(originals) > 500
    for number in range(1500):
        judge_everywhere(
            mutated(draw.choice(originals), draw, originals), ccsds.PROFILE_NAMES[number % len(ccsds.PROFILE_NAMES)]
        )


def test_bytes_without_structure_get_a_verdict_in_every_way_in() -> None:
    draw = random.Random(20260102)
    for number in range(500):
        judge_everywhere(random_bytes(draw), ccsds.PROFILE_NAMES[number % len(ccsds.PROFILE_NAMES)])


@pytest.mark.corpus
@pytest.mark.slow
def test_every_file_of_the_corpus_broken_at_100_places_gets_a_verdict_each_time(corpus: Path) -> None:
    documents, draw = documents_of(corpus), random.Random(20260103)
    originals = list(documents.values())
    assert len(originals) > 500
    for name, original in documents.items():
        for number in range(100):
            profile = ccsds.PROFILE_NAMES[number % len(ccsds.PROFILE_NAMES)]
            report = ccsds.validate(mutated(original, draw, originals), profile=profile, limits=LIMITS)
            assert report.verdict == "valid" or report.errors, (name, number)


def test_the_watch_tells_of_a_child_that_hangs_and_of_one_that_fails(tmp_path: Path) -> None:
    current = tmp_path / "document"
    current.write_bytes(b"")
    assert watch([sys.executable, "-c", "import signal; signal.pause()"], current, 1.0) == "judged for more than 1 s"
    assert watch([sys.executable, "-c", "raise KeyError('x')"], current).endswith("KeyError: 'x'")
    assert watch([sys.executable, "-c", ""], current) == ""


QUADRATIC = {
    "a run of blanks in XML": lambda n: (
        "<cdm id='CCSDS_CDM_VERS' version='1.0'><header><COMMENT>a" + " " * n + "b</COMMENT></header></cdm>"
    ),
    "a run of blanks in JSON": lambda n: '{"CCSDS_CDM_VERS": "1.0", "ORIGINATOR": "a' + " " * n + 'b"}',
    "user-defined names": lambda n: (
        "CCSDS_OPM_VERS = 2.0\n" + "".join(f"USER_DEFINED_{i} = 1\n" for i in range(n // 20))
    ),
    "another keyword in every record": lambda n: (
        '[{"EPOCH": 1, "MEAN_MOTION": 2, "ECCENTRICITY": 3}' + "".join(f', {{"K{i}": 1}}' for i in range(n // 20)) + "]"
    ),
    "blanks in the first line of CALIPER": lambda n: "CALIPER EPHEMERIS V2.0" + " " * n + "x\n" + oem_text(1),
}


@pytest.mark.parametrize("make", QUADRATIC.values(), ids=QUADRATIC.keys())
def test_what_fuzzing_found_slow_has_its_verdict(make: Callable[[int], str]) -> None:
    """It took minutes, as each character looked at all the others."""
    assert ccsds.validate(make(400_000).encode(), profile="lenient").verdict in ("valid", "invalid")


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("97.4", "197.4", r"inclination 197\.4"),
        ("97.4", "97.4\nCLASSIFICATION_TYPE = -", "would be no line of one"),
        ("97.4", "97.4\nEPHEMERIS_TYPE = 12", "would be no line of one"),
        ("15.2", "0.000000001", "mean motion"),
    ],
)
def test_what_a_tle_can_not_have_is_refused_in_writing(old: str, new: str, reason: str) -> None:
    """It was written, and could not be read back: an error that no caller of `convert` expects."""
    omm = ccsds.validate(OMM.replace(old, new).encode(), profile="lenient").message
    assert omm is not None
    with pytest.raises(ccsds.CannotWrite, match=reason):
        ccsds.convert(omm, "tle", lossy=True)
