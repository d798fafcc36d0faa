"""What is asked of the service while things go wrong, and the answers that it gave."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

import httpx
from chaos.meetings import meeting_oem
from support.files import oem
from support.spacetrack import sample_cdm

import ccsds
from fairway.demo.scenario import synthetic

__all__ = ["Answers", "Size", "Work", "do", "prepare", "send_partners", "set_up"]

_FIRST_SATELLITE = 41_000
_FIRST_PARTNER = 42_000
_CDM_SATELLITE = 90_001
_CDMS_A_PAIR = 3
_PHASE_S = 17
"""Satellites of the one operator follow each other on one orbit at this distance: no two of them ever meet."""
_UPLOADS_A_MEETING, _FEWEST_MEETINGS = 20, 2
_AT_ONCE = 16
"""Requests in hand at most."""
_ANSWER_S = 45.0
"""How long an answer is waited for: longer than a freeze."""
_AGAIN_S, _AT_MOST_S = 0.5, 10.0
"""Pauses before a request is sent again: each is the double of the last, or what Retry-After says if that is more."""
_PATIENCE_S = 600.0


@dataclass(frozen=True)
class Size:
    """How much is asked for, and over how long a time."""

    uploads: int
    cdms: int
    screenings: int
    over_s: float


@dataclass(frozen=True)
class File:
    """A file, and under which key it is sent."""

    key: str
    name: str
    content: bytes


@dataclass(frozen=True)
class Work:
    """Everything that is sent; the same for the same size and start."""

    size: Size
    start: datetime
    files: Sequence[File]
    satellites: Sequence[int]
    partners: Mapping[int, File]
    """Of each satellite of another operator, which comes past one of ours: its ephemeris. They are there before."""

    def over(self, seconds: float) -> "Work":
        """Return the same work done within another time."""
        return replace(self, size=replace(self.size, over_s=seconds))

    @property
    def document_count(self) -> int:
        """How many documents these files are: the same name with the same content is one."""
        return len({(file.name, file.content) for file in (*self.files, *self.partners.values())})

    @property
    def event_count(self) -> int:
        """How many conjunctions come of it: of pairs that CDMs tell of, and of those that meet."""
        return -(-self.size.cdms // _CDMS_A_PAIR) + len(self.partners)


@dataclass
class Answers:
    """What was acknowledged."""

    documents: dict[str, str] = field(default_factory=dict)
    """Key of the file to the document that the answer named."""
    screenings: list[str] = field(default_factory=list)
    repeated: int = 0
    """Requests that failed and were sent again with the same Idempotency-Key."""
    slowest_s: float = 0.0
    """From when a request was due until its answer."""


def prepare(size: Size, start: datetime) -> Work:
    """Return the work: of five uploads three are good, one is bad and one is the first of the five again.

    Some of the good ones meet a partner's; of each pair that CDMs tell of there are three.
    """
    files: list[File] = []
    satellites: list[int] = []
    partners: dict[int, File] = {}
    meetings = max(_FEWEST_MEETINGS, size.uploads // _UPLOADS_A_MEETING)
    for number in range(size.uploads):
        satellite = _FIRST_SATELLITE + number
        name = _file_name(satellite, number, start)
        begin = start + timedelta(seconds=_PHASE_S * number)
        content = oem(object_id=str(satellite), start=begin, covariance=True)
        if number % 5 == 4:
            again = files[number - 4]
            files.append(File(f"duplicate-{number}", again.name, again.content))
            continue
        satellites.append(satellite)
        if number % 5 < 3 and len(partners) < meetings:
            partner = _FIRST_PARTNER + number
            met = meeting_oem(len(partners), object_id=str(partner), start=begin)
            partners[partner] = File(f"partner-{number}", _file_name(partner, number, start), met)
        if number % 5 == 3:
            content = content.replace(b"STOP_TIME", b"STOP_TIEM")
        files.append(File(f"{'bad' if number % 5 == 3 else 'good'}-{number}", name, content))
    for number in range(size.cdms):
        pair, nth = divmod(number, _CDMS_A_PAIR)
        message = sample_cdm(
            pair + 1,
            tca=start + timedelta(days=2, seconds=2 * nth),
            creation_date=start - timedelta(hours=24 - 8 * nth),
            collision_probability=1.5e-5 * (1 + nth),
        )
        files.append(File(f"cdm-{number + 1}", f"chaos-{number + 1}.cdm", ccsds.write(message, "kvn")))
    order = sorted(range(len(files)), key=lambda place: (place * 7919) % 104_729)  # of every kind all the time
    return Work(size, start, [files[place] for place in order], satellites, partners)


def _file_name(satellite: int, number: int, start: datetime) -> str:
    return f"MEME_{satellite}_CHAOS{number:04d}_{start:%j%H%M}_operational_unclassified.oem"


def set_up(address: str, token: str, work: Work) -> tuple[str, str]:
    """Make two organizations with their satellites and load a catalogue; returns each one's operator's token."""
    with _api(address, token) as admin:
        operator = _organization(admin, "Chaos", (*work.satellites, _CDM_SATELLITE))
        partner = _organization(admin, "Order", tuple(work.partners))
        scenario = synthetic(scale=0.02, start=work.start)
        admin.post(
            "catalogues",
            content=scenario.content,
            headers={"Content-Type": "text/csv", "X-File-Name": scenario.file_name},
        ).raise_for_status()
    return operator, partner


def send_partners(address: str, token: str, work: Work) -> None:
    """Upload the ephemerides that are to be there before the work begins: what comes later is screened against them."""
    with _api(address, token) as partner:
        for file in work.partners.values():
            partner.post("documents", content=file.content, headers=_headers(file)).raise_for_status()


def _api(address: str, token: str) -> httpx.Client:
    return httpx.Client(
        base_url=f"{address}/v1/", headers={"Authorization": f"Bearer {token}"}, timeout=60, trust_env=False
    )


def _organization(admin: httpx.Client, name: str, satellites: Sequence[int]) -> str:
    mailbox = name.lower()
    made = admin.post("organizations", json={"name": name, "close_approach_addresses": [f"{mailbox}@example.org"]})
    organization = made.raise_for_status().json()["id"]
    person = {
        "name": f"Kai of {name}",
        "email": f"kai-{mailbox}@example.org",
        "role": "operator",
        "organization_id": organization,
    }
    admin.post("users", json=person).raise_for_status()
    for satellite in satellites:
        admin.put(f"satellites/{satellite}", json={"organization_id": organization}).raise_for_status()
    wanted = {"organization_id": organization, "name": mailbox, "role": "operator"}
    operator: str = admin.post("tokens", json=wanted).raise_for_status().json()["token"]
    return operator


def _headers(file: File) -> dict[str, str]:
    return {"Content-Type": "text/plain", "X-File-Name": file.name}


async def do(work: Work, addresses: Sequence[str], operator: str, administrator: str) -> Answers:
    """Send everything, evenly over the time, and everything again and again until it is acknowledged."""
    answers = Answers()
    started = monotonic()
    at_once = asyncio.Semaphore(_AT_ONCE)
    async with (
        httpx.AsyncClient(
            timeout=_ANSWER_S, trust_env=False, limits=httpx.Limits(max_keepalive_connections=0)
        ) as client,
        asyncio.TaskGroup() as requests,
    ):

        async def send(number: int, due: float, token: str, key: str, path: str, **request: Any) -> dict[str, Any]:
            headers: Mapping[str, str] = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
            request["headers"] = {**headers, **request.get("headers", {})}
            await asyncio.sleep(max(0.0, due - monotonic()))
            pause_s = _AGAIN_S
            while True:
                wished_s = 0.0
                try:
                    async with at_once:
                        answer = await client.post(f"{addresses[number % len(addresses)]}/v1/{path}", **request)
                    wished_s = float(answer.headers.get("Retry-After", "0"))
                    reason = f"{answer.status_code} {answer.text[:300]}"
                except httpx.HTTPError as error:
                    reason = repr(error)
                else:
                    if answer.is_success:
                        answers.slowest_s = max(answers.slowest_s, monotonic() - due)
                        answered: dict[str, Any] = answer.json()
                        return answered
                    if answer.status_code < 500 and answer.status_code != 409:
                        raise AssertionError(f"{key} was refused: {reason}")
                if monotonic() - due > _PATIENCE_S:
                    raise AssertionError(f"{key} was not acknowledged in {_PATIENCE_S:.0f} s: {reason}")
                answers.repeated += 1
                number += 1
                await asyncio.sleep(max(pause_s, wished_s))
                pause_s = min(2 * pause_s, _AT_MOST_S)

        async def upload(number: int, due: float, file: File) -> None:
            sent = {"content": file.content, "headers": _headers(file)}
            answer = await send(number, due, operator, file.key, "documents", **sent)
            answers.documents[file.key] = answer["id"]

        async def screen(number: int, due: float) -> None:
            body = {"all": True, "hours": 2 + number, "start": work.start.isoformat()}
            answer = await send(number, due, administrator, f"screening-{number}", "screenings", json=body)
            answers.screenings.append(answer["id"])

        interval_s = work.size.over_s / len(work.files)
        for number, file in enumerate(work.files):
            requests.create_task(upload(number, started + number * interval_s, file))
        for number in range(work.size.screenings):
            requests.create_task(screen(number, started + (number + 1) * work.size.over_s / (work.size.screenings + 1)))
    return answers
