"""The verdict on each file of the seeds' examples and of UKSA's samples, as the default profile gives it, and why."""

import hashlib
from pathlib import Path

import pytest
from support import rows
from support.embedded import deliver, emit

from records.ingest_api.events import DocumentReceivedV1
from records.validator.tables import Verdict
from servicekit.context import Context
from validator.module import MODULE

OWN = (23581, 29107, 44391, 48969, 54643, 61604)
"""Every satellite of these files belongs to the organization, so that the verdict is about the file."""

VERDICTS: dict[str, tuple[str, str, tuple[str, ...], str]] = {
    "ccsds/seed_examples/004_caliper_template.txt": (
        "invalid", "CALIPER", ("CAL-002", "CAL-003", "CAL-007", "SVC-004", "VAL-003"),
        "a template: words stand for its numbers"),
    "ccsds/seed_examples/004_oem.kvn": (
        "valid", "OEM", (), "the number stands in OBJECT_ID"),
    "ccsds/seed_examples/004_omm.kvn": (
        "valid", "OMM", (), "stored and shown; an operator's elements are not screened"),
    "ccsds/seed_examples/004_opm.kvn": (
        "invalid", "OPM", ("SVC-004",), "its designator is made up, and nothing else names a satellite"),
    "ccsds/seed_examples/004_tle_3le.txt": (
        "invalid", "TLE", ("TLE-001",), "blanks were collapsed, so the columns have moved"),
    "uksa/Ephemeris_DEMO_44391_20230228_special.txt": (
        "invalid", "OEM", ("OEM-032",), "no COVARIANCE_START before the covariances"),
    "uksa/Ephemeris_DEMO_54643_20230228.txt": (
        "invalid", "OEM", ("OEM-032",), "no COVARIANCE_START before the covariances"),
    "uksa/MEME_48969_20211101.txt": (
        "invalid", "OEM", ("OEM-032",), "no COVARIANCE_START before the covariances"),
    "uksa/MEME_61604_20211101.txt": (
        "invalid", "OEM", ("OEM-032",), "no COVARIANCE_START before the covariances"),
    "uksa/api_endpoints.txt": (
        "invalid", "UNKNOWN", ("FMT-001",), "no orbit message at all"),
}  # fmt: skip


@pytest.mark.corpus
@pytest.mark.parametrize("name", VERDICTS)
async def test_the_verdict_on_a_file(embedded: Context, corpus: Path, name: str):
    content = (corpus / name).read_bytes()
    owner = rows.organization()
    document = rows.document(
        owner, Path(name).name, sha256=hashlib.sha256(content).hexdigest(), size_bytes=len(content)
    )
    await embedded.objects.put(document.object_key, content)
    await rows.add(embedded.store, owner, *(rows.satellite(number, owner) for number in OWN), document)
    await emit(embedded, DocumentReceivedV1(document_id=document.id))
    await deliver(embedded, MODULE.consumers)

    async with embedded.store.read() as session:
        found = await session.get_one(Verdict, document.id)
    errors = {finding["rule"] for finding in found.findings if finding["severity"] == "error"}
    verdict, kind, rules, _reason = VERDICTS[name]
    assert (found.verdict, found.kind, errors) == (verdict, kind, set(rules))


@pytest.mark.corpus
def test_no_file_is_forgotten(corpus: Path):
    folders = ("ccsds/seed_examples", "uksa")
    there = {f"{folder}/{file.name}" for folder in folders for file in (corpus / folder).iterdir()}
    assert there == set(VERDICTS)
