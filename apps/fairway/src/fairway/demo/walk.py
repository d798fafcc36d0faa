"""The main job, done over HTTP as its users do it: organizations, catalogue, uploads, and waiting for what comes."""

import asyncio
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

from fairway.client import Client
from fairway.demo.operators import OPERATORS, File, Operator, broken_ephemeris, good_ephemeris
from fairway.demo.scenario import Scenario
from fairway.demo.space_track import SpaceTrackLink
from fairway.errors import CommandError, ExitCode
from fairway.following import Followed, follow
from spacetrack_simulator import LoggedRequest

__all__ = ["Outcome", "walk"]

_PAUSE_S = 0.1
_PATIENCE_S = 300.0


@dataclass
class Outcome:
    """What the walk left behind, read back from the service."""

    steps: list[tuple[str, float]] = field(default_factory=list)
    """Each step with its seconds."""
    catalogue: dict[str, Any] = field(default_factory=dict)
    documents: list[dict[str, Any]] = field(default_factory=list)
    screenings: list[dict[str, Any]] = field(default_factory=list)
    not_screened: dict[str, set[int]] = field(default_factory=dict)
    """Reason to catalogue numbers, over all screenings."""
    conjunctions: list[dict[str, Any]] = field(default_factory=list)
    cdms: dict[str, dict[str, Any]] = field(default_factory=dict)
    """The latest message of each conjunction, by its identifier."""
    notifications: list[dict[str, Any]] = field(default_factory=list)
    submissions: list[dict[str, Any]] = field(default_factory=list)
    from_space_track: list[dict[str, Any]] = field(default_factory=list)
    """Messages that were pulled from there."""
    known_to_both: int = 0
    """Events with a message of ours and one of Space-Track's."""
    requests: Sequence[LoggedRequest] = ()
    """Of the account, by Space-Track's own log."""


@dataclass(frozen=True)
class _Member:
    operator: Operator
    organization_id: str
    token: str
    files: list[File]


async def walk(
    url: str, administrator: str, scenario: Scenario, space_track: SpaceTrackLink | None, console: Console
) -> Outcome:
    """Do the main job on the service at `url` and return what came of it.

    Without `space_track` nothing is sent there, nor expected from there.
    """
    outcome = Outcome()
    async with Client(url, administrator) as admin:
        with _step(outcome, console, "three operators get their satellites and tokens"):
            members = [await _enrol(admin, scenario, ordinal) for ordinal in range(len(OPERATORS))]
        with _step(outcome, console, f"the catalogue {scenario.file_name} is checked and pinned"):
            outcome.catalogue = await _load_catalogue(admin, scenario)
        if space_track is not None:
            with _step(outcome, console, "a simulated Space-Track is linked; one operator sends there by itself"):
                await space_track.enter([member.organization_id for member in members])
        begin = (await admin.get("changes", after="latest"))["next_token"]
        with _step(outcome, console, "operators upload their ephemerides, each gets its verdict"):
            followed = await _upload(url, members)
            await _until(lambda: _decided(admin, followed), "verdicts")
        with _step(outcome, console, "screened against the catalogue and each other; messages, probabilities, events"):
            await asyncio.wait_for(follow(admin, followed, begin), _PATIENCE_S)
        with _step(outcome, console, "the right people are told"):
            await _until(lambda: _all_sent(admin), "mails")
        if space_track is not None:
            with _step(outcome, console, "sent to Space-Track and proved; screened there; its CDMs join the events"):
                await _exchange(admin, space_track)
            outcome.requests = space_track.requests()
        await _read_back(admin, outcome)
    return outcome


async def _exchange(admin: Client, space_track: SpaceTrackLink) -> None:
    await _until(lambda: _have_left(admin), "files at Space-Track")
    await space_track.screen()
    await space_track.ask()
    await _until(lambda: _came_back(admin, space_track), "CDMs from Space-Track")
    await _until(lambda: _all_sent(admin), "mails")


@contextmanager
def _step(outcome: Outcome, console: Console, what: str) -> Iterator[None]:
    begun = time.perf_counter()
    with console.status(what):
        yield
    seconds = time.perf_counter() - begun
    outcome.steps.append((what, seconds))
    console.print(f"[green]✓[/] {what} [dim]{seconds:.1f} s[/]", highlight=False)


