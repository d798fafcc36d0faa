"""Requests that fail on purpose, and rows that are odd on purpose."""

import json

import httpx
import pytest
from support.spacetrack import SimulatedSite, sample_cdm

from spacetrack_simulator import Outage

CDM = "expandedspacedata/query/class/cdm/orderby/CDM_ID%20asc"


@pytest.fixture
async def client(spacetrack: SimulatedSite) -> httpx.AsyncClient:
    """A client of a site with four messages."""
    spacetrack.simulator.add_cdms([sample_cdm(i) for i in range(1, 5)], gid=spacetrack.gid)
    return await spacetrack.logged_in()


async def rows(client: httpx.AsyncClient, predicates: str = "") -> list[dict[str, str | None]]:
    answer = await client.get(CDM + predicates)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, str | None]] = answer.json()
    return found


@pytest.mark.parametrize(
    ("style", "status"), [("502", 502), ("503", 503), ("504", 504), ("500-html", 500), ("200-html", 200)]
)
async def test_an_outage_answers_with_a_page(
    spacetrack: SimulatedSite, client: httpx.AsyncClient, style: str, status: int
) -> None:
    spacetrack.simulator.fail(Outage(style=style))
    answer = await client.get(CDM)
    assert answer.status_code == status
    assert answer.text.startswith("<!DOCTYPE html>")


async def test_an_outage_hits_the_path_that_it_names_so_often_and_so_late_as_it_says(
    spacetrack: SimulatedSite, client: httpx.AsyncClient
) -> None:
    spacetrack.simulator.fail(Outage(path="class/cdm/", skip=1, count=2))
    statuses = [(await client.get(CDM)).status_code for _ in range(4)]
    assert statuses == [200, 503, 503, 200]
    spacetrack.simulator.fail(Outage(path="class/cdm/", count=1))
    assert (await client.get("fileshare/query/class/folder")).status_code == 200


async def test_an_outage_of_an_hour_ends_after_an_hour(spacetrack: SimulatedSite, client: httpx.AsyncClient) -> None:
    spacetrack.simulator.fail(Outage(seconds=3600))
    assert (await client.get(CDM)).status_code == 503
    spacetrack.advance(seconds=3599)
    assert (await client.get(CDM)).status_code == 503
    spacetrack.advance(seconds=1)
    assert (await client.get(CDM)).status_code == 200


async def test_a_connection_can_be_reset_or_hang(spacetrack: SimulatedSite, client: httpx.AsyncClient) -> None:
    spacetrack.simulator.fail(Outage(style="reset", count=1))
    with pytest.raises(httpx.RemoteProtocolError):
        await client.get(CDM)
    spacetrack.simulator.fail(Outage(style="hang", count=1))
    with pytest.raises(httpx.ReadTimeout):
        await client.get(CDM)


async def test_a_body_can_end_in_its_middle(spacetrack: SimulatedSite, client: httpx.AsyncClient) -> None:
    spacetrack.simulator.fail(Outage(style="truncated", count=1))
    answer = await client.get(CDM)
    assert answer.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        answer.json()


async def test_a_body_can_be_very_large(spacetrack: SimulatedSite, client: httpx.AsyncClient) -> None:
    spacetrack.simulator.fail(Outage(style="oversized", bytes=5_000_000, count=1))
    async with client.stream("GET", CDM) as answer:
        size = sum([len(part) async for part in answer.aiter_bytes()])
    assert size >= 5_000_000


async def test_connections_really_drop_on_a_port(spacetrack: SimulatedSite) -> None:
    spacetrack.simulator.add_cdm(sample_cdm(1), gid=spacetrack.gid)
    credentials = {"identity": spacetrack.identity, "password": spacetrack.password}
    with spacetrack.on_a_port() as url:
        async with httpx.AsyncClient(base_url=url, timeout=60) as client:
            assert (await client.post("ajaxauth/login", data=credentials)).json() == ""
            spacetrack.simulator.fail(Outage(style="reset", count=1))
            with pytest.raises(httpx.TransportError):
                await client.get(CDM)
            spacetrack.simulator.fail(Outage(style="cut", count=1))
            with pytest.raises(httpx.TransportError):
                await client.get(CDM)
            spacetrack.simulator.fail(Outage(style="hang", count=1))
            with pytest.raises(httpx.ReadTimeout):
                await client.get(CDM, timeout=httpx.Timeout(60, read=0.1))
            spacetrack.simulator.fail(Outage(style="drip", count=1, pause_s=0.0))
            assert len((await client.get(CDM)).json()) == 1
            assert len((await client.get(CDM)).json()) == 1


