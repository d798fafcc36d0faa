"""What has to be true when all is quiet again; each finding names the thing that was lost, doubled or left behind."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

import asyncpg
from chaos.work import Answers, Work

from records.screening.cdm_texts import text_object

__all__ = ["Arrived", "broken", "canonical", "differences", "doubled_mails", "gone", "orphans", "unsettled"]

_UNSETTLED = {
    "documents without a verdict": "SELECT id FROM documents WHERE id NOT IN (SELECT document_id FROM verdicts)",
    "events in the outbox": "SELECT id FROM outbox WHERE published_at IS NULL",
    "deliveries to be tried again": "SELECT event_id FROM deliveries WHERE state NOT IN ('done', 'dead')",
    "runs under way": "SELECT id FROM screening_runs WHERE state NOT IN ('completed', 'failed', 'refused')",
    "mails not sent": "SELECT id FROM notifications WHERE state NOT IN ('sent', 'failed')",
    "CDMs without an event": "SELECT id FROM cdms WHERE event_id IS NULL",
    "ephemerides without a run": "SELECT id FROM ephemerides WHERE is_active AND id NOT IN "
    "(SELECT ephemeris_id FROM screening_runs WHERE ephemeris_id IS NOT NULL)",
}
_NEVER = {
    "a dead letter": "SELECT consumer || ' of ' || event_id || ': ' || coalesce(error, '') FROM deliveries "
    "WHERE state = 'dead'",
    "a mail that was given up": "SELECT message_id FROM notifications WHERE state = 'failed'",
    "a run that did not complete": "SELECT id || ': ' || coalesce(reason, '') FROM screening_runs "
    "WHERE state != 'completed'",
    "an accepted ephemeris without its screening": "SELECT id FROM ephemerides WHERE is_active AND id NOT IN "
    "(SELECT ephemeris_id FROM screening_runs WHERE ephemeris_id IS NOT NULL AND state = 'completed')",
    "two runs of one ephemeris and catalogue": "SELECT min(id) FROM screening_runs WHERE ephemeris_id IS NOT NULL "
    "GROUP BY kind, ephemeris_id, catalogue_id HAVING count(*) > 1",
    "a CDM that is there twice": "SELECT min(id) FROM cdms GROUP BY source, originator, message_id, recipient_id "
    "HAVING count(*) > 1",
    "a file that became two documents": "SELECT min(id) FROM documents GROUP BY organization_id, sha256, file_name "
    "HAVING count(*) > 1",
    "tasks that are counted wrongly": "SELECT id FROM screening_runs WHERE task_count != tasks_done "
    "OR task_count != (SELECT count(*) FROM screening_tasks WHERE run_id = screening_runs.id)",
    "coverage that is not complete": "SELECT id FROM screening_runs WHERE state = 'completed' "
    "AND screened_count + not_screened_count != object_count",
    "an event that counts other messages than name it": "SELECT id FROM conjunction_events WHERE redirect_to IS NULL "
    "AND cdm_count != (SELECT count(*) FROM cdms WHERE event_id = conjunction_events.id)",
}
_KEYS = {
    "documents": "object_key",
    "ephemerides": "columns_key",
    "catalogues": "columns_key",
    "cdms": "object_key",
    "screening_tasks": "result_key",
    "screening_runs": "coverage_key",
    "screening_runs of approaches": "approaches_key",
}
_CANONICAL = {
    "documents": "SELECT file_name, sha256, purpose, verdict, kind, norad_cat_id, error_count, warning_count, "
    "findings::text FROM documents JOIN verdicts ON document_id = documents.id",
    "ephemerides": "SELECT norad_cat_id, designation, is_active, start_time, stop_time, state_count, file_name "
    "FROM ephemerides",
    "runs": "SELECT r.kind, r.state, r.volume, e.norad_cat_id, r.object_count, r.screened_count, r.not_screened_count, "
    "r.approach_count, r.cdm_count FROM screening_runs r LEFT JOIN ephemerides e ON e.id = r.ephemeris_id",
    "CDMs": "SELECT source, originator, c.norad_cat_id_1, c.norad_cat_id_2, c.tca, c.miss_distance_m, "
    "c.collision_probability, c.level FROM cdms c",
    "events": "SELECT norad_cat_id_low, norad_cat_id_high, tca, level, state, cdm_count FROM conjunction_events",
    "notifications": "SELECT kind, recipient, mail_subject FROM notifications",
}
_IDENTIFIER = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}")
_MESSAGE_ID = re.compile(r"(\d{9}_conj_\d{9}_\d+)_[0-9A-Za-z]+")
_AFTERMATH = timedelta(seconds=60)


class Arrived(NamedTuple):
    """A mail at the mail server."""

    message_id: str
    at_s: float
    """Since the epoch."""


async def unsettled(database: asyncpg.Connection) -> dict[str, int]:
    """Count what is not finished."""
    counted = {what: await database.fetchval(f"SELECT count(*) FROM ({query}) q") for what, query in _UNSETTLED.items()}
    return {what: count for what, count in counted.items() if count}


async def broken(
    database: asyncpg.Connection,
    work: Work,
    answers: Answers,
    arrived: Sequence[Arrived],
    unclaimed: Sequence[tuple[float, float]] = (),
) -> list[str]:
    """Return what is lost or doubled, one line each.

    `unclaimed` is when mails left of which the database need not know: it was restored as it had been before.
    """
    found = [f"{what}: {row[0]}" for what, query in _NEVER.items() for row in await database.fetch(query)]
    verdicts = dict(await database.fetch("SELECT document_id, verdict FROM verdicts"))
    for key, document in answers.documents.items():
        expected = "invalid" if key.startswith("bad") else "valid"
        if verdicts.get(document) != expected:
            found.append(f"the acknowledged upload {key} ({document}) is {verdicts.get(document)}, not {expected}")
    by_content: dict[tuple[str, bytes], set[str]] = {}
    for file in work.files:
        if file.key in answers.documents:
            by_content.setdefault((file.name, file.content), set()).add(answers.documents[file.key])
        else:
            found.append(f"{file.key} was never acknowledged")
    found += [
        f"{name} was acknowledged as {len(ids)} documents" for (name, _), ids in by_content.items() if len(ids) > 1
    ]
    of_documents = {
        row[0] for row in await database.fetch("SELECT document_id FROM cdms WHERE document_id IS NOT NULL")
    }
    for key, document in answers.documents.items():
        if key.startswith("cdm") and document not in of_documents:
            found.append(f"the CDM of {key} ({document}) is not there")
    complete = {row[0] for row in await database.fetch("SELECT id FROM screening_runs WHERE state = 'completed'")}
    found += [
        f"the screening {run} was asked for and is not complete" for run in answers.screenings if run not in complete
    ]
    planned = {row[0] for row in await database.fetch("SELECT message_id FROM notifications")}
    came = {mail.message_id for mail in arrived}
    known = planned | {mail.message_id for mail in arrived if any(a <= mail.at_s <= b for a, b in unclaimed)}
    found += [f"the mail {message_id} was not accepted by the mail server" for message_id in sorted(planned - came)]
    found += [f"the mail {message_id} belongs to no notification" for message_id in sorted(came - known)]
    return found


def doubled_mails(
    arrived: Sequence[Arrived],
    windows: Sequence[tuple[float, float]],
    unclaimed: Sequence[tuple[float, float]] = (),
) -> tuple[int, list[str]]:
    """Return how many mails came twice, and those among them that nothing explains.

    A recorded fault does, and for a minute after it; so does that the first left while `unclaimed`, when the backup
    that the database was restored from had been taken already: it knows the mail as not sent.
    """
    times: dict[str, list[float]] = {}
    for mail in arrived:
        times.setdefault(mail.message_id, []).append(mail.at_s)
    doubled = {message_id: at for message_id, at in times.items() if len(at) > 1}
    aftermath_s = _AFTERMATH.total_seconds()
    unexplained = [
        message_id
        for message_id, at in sorted(doubled.items())
        if not any(begin <= max(at) <= end + aftermath_s for begin, end in windows)
        and not any(begin <= min(at) <= end for begin, end in unclaimed)
    ]
    return len(doubled), [
        f"the mail {message_id} came twice outside every recorded fault" for message_id in unexplained
    ]


async def _named(database: asyncpg.Connection) -> set[str]:
    named: set[str] = set()
    for table, column in _KEYS.items():
        query = f"SELECT {column} FROM {table.split()[0]} WHERE {column} IS NOT NULL"
        named |= {text_object(row[0])[0] for row in await database.fetch(query)}
    return named


async def gone(database: asyncpg.Connection, keys: Sequence[str]) -> list[str]:
    """Return the keys that rows name and that no object has."""
    return sorted(await _named(database) - set(keys))


async def orphans(database: asyncpg.Connection, keys: Sequence[str]) -> list[str]:
    """Return the objects that no row names."""
    named = await _named(database)
    return [key for key in keys if key not in named and key.removesuffix(".envelope.json") not in named]


async def canonical(database: asyncpg.Connection) -> dict[str, list[str]]:
    """Return what is there in a form that is the same for two runs of the same work."""
    return {
        what: sorted(_text(row.values()) for row in await database.fetch(query)) for what, query in _CANONICAL.items()
    }


def differences(expected: Mapping[str, list[str]], found: Mapping[str, list[str]]) -> Iterator[str]:
    """Name every row that one run has and the other has not."""
    for what, rows in expected.items():
        wanted, there = Counter(rows), Counter(found[what])
        yield from (f"{what}: missing {row[:400]}" for row in (wanted - there).elements())
        yield from (f"{what}: too many {row[:400]}" for row in (there - wanted).elements())


def _text(values: Any) -> str:
    text = " | ".join(str(value) for value in values)
    return _IDENTIFIER.sub("<id>", _MESSAGE_ID.sub(r"\1_<id>", text))
