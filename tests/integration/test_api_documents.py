"""What becomes of documents: status, bytes, withdrawal, restoring, sweeping, and a disk that is full."""

import os
import resource
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select, update
from support import rows
from support.service import Caller, Running, running

from ingest_api.module import MODULE
from ingest_api.submissions.sweep import sweep
from records.identity.permissions import Role
from records.identity.reads import organization
from records.identity.tables import Organization
from records.ingest_api.tables import Document
from records.validator.tables import Ephemeris
from servicekit.store import Actor
from servicekit.store.plumbing import DeliveryRow, OutboxRow

OEM = b"CCSDS_OEM_VERS = 2.0\n"


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Running]:
    async with running([MODULE], tmp_path) as started:
        yield started


@pytest.fixture
async def operator(service: Running) -> Caller:
    return await service.operator(satellites=[44391])


async def owner(service: Running, caller: Caller) -> Organization:
    async with service.context.store.read() as session:
        found = await organization(session, caller.organization_id)
    assert found is not None
    return found


async def upload(caller: Caller, name: str = "a.oem", content: bytes = OEM) -> dict[str, object]:
    headers = {"X-File-Name": name, "Content-Type": "text/plain"}
    response = await caller.client.post("/v1/documents", content=content, headers=headers)
    assert response.status_code == 202, response.text
    return response.json()  # type: ignore[no-any-return]


async def stored(service: Running, document_id: object) -> Document:
    async with service.context.store.read() as session:
        return await session.get_one(Document, document_id)


async def accept(service: Running, document_id: object, **ephemeris: object) -> Ephemeris:
    """Write what the validator would have written."""
    document = await stored(service, document_id)
    made = rows.ephemeris(document, 44391, **ephemeris)
    await rows.add(service.context.store, rows.verdict(document, norad_cat_id=44391), made)
    return made


@pytest.mark.parametrize("in_hand", ["running", "begun"])
async def test_the_status_follows_the_rows_of_others(service: Running, operator: Caller, in_hand: str) -> None:
    document = await upload(operator)
    place = f"/v1/documents/{document['id']}"

    async def status() -> object:
        return (await operator.client.get(place)).json()["status"]

    assert await status() == "received"
    event_id = (await stored(service, document["id"])).received_event_id
    delivery = DeliveryRow(
        event_id=event_id,
        consumer="validator.decide",
        topic="document.received.v1",
        payload={},
        trace_id="0" * 32,
        emitted_at=rows.NOON,
        state=in_hand,
        attempts=1,
        due_at=rows.NOON,
    )
    await rows.add(service.context.store, delivery)
    assert await status() == "validating"
    made = await accept(service, document["id"])
    assert await status() == "accepted"
    shown = (await operator.client.get(place)).json()
    assert (shown["ephemeris_id"], shown["norad_cat_id"], shown["kind"]) == (made.id, 44391, "OEM")
    assert (await operator.client.delete(place)).status_code == 204
    assert await status() == "withdrawn"


async def test_findings_are_shown_with_the_document_and_counted_in_lists(service: Running, operator: Caller) -> None:
    document = await upload(operator)
    finding = {
        "rule": "SYN-002",
        "severity": "error",
        "line": 12,
        "column": 5,
        "path": None,
        "message": "a tab",
        "hint": "use blanks",
        "source": "CCSDS 502.0-B-3 7.3.4",
    }
    verdict = rows.verdict(await stored(service, document["id"]), verdict="invalid", findings=[finding], error_count=1)
    await rows.add(service.context.store, verdict)
    shown = (await operator.client.get(f"/v1/documents/{document['id']}")).json()
    assert (shown["status"], shown["verdict"]["findings"]) == ("rejected", [finding])
    (listed,) = (await operator.client.get("/v1/documents", params={"status": "rejected"})).json()["items"]
    assert (listed["id"], listed["verdict"]["error_count"]) == (document["id"], 1)
    assert "findings" not in listed["verdict"]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, ["c.oem", "b.oem", "a.oem"]),
        ({"status": "accepted"}, ["b.oem"]),
        ({"status": "received"}, ["c.oem", "a.oem"]),
        ({"kind": "OEM"}, ["b.oem"]),
        ({"norad_cat_id": "44391"}, ["b.oem"]),
        ({"purpose": "catalogue"}, []),
        ({"received_from": "2999-01-01T00:00:00Z"}, []),
        ({"received_to": "2999-01-01T00:00:00Z"}, ["c.oem", "b.oem", "a.oem"]),
    ],
)
async def test_lists_are_filtered(
    service: Running, operator: Caller, filters: dict[str, str], expected: list[str]
) -> None:
    made = [await upload(operator, name) for name in ("a.oem", "b.oem", "c.oem")]
    await accept(service, made[1]["id"])
    listed = (await operator.client.get("/v1/documents", params=filters)).json()
    assert [item["file_name"] for item in listed["items"]] == expected


