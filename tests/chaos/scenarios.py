"""Named cases: each is one thing that goes wrong under load, and ends in the same questions as every trial."""

import asyncio
import os
import pwd
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

import asyncpg
import httpx
from chaos.broker import delete_topic
from chaos.fleet import Fleet
from chaos.small_disks import SmallDisk
from chaos.trial import Record, Scenario, wait_until_quiet

from local_parts.link import Condition
from local_parts.process import PartMissing

__all__ = ["SCENARIOS"]

_FIRST_S = 10.0
"""Something is under way by then."""


# --- S3 answers 503 for a minute


def _refuse_objects(fleet: Fleet, record: Record) -> None:
    time.sleep(_FIRST_S)
    with record.disturbed("link to S3", "503"):
        fleet.say("S3 answers 503")
        fleet.links["link to S3"].become(Condition.UNAVAILABLE)
        time.sleep(60)
        fleet.links["link to S3"].become(Condition.WHOLE)
    fleet.say("S3 answers again")


# --- a topic is gone


_LOST_TOPICS = ("document.received.v1", "conjunction.updated.v1")
_WITHOUT_S = 15.0


def _delete_topics(fleet: Fleet, record: Record) -> None:
    time.sleep(2 * _FIRST_S)
    with record.disturbed("Kafka", "topics deleted"):
        for topic in _LOST_TOPICS:
            fleet.say(f"the topic {topic} is deleted")
            asyncio.run(delete_topic(fleet.broker_address, topic))
        time.sleep(_WITHOUT_S)
        fleet.say(fleet.command("migrate").splitlines()[-1])


# --- clocks that differ


_AHEAD = "+10m"
_FAKETIME = "/usr/lib/*/faketime/libfaketime.so.1"


def _set_clocks_apart(fleet: Fleet) -> None:
    """Let the second process of each service be ten minutes ahead of the first."""
    found = sorted(Path("/").glob(_FAKETIME.lstrip("/")))
    if not found:
        raise PartMissing("there is no libfaketime: install it (apt-get install libfaketime)")
    for name, own in fleet.own_settings.items():
        if name.endswith("/2"):
            own |= {"LD_PRELOAD": str(found[0]), "FAKETIME": _AHEAD, "FAKETIME_DONT_FAKE_MONOTONIC": "1"}


# --- full disks


_DISKS_MB: Mapping[str, int] = {"PostgreSQL": 400, "Kafka": 300, "SeaweedFS": 300, "SMTP": 20, "services": 50}
_FULL_S = 8.0


def _small_disk(fleet: Fleet, name: str) -> SmallDisk:
    """Return where a part keeps what it has; of services, what they keep beside their parts and while they work."""
    parts = fleet.parts
    folders = {
        "PostgreSQL": parts.postgresql.folder / "data",
        "SeaweedFS": parts.s3.folder / "data",
        "SMTP": parts.mail.mails,
        "services": fleet.folder / "own",
    }
    if parts.kafka is not None:
        folders["Kafka"] = parts.kafka.folder / "data"
    return SmallDisk(folders[name], _DISKS_MB[name])


def _give_small_disks(fleet: Fleet) -> None:
    for name in _DISKS_MB:
        disk = _small_disk(fleet, name)
        user = fleet.parts.postgresql.runs_as if name == "PostgreSQL" else None
        disk.mount(None if user is None else pwd.getpwnam(user).pw_uid)
        fleet.at_the_end(disk.unmount)
    own = str(fleet.folder / "own")
    fleet.settings |= {"TMPDIR": own, "FAIRWAY_DATA": own}


def _fill_disks(fleet: Fleet, record: Record) -> None:
    """Fill one disk after the other, each for a while."""
    time.sleep(_FIRST_S)
    for name in _DISKS_MB:
        disk = _small_disk(fleet, name)
        with record.disturbed(name, "full disk of"):
            disk.fill()
            fleet.say(f"the disk of {name} is full")
            time.sleep(_FULL_S)
            disk.free()
        fleet.say(f"the disk of {name} has room again")
        time.sleep(_FULL_S)


# --- the database restored from an earlier backup


_SCREENINGS_ASKED_S = 22.0
"""By then every screening has been asked for: only a backup knows of requests, no object does."""


_TELLING_ON_S = 3.0
"""So long after the backup mails still leave."""

_HOURS_AGO = "1 hour"
"""The backup is made older by so much: what reminds and tries again goes by these columns."""
_AGED = ("emitted_at", "finalise_emitted_at", "received_at", "due_at")

_THE_NOTIFIERS_OWN = ("mails not sent", "events not handled", "deliveries to be tried again")


def _back_up(fleet: Fleet, record: Record) -> None:
    time.sleep(_SCREENINGS_ASKED_S)
    record.backed_up_at = time.time()
    (fleet.folder / "backup").write_bytes(fleet.parts.postgresql.run("pg_dump", "--format=custom", "fairway"))
    fleet.say("the database is backed up")
    time.sleep(_TELLING_ON_S)
    fleet.stop_services(fleet.of("notifier"))
    fleet.say("no notifier runs any more: events of the time that is going to be lost wait in the broker")


