"""A real catalogue through the running service, by HTTP alone: the approaches of the reference, neither more nor less.

For several catalogued objects an OEM is made with python-sgp4 (60 s steps, three days), uploaded, and screened with
``sphere:5``. In its first 24 hours the service must find what the reference list has. The tolerances are what 60 s
steps allow.
"""

import csv
import gzip
import io
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import numpy as np
import pytest
from sgp4.api import Satrec
from support.service_process import ServiceProcess

import ccsds
from astrodynamics import frames, timescales

pytestmark = [pytest.mark.corpus, pytest.mark.slow]

START = datetime(2024, 9, 17, 12, 0, tzinfo=UTC)
DAYS = 3
ten_metres = 10.0
ten_milliseconds = 0.010
surely_inside_m = 4900.0
edge_slack_m = 10.0
fast_m_s = 100.0

OBJECTS = 4
"""The busiest of the reference in low orbits, and the busiest eccentric one."""


@dataclass(frozen=True)
class Passage:
    """One approach of an object to another."""

    other: int
    tca_s: float
    miss_distance_m: float
    relative_speed_m_s: float


@pytest.fixture(scope="module")
def elements(corpus: Path) -> dict[int, Satrec]:
    lines = gzip.decompress((corpus / "catalog" / "cat_20240917.3le.gz").read_bytes()).decode().splitlines()
    records = [Satrec.twoline2rv(lines[i + 1], lines[i + 2]) for i in range(0, len(lines) - 2, 3)]
    return {record.satnum: record for record in records}


@pytest.fixture(scope="module")
def reference(corpus: Path) -> dict[int, list[Passage]]:
    text = gzip.decompress((corpus / "catalog" / "approaches_24h_5km_20240917.csv.gz").read_bytes()).decode()
    passages: dict[int, list[Passage]] = {}
    for row in csv.DictReader(io.StringIO(text)):
        first, second = int(row["norad_cat_id_1"]), int(row["norad_cat_id_2"])
        numbers = (
            float(row["tca_s_after_start"]),
            1000 * float(row["miss_distance_km"]),
            1000 * float(row["relative_speed_km_s"]),
        )
        passages.setdefault(first, []).append(Passage(second, *numbers))
        passages.setdefault(second, []).append(Passage(first, *numbers))
    return passages


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceProcess]:
    process = ServiceProcess(tmp_path_factory.mktemp("service") / "data", START)
    process.start()
    yield process
    process.stop()


@pytest.fixture(scope="module")
def admin(service: ServiceProcess, corpus: Path) -> Iterator[httpx.Client]:
    """An administrator, with the real catalogue in force."""
    headers = {"Authorization": f"Bearer {service.administrator()}"}
    with httpx.Client(base_url=f"{service.url}/v1/", headers=headers, timeout=120) as client:
        file = corpus / "catalog" / "cat_20240917.3le.gz"
        sent = client.post("catalogues", content=file.read_bytes(), headers={"X-File-Name": file.name})
        sent.raise_for_status()
        wait_for(lambda: client.get("catalogues").json()["items"])
        yield client


def wait_for(answer: "object", seconds: float = 120.0) -> object:
    deadline = time.monotonic() + seconds
    while not (found := answer()):  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.2)
    return found


def chosen(elements: dict[int, Satrec], reference: dict[int, list[Passage]]) -> list[int]:
    busiest = sorted(reference, key=lambda number: (-len(reference[number]), number))
    eccentric = [number for number in busiest if elements[number].ecco > 0.1]
    return [*busiest[: OBJECTS - 1], eccentric[0]]


