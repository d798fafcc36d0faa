"""A document has its verdict: its uploader is told, and the analysts where it was accepted."""

import pytest
from support import rows
from support.embedded import deliver, emit, mails

from notifier.module import MODULE
from records.identity.tables import Organization, User
from records.ingest_api.tables import Document
from records.validator.events import DocumentValidatedV1
from servicekit.context import Context

FINDING = {
    "rule": "OEM-022",
    "severity": "error",
    "line": 57,
    "column": 12,
    "path": None,
    "message": "a state has 6 fields instead of 7",
    "hint": "Write the epoch and six numbers.",
    "source": None,
}


async def _validated(context: Context, document: Document, **verdict: object) -> None:
    await rows.add(context.store, document, rows.verdict(document, **verdict))
    await emit(context, DocumentValidatedV1(document_id=document.id, verdict=str(verdict.get("verdict", "valid"))))
    await deliver(context, MODULE.consumers)


async def _north(context: Context, *members: tuple[str, str], **values: object) -> tuple[Organization, list[User]]:
    north = rows.organization(**values)
    pairs = [rows.member(north, email, role) for email, role in members]
    await rows.add(context.store, north, *(row for pair in pairs for row in pair))
    return north, [user for user, _ in pairs]


async def test_the_person_who_uploaded_a_broken_file_gets_the_findings(embedded: Context):
    north, (uploader, _) = await _north(embedded, ("ada@north.example", "operator"), ("ben@north.example", "operator"))
    document = rows.document(north, "broken.oem", uploader_kind="user", uploader_id=uploader.id)
    await _validated(embedded, document, verdict="invalid", findings=[FINDING], error_count=1)

    (mail,) = mails(embedded)
    assert mail["To"] == "ada@north.example"
    assert mail["Subject"] == "Rejected: broken.oem"
    for part in mail.iter_parts():
        content = part.get_content()
        for text in ("OEM-022", "line 57, column 12", "a state has 6 fields instead of 7", "Write the epoch"):
            assert text in content


async def test_what_a_token_uploaded_is_told_to_those_who_may_upload(embedded: Context):
    north, _ = await _north(embedded, ("ada@north.example", "operator-admin"), ("ann@north.example", "analyst"))
    await _validated(embedded, rows.document(north), verdict="invalid")
    assert [mail["To"] for mail in mails(embedded)] == ["ada@north.example"]


@pytest.mark.parametrize(
    ("purpose", "verdict", "told"), [("cdms", "valid", 0), ("cdms", "invalid", 1), ("operator", "valid", 1)]
)
async def test_what_the_service_fetched_is_told_where_something_is_wrong_or_it_is_an_operators(
    embedded: Context, purpose: str, verdict: str, told: int
):
    north, _ = await _north(embedded, ("ada@north.example", "operator-admin"))
    document = rows.document(north, purpose=purpose, uploader_kind="service", source="space-track")
    await _validated(embedded, document, verdict=verdict)
    assert len(mails(embedded)) == told


async def test_an_organization_without_members_is_told_at_its_designated_addresses(embedded: Context):
    north, _ = await _north(embedded, close_approach_addresses=["flight@north.example", "not an address"])
    await _validated(embedded, rows.document(north), verdict="invalid")
    (mail,) = mails(embedded)
    assert mail["To"] == "flight@north.example"


async def test_analysts_are_told_of_an_accepted_file_and_of_no_rejected_one(embedded: Context):
    operations = rows.organization("Operations", is_operations=True)
    analyst = rows.member(operations, "ann@operations.example", "analyst")
    north, _ = await _north(embedded, ("ada@north.example", "operator"))
    await rows.add(embedded.store, operations, *analyst)
    await _validated(embedded, rows.document(north, "bad.oem"), verdict="invalid")
    await _validated(embedded, rows.document(north, "good.oem"), norad_cat_id=61604)

    to_analyst = [mail["Subject"] for mail in mails(embedded) if mail["To"] == "ann@operations.example"]
    assert to_analyst == ["New OEM for satellite 61604 from Northern Orbits"]


async def test_analysts_are_not_told_of_catalogues(embedded: Context):
    operations = rows.organization("Operations", is_operations=True)
    await rows.add(embedded.store, operations, *rows.member(operations, "ann@operations.example", "analyst"))
    await _validated(embedded, rows.document(operations, "all.3le", purpose="catalogue"), kind="TLE")
    assert mails(embedded) == []


async def test_an_accepted_ephemeris_says_that_it_is_screened(embedded: Context):
    north, _ = await _north(embedded, ("ada@north.example", "operator"))
    document = rows.document(north)
    await rows.add(embedded.store, document, rows.ephemeris(document, 61604, designation="special"))
    await rows.add(embedded.store, rows.verdict(document, norad_cat_id=61604))
    await emit(embedded, DocumentValidatedV1(document_id=document.id, verdict="valid"))
    await deliver(embedded, MODULE.consumers)

    (mail,) = mails(embedded)
    text = mail.get_body(("plain",)).get_content()
    assert "special ephemeris of satellite 61604 and is screened now" in " ".join(text.split())


async def test_a_file_name_with_line_ends_adds_no_header(embedded: Context):
    north, _ = await _north(embedded, ("ada@north.example", "operator"))
    await _validated(embedded, rows.document(north, "a.oem\r\nBcc: all@evil.example"), verdict="invalid")
    (mail,) = mails(embedded)
    assert mail["Bcc"] is None
    assert mail["Subject"] == "Rejected: a.oem Bcc: all@evil.example"


async def test_a_synthetic_catalogue_is_marked(embedded: Context):
    operations, _ = await _north(embedded, ("root@operations.example", "admin"), name="Operations")
    document = rows.document(operations, "demo.json", purpose="catalogue")
    await rows.add(embedded.store, document, rows.catalogue(document, is_synthetic=True))
    await rows.add(embedded.store, rows.verdict(document, kind="OMM"))
    await emit(embedded, DocumentValidatedV1(document_id=document.id, verdict="valid"))
    await deliver(embedded, MODULE.consumers)
    (mail,) = mails(embedded)
    assert mail["Subject"] == "[SYNTHETIC] Accepted: demo.json"


@pytest.mark.parametrize("times", [1, 3])
async def test_the_same_verdict_told_again_gives_no_second_mail(embedded: Context, times: int):
    north, _ = await _north(embedded, ("ada@north.example", "operator"))
    document = rows.document(north)
    await _validated(embedded, document)
    for _ in range(times):
        await emit(embedded, DocumentValidatedV1(document_id=document.id, verdict="valid"))
    await deliver(embedded, MODULE.consumers)
    assert len(mails(embedded)) == 1
