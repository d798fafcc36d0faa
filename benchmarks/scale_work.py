"""What the benchmarks of scale send and ask for; made with the support of the tests."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from scale_installation import ScaleInstallation
from sqlalchemy.engine import make_url
from support.embedded import NOON
from support.files import oem
from support.many_rows import Population, populate
from support.spacetrack import sample_cdm

import ccsds

__all__ = ["cdm_files", "ephemeris_files", "fill", "list_requests"]

_STATES = 2_800
"""Makes a file of about 300 KB."""
_STEP_S = 60


async def fill(installation: ScaleInstallation, organization_ids: Sequence[str], events: int) -> Population:
    """Fill the database with so many events, ten messages to each, and twice as many documents."""
    population = Population(tuple(organization_ids), events, 2 * events)
    url = make_url(installation.database).set(drivername="postgresql+asyncpg")
    await populate(url.render_as_string(hide_password=False), population)
    return population


def list_requests(population: Population, tokens: Sequence[str]) -> list[tuple[str, str]]:
    """Return lists of events of a satellite in a week, each asked for by its owner: path, and token."""
    begin = NOON - timedelta(days=10)
    window = f"tca_from={_text(begin)}&tca_to={_text(begin + timedelta(days=7))}"
    return [
        (f"conjunctions?norad_cat_id={satellite}&{window}&limit=50", token)
        for place in range(25)
        for organization, token in enumerate(tokens)
        for satellite in population.satellites_of(organization)[place : place + 1]
    ]


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
