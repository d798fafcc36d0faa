"""A small main job: three operators, a small catalogue, three uploads of which one is broken."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import httpx
import numpy as np

from fairway.demo.operators import OPERATORS, broken_ephemeris, good_ephemeris
from fairway.demo.scenario import Scenario, synthetic

__all__ = ["AS_OF", "Job", "Upload", "prepare_job", "set_up_organizations"]

AS_OF = datetime(2026, 11, 1, tzinfo=UTC)
_LEAD = timedelta(hours=12)
"""Ephemerides begin so long after the job, when the test has ended: what is screened does not depend on when it ran."""


@dataclass(frozen=True)
class Upload:
    """A file, and which operator sends it."""

    owner: str
    name: str
    content: bytes


@dataclass(frozen=True)
class Job:
    """What is to be done, and the credentials for it."""

    scenario: Scenario
    files: tuple[Upload, ...]
    tokens: dict[str, str] = field(default_factory=dict)
    """Operator's name to token."""


def prepare_job(as_of: datetime = AS_OF) -> Job:
    """Return the job: two operators whose satellites meet send good files, one of them a broken one too."""
    scenario = _without_the_operated(synthetic(scale=0.02, start=as_of))
    files = []
    for satellite in (0, 4):  # these two were made to meet
        operator = OPERATORS[satellite % len(OPERATORS)]
        elements = scenario.elements.take(np.array([satellite]))
        good = good_ephemeris(operator, elements, scenario.names[satellite], as_of + _LEAD)
        files.append(Upload(operator.name, good.name, good.content))
        if satellite:
            broken = broken_ephemeris(good)
            files.append(Upload(operator.name, broken.name, broken.content))
    return Job(scenario, tuple(files))


def _without_the_operated(scenario: Scenario) -> Scenario:
    """Take the operators' own satellites out of the catalogue.

    Each pair then meets in one run only: which of two runs of one upload ends first is promised to nobody, and the
    audit log would show it.
    """
    numbers = [b",%d," % number for number in scenario.elements.norad_cat_id.tolist()]
    lines = scenario.content.splitlines(keepends=True)
    return replace(scenario, content=b"".join(line for line in lines if not any(each in line for each in numbers)))


def set_up_organizations(url: str, administrator: str, job: Job) -> Job:
    """Make organizations, tokens and satellites, load the catalogue, and return the job with its tokens."""
    tokens = {}
    with httpx.Client(base_url=f"{url}/v1/", headers={"Authorization": f"Bearer {administrator}"}, timeout=60) as admin:
        for ordinal, operator in enumerate(OPERATORS):
            organization = _post(
                admin,
                "organizations",
                {
                    "name": operator.name,
                    "space_track_title": operator.space_track_title,
                    "gid": operator.gid,
                    "service_level": operator.service_level,
                    "close_approach_addresses": [operator.email],
                },
            )["id"]
            person = {"name": operator.person, "email": operator.email, "role": "operator"}
            _post(admin, "users", person | {"organization_id": organization})
            token = {"organization_id": organization, "name": "flight dynamics", "role": "operator"}
            tokens[operator.name] = _post(admin, "tokens", token)["token"]
            for satellite in range(ordinal, len(job.scenario.names), len(OPERATORS)):
                number = int(job.scenario.elements.norad_cat_id[satellite])
                facts = {"organization_id": organization, "hard_body_radius_m": 4.0}
                admin.put(f"satellites/{number}", json=facts).raise_for_status()
        admin.post(
            "catalogues",
            content=job.scenario.content,
            headers={"Content-Type": "text/csv", "X-File-Name": job.scenario.file_name},
        ).raise_for_status()
    return replace(job, tokens=tokens)


def _post(admin: httpx.Client, path: str, body: Mapping[str, object]) -> dict[str, str]:
    answer = admin.post(path, json=body)
    answer.raise_for_status()
    made: dict[str, str] = answer.json()
    return made
