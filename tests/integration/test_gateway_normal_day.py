"""A normal day with one organization, as the simulated Space-Track logged it: what the documentation prints.

`FAIRWAY_UPDATE_DOCS=1 pytest tests/integration/test_gateway_normal_day.py` writes the page anew.
"""

import os
import re
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from support.crossing_orbits import crossing_catalogue
from support.embedded import deliver
from support.gateway import START, Station, make_station
from support.orbit_files import omm_csv
from support.spacetrack import sample_cdm

from spacetrack_simulator.request_log import most_within

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "space-track-day.md"
ACCOUNT = "0192f7c2-6f2b-7c1e-9d3a-5b1f0c9a7e11"
"""Its own, so that what is scattered by it is scattered alike in every run."""


@pytest.fixture
async def station(tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Station]:
    monkeypatch.setattr("spacetrack_gateway.accounts.keeping.new_id", lambda: ACCOUNT)
    async with make_station(tmp_path, sqlite_template) as made:
        yield made


def table(requests: Sequence[Any]) -> str:
    lines = ["| time (UTC) | request | rows | bytes |", "|---|---|---|---|"]
    for each in requests:
        path = each.path.replace("%3E", ">").replace("%20", " ").replace("%2C", ",").split("/predicates/")[0]
        path = re.sub(r"_fw[0-9a-f]{8}_", "_fw00000000_", path)  # of the document's identifier, which is new each time
        what = path if len(path) <= 110 else f"{path[:107]}…"
        lines.append(
            f"| {each.at[11:19]} | `{each.method} {what}` | {'' if each.rows is None else each.rows} "
            f"| {'' if each.bytes is None else each.bytes:,} |"
            if each.bytes is not None
            else f"| {each.at[11:19]} | `{each.method} {what}` | | |"
        )
    return "\n".join(lines)


def page(requests: Sequence[Any]) -> str:
    by_class = Counter(each.class_name or "other" for each in requests)
    counts = "\n".join(f"| {name} | {count} |" for name, count in sorted(by_class.items()))
    return f"""# A normal day at Space-Track

One organization with two satellites, one operational ephemeris, five new CDMs, a catalogue; from
{START:%Y-%m-%d %H:%M} UTC, when the account was entered, for 24 hours. This is the log of the simulated Space-Track;
`tests/integration/test_gateway_normal_day.py` writes this page and fails where it is out of date.

| | most in any window | ours at most | Space-Track suspends at |
|---|---|---|---|
| requests a minute | {most_within(requests, 60)} | 25 | 30 |
| requests an hour | {most_within(requests, 3600)} | 250 | 300 |
| requests in the day | {len(requests)} | | |
| mails about violations | 0 | | |

| class | requests |
|---|---|
{counts}

The first minute has the most of them: everything is asked for the first time.

{table(requests)}
"""


async def test_the_page_of_the_documentation_is_what_a_normal_day_is(station: Station):
    simulator = station.site.simulator
    simulator.load_catalogue(omm_csv(crossing_catalogue()))
    simulator.add_cdms([sample_cdm(number) for number in range(5)], gid=station.site.gid)
    await station.consent()
    await station.add_ephemeris()
    await deliver(station.ctx, station.consumers)
    await station.run(timedelta(hours=24))

    requests = station.requests()
    assert simulator.police.mails() == []
    assert most_within(requests, 60) <= 25
    assert most_within(requests, 3600) <= 250
    assert Counter(each.class_name for each in requests)["expandedspacedata/cdm"] <= 4  # at 0, 8 and 16 h, and at 24 h
    wanted = page(requests)
    if os.environ.get("FAIRWAY_UPDATE_DOCS"):
        PAGE.write_text(wanted, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == wanted
