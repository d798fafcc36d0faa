"""The real `spacetrack` client, which works with the real site, works with the simulator.

It brings its own HTTP library, so that it lives in an environment of its own, built once into pytest's cache from
`tests/data/spacetrack-client/requirements.lock`.
"""

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.crossing_orbits import crossing_catalogue
from support.orbit_files import omm_csv
from support.spacetrack import IDENTITY, PASSWORD, SimulatedSite, make_site, sample_cdm

pytestmark = pytest.mark.slow

DATA = Path(__file__).parents[1] / "data" / "spacetrack-client"
UV = Path(sys.executable).with_name("uv")
Walk = Callable[[str], Any]


@pytest.fixture(scope="module")
def client_python(request: pytest.FixtureRequest) -> Path:
    """The interpreter of an environment with the client in it."""
    lock = DATA / "requirements.lock"
    version = hashlib.sha256(lock.read_bytes() + sys.version.encode()).hexdigest()[:16]
    folder = Path(request.config.cache.mkdir("spacetrack-client")) / version
    python, done = folder / "bin" / "python", folder / "complete"
    if not done.exists():
        subprocess.run([UV, "venv", "--quiet", "--clear", "--python", sys.executable, folder], check=True)
        subprocess.run(
            [UV, "pip", "install", "--quiet", "--python", python, "--require-hashes", "--requirement", lock], check=True
        )
        done.touch()
    return python


@pytest.fixture
def site() -> SimulatedSite:
    """A site with messages, a catalogue, and limits that leave the client to its own."""
    site = make_site()
    site.simulator.faults.policing.cadence = False
    site.simulator.faults.rate_limits.per_minute = 1000
    site.simulator.load_catalogue(omm_csv(crossing_catalogue()))
    site.simulator.add_rows("gp", [{"NORAD_CAT_ID": 7, "OBJECT_NAME": "WITH/SLASH & BLANK", "GP_ID": 999}])
    site.simulator.add_cdms([sample_cdm(i) for i in range(4)], gid=site.gid, public=True)
    return site


@pytest.fixture
def walk(client_python: Path, site: SimulatedSite, tmp_path: Path) -> Walk:
    """Do a step of the client's walk; gives what it printed."""

    def run(step: str) -> Any:
        with site.on_a_port() as url:
            arguments = [url, IDENTITY, PASSWORD, str(tmp_path), str(site.folder_id), step]
            done = subprocess.run(
                [client_python, DATA / "walk.py", *arguments], capture_output=True, text=True, timeout=60, check=False
            )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


def test_it_understands_every_model_definition(walk: Walk) -> None:
    counts = walk("described")
    rest_predicates = counts["delete"] - 2
    assert counts["cdm"] - rest_predicates == 312
    assert counts["cdm_public"] - rest_predicates == 16
    assert min(counts.values()) > rest_predicates


def test_it_queries(walk: Walk) -> None:
    assert walk("queried") == {
        "ids": ["2", "3"],
        "columns": 312,
        "typed": ["int", "datetime", "float", "str"],
        "kvn": "CCSDS_CDM_VERS                   = 1.0",
        "lines": 10,
        "slash": ["7"],
        "range": ["25544", "30001"],
        "like": 2,
        "nothing": [],
        "wrapped": "4",
    }


def test_it_uploads_reads_back_and_deletes(walk: Walk) -> None:
    assert walk("exchanged") == {"bytes": "27", "same": True, "left": [], "folders": ["rw", "rw"]}


def test_it_logs_in_again_when_its_session_has_ended(walk: Walk, site: SimulatedSite) -> None:
    assert walk("expired") == {"before": 1, "after": 1}
    log = site.simulator.log.all()
    assert [each.class_name for each in log].count("login") == 2
    assert [each.outcome for each in log].count("not logged in") == 1


def test_it_takes_a_refusal_with_status_200_for_data(walk: Walk) -> None:
    (row,) = walk("refused")["data"]
    assert "violated your query rate limit" in row["error"]


def test_it_knows_a_failed_login(walk: Walk, site: SimulatedSite) -> None:
    assert walk("denied") == {"error": "AuthenticationError"}
    assert [each.outcome for each in site.simulator.log.all() if each.class_name == "login"] == ["login failed"]


def test_it_logs_out_when_it_is_closed(walk: Walk, site: SimulatedSite) -> None:
    walk("described")
    assert site.simulator.log.all()[-1].class_name == "logout"
