"""What a data folder holds when all is quiet, in a form in which two runs of the same job can be compared.

Left out are only identifiers, times, and how often something was tried: they differ between runs that did the same.
"""

import hashlib
import io
import json
import re
import sqlite3
from collections import Counter
from collections.abc import Iterator
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from records.screening.cdm_texts import text_object

__all__ = [
    "HASHED",
    "KEPT_TIMES",
    "LEFT_OUT_COLUMNS",
    "LEFT_OUT_TABLES",
    "canonical_export",
    "content_digest",
    "is_quiet",
    "mask",
    "unsettled",
]

LEFT_OUT_TABLES = {
    "alembic_version": "the schema",
    "deliveries": "how often each event was tried; that each is done is checked by itself",
    "outbox": "identifiers and times of events; a retried event is one row more nowhere else",
    "inbox": "identifiers of events",
    "idempotency_keys": "answers to requests, with their identifiers",
    "subscriptions_to_events": "the same for every process of one version",
    "screening_workers": "which processes compute at the moment",
}
LEFT_OUT_COLUMNS = re.compile(
    r"^(id|.*_id|id_.*|superseded_by|redirect_to|requested_by|uploader_id|created_by|withdrawn_by|restored_by"
    r"|recorded_by|actor_id|organization_id_.*|message_id"
    r"|at|.*_at|creation_date|attempts|row_version"
    r"|.*_key|secret_hash|prefix|csrf|cpu_s|wall_s|peak_memory_bytes|worker|.*emissions"
    r"|columns_sha256|content_sha256|result_sha256)$"
)
"""Identifiers (keys of objects and message ids hold them), times of doing, attempts, and hashes of what holds those.

That the hashes are right, and that identifiers name what they should, is said under `contradictions`.
"""
KEPT_TIMES = {"cdms": {"tca"}, "conjunction_events": {"tca"}, "ephemerides": {"start_time", "stop_time"}}
"""Times of what happens in orbit: they are results. All others are times of doing."""

_IDENTIFIER = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}")
_MESSAGE_ID = re.compile(r"(\d{9}_conj_\d{9}_\d+)_[0-9A-Za-z]+")
_WHEN_MADE = re.compile(r"^(CREATION_DATE|MESSAGE_ID|COMMENT REPLAY of archived data as of).*$", re.MULTILINE)


def unsettled(database: Path) -> dict[str, int]:
    """Count what is not finished: events not relayed, deliveries not done, runs under way, mails not sent."""
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=30) as connection:
        return {
            name: connection.execute(query).fetchone()[0]
            for name, query in {
                "documents without verdict": "SELECT count(*) FROM documents WHERE id NOT IN "
                "(SELECT document_id FROM verdicts)",
                "events not relayed": "SELECT count(*) FROM outbox WHERE published_at IS NULL",
                "deliveries not done": "SELECT count(*) FROM deliveries WHERE state != 'done'",
                "runs under way": "SELECT count(*) FROM screening_runs "
                "WHERE state NOT IN ('completed', 'failed', 'refused')",
                "mails not sent": "SELECT count(*) FROM notifications WHERE state != 'sent'",
            }.items()
        }


def is_quiet(database: Path) -> bool:
    """Whether nothing is left to do."""
    return not any(unsettled(database).values())


def canonical_export(data: Path) -> dict[str, list[str]]:
    """Return tables, objects and mails of a data folder, each as sorted text."""
    (database,) = data.glob("*.db")
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        export = _tables(connection)
        keys = _object_names(connection)
        export["contradictions"] = sorted(_contradictions(connection, data))
    export["objects"] = sorted(_object(data / "objects", key, name) for key, name in keys.items())
    export["objects without a row"] = sorted(
        _IDENTIFIER.sub("<id>", str(file.relative_to(data / "objects")))
        for file in (data / "objects").rglob("*")
        if file.is_file() and not _belongs(str(file.relative_to(data / "objects")), keys)
    )
    export["mails"] = sorted(_mail(file) for file in (data / "mail").glob("*.eml"))
    return export


def _tables(connection: sqlite3.Connection) -> dict[str, list[str]]:
    connection.row_factory = sqlite3.Row
    names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {
        f"table {name}": sorted(_row(name, row) for row in connection.execute(f"SELECT * FROM {name}"))
        for name in sorted(names)
        if name not in LEFT_OUT_TABLES and not name.startswith("sqlite_")
    }


def _row(table: str, row: sqlite3.Row) -> str:
    kept = {name: row[name] for name in row.keys() if not LEFT_OUT_COLUMNS.match(name)}  # noqa: SIM118 - a Row is no dict
    results = {name: kept.pop(name) for name in KEPT_TIMES.get(table, ())}
    return mask(json.dumps(kept, sort_keys=True, default=str)) + (
        json.dumps(results, sort_keys=True) if results else ""
    )


def mask(text: str) -> str:
    """Return a text without identifiers and times."""
    text = re.sub(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)?", "<time>", text)
    return _IDENTIFIER.sub("<id>", _MESSAGE_ID.sub(r"\1_<id>", text))