def oem_of(number: int, record: Satrec) -> bytes:
    """Return an OEM of the object in EME2000: python-sgp4's states, every 60 s for three days."""
    seconds = np.arange(0, DAYS * 86400 + 1, 60)
    tai_ns = timescales.from_datetime(START) + seconds * 1_000_000_000
    error, r_teme_km, v_teme_km_s = record.sgp4_array(np.full(len(seconds), 2460571.0), seconds / 86400)
    assert not error.any()
    r_gcrf_km, v_gcrf_km_s = frames.to_gcrf(r_teme_km, v_teme_km_s, "TEME", tai_ns)
    r_km, v_km_s = frames.from_gcrf(r_gcrf_km, v_gcrf_km_s, "EME2000", tai_ns)
    epochs = timescales.from_tai_ns(tai_ns)
    metadata = ccsds.OemMetadata(
        object_name=f"OBJECT {number}",
        object_id=str(number),
        ref_frame="EME2000",
        start_time=epochs[0],
        stop_time=epochs[-1],
    )
    segment = ccsds.OemSegment(metadata=metadata, epochs=epochs, positions_km=r_km, velocities_km_s=v_km_s)
    header = ccsds.OemHeader(creation_date=epochs[0], originator="TEST")
    return ccsds.write(ccsds.Oem(header=header, segments=(segment,)), "kvn")


def approaches(client: httpx.Client, ephemeris_id: str, number: int) -> list[Passage]:
    """Screen the ephemeris with a sphere of 5 km and return what was found in the first 24 hours."""
    asked = client.post(
        "screenings",
        json={
            "ephemeris_id": ephemeris_id,
            "against": "catalogue",
            "start": START.isoformat().replace("+00:00", "Z"),
            "hours": 24.0,
            "volume": "sphere:5",
        },
    )
    asked.raise_for_status()
    run = f"screenings/{asked.json()['id']}"
    state = wait_for(lambda: (found := client.get(run).json()["state"]) in ("completed", "failed", "refused") and found)
    assert state == "completed", client.get(run).text
    table = client.get(f"{run}/approaches", headers={"Accept": "text/csv"})
    table.raise_for_status()
    found = []
    for row in csv.DictReader(io.StringIO(table.text)):
        first, second = int(row["norad_cat_id_1"]), int(row["norad_cat_id_2"])
        assert number in (first, second)
        tca_s = (datetime.fromisoformat(row["tca"]) - START) / timedelta(seconds=1)
        found.append(
            Passage(
                second if first == number else first,
                tca_s,
                float(row["miss_distance_m"]),
                float(row["relative_speed_m_s"]),
            )
        )
    return found


def test_the_service_finds_what_the_reference_has(
    admin: httpx.Client, service: ServiceProcess, elements: dict[int, Satrec], reference: dict[int, list[Passage]]
) -> None:
    organization = admin.post("organizations", json={"name": "An operator", "service_level": "basic"}).json()["id"]
    token = admin.post("tokens", json={"organization_id": organization, "name": "test", "role": "operator"}).json()
    with httpx.Client(
        base_url=f"{service.url}/v1/", headers={"Authorization": f"Bearer {token['token']}"}, timeout=120
    ) as operator:
        for number in chosen(elements, reference):
            admin.put(f"satellites/{number}", json={"organization_id": organization}).raise_for_status()
            name = f"MEME_{number:05d}_TEST_2611200_special_test_unclassified.txt"
            sent = operator.post(
                "documents",
                content=oem_of(number, elements[number]),
                headers={"X-File-Name": name, "Content-Type": "text/plain", "Prefer": "wait=30"},
            )
            assert sent.status_code == 200, sent.text
            assert sent.json()["status"] == "accepted", sent.text
            found = approaches(operator, sent.json()["ephemeris_id"], number)
            compare(number, found, reference[number])


def compare(number: int, found: list[Passage], expected: list[Passage]) -> None:
    for passage in expected:
        if passage.miss_distance_m >= surely_inside_m or passage.relative_speed_m_s <= fast_m_s:
            continue
        match = min(
            (one for one in found if one.other == passage.other),
            key=lambda one: abs(one.tca_s - passage.tca_s),
            default=None,
        )
        assert match is not None, f"{number} misses {passage}"
        assert abs(match.tca_s - passage.tca_s) <= ten_milliseconds, (number, passage, match)
        assert abs(match.miss_distance_m - passage.miss_distance_m) <= ten_metres, (number, passage, match)
    for passage in found:
        if passage.miss_distance_m >= 5000.0 - edge_slack_m or passage.relative_speed_m_s <= fast_m_s:
            continue
        near = [one for one in expected if one.other == passage.other and abs(one.tca_s - passage.tca_s) < 1.0]
        assert near, f"{number} meets {passage.other} in our list alone: {passage}"
