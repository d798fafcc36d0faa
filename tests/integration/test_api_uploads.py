"""Uploading: what is stored, what is refused and how, and that a file is one document however often it comes."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select
from support.service import Caller, Running, running

from ingest_api.module import MODULE
from records.identity.permissions import Role
from records.ingest_api.tables import Document
from servicekit.store.plumbing import OutboxRow

OEM = b"CCSDS_OEM_VERS = 2.0\nCREATION_DATE = 2024-09-17T12:00:00\nORIGINATOR = NORTHERN\n"
NAME = "MEME_44391_NORTH1_2611200_operational_unclassified.oem"


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Running]:
    async with running([MODULE], tmp_path, upload={"max_bytes": 2_000_000}) as started:
        yield started


@pytest.fixture
async def operator(service: Running) -> Caller:
    return await service.operator(satellites=[44391])


async def upload(caller: Caller, content: bytes = OEM, name: str = NAME, **options: object) -> httpx.Response:
    headers = {"X-File-Name": name, "Content-Type": "text/plain"} | dict(options.pop("headers", {}))  # type: ignore[call-overload]
    return await caller.client.post("/v1/documents", content=content, headers=headers, **options)  # type: ignore[arg-type]


async def documents_and_objects(service: Running) -> tuple[int, list[str]]:
    async with service.context.store.read() as session:
        rows = await session.scalar(select(func.count()).select_from(Document))
    return rows or 0, [info.key async for info in service.context.objects.list("")]


async def test_a_raw_upload_is_stored_before_it_is_answered(service: Running, operator: Caller) -> None:
    response = await upload(operator)
    assert response.status_code == 202, response.text
    body = response.json()
    assert response.headers["location"] == f"/v1/documents/{body['id']}"
    assert body["sha256"] == hashlib.sha256(OEM).hexdigest()
    assert (body["status"], body["duplicate"], body["size_bytes"]) == ("received", False, len(OEM))
    objects = service.context.objects
    assert await objects.get(f"documents/{body['id']}") == OEM
    envelope = json.loads(await objects.get(f"documents/{body['id']}.envelope.json"))
    assert (envelope["file_name"], envelope["sha256"]) == (NAME, body["sha256"])
    assert envelope["organization_id"] == operator.organization_id
    async with service.context.store.read() as session:
        events = (await session.scalars(select(OutboxRow))).all()
    assert [(event.topic, event.payload) for event in events] == [("document.received.v1", {"document_id": body["id"]})]


async def test_a_form_upload_is_the_same_document_as_a_raw_one(service: Running, operator: Caller) -> None:
    raw = (await upload(operator)).json()
    form = await operator.client.post("/v1/documents", files={"file": (NAME, OEM, "text/plain")})
    assert form.status_code == 200, form.text
    assert (form.json()["id"], form.json()["duplicate"]) == (raw["id"], True)
    assert (await documents_and_objects(service))[0] == 1


async def test_fields_of_a_form_may_follow_the_file(operator: Caller) -> None:
    boundary = "b0undary"
    body = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{NAME}"\r\n\r\n'.encode()
        + OEM
        + f'\r\n--{boundary}\r\nContent-Disposition: form-data; name="norad_cat_id"\r\n\r\n44391\r\n'.encode()
        + f"--{boundary}--\r\n".encode()
    )
    response = await operator.client.post(
        "/v1/documents", content=body, headers={"Content-Type": f"multipart/form-data; boundary={boundary}"}
    )
    assert response.status_code == 202, response.text
    assert response.json()["requested"]["norad_cat_id"] == 44391
    assert response.json()["sha256"] == hashlib.sha256(OEM).hexdigest()


async def test_the_form_of_other_services_is_an_alias(operator: Caller) -> None:
    response = await operator.client.post("/v1/ephemerides", files={"file": (NAME, OEM)}, data={"object_id": "44391"})
    assert response.status_code == 202, response.text
    assert response.json()["requested"]["norad_cat_id"] == 44391
    shown = await operator.client.get(response.headers["location"])
    assert shown.json()["file_name"] == NAME
    without = await operator.client.post("/v1/ephemerides", files={"file": (NAME, OEM)})
    assert (without.status_code, without.json()["code"]) == (422, "invalid-request")
    assert "object_id" in without.json()["detail"]


async def test_two_uploads_of_one_file_at_one_moment_are_one_document(service: Running, operator: Caller) -> None:
    answers = await asyncio.gather(*(upload(operator) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 200, 200, 202]
    assert len({answer.json()["id"] for answer in answers}) == 1
    rows, keys = await documents_and_objects(service)
    assert rows == 1
    assert len(keys) == 2, "the bytes of the other five are gone"


async def test_another_name_or_another_organization_is_another_document(service: Running, operator: Caller) -> None:
    other = await service.operator("Southern Orbits")
    answers = [await upload(operator), await upload(operator, name="special.oem"), await upload(other)]
    assert [answer.status_code for answer in answers] == [202, 202, 202]
    assert len({answer.json()["id"] for answer in answers}) == 3


REFUSALS = {
    "an empty file": (b"", NAME, {}, 422, "empty-document"),
    "more than the limit": (b"x" * 2_000_001, NAME, {}, 413, "too-large"),
    "no name": (OEM, "", {}, 422, "file-name-missing"),
    "folders in the name": (OEM, "../../etc/passwd", {}, 422, "file-name-invalid"),
    "encoded folders in the name": (OEM, "..%2F..%2Fetc%2Fpasswd", {}, 422, "file-name-invalid"),
    "backslashes in the name": (OEM, "a%5Cb.oem", {}, 422, "file-name-invalid"),
    "control characters in the name": (OEM, "a%0D%0Ab.oem", {}, 422, "file-name-invalid"),
    "NUL in the name": (OEM, "a%00.oem", {}, 422, "file-name-invalid"),
    "a name of 256 bytes": (OEM, "a" * 256, {}, 422, "file-name-invalid"),
    "a name that is not UTF-8": (OEM, "a%ff.oem", {}, 422, "file-name-invalid"),
    "a PNG by its type": (b"\x89PNG\r\n", NAME, {"Content-Type": "image/png"}, 415, "unsupported-media-type"),
    "a web form": (OEM, NAME, {"Content-Type": "application/x-www-form-urlencoded"}, 415, "unsupported-media-type"),
    "a compressed body": (OEM, NAME, {"Content-Encoding": "gzip"}, 415, "content-encoding-unsupported"),
}


@pytest.mark.parametrize("case", REFUSALS)
async def test_what_cannot_be_stored_is_refused_with_its_own_code(
    service: Running, operator: Caller, case: str
) -> None:
    content, name, headers, status, code = REFUSALS[case]
    response = await upload(operator, content, name, headers=headers)
    assert (response.status_code, response.json()["code"]) == (status, code), response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert await documents_and_objects(service) == (0, [])


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("norad_cat_id", "0"),
        ("norad_cat_id", "UCN01"),
        ("norad_cat_id", "1000000000"),
        ("profile", "none"),
        ("designation", "secret"),
        ("nonsense", "1"),
        ("organization_id", "x"),
    ],
)
async def test_what_the_address_says_is_checked_before_the_file_is_read(
    service: Running, operator: Caller, parameter: str, value: str
) -> None:
    response = await upload(operator, params={parameter: value})
    assert response.status_code == 422, response.text
    assert response.json()["code"] in {"invalid-request", "unknown-parameter"}
    assert await documents_and_objects(service) == (0, [])


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"files": {"other": ("a.oem", OEM)}}, "file-missing"),
        ({"files": [("file", ("a.oem", OEM)), ("file", ("b.oem", OEM))]}, "file-missing"),
        ({"files": {"file": ("a.oem", OEM)}, "data": {"norad_cat_id": "UCN01"}}, "invalid-request"),
        ({"files": {"file": ("a.oem", OEM)}, "data": {"colour": "red"}}, "invalid-request"),
        ({"files": {"file": ("a.png", OEM, "image/png")}}, "unsupported-media-type"),
        ({"files": {"file": ("../a.oem", OEM)}}, "file-name-invalid"),
    ],
)
async def test_a_form_that_is_wrong_says_how(
    service: Running, operator: Caller, form: dict[str, object], code: str
) -> None:
    response = await operator.client.post("/v1/documents", **form)  # type: ignore[arg-type]
    assert response.json()["code"] == code, response.text
    assert await documents_and_objects(service) == (0, [])


@pytest.mark.parametrize(
    "body", [b"no boundary at all", b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nxx']
)
async def test_a_form_that_breaks_its_own_boundary_is_malformed(
    service: Running, operator: Caller, body: bytes
) -> None:
    response = await operator.client.post(
        "/v1/documents", content=body, headers={"Content-Type": "multipart/form-data; boundary=b"}
    )
    assert (response.status_code, response.json()["code"]) == (400, "malformed-request"), response.text
    assert await documents_and_objects(service) == (0, [])


async def test_an_upload_that_breaks_off_leaves_nothing(service: Running, operator: Caller) -> None:
    """The connection ends in the middle of the body, as ASGI tells it."""
    messages = [
        {"type": "http.request", "body": OEM, "more_body": True},
        {"type": "http.disconnect"},
    ]
    sent = []

    async def receive() -> dict[str, object]:
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    headers = {
        "host": "testserver",
        "authorization": f"Bearer {operator.token}",
        "x-file-name": NAME,
        "content-type": "text/plain",
    }
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/v1/documents",
        "raw_path": b"/v1/documents",
        "query_string": b"",
        "headers": [(key.encode(), value.encode()) for key, value in headers.items()],
        "server": ("testserver", 80),
        "client": ("127.0.0.1", 1),
        "root_path": "",
    }
    await service.app(scope, receive, send)  # type: ignore[arg-type]
    assert sent == []
    assert await documents_and_objects(service) == (0, [])


async def test_the_same_request_under_one_key_gets_the_same_answer(operator: Caller) -> None:
    first = await upload(operator, headers={"Idempotency-Key": "one"})
    again = await upload(operator, headers={"Idempotency-Key": "one"})
    assert (again.status_code, again.json()) == (202, first.json())
    assert again.headers["idempotent-replayed"] == "true"
    other = await upload(operator, OEM + b"\n", headers={"Idempotency-Key": "one"})
    assert (other.status_code, other.json()["code"]) == (409, "idempotency-key-reused")


async def test_waiting_for_a_verdict_that_does_not_come_ends_in_time(operator: Caller) -> None:
    response = await upload(operator, headers={"Prefer": "wait=1"})
    assert response.status_code == 202
    assert response.json()["status"] == "received"


async def test_names_are_kept_as_they_come(operator: Caller) -> None:
    for header, name in (
        ("MEME_44391_%C3%89toile%20%5B1%5D.oem", "MEME_44391_Étoile [1].oem"),
        ("UTF-8''caf%C3%A9.oem", "café.oem"),
        ("plain_name.oem", "plain_name.oem"),
    ):
        response = await upload(operator, name=header)
        assert response.json()["file_name"] == name, response.text


async def test_staff_may_upload_for_an_organization_and_nobody_else(service: Running, operator: Caller) -> None:
    admin = await service.staff()
    other = await service.operator("Southern Orbits")
    for_operator = {"organization_id": operator.organization_id}
    by_admin = await upload(admin, params=for_operator)
    assert by_admin.json()["organization_id"] == operator.organization_id
    by_other = await upload(other, params=for_operator)
    assert (by_other.status_code, by_other.json()["code"]) == (404, "organization-not-found")
    by_itself = await upload(operator, name="own.oem", params=for_operator)
    assert by_itself.status_code == 202


async def test_a_catalogue_is_loaded_by_staff_and_stays(service: Running, operator: Caller) -> None:
    loader = await service.staff(Role.SERVICE)
    headers = {"X-File-Name": "cat.3le", "Content-Type": "text/plain"}
    refused = await operator.client.post("/v1/catalogues", content=b"0 X", headers=headers)
    assert refused.status_code == 403
    loaded = await loader.client.post("/v1/catalogues", content=b"0 X", headers=headers)
    assert (loaded.status_code, loaded.json()["purpose"]) == (202, "catalogue")
    taken_back = await loader.client.delete(loaded.headers["location"])
    assert (taken_back.status_code, taken_back.json()["code"]) == (409, "document-is-a-catalogue")
    as_document = await loader.client.post("/v1/documents", content=b"0 X", headers=headers)
    assert (as_document.status_code, as_document.json()["code"]) == (409, "uploaded-for-another-purpose")