async def test_pages_follow_each_other_without_gap_or_repetition(operator: Caller) -> None:
    names = [f"{number}.oem" for number in range(7)]
    for name in names:
        await upload(operator, name)
    seen: list[str] = []
    cursor: str | None = None
    while True:
        parameters: dict[str, object] = {"limit": 3} | ({"cursor": cursor} if cursor else {})
        page = (await operator.client.get("/v1/documents", params=parameters)).json()
        seen += [item["file_name"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == names[::-1]
    wrong = await operator.client.get("/v1/documents", params={"cursor": "nonsense"})
    assert (wrong.status_code, wrong.json()["code"]) == (400, "invalid-cursor")


async def test_bytes_come_back_as_they_came_to_the_owner_and_to_staff_only(service: Running, operator: Caller) -> None:
    document = await upload(operator, "MEME_44391_%C3%89.oem", b"\x00\xff bytes\r\n")
    place = f"/v1/documents/{document['id']}/content"
    response = await operator.client.get(place)
    assert response.content == b"\x00\xff bytes\r\n"
    assert response.headers["content-type"] == "application/octet-stream"
    assert response.headers["content-disposition"] == "attachment; filename*=UTF-8''MEME_44391_%C3%89.oem"
    unchanged = await operator.client.get(place, headers={"If-None-Match": response.headers["etag"]})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert (await (await service.staff(Role.ANALYST)).client.get(place)).status_code == 200
    other = await service.operator("Southern Orbits", satellites=[55555])
    event = rows.conjunction_event(
        44391, 55555, organization_id_low=operator.organization_id, organization_id_high=other.organization_id
    )
    await rows.add(service.context.store, event)  # they share an event: still no bytes
    for path in (place, f"/v1/documents/{document['id']}"):
        refused = await other.client.get(path)
        assert (refused.status_code, refused.json()["code"]) == (404, "document-not-found")
    assert (await other.client.delete(f"/v1/documents/{document['id']}")).status_code == 404


async def _ephemeris(service: Running, ephemeris_id: str) -> Ephemeris:
    async with service.context.store.read() as session:
        return await session.get_one(Ephemeris, ephemeris_id)


async def test_withdrawing_takes_the_ephemeris_out_and_restoring_puts_it_back(
    service: Running, operator: Caller
) -> None:
    document = await upload(operator)
    made = await accept(service, document["id"])
    place = f"/v1/documents/{document['id']}"
    for _ in range(2):  # the second time changes nothing
        assert (await operator.client.delete(place)).status_code == 204
    taken_back = await _ephemeris(service, made.id)
    assert (taken_back.is_active, taken_back.withdrawn_at is not None, taken_back.row_version) == (False, True, 2)
    for _ in range(2):
        assert (await operator.client.post(f"{place}/restore")).json()["status"] == "accepted"
    restored = await _ephemeris(service, made.id)
    assert (restored.is_active, restored.withdrawn_at, restored.row_version) == (True, None, 3)
    async with service.context.store.read() as session:
        query = select(OutboxRow.payload).where(OutboxRow.topic == "ephemeris.withdrawn.v1").order_by(OutboxRow.id)
        told = (await session.scalars(query)).all()
    assert told == [{"ephemeris_id": made.id, "row_version": version} for version in (2, 3)]
    kinds = [item["kind"] for item in (await operator.client.get("/v1/changes")).json()["items"]]
    assert kinds == [
        "document.received",
        "document.withdrawn",
        "ephemeris.withdrawn",
        "document.restored",
        "ephemeris.restored",
    ]


async def test_what_has_a_successor_is_not_restored(service: Running, operator: Caller) -> None:
    old = await upload(operator, "old.oem")
    made = await accept(service, old["id"])
    await operator.client.delete(f"/v1/documents/{old['id']}")
    new = await upload(operator, "new.oem")
    successor = await accept(service, new["id"], accepted_at=rows.NOON + timedelta(hours=1))
    refused = await operator.client.post(f"/v1/documents/{old['id']}/restore")
    assert (refused.status_code, refused.json()["code"]) == (409, "document-has-successor")
    assert refused.json()["ephemeris_id"] == successor.id
    assert not (await _ephemeris(service, made.id)).is_active
    assert (await operator.client.get(f"/v1/documents/{old['id']}")).json()["status"] == "withdrawn"


async def test_the_sweep_removes_old_bytes_without_a_row_and_nothing_else(service: Running, operator: Caller) -> None:
    kept = await upload(operator)
    objects = service.context.objects
    for name in ("orphan", "young"):
        await objects.put(f"documents/{name}", b"x")
        await objects.put(f"documents/{name}.envelope.json", b"{}")
    await objects.put("catalogues/other.npz", b"x")
    folder = service.context.settings.data / "objects"
    long_ago = rows.NOON.timestamp()
    for file in folder.rglob("*"):
        if file.is_file() and "young" not in file.name:
            os.utime(file, (long_ago, long_ago))
    await sweep(service.context)
    left = [info.key async for info in objects.list("")]
    assert left == [
        "catalogues/other.npz",
        f"documents/{kept['id']}",
        f"documents/{kept['id']}.envelope.json",
        "documents/young",
        "documents/young.envelope.json",
    ]


async def test_many_bytes_without_a_row_are_what_a_restored_database_is_rebuilt_from(service: Running) -> None:
    objects = service.context.objects
    for number in range(service.context.settings.retention.most_unclaimed_uploads + 1):
        await objects.put(f"documents/unknown-{number:03d}", b"x")
    long_ago = rows.NOON.timestamp()
    for file in (service.context.settings.data / "objects" / "documents").iterdir():
        os.utime(file, (long_ago, long_ago))
    await sweep(service.context)
    assert len([info async for info in objects.list("documents/")]) == 101
    await objects.delete("documents/unknown-000")
    await sweep(service.context)
    assert [info async for info in objects.list("documents/")] == []


@contextmanager
def no_file_grows_beyond(size: int) -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


async def test_a_full_disk_answers_507_and_leaves_nothing(service: Running, operator: Caller) -> None:
    """The operating system refuses to let the file grow, as it does where there is no room."""
    headers = {"X-File-Name": "large.oem", "Content-Type": "text/plain"}
    with no_file_grows_beyond(4_000_000):
        response = await operator.client.post("/v1/documents", content=b"x" * 5_000_000, headers=headers)
    assert (response.status_code, response.json()["code"]) == (507, "storage-full")
    assert (await operator.client.get("/v1/documents")).json()["items"] == []
    folder = service.context.settings.data / "objects"
    assert [file for file in folder.rglob("*") if file.is_file()] == []
    again = await operator.client.post("/v1/documents", content=b"x" * 5_000_000, headers=headers)
    assert again.status_code == 202


async def test_300_mebibytes_are_refused_as_they_come_and_before(operator: Caller) -> None:
    """By the length that the caller states, and where it states none by counting."""
    sent = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(300):
            sent += 1
            yield bytes(1024 * 1024)

    headers = {"X-File-Name": "large.oem", "Content-Type": "text/plain"}
    counted = await operator.client.post("/v1/documents", content=body(), headers=headers)
    assert (counted.status_code, counted.json()["code"]) == (413, "too-large")
    stated = await operator.client.post(
        "/v1/documents", content=body(), headers=headers | {"Content-Length": str(300 * 1024 * 1024)}
    )
    assert (stated.status_code, stated.json()["code"]) == (413, "too-large")
    assert stated.json()["limit_bytes"] == 256 * 1024 * 1024


async def test_the_deadline_of_waiting_is_kept_and_a_verdict_ends_it(service: Running, operator: Caller) -> None:
    document = await upload(operator)
    await accept(service, document["id"])
    headers = {"X-File-Name": "a.oem", "Content-Type": "text/plain", "Prefer": "wait=30"}
    again: httpx.Response = await operator.client.post("/v1/documents", content=OEM, headers=headers)
    assert (again.status_code, again.json()["duplicate"], again.json()["status"]) == (200, True, "accepted")
    assert again.headers["preference-applied"] == "wait=30"


async def test_a_document_is_never_changed_once_it_stands(service: Running, operator: Caller) -> None:
    """Withdrawals and verdicts are rows of their own: the document's own row stays byte for byte."""
    document = await upload(operator)
    before = vars(await stored(service, document["id"])).copy()
    await accept(service, document["id"])
    await operator.client.delete(f"/v1/documents/{document['id']}")
    after = vars(await stored(service, document["id"])).copy()
    for state in (before, after):
        state.pop("_sa_instance_state")
    assert before == after
    async with service.context.store.write(Actor("system", "test")) as unit:  # the comparison can fail
        await unit.session.execute(update(Document).values(file_name="other"))
    assert vars(await stored(service, document["id"]))["file_name"] != before["file_name"]
