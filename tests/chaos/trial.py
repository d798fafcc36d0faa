"""A trial: the work is done while something goes wrong; then, when all is quiet, one looks at what has become of it."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from email import policy
from email.parser import BytesHeaderParser
from functools import partial
from pathlib import Path

import asyncpg
from aiokafka.errors import KafkaError
from chaos import invariants
from chaos.broker import Broker
from chaos.contents import contents_of
from chaos.fleet import Fleet
from chaos.mails import Arrived, Disturbance, Doubled, doubled_mails
from chaos.plan import Fault
from chaos.work import Answers, Work, do, send_partners, set_up

from servicekit.objects import ObjectStore
from servicekit.objects.s3 import open_s3_objects
from servicekit.settings import S3Settings

__all__ = ["Ended", "Record", "Scenario", "by_plan", "run", "undisturbed", "wait_until_quiet", "wrong"]

_QUIET_S = 2.0
_POLL_S = 0.25
_PATIENCE_S = 900.0
_SWEEP_S = 120.0
_TABLES = ("documents", "ephemerides", "cdms", "conjunction_events", "screening_runs", "notifications")


@dataclass
class Record:
    """When something was wrong, and what it explains."""

    disturbances: list[Disturbance] = field(default_factory=list)
    unclaimed_mails: list[tuple[float, float]] = field(default_factory=list)
    """When mails left of which a restored database does not know."""
    backed_up_at: float = 0.0
    document_count: int = 0
    """How many documents there are when everything is acknowledged."""
    failures: list[BaseException] = field(default_factory=list)
    """What ended the disturbance itself."""

    @contextmanager
    def disturbed(self, target: str, what: str) -> Iterator[None]:
        """Record that something is wrong with a part, a process or a link as long as the block runs."""
        begun = time.time()
        try:
            yield
        finally:
            self.disturbances.append(Disturbance(target, what, begun, time.time()))


@dataclass(frozen=True)
class Scenario:
    """What goes wrong in a trial."""

    name: str
    disturb: Callable[[Fleet, Record], None]
    """While the work is done."""
    prepare: Callable[[Fleet], None] = lambda _: None
    """Before anything is started."""
    afterwards: Callable[[Fleet, Record], None] = lambda _, __: None
    """When everything is acknowledged."""
    over_s: float | None = None
    """How long the work takes, where it is not for who runs it to say."""


@dataclass
class Ended:
    """What a trial came to."""

    export: dict[str, list[str]]
    faults: list[str]
    """What is lost, doubled or left behind."""
    answers: Answers
    quiet_s: float
    """From the end of the last fault until nothing was left to do."""
    doubled_mails: Sequence[Doubled]
    orphans_swept: int
    counts: dict[str, int] = field(default_factory=dict)


def wrong(expected: Ended, found: Ended) -> list[str]:
    """Return everything that is wrong with a trial: what it found itself, and what an undisturbed one has otherwise."""
    return [*found.faults, *invariants.differences(expected.export, found.export)]


def undisturbed() -> Scenario:
    """Nothing goes wrong."""
    return Scenario("undisturbed", lambda _, __: None)


def by_plan(faults: Sequence[Fault]) -> Scenario:
    """Every fault begins and ends at its time."""
    return Scenario("faults", partial(_follow, faults))


def run(
    folder: Path, work: Work, processes: Mapping[str, Sequence[str]], scenario: Scenario, say: Callable[[str], None]
) -> Ended:
    """Start everything, do the work while it is disturbed, wait for quiet, and look."""
    record = Record(document_count=1 + work.document_count)  # the catalogue is one
    fleet = Fleet(folder, processes, say)
    scenario.prepare(fleet)
    with fleet:
        say("everything runs")
        operator, partner = set_up(fleet.addresses[0], fleet.token, work)
        wait_until_quiet(fleet, of=1, for_s=0)
        send_partners(fleet.addresses[0], partner, work)
        wait_until_quiet(fleet, of=1 + len(work.partners))
        say("the catalogue stands, and the ephemerides that the work meets")
        disturber = threading.Thread(
            target=_disturb, args=(scenario, fleet, record), name=f"disturbance {scenario.name}", daemon=True
        )
        disturber.start()
        answers = asyncio.run(do(work, fleet.addresses, operator, fleet.token))
        say("everything is acknowledged")
        disturber.join()
        if record.failures:
            raise record.failures[0]
        scenario.afterwards(fleet, record)
        healed = time.monotonic()
        wait_until_quiet(fleet, of=record.document_count)
        quiet_s = time.monotonic() - healed - _QUIET_S
        say(f"quiet; CPU-s: {', '.join(f'{name} {used:.0f}' for name, used in fleet.cpu_s().items())}")
        return asyncio.run(_look(fleet, work, answers, record, quiet_s))


def _disturb(scenario: Scenario, fleet: Fleet, record: Record) -> None:
    try:
        scenario.disturb(fleet, record)
    except BaseException as error:  # noqa: BLE001 - it is raised by whoever waits for this thread
        record.failures.append(error)


def _follow(faults: Sequence[Fault], fleet: Fleet, record: Record) -> None:
    """Let every fault begin and end at its time."""
    begun = time.monotonic()
    moments = sorted(
        [(fault.at_s, True, fault) for fault in faults] + [(fault.until_s, False, fault) for fault in faults],
        key=lambda each: each[:2],
    )
    for at_s, begins, fault in moments:
        time.sleep(max(0.0, begun + at_s - time.monotonic()))
        if begins:
            fleet.say(str(fault))
            now = time.time()
            record.disturbances.append(Disturbance(fault.target, fault.kind, now, now + fault.lasts_s))
            fleet.begin(fault)
        else:
            fleet.end(fault)


def wait_until_quiet(fleet: Fleet, of: int, *, but: Sequence[str] = (), for_s: float = _QUIET_S) -> None:
    """Wait until so many documents are there and nothing is left to do (but what is excepted), for a while."""
    asyncio.run(_quiet(fleet, of, but, for_s))


async def _quiet(fleet: Fleet, of: int, but: Sequence[str], for_s: float) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    since: float | None = None
    told: dict[str, int] = {}
    while since is None or time.monotonic() - since < for_s:
        left = await _left(fleet, of)
        left = {what: count for what, count in left.items() if what not in but}
        since = None if left else since or time.monotonic()
        if left != told:
            fleet.say(f"left: {', '.join(f'{count} {what}' for what, count in left.items()) or 'nothing'}")
            told = left
        if time.monotonic() > deadline:
            fleet.say(f"not quiet after {_PATIENCE_S:.0f} s")
            return
        await asyncio.sleep(_POLL_S)


async def _left(fleet: Fleet, of: int) -> dict[str, int]:
    """Return what is left to do, and that nobody can tell where a part does not answer."""
    try:
        database = await asyncpg.connect(fleet.parts.postgresql.address_of("fairway"), timeout=10)
        try:
            left = await invariants.unsettled(database)
            documents = await database.fetchval("SELECT count(*) FROM documents")
        finally:
            await database.close()
        if documents < of:
            left["documents missing"] = of - documents
        if not left:
            async with Broker.at(fleet.broker_address, fleet.names) as broker:
                lag = await broker.lag()
            if lag:
                left["events not handled"] = lag
    except (OSError, asyncpg.PostgresError, KafkaError, TimeoutError) as error:
        return {f"part that does not answer ({type(error).__name__})": 1}
    return left


async def _look(fleet: Fleet, work: Work, answers: Answers, record: Record, quiet_s: float) -> Ended:
    database = await asyncpg.connect(fleet.parts.postgresql.address_of("fairway"))
    try:
        async with _objects(fleet) as objects:
            arrived = _arrived(fleet)
            left = await invariants.unsettled(database)
            lost = [f"{count} {what}" for what, count in left.items()]
            lost += await invariants.broken(database, work, answers, arrived, record.unclaimed_mails)
            doubled = doubled_mails(arrived, record.disturbances, record.unclaimed_mails)
            for mail in doubled:
                fleet.say(str(mail))
            before = await invariants.orphans(database, await _keys(objects))
            await asyncio.to_thread(fleet.sweep)
            deadline = time.monotonic() + _SWEEP_S
            after = await invariants.orphans(database, await _keys(objects))
            while after and time.monotonic() < deadline:
                await asyncio.sleep(_POLL_S)
                after = await invariants.orphans(database, await _keys(objects))
            fleet.say("swept")
            contents = await contents_of(database, objects)
            return Ended(
                export=await invariants.canonical(database, contents.digests),
                faults=[
                    *lost,
                    *(str(mail) for mail in doubled if mail.because is None),
                    *(f"an object that no row names, not swept: {key}" for key in after),
                    *contents.damaged,
                ],
                answers=answers,
                quiet_s=quiet_s,
                doubled_mails=doubled,
                orphans_swept=len(before) - len(after),
                counts={table: await database.fetchval(f"SELECT count(*) FROM {table}") for table in _TABLES},
            )
    finally:
        await database.close()


def _objects(fleet: Fleet) -> AbstractAsyncContextManager[ObjectStore]:
    settings = S3Settings.model_validate(
        {
            "bucket": fleet.environment["FAIRWAY_S3__BUCKET"],
            "endpoint_url": fleet.parts.s3.address,
            "access_key_id": fleet.parts.s3.access_key_id,
            "secret_access_key": fleet.parts.s3.secret_access_key,
        }
    )
    return open_s3_objects(settings)


async def _keys(objects: ObjectStore) -> list[str]:
    return [info.key async for info in objects.list("")]


def _arrived(fleet: Fleet) -> list[Arrived]:
    parser = BytesHeaderParser(policy=policy.default)
    found = []
    for file in fleet.parts.mail.mails.glob("*.eml"):
        with suppress(FileNotFoundError):
            message_id = str(parser.parsebytes(file.read_bytes())["Message-ID"]).strip("<>")
            found.append(Arrived(message_id, file.stat().st_mtime))
    return found
