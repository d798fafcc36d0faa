"""Ephemerides that operators upload, and what must have become of them when nothing waits any more."""

import time
from typing import Any

import httpx
from scale_installation import ScaleInstallation
from scale_work import CATALOGUE_OBJECTS, ephemeris_files

__all__ = ["Uploads"]

OPERATORS = 4
SATELLITES_OF_OPERATOR = 10
_FIRST_SATELLITE = 60_000
_PLANNED = """
SELECT count(*) FROM screening_runs
WHERE kind = 'ephemeris-catalogue' AND catalogue_id IS NOT NULL AND task_count > 0 AND ephemeris_id IS NOT NULL
"""
_SCREENED = """
SELECT count(*) FROM screening_runs JOIN ephemerides ON ephemerides.id = ephemeris_id
WHERE document_id = '{}' AND state = 'completed'
"""
_KINDS = """
SELECT string_agg(runs || ' runs ' || kind || ' with ' || tasks || ' tasks', ', ' ORDER BY kind)
FROM (SELECT kind, count(*) AS runs, sum(task_count) AS tasks FROM screening_runs GROUP BY kind) AS kinds
"""
_TO_THE_TASKS = """
SELECT max(extract(epoch FROM requested_at - received_at)) FROM screening_runs
JOIN ephemerides ON ephemerides.id = ephemeris_id JOIN documents ON documents.id = document_id
"""


class Uploads:
    """Ephemerides of some operators' satellites, each sent by its owner; they are accepted, and their runs planned."""

    def __init__(self, installation: ScaleInstallation, count: int) -> None:
        """Make the operators, and as many files as will be sent at most; the catalogue is there already."""
        self.satellites = range(_FIRST_SATELLITE, _FIRST_SATELLITE + OPERATORS * SATELLITES_OF_OPERATOR)
        self._installation = installation
        self._file = ephemeris_files(self.satellites, count)
        operators = [
            installation.operator(f"Uploader {number}", self.satellites[number::OPERATORS])
            for number in range(OPERATORS)
        ]
        self._tokens = [token for _, token in operators]
        self._organizations = ", ".join(f"'{organization_id}'" for organization_id, _ in operators)

    @property
    def file_size(self) -> int:
        """Bytes of a file."""
        return len(self._file(0)[1])

    async def send(self, client: httpx.AsyncClient, number: int) -> httpx.Response:
        """Upload file `number`."""
        name, content = self._file(number)
        token = self._tokens[number % len(self.satellites) % OPERATORS]
        headers = {"Authorization": f"Bearer {token}", "X-File-Name": name, "Content-Type": "text/plain"}
        return await client.post("documents", content=content, headers=headers, timeout=60)

    async def until_planned(self, count: int) -> None:
        """Wait until so many files have their verdicts, and those that were accepted their runs with tasks."""
        await self._installation.until(self._of_verdicts("count(*)"), count)
        await self._installation.until(_PLANNED, await self.verdicts("count(*) FILTER (WHERE verdict = 'valid')"))
        await self._installation.until_caught_up()

    async def screen(self, number: int) -> float:
        """Upload file `number`, wait until its screening is over and nothing waits; return when its verdict was there.

        The time is that of `time.monotonic`.
        """
        async with httpx.AsyncClient(base_url=self._installation.api, trust_env=False) as client:
            document = (await self.send(client, number)).raise_for_status().json()["id"]
        await self._installation.until(f"SELECT count(*) FROM verdicts WHERE document_id = '{document}'", 1)
        decided_s = time.monotonic()
        await self._installation.until(_SCREENED.format(document), 1)
        await self._installation.until_caught_up()
        return decided_s

    async def verdicts(self, what: str) -> Any:
        """Return what is asked of the files' verdicts, joined with their documents."""
        return await self._installation.value(self._of_verdicts(what))

    def _of_verdicts(self, what: str) -> str:
        of_these = f"documents.organization_id IN ({self._organizations})"
        return f"SELECT {what} FROM verdicts JOIN documents ON documents.id = document_id WHERE {of_these}"

    async def planned(self) -> str:
        """Say which runs were planned, and when their tasks were emitted."""
        kinds = await self._installation.value(_KINDS)
        worst_s = float(await self._installation.value(_TO_THE_TASKS))
        return (
            f"{kinds} against {CATALOGUE_OBJECTS:,} objects, their tasks emitted within {worst_s:.1f} s of the upload"
        )
