"""Files that are wrong in a way of their own: each is stored, and its verdict says what is wrong."""

import gzip
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from support.service import Caller, Running, running

from ingest_api.module import MODULE as INGEST_API
from records.identity.permissions import Role
from validator.module import MODULE as VALIDATOR

START = datetime(2024, 9, 17, 12, tzinfo=UTC)
NAME = "MEME_44391_NORTH1_2611200_operational_unclassified.oem"


def oem(norad_cat_id: int = 44391) -> bytes:
    """A well-formed ephemeris on a circular path, one state a minute for an hour."""
    import math

    def state(minute: int) -> str:
        at = (START + timedelta(minutes=minute)).strftime("%Y-%m-%dT%H:%M:%S.000")
        angle = 2 * math.pi * minute / 95
        position = (6900 * math.cos(angle), 6900 * math.sin(angle), 0.0)
        velocity = (-7.6 * math.sin(angle), 7.6 * math.cos(angle), 0.0)
        return f"{at} " + " ".join(f"{value:.6f}" for value in (*position, *velocity))

    stop = (START + timedelta(minutes=60)).strftime("%Y-%m-%dT%H:%M:%S.000")
    head = [
        "CCSDS_OEM_VERS = 2.0",
        "CREATION_DATE = 2024-09-17T11:00:00.000",
        "ORIGINATOR = NORTHERN",
        "META_START",
        "OBJECT_NAME = NORTH 1",
        f"OBJECT_ID = {norad_cat_id}",
        "CENTER_NAME = EARTH",
        "REF_FRAME = EME2000",
        "TIME_SYSTEM = UTC",
        "START_TIME = 2024-09-17T12:00:00.000",
        f"STOP_TIME = {stop}",
        "META_STOP",
    ]
    return "\n".join([*head, *(state(minute) for minute in range(61)), ""]).encode()


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Running]:
    async with running([INGEST_API, VALIDATOR], tmp_path, as_of="2024-09-17T12:00:00Z") as started:
        yield started


async def verdict(caller: Caller, content: bytes, name: str = NAME, **parameters: Any) -> dict[str, Any]:
    response = await caller.client.post(
        "/v1/documents",
        params=parameters,
        content=content,
        headers={"X-File-Name": name, "Content-Type": "application/octet-stream", "Prefer": "wait=60"},
    )
    assert response.status_code == 200, response.text
    return response.json()  # type: ignore[no-any-return]


async def test_each_wrong_file_has_its_own_finding(service: Running) -> None:
    operator = await service.operator(satellites=[44391])
    await service.operator("Southern Orbits", satellites=[55555])
    bomb = gzip.compress(bytes(600 * 1024 * 1024), 1)
    cases: dict[str, tuple[str, bytes, str, dict[str, Any]]] = {
        "a PNG": ("FMT-005", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "a.oem", {}),
        "a gzip bomb": ("FMT-004", bomb, "b.oem.gz", {}),
        "NUL bytes": ("SYN-002", oem().replace(b"NORTH 1", b"NORTH\x00 1"), NAME, {}),
        "invalid UTF-8": ("SYN-002", oem().replace(b"NORTH 1", b"NORTH\xff 1"), NAME, {}),
        "another organization's satellite": ("SVC-001", oem(55555), NAME.replace("44391", "55555"), {}),
        "a wrong norad_cat_id": ("SVC-002", oem(), NAME, {"norad_cat_id": 55555}),
        "no states": ("OEM-025", oem()[: oem().index(b"META_STOP") + 10], NAME, {}),
    }
    told: dict[str, tuple[str, ...]] = {}
    for what, (rule, content, name, parameters) in cases.items():
        document = await verdict(operator, content, name, **parameters)
        assert document["status"] == "rejected", what
        assert document["ephemeris_id"] is None, what
        errors = [finding for finding in document["verdict"]["findings"] if finding["severity"] == "error"]
        told[what] = tuple(sorted({finding["message"] for finding in errors}))
        assert told[what], what
        assert all(finding["message"] and finding["rule"] for finding in errors), what
        assert rule in {finding["rule"] for finding in errors}, what
    assert len(set(told.values())) == len(told), f"two of them say the same: {told}"


async def test_a_catalogue_that_is_a_bomb_is_refused_and_the_service_goes_on(service: Running) -> None:
    loader = await service.staff(Role.SERVICE)
    bombs = {"flat": gzip.compress(bytes(600 * 1024 * 1024), 1), "nested": gzip.compress(gzip.compress(bytes(2**24)))}
    for name, content in bombs.items():
        headers = {"X-File-Name": f"{name}.gz", "Content-Type": "application/gzip", "Prefer": "wait=60"}
        document = (await loader.client.post("/v1/catalogues", content=content, headers=headers)).json()
        assert document["status"] == "rejected", name
        rules = {finding["rule"] for finding in document["verdict"]["findings"]}
        assert rules == ({"SVC-021"} if name == "flat" else {"FMT-004"}), name
    assert (await service.client.get("/healthz")).status_code == 200


async def test_a_good_file_of_ones_own_satellite_is_accepted_and_becomes_an_ephemeris(service: Running) -> None:
    operator = await service.operator(satellites=[44391])
    document = await verdict(operator, oem())
    assert (document["status"], document["verdict"]["findings"]) != ("rejected", [])
    assert document["status"] == "accepted", document["verdict"]["findings"]
    ephemeris = (await operator.client.get(f"/v1/ephemerides/{document['ephemeris_id']}")).json()
    assert (ephemeris["norad_cat_id"], ephemeris["state_count"], ephemeris["designation"]) == (44391, 61, "operational")
    assert ephemeris["start_time"] == "2024-09-17T12:00:00Z"
    feed = (await operator.client.get("/v1/changes")).json()["items"]
    assert feed[0]["kind"] == "document.received"
    assert document["ephemeris_id"] in {item["subject_id"] for item in feed}