def _object_names(connection: sqlite3.Connection) -> dict[str, str]:
    """Return the key of each object that a row names, with a name for it that has no identifier."""
    named: dict[str, str] = {}
    for table, column, label in (
        ("documents", "object_key", "file_name"),
        ("ephemerides", "columns_key", "file_name"),
        ("catalogues", "columns_key", "label"),
        ("cdms", "object_key", "tca_tai_ns"),
        ("screening_tasks", "result_key", "ordinal"),
        ("screening_runs", "coverage_key", "kind"),
        ("screening_runs", "approaches_key", "kind"),
    ):
        for key, name in connection.execute(f"SELECT {column}, {label} FROM {table} WHERE {column} IS NOT NULL"):
            named[text_object(key)[0]] = f"{table} {name}"
    return named


_NEVER = {
    "messages of one run, pair, time and recipient": "SELECT run_id FROM cdms "
    "GROUP BY run_id, norad_cat_id_1, norad_cat_id_2, tca_tai_ns, recipient_id HAVING count(*) > 1",
    "runs of one kind, ephemeris and catalogue": "SELECT id FROM screening_runs "
    "GROUP BY kind, ephemeris_id, catalogue_id HAVING count(*) > 1",
    "events that count other messages than name them": "SELECT id FROM conjunction_events WHERE redirect_to IS NULL "
    "AND cdm_count != (SELECT count(*) FROM cdms WHERE event_id = conjunction_events.id)",
    "messages of no event": "SELECT id FROM cdms WHERE event_id NOT IN (SELECT id FROM conjunction_events)",
    "current operational ephemerides of one satellite": "SELECT norad_cat_id FROM ephemerides "
    "WHERE is_active AND designation = 'operational' GROUP BY organization_id, norad_cat_id HAVING count(*) > 1",
    "tasks that are counted wrongly": "SELECT id FROM screening_runs WHERE task_count != tasks_done "
    "OR task_count != (SELECT count(*) FROM screening_tasks WHERE run_id = screening_runs.id)",
    "events that nobody was to hear": "SELECT id FROM outbox "
    "WHERE topic IN (SELECT topic FROM subscriptions_to_events) AND id NOT IN (SELECT event_id FROM deliveries)",
}
"""What no state may hold, by queries that find it."""
HASHED = (
    ("documents", "object_key", "sha256"),
    ("ephemerides", "columns_key", "columns_sha256"),
    ("catalogues", "columns_key", "columns_sha256"),
    ("cdms", "object_key", "content_sha256"),
    ("screening_tasks", "result_key", "result_sha256"),
)
"""Tables that name an object with its hash: the columns of both."""


def _contradictions(connection: sqlite3.Connection, data: Path) -> Iterator[str]:
    for what, query in _NEVER.items():
        yield from (f"{what}: {row[0]}" for row in connection.execute(query))
    for table, key, digest in HASHED:
        for object_key, expected in connection.execute(f"SELECT {key}, {digest} FROM {table} WHERE {key} IS NOT NULL"):
            name, start, length = text_object(object_key)
            file = data / "objects" / name
            stored = file.read_bytes()[start : None if length is None else start + length] if file.is_file() else None
            if stored is None or hashlib.sha256(stored).hexdigest() != expected:
                yield f"{table}: {object_key} is not what was stored"
    planned = Counter(row[0].strip("<>") for row in connection.execute("SELECT message_id FROM notifications"))
    written = Counter(_read_mail(file)["Message-ID"].strip("<>") for file in (data / "mail").glob("*.eml"))
    for message_id in sorted(planned.keys() | written.keys()):
        if (planned[message_id], written[message_id]) != (1, 1):
            yield f"{planned[message_id]} notifications and {written[message_id]} mails of {message_id}"


def _belongs(key: str, keys: dict[str, str]) -> bool:
    return key in keys or key.removesuffix(".envelope.json") in keys


def _object(folder: Path, key: str, name: str) -> str:
    return f"{name}: {content_digest(key, (folder / key).read_bytes())}"


def content_digest(key: str, content: bytes) -> str:
    """Return the SHA-256 of what is the same in an object of two runs that did the same; its key says what it is."""
    if key.endswith(".kvn"):
        content = _WHEN_MADE.sub(r"\1 <made>", content.decode()).encode()
    if key.endswith(".npz"):  # its texts hold identifiers
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            columns = {column: arrays[column] for column in arrays.files}
        content = b"".join(
            mask(json.dumps(values.tolist())).encode() if values.dtype.kind in "US" else values.tobytes()
            for _, values in sorted(columns.items())
        )
    if key.endswith(".parquet"):  # its metadata hold the identifiers of its inputs
        rows = pq.read_table(pa.BufferReader(content)).replace_schema_metadata(None).to_pydict()
        content = mask(json.dumps(rows, sort_keys=True)).encode()
    return hashlib.sha256(content).hexdigest()


def _read_mail(file: Path) -> EmailMessage:
    return BytesParser(policy=policy.default).parsebytes(file.read_bytes())


def _mail(file: Path) -> str:
    mail = _read_mail(file)
    body: Any = mail.get_body(("plain",))
    return mask(f"{mail['To']} | {mail['Subject']} | {body.get_content()}")