def _restore(fleet: Fleet, record: Record) -> None:
    """Go back to the backup, rebuild from the objects, and release what leaves when all else is done."""
    database = fleet.parts.postgresql
    wait_until_quiet(fleet, of=record.document_count, but=_THE_NOTIFIERS_OWN)
    fleet.stop_services()
    database.run("dropdb", "fairway")
    database.run("createdb", "fairway")
    database.run("pg_restore", "--dbname=fairway", fleet.folder / "backup")
    record.unclaimed_mails.append((record.backed_up_at, time.time()))
    aged = asyncio.run(_age(database.address_of("fairway")))
    fleet.say(f"restored, and made an hour older in {aged} columns; {fleet.command('rebuild').splitlines()[0]}")
    fleet.start_services()
    wait_until_quiet(fleet, of=record.document_count, but=("mails not sent",))
    fleet.say(f"{_dropped(fleet)} events of the lost time are dropped: the database does not know what they name")
    fleet.command("release-outbound")
    fleet.say("what leaves is released")


async def _age(address: str) -> int:
    """Let everything in the database have been an hour earlier; return in how many columns."""
    database = await asyncpg.connect(address)
    try:
        columns = await database.fetch(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' "
            "AND column_name = ANY($1) AND data_type = 'timestamp with time zone'",
            _AGED,
        )
        for table, column in columns:
            await database.execute(f"UPDATE {table} SET {column} = {column} - interval '{_HOURS_AGO}'")
    finally:
        await database.close()
    return len(columns)


def _dropped(fleet: Fleet) -> int:
    """Return how many events the notifiers have dropped."""
    expositions = [
        httpx.get(f"{fleet.services[name].address}/metrics", trust_env=False) for name in fleet.of("notifier")
    ]
    lines = [line for each in expositions for line in each.raise_for_status().text.splitlines()]
    return sum(round(float(line.split()[-1])) for line in lines if "deliveries_total{" in line and '"dropped"' in line)


# --- a rolling upgrade


_MIGRATIONS = "libs/records/src/records/migrations/versions"


_REVISION = "SELECT version_num FROM alembic_version"


def _start_with_the_old_release(fleet: Fleet) -> None:
    """Have everything run from the sources as they were before the newest migration came."""
    here = Path(__file__).parents[2]
    newest = max((here / _MIGRATIONS).glob("[0-9]*_*.py"))
    commit = _git(here, "log", "-1", "--format=%H", "--diff-filter=A", "--", str(newest.relative_to(here)))
    if not commit:
        raise PartMissing(f"{newest.name} is in no commit: there is no release before it to begin with")
    old = fleet.folder / "old-release"
    fleet.folder.mkdir(parents=True, exist_ok=True)
    archive = subprocess.run(
        ["git", "archive", f"{commit}^", "apps", "libs", "services"], cwd=here, capture_output=True, check=True
    )
    old.mkdir()
    subprocess.run(["tar", "-x", "-C", str(old)], input=archive.stdout, check=True)
    fleet.settings["PYTHONPATH"] = os.pathsep.join(str(each) for each in sorted(old.glob("*/*/src")))
    fleet.say(f"the old release is that before {newest.stem}, {_git(here, 'log', '-1', '--format=%h %s', commit)}")


async def _value(address: str, query: str) -> str:
    database = await asyncpg.connect(address)
    try:
        return str(await database.fetchval(query))
    finally:
        await database.close()


def _git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def _upgrade(fleet: Fleet, _: Record) -> None:
    """Migrate, then replace one process after the other; nothing is wrong, so nothing may be doubled."""
    time.sleep(_FIRST_S)
    new = os.environ.get("PYTHONPATH", "")
    fleet.environment["PYTHONPATH"] = new
    address = fleet.parts.postgresql.address_of("fairway")
    before = asyncio.run(_value(address, _REVISION))
    fleet.command("migrate")
    after = asyncio.run(_value(address, _REVISION))
    if before == after:
        raise RuntimeError(f"the old release had the revision {after} already: nothing was migrated")
    fleet.say(f"migrated from {before} to {after}")
    for number, name in enumerate(sorted(fleet.services, key=lambda each: each[-1])):
        fleet.replace(name, PYTHONPATH=new)
        fleet.say(f"{name} is of the new release ({number + 1} of {len(fleet.services)})")


def _listed(*scenarios: Scenario) -> dict[str, Scenario]:
    return {scenario.name: scenario for scenario in scenarios}


def _nothing(_: Fleet, __: Record) -> None:
    pass


SCENARIOS = _listed(
    Scenario("rolling-upgrade", _upgrade, prepare=_start_with_the_old_release, over_s=90),
    Scenario("database-restored", _back_up, afterwards=_restore, over_s=30),
    Scenario("s3-unavailable", _refuse_objects, over_s=80),
    Scenario("topic-deleted", _delete_topics, over_s=50),
    Scenario("clock-skew", _nothing, prepare=_set_clocks_apart, over_s=30),
    Scenario("full-disks", _fill_disks, prepare=_give_small_disks, over_s=90),
)
"""By name, in the order in which they run."""
