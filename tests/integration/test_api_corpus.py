"""The seeds' example files and the published UKSA files, uploaded: each verdict with its reason."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import pytest
from support.service import Caller, running

from ingest_api.module import MODULE as INGEST_API
from validator.module import MODULE as VALIDATOR


class Expected(NamedTuple):
    folder: str
    name: str
    profile: str
    kind: str
    verdict: str
    errors: set[str]
    reason: str


SEEDS = "ccsds/seed_examples"
UKSA = "uksa"
NO_COVARIANCE_BLOCK = "its covariance stands between no COVARIANCE_START and COVARIANCE_STOP"

EXPECTED = [
    Expected(
        SEEDS,
        "004_caliper_template.txt",
        "operational",
        "CALIPER",
        "invalid",
        {"CAL-002", "CAL-003", "CAL-007", "SVC-004", "VAL-003"},
        "a template: words stand for its numbers",
    ),
    Expected(SEEDS, "004_opm.kvn", "operational", "OPM", "invalid", {"SVC-004"}, "nothing names its satellite"),
    Expected(SEEDS, "004_oem.kvn", "operational", "OEM", "valid", set(), "what it has of oddities is information"),
    Expected(SEEDS, "004_oem.kvn", "lenient", "OEM", "valid", set(), "the same"),
    Expected(
        SEEDS,
        "004_oem.kvn",
        "uksa",
        "OEM",
        "invalid",
        {"FIL-003", "FIL-005"},
        "that profile wants one .oem suffix and the catalogue number in the name",
    ),
    Expected(
        SEEDS,
        "004_oem.kvn",
        "space-track",
        "OEM",
        "invalid",
        {"FIL-001", "FIL-003", "FIL-005", "STK-001"},
        "the name is not of Space-Track's form, and its frames are no pair of the handbook's table 8",
    ),
    Expected(SEEDS, "004_omm.kvn", "operational", "OMM", "valid", set(), "stored and shown; not screened"),
    Expected(
        SEEDS, "004_tle_3le.txt", "operational", "TLE", "invalid", {"TLE-001"}, "blanks were collapsed in its lines"
    ),
    Expected(UKSA, "api_endpoints.txt", "operational", "UNKNOWN", "invalid", {"FMT-001"}, "it is no orbit file"),
]
EXPECTED += [
    Expected(UKSA, name, profile, "OEM", verdict, errors, reason)
    for name in (
        "Ephemeris_DEMO_44391_20230228_special.txt",
        "Ephemeris_DEMO_54643_20230228.txt",
        "MEME_48969_20211101.txt",
        "MEME_61604_20211101.txt",
    )
    for profile, verdict, errors, reason in (
        ("operational", "invalid", {"OEM-032"}, NO_COVARIANCE_BLOCK),
        ("lenient", "valid", set(), "what the deployed service takes, told as warnings"),
        ("uksa", "invalid", {"FIL-003", "OEM-032"}, f"no .oem suffix, and {NO_COVARIANCE_BLOCK}"),
    )
]


@pytest.fixture(scope="module")
def read_files(corpus: Path) -> dict[str, bytes]:
    return {case.name: (corpus / case.folder / case.name).read_bytes() for case in EXPECTED}


@pytest.fixture
async def operator(tmp_path: Path) -> AsyncIterator[Caller]:
    async with running([INGEST_API, VALIDATOR], tmp_path) as service:
        yield await service.operator(satellites=[23581, 29107, 44391, 48969, 54643, 61604])


@pytest.mark.corpus
async def test_each_file_has_the_verdict_that_is_written_down(
    operator: Caller, read_files: dict[str, bytes], corpus: Path
) -> None:
    for case in EXPECTED:
        content = read_files[case.name]
        response = await operator.client.post(
            "/v1/documents",
            params={"profile": case.profile},
            # one document for each profile: the same bytes under the same name would be the same document
            content=content + b"\n" * (1 + EXPECTED.index(case)),
            headers={"X-File-Name": case.name, "Content-Type": "text/plain", "Prefer": "wait=60"},
        )
        assert response.status_code == 200, response.text
        verdict = response.json()["verdict"]
        errors = {finding["rule"] for finding in verdict["findings"] if finding["severity"] == "error"}
        found = (verdict["kind"], verdict["profile"], verdict["verdict"], errors)
        assert found == (case.kind, case.profile, case.verdict, case.errors), f"{case.name}: {case.reason}"
    uploaded = {case.name for case in EXPECTED}
    assert {file.name for folder in (SEEDS, UKSA) for file in (corpus / folder).iterdir()} == uploaded, "none left out"
