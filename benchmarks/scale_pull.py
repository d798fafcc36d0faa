"""CDMs that wait at Space-Track, through the whole service: in the pages in which they come from there."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from scale_installation import Line, ScaleInstallation
from scale_work import ephemeris_files
from support.spacetrack import IDENTITY, PASSWORD

__all__ = ["pulled_cdms"]

_SITE = Path(__file__).with_name("space_track_backlog.py")
_SINCE_FIRST_PAGE = """
SELECT extract(epoch FROM (SELECT max(updated_at) FROM conjunction_events) - min(received_at))
FROM documents WHERE purpose = 'cdms'
"""
_UNTIL_NOW = "SELECT extract(epoch FROM now() - min(received_at)) FROM documents WHERE purpose = 'cdms'"
_UPLOADED = """
SELECT {} FROM verdicts JOIN documents ON documents.id = document_id WHERE purpose = 'operator' AND verdict = 'valid'
"""
_UPLOADERS = range(10_000, 10_500)
_UPLOAD_EVERY_S = 2.0
_PAGES = "SELECT count(*) FROM documents WHERE purpose = 'cdms'"


def pulled_cdms(installation: ScaleInstallation, count: int) -> list[Line]:
    """Have the gateway pull so many messages from a simulated Space-Track, until each is in an event.

    The rate is from when the first page is received, its bytes durable, to when the last event is updated. Beside it
    stands when every rule of the notifier has looked at each event too; what a message costs is counted until then.
    The simulator is a process of its own, with its limits lifted; the gateway keeps its own budget. Meanwhile somebody
    uploads a file now and then.
    """
    with _site(count) as (url, gid), installation.administrator() as admin:
        organization = {"name": "Aurora", "gid": gid}
        made = admin.post("organizations", json=organization).raise_for_status().json()
        admin.put("satellites/90001", json={"organization_id": made["id"]}).raise_for_status()
        _, token = installation.operator("Northern Orbits", _UPLOADERS)
        before = installation.spent_s()
        _enter_account(installation, url)
        uploaded = asyncio.run(_until_grouped(installation, count, token))
        asyncio.run(installation.until_caught_up())  # the notifier's part is in what a message costs
        told_s = float(asyncio.run(installation.value(_UNTIL_NOW)))
        cost = installation.cost(before, count)
        took_s = float(asyncio.run(installation.value(_SINCE_FIRST_PAGE)))
        pages = asyncio.run(installation.value(_PAGES))
        judged = asyncio.run(installation.value(_UPLOADED.format("count(*)")))
        waited = _UPLOADED.format("max(extract(epoch FROM decided_at - received_at))")
        waited_s = float(asyncio.run(installation.value(waited)))
    rate = count / took_s
    return [
        Line(
            "CDMs pulled through object store, Kafka, validator, grouping: to the last event",
            f"{rate:.0f} a second",
            "100",
            "300",
            rate >= 100,
            f"{count:,} in {took_s:.1f} s, pulled in {pages} pages; every rule of the notifier done with all after "
            f"{told_s:.1f} s; {cost}",
        ),
        Line(
            "the same: a file that is uploaded meanwhile, to the verdict",
            f"worst {waited_s:.1f} s",
            "5 s",
            "",
            waited_s <= 5 and judged >= uploaded,
            f"{uploaded} files of 300 KB, one every {_UPLOAD_EVERY_S:g} s; what they cost is in what a message costs",
        ),
    ]


async def _until_grouped(installation: ScaleInstallation, count: int, token: str) -> int:
    """Upload a file from time to time until each message is in an event; return how many."""
    files = ephemeris_files(_UPLOADERS, len(_UPLOADERS))
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "text/plain"}
    uploaded = 0

    async def upload() -> None:
        nonlocal uploaded
        async with httpx.AsyncClient(base_url=installation.api, headers=headers, trust_env=False, timeout=60) as client:
            for number in range(len(_UPLOADERS)):
                name, content = files(number)
                answer = await client.post("documents", content=content, headers={"X-File-Name": name})
                answer.raise_for_status()
                uploaded += 1
                await asyncio.sleep(_UPLOAD_EVERY_S)

    uploading = asyncio.create_task(upload())
    await installation.until("SELECT count(*) FROM cdms WHERE event_id IS NOT NULL", count)
    if uploading.done():
        uploading.result()  # it has failed, or there were too few files
    uploading.cancel()
    return uploaded


def _enter_account(installation: ScaleInstallation, url: str) -> None:
    gateway = installation.services["spacetrack-gateway"]
    granted_at = datetime.now(UTC) - timedelta(hours=1)
    account = {
        "name": "benchmark",
        "base_url": url.rstrip("/"),
        "identity": IDENTITY,
        "password": PASSWORD,
        "granted_at": granted_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    with httpx.Client(headers={"Authorization": f"Bearer {installation.token}"}, timeout=60) as client:
        client.post(f"{gateway.address}/v1/space-track/accounts", json=account).raise_for_status()


@contextmanager
def _site(count: int) -> Iterator[tuple[str, str]]:
    """Give the address of a simulated Space-Track with so many messages, and the organization that they are for."""
    command = [sys.executable, _SITE, "--serve", "--cdms", str(count)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as site:
        try:
            assert site.stdout is not None
            url, gid = site.stdout.readline().split()
            yield url, gid
        finally:
            site.kill()
