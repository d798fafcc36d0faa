"""What has to be true when all is quiet again; each finding names the thing that was lost, doubled or left behind."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import asyncpg
from chaos.mails import Arrived
from chaos.work import Answers, Work
from support.final_state import mask

from records.screening.cdm_texts import text_object

__all__ = ["broken", "canonical", "differences", "orphans", "unsettled"]

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
    "ephemerides": "SELECT norad_cat_id, designation, is_active, start_time, stop_time, state_count, file_name, "
    "columns_key FROM ephemerides",
    "catalogues": "SELECT label, object_count, columns_key FROM catalogues",
    "runs": "SELECT r.kind, r.state, r.volume, e.norad_cat_id, r.start_time, r.stop_time, r.object_count, "
    "r.screened_count, r.not_screened_count, r.exception_counts::text, r.approach_count, r.cdm_count, "
    "r.coverage_key, r.approaches_key FROM screening_runs r LEFT JOIN ephemerides e ON e.id = r.ephemeris_id",
    "CDMs": "SELECT source, originator, c.norad_cat_id_1, c.norad_cat_id_2, c.tca, c.miss_distance_m, "
    "c.collision_probability, c.level, c.object_key FROM cdms c",
    "events": "SELECT norad_cat_id_low, norad_cat_id_high, tca, level, state, miss_distance_m, collision_probability, "
    "worst_probability, smallest_miss_distance_m, cdm_count FROM conjunction_events WHERE redirect_to IS NULL",
    "what events have been": "SELECT norad_cat_id_low, norad_cat_id_high, history::text FROM conjunction_events "
    "WHERE redirect_to IS NULL",
    "notifications": "SELECT kind, recipient, mail_subject, reason FROM notifications",
}
"""Instead of keys of objects the hash of what they hold is compared; in a history identifiers and times are left out,
for our own messages are made when their runs are."""


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


async def _named(database: asyncpg.Connection) -> set[str]:
    named: set[str] = set()
    for table, column in _KEYS.items():
        query = f"SELECT {column} FROM {table.split()[0]} WHERE {column} IS NOT NULL"
        named |= {text_object(row[0])[0] for row in await database.fetch(query)}
    return named


async def orphans(database: asyncpg.Connection, keys: Sequence[str]) -> list[str]:
    """Return the objects that no row names."""
    named = await _named(database)
    return [key for key in keys if key not in named and key.removesuffix(".envelope.json") not in named]


async def canonical(database: asyncpg.Connection, digests: Mapping[str, str]) -> dict[str, list[str]]:
    """Return what is there in a form that is the same for two runs of the same work.

    `digests` are those of the objects' contents, by key.
    """
    return {
        what: sorted(_text(row.values(), digests) for row in await database.fetch(query))
        for what, query in _CANONICAL.items()
    }


def differences(expected: Mapping[str, list[str]], found: Mapping[str, list[str]]) -> Iterator[str]:
    """Name every row that one run has and the other has not."""
    for what, rows in expected.items():
        wanted, there = Counter(rows), Counter(found[what])
        yield from (f"{what}: missing {row[:400]}" for row in (wanted - there).elements())
        yield from (f"{what}: too many {row[:400]}" for row in (there - wanted).elements())


def _text(values: Iterable[Any], digests: Mapping[str, str]) -> str:
    return " | ".join(_said(value, digests) for value in values)


def _said(value: Any, digests: Mapping[str, str]) -> str:
    if not isinstance(value, str):
        return str(value)
    return digests[value] if value in digests else mask(value)
