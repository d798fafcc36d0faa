"""What the benchmarks of scale send and ask for; made with the support of the tests."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import httpx
from scale_installation import ScaleInstallation
from sqlalchemy.engine import make_url
from support.dense_shell import dense_shell
from support.embedded import NOON
from support.files import oem
from support.many_rows import Population, populate
from support.orbit_files import omm_csv
from support.spacetrack import sample_cdm

import ccsds

__all__ = [
    "CATALOGUE_OBJECTS",
    "LIST",
    "NO_SLOTS",
    "cdm_files",
    "ephemeris_files",
    "fill",
    "list_requests",
    "listed",
    "load_catalogue",
    "operators_of",
]

LIST = 50
"""Rows of a list."""
_LIST_DAYS = 35
"""A satellite has a hundred events in sixty days: more than fifty in this time."""
_EVENTS_OF_OPERATOR = 2_500
CATALOGUE_OBJECTS = 3_000
_SPREAD_REV_DAY = 0.5
NO_SLOTS = {
    "FAIRWAY_SCREENING__CATALOGUE_SLOT": "never",
    "FAIRWAY_SCREENING__CONCERN_LIST_SLOTS": "[]",
    "FAIRWAY_SCREENING__OPERATIONAL_SLOTS": "[]",
}
"""What is measured does not depend on the time of day."""

_STATES = 2_800
"""Makes a file of about 300 KB."""
_STEP_S = 60


def operators_of(installation: ScaleInstallation, events: int) -> list[tuple[str, str]]:
    """Make as many organizations as so many events need for a hundred to each satellite: identifiers and tokens."""
    return [
        installation.operator(
            f"Operator {number}", (), close_approach_addresses=[f"flight-dynamics@operator-{number}.example"]
        )
        for number in range(max(1, events // _EVENTS_OF_OPERATOR))
    ]


async def fill(
    installation: ScaleInstallation, organization_ids: Sequence[str], events: int, now: datetime = NOON
) -> Population:
    """Fill the database with so many events about `now`, ten messages to each, and twice as many documents."""
    population = Population(tuple(organization_ids), events, 2 * events, now)
    url = make_url(installation.database).set(drivername="postgresql+asyncpg")
    await populate(url.render_as_string(hide_password=False), population)
    return population


def list_requests(population: Population, tokens: Sequence[str]) -> list[tuple[str, str]]:
    """Return lists of 50 events of a satellite in some weeks, each asked for by its owner: path, and token."""
    begin = population.now - timedelta(days=_LIST_DAYS - 5)
    window = f"tca_from={_text(begin)}&tca_to={_text(begin + timedelta(days=_LIST_DAYS))}"
    return [
        (f"conjunctions?norad_cat_id={satellite}&{window}&limit={LIST}", token)
        for place in range(25)
        for organization, token in enumerate(tokens)
        for satellite in population.satellites_of(organization)[place : place + 1]
    ]


async def listed(client: httpx.AsyncClient, path: str, token: str) -> httpx.Response:
    """Ask for a list, and look whether it is a full one."""
    answer = await client.get(path, headers={"Authorization": f"Bearer {token}"})
    if answer.is_success and (count := len(answer.json()["items"])) != LIST:
        raise SystemExit(f"{path}: {count} items, not {LIST}")
    return answer


def load_catalogue(installation: ScaleInstallation) -> None:
    """Load a catalogue of low orbits whose epochs are now; the services have accepted it when this returns."""
    catalogue = dense_shell(CATALOGUE_OBJECTS, datetime.now(UTC), _SPREAD_REV_DAY)
    file = installation.folder / "catalogue.csv"
    file.write_bytes(omm_csv(catalogue))
    api = installation.services["ingest-api"].address
    installation.command("catalog", "load", str(file), "--url", api, "--token", installation.token)


def ephemeris_files(satellites: Sequence[int], count: int) -> Callable[[int], tuple[str, bytes]]:
    """Return what gives file number n: each is another file, of the satellites in turn."""
    start = (datetime.now(UTC) + timedelta(hours=1)).replace(second=0, microsecond=0)
    template = oem(object_id="00000", originator="SCALE-000000", start=start, states=_STATES, step_s=_STEP_S)
    day = start.strftime("%j%H%M")

    def file(number: int) -> tuple[str, bytes]:
        satellite = satellites[number % len(satellites)]
        content = template.replace(b"OBJECT_ID = 00000", b"OBJECT_ID = %05d" % satellite)
        content = content.replace(b"SCALE-000000", b"SCALE-%06d" % number)
        return f"MEME_{satellite}_SCALE{number:0{len(str(count))}d}_{day}_operational_unclassified.oem", content

    return file


def cdm_files(count: int) -> list[tuple[str, bytes]]:
    """Return messages about satellite 90001, each with another object, in KVN: file name, and content."""
    now = datetime.now(UTC).replace(microsecond=0)
    return [
        (
            f"scale-{number}.cdm",
            ccsds.write(sample_cdm(number, tca=now + timedelta(days=2), creation_date=now), "kvn"),
        )
        for number in range(1, count + 1)
    ]


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