async def test_rows_can_come_twice_and_out_of_order(spacetrack: SimulatedSite, client: httpx.AsyncClient) -> None:
    spacetrack.simulator.faults.rows.duplicate_every = 2
    assert [row["CDM_ID"] for row in await rows(client)] == ["1", "2", "2", "3", "4", "4"]
    spacetrack.simulator.faults.rows.duplicate_every = None
    spacetrack.simulator.faults.rows.unordered = True
    assert [row["CDM_ID"] for row in await rows(client)] == ["4", "3", "2", "1"]


async def test_columns_can_appear_vanish_and_change_their_name(
    spacetrack: SimulatedSite, client: httpx.AsyncClient
) -> None:
    faults = spacetrack.simulator.faults.rows
    faults.unknown_columns = {"SAT1_NEWLY_MEASURED": "7"}
    faults.missing_columns = {"SAT2_SEDR"}
    faults.renamed_columns = {"TCA": "TIME_OF_CLOSEST_APPROACH"}
    row = (await rows(client))[0]
    assert row["SAT1_NEWLY_MEASURED"] == "7"
    assert not {"SAT2_SEDR", "TCA"} & row.keys()
    assert row["TIME_OF_CLOSEST_APPROACH"]
    described = (await client.get("expandedspacedata/modeldef/class/cdm")).json()["data"]
    assert {column["Field"] for column in described} == row.keys()


async def test_covariance_and_probability_can_be_missing(spacetrack: SimulatedSite, client: httpx.AsyncClient) -> None:
    assert (await rows(client))[0]["SAT1_CR_R"] == "900.0"
    spacetrack.simulator.faults.rows.null_covariance = True
    spacetrack.simulator.faults.rows.probability = "0"
    row = (await rows(client))[0]
    assert (row["SAT1_CR_R"], row["SAT2_CN_N"], row["COLLISION_PROBABILITY"]) == (None, None, "0")
    spacetrack.simulator.faults.rows.probability = "null"
    assert (await rows(client))[0]["COLLISION_PROBABILITY"] is None


@pytest.mark.parametrize(
    ("dates", "tca", "created"),
    [
        ("iso", "2024-09-19T12:07:01.000000", "2024-09-17T12:07:00.000000"),
        ("microseconds", "2024-09-19 12:07:01.000000", "2024-09-17 12:07:00.000000"),
        ("seconds", "2024-09-19 12:07:01", "2024-09-17 12:07:00"),
        ("fraction", "2024-09-19 12:07:01", "2024-09-17 12:07:00"),
    ],
)
async def test_times_are_written_in_many_ways(
    spacetrack: SimulatedSite, client: httpx.AsyncClient, dates: str, tca: str, created: str
) -> None:
    spacetrack.simulator.faults.rows.dates = dates
    row = (await rows(client))[0]
    assert (row["TCA"], row["CREATION_DATE"]) == (tca, created)
    assert row["TCA_FRACTION"] == ("0" if dates == "fraction" else None)


async def test_two_ways_of_writing_times_in_one_row(spacetrack: SimulatedSite, client: httpx.AsyncClient) -> None:
    spacetrack.simulator.faults.rows.dates = "mixed"
    row = (await rows(client))[0]
    assert {value[10] for value in (row["INSERT_EPOCH"], row["CREATION_DATE"], row["TCA"]) if value} == {" ", "T"}


async def test_lines_end_as_on_windows_unless_told_otherwise(
    spacetrack: SimulatedSite, client: httpx.AsyncClient
) -> None:
    assert b"\r\n" in (await client.get(f"{CDM}/format/csv")).content
    spacetrack.simulator.faults.rows.line_ends = "lf"
    assert b"\r" not in (await client.get(f"{CDM}/format/kvn")).content