async def _enrol(admin: Client, scenario: Scenario, ordinal: int) -> _Member:
    operator = OPERATORS[ordinal]
    organization = await admin.post(
        "organizations",
        {
            "name": operator.name,
            "space_track_title": operator.space_track_title,
            "gid": operator.gid,
            "service_level": operator.service_level,
            "close_approach_addresses": [operator.email],
        },
    )
    await admin.post(
        "users",
        {
            "name": operator.person,
            "email": operator.email,
            "organization_id": organization["id"],
            "role": "operator-admin",
        },
    )
    token = await admin.post(
        "tokens",
        {"organization_id": organization["id"], "name": "flight dynamics", "role": "operator"},
    )
    files = []
    for satellite in range(ordinal, len(scenario.names), len(OPERATORS)):
        elements = scenario.elements.take(np.array([satellite]))
        name = scenario.names[satellite]
        await admin.put(
            f"satellites/{int(elements.norad_cat_id[0])}",
            {"organization_id": organization["id"], "name": name, "hard_body_radius_m": 3.0 + satellite / 2},
        )
        files.append(good_ephemeris(operator, elements, name, scenario.start))
    if operator is OPERATORS[-1]:
        files.append(broken_ephemeris(files[-1]))
    return _Member(operator, organization["id"], token["token"], files)


async def _load_catalogue(admin: Client, scenario: Scenario) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / scenario.file_name
        file.write_bytes(scenario.content)
        document = await admin.upload("catalogues", file)
    found: list[dict[str, Any]] = []

    async def stands() -> bool:
        nonlocal found
        found = [one for one in await admin.every("catalogues") if one["document_id"] == document["id"]]
        if not found:
            status = await admin.get(f"documents/{document['id']}")
            if status["status"] == "rejected":
                finding = status["verdict"]["findings"][0]
                raise CommandError(f"{scenario.file_name} is no catalogue: {finding['message']}")
        return bool(found)

    await _until(stands, "the catalogue")
    return found[0]


async def _upload(url: str, members: list[_Member]) -> list[Followed]:
    followed = []
    with tempfile.TemporaryDirectory() as folder:
        for member in members:
            async with Client(url, member.token) as client:
                for file in member.files:
                    path = Path(folder) / file.name
                    path.write_bytes(file.content)
                    answer = await client.upload("documents", path)
                    followed.append(Followed(file.name, answer["id"], answer["status"]))
    return followed


async def _decided(admin: Client, followed: list[Followed]) -> bool:
    documents = [await admin.get(f"documents/{document.document_id}") for document in followed]
    return all(document["status"] in ("accepted", "rejected") for document in documents)


async def _all_sent(admin: Client) -> bool:
    notifications = await admin.every("notifications")
    return bool(notifications) and all(one["state"] == "sent" for one in notifications)


async def _have_left(admin: Client) -> bool:
    """Whether everything that an operator lets us send is there."""
    states = {one["state"] for one in await admin.every("submissions")}
    return not states & {"queued", "sending", "sent"} and bool(states & {"present", "screened"})


async def _came_back(admin: Client, space_track: SpaceTrackLink) -> bool:
    submissions = await admin.every("submissions")
    pulled = await admin.every("cdms", source="space-track")
    return (
        all(one["state"] != "present" for one in submissions)
        and len(pulled) == space_track.simulator.highest_cdm_id()
        and all(one["event_id"] for one in pulled)
    )


async def _until(condition: Any, what: str) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while not await condition():
        if time.monotonic() > deadline:
            raise CommandError(f"no {what} after {_PATIENCE_S:.0f} s: look at the service's log", ExitCode.UNAVAILABLE)
        await asyncio.sleep(_PAUSE_S)


async def _read_back(admin: Client, outcome: Outcome) -> None:
    outcome.documents = await admin.every("documents")
    for document in outcome.documents:
        if document["status"] == "rejected":
            document.update(await admin.get(f"documents/{document['id']}"))
    outcome.screenings = await admin.every("screenings")
    for run in outcome.screenings:
        for exception in (await admin.every(f"screenings/{run['id']}/coverage")) if run["not_screened_count"] else ():
            outcome.not_screened.setdefault(exception["reason"], set()).add(exception["norad_cat_id"])
    outcome.conjunctions = await admin.every("conjunctions")
    for event in outcome.conjunctions:
        outcome.cdms[event["id"]] = await admin.get(f"cdms/{event['latest_cdm_id']}")
    outcome.notifications = await admin.every("notifications")
    outcome.submissions = await admin.every("submissions")
    outcome.from_space_track = await admin.every("cdms", source="space-track")
    ours = {one["event_id"] for one in await admin.every("cdms", source="fairway")}
    outcome.known_to_both = len({one["event_id"] for one in outcome.from_space_track} & ours)
