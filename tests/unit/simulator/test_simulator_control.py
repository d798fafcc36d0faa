"""The controls at `/_sim/…` do what the Python calls do; the command and the database file."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from support.crossing_orbits import crossing_catalogue
from support.orbit_files import omm_csv
from support.spacetrack import IDENTITY, NOON, SimulatedSite, make_site, sample_cdm

from spacetrack_simulator import Settings, Simulator, SystemClock, create_app, row_from_cdm
from spacetrack_simulator.__main__ import main


@pytest.fixture
def control(spacetrack: SimulatedSite) -> httpx.AsyncClient:
    """A client of the controls."""
    return httpx.AsyncClient(transport=spacetrack.transport, base_url=f"{spacetrack.base_url}_sim/")


async def test_the_clock_is_put_forward(control: httpx.AsyncClient) -> None:
    answer = await control.post("advance", json={"seconds": 90})
    assert answer.json() == {"now": (NOON + timedelta(seconds=90)).isoformat().replace("+00:00", "Z")}
    assert (await control.post("advance", json={"seconds": -1})).status_code == 422


async def test_a_clock_that_goes_by_itself_is_left_alone() -> None:
    site = make_site(SystemClock())
    async with httpx.AsyncClient(transport=site.transport, base_url=site.base_url) as client:
        assert (await client.post("_sim/advance", json={"seconds": 1})).status_code == 409


async def test_a_site_is_furnished_over_http(control: httpx.AsyncClient, spacetrack: SimulatedSite) -> None:
    gid = (await control.post("organizations", json={"name": "BOREALIS", "objects": [5]})).json()["id"]
    await control.post("accounts", json={"identity": "b", "password": "p", "gids": [gid]})
    folder = (await control.post("folders", json={"path": "/Ephemeris/B", "gid": gid, "grants": {"b": "r"}})).json()
    await control.put(f"folders/{folder['id']}/grants/b", params={"permissions": "rw"})
    await control.post("satellites", json={"norad_cat_id": 5, "name": "BOREALIS 1", "gid": gid})
    await control.post("rows/cdm", json={"gid": gid, "rows": [row_from_cdm(sample_cdm(1))]})
    await control.post("rows/announcement", json={"rows": [{"announcement_text": "hello"}]})
    assert (await control.post("rows/nonsense", json={"rows": []})).status_code == 404
    client = spacetrack.client()
    await client.post("ajaxauth/login", data={"identity": "b", "password": "p"})
    assert len((await client.get("expandedspacedata/query/class/cdm")).json()) == 1
    assert (await client.get("fileshare/query/class/folder")).json()[0]["permissions"] == "rw"
    assert (await client.get("expandedspacedata/query/class/satellite")).json()[0]["OBJECT_NAME"] == "BOREALIS 1"
    assert (await client.get("basicspacedata/query/class/announcement")).json()[0]["announcement_text"] == "hello"


async def test_faults_are_set_and_ended(control: httpx.AsyncClient, spacetrack: SimulatedSite) -> None:
    answer = await control.put("faults", json={"rate_limits": {"style": "200-list", "refuse_next": 1}})
    assert answer.json()["rate_limits"]["style"] == "200-list"
    client = await spacetrack.client().__aenter__()
    refused = await client.post("ajaxauth/login", data={"identity": IDENTITY, "password": spacetrack.password})
    assert isinstance(refused.json(), list)
    await control.post("outages", json={"style": "503"})
    assert (await client.get("ajaxauth/logout")).status_code == 503
    assert (await control.delete("faults")).status_code == 204
    assert (await client.get("ajaxauth/logout")).status_code == 200
    assert (await control.put("faults", json={"no_such": 1})).status_code == 422
    assert (await control.post("outages", json={"path": "("})).status_code == 422


async def test_the_records_are_shown(control: httpx.AsyncClient, spacetrack: SimulatedSite) -> None:
    client = await spacetrack.logged_in()
    for limit in (1, 2):
        await client.get(f"expandedspacedata/query/class/cdm/limit/{limit}")
    assert [row["class_name"] for row in (await control.get("requests", params={"account": IDENTITY})).json()] == [
        "login",
        "expandedspacedata/cdm",
        "expandedspacedata/cdm",
    ]
    count = (await control.get("requests/count", params={"account": IDENTITY})).json()
    assert (count["requests"], count["most_in_a_minute"], count["most_in_an_hour"]) == (3, 3, 3)
    assert [mail["rule"] for mail in (await control.get("mails")).json()] == ["cdm"]
    assert (await control.get("files")).json() == []


async def test_sessions_and_accounts_are_ended(control: httpx.AsyncClient, spacetrack: SimulatedSite) -> None:
    client = await spacetrack.logged_in()
    await control.delete("sessions")
    assert (await client.get("fileshare/query/class/folder")).status_code == 401
    await control.post(f"accounts/{IDENTITY}/lock")
    login = {"identity": IDENTITY, "password": spacetrack.password}
    assert "suspended" in (await client.post("ajaxauth/login", data=login)).text
    await control.post(f"accounts/{IDENTITY}/unlock")
    assert (await client.post("ajaxauth/login", data=login)).json() == ""


async def test_a_database_file_keeps_everything(tmp_path: Path) -> None:
    settings = Settings(database=str(tmp_path / "site.sqlite"))
    first = make_site(settings=settings)
    first.simulator.load_catalogue(omm_csv(crossing_catalogue()))
    first.simulator.add_cdm(sample_cdm(1), gid=first.gid)
    cookie = (await first.logged_in()).cookies["chocolatechip"]
    first.simulator.close()

    again = Simulator(settings, first.simulator.clock)
    site = SimulatedSite(create_app(simulator=again), again, first.gid, first.folder_id, first.maneuver_folder_id)
    client = site.client()
    client.cookies.set("chocolatechip", cookie)
    assert len((await client.get("expandedspacedata/query/class/cdm")).json()) == 1
    found = again.catalogue()
    assert found is not None
    assert len(found) == len(crossing_catalogue())
    again.close()


def test_a_catalogue_that_cannot_be_read_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "catalogue.tle"
    file.write_text("nothing of the kind\n")
    assert main(["--catalog", str(file)]) == 2
    assert "is no catalogue that can be read" in capsys.readouterr().err


def test_the_command_has_help() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "spacetrack_simulator", "--help"], capture_output=True, text=True, check=True
    )
    assert "--catalog" in done.stdout
