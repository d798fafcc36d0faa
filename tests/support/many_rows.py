"""A database as large as after years: made inside PostgreSQL, from one row of each table.

Every organization owns some satellites; each event is between one of them and any other object, and has ten messages.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg  # type: ignore[import-untyped]
from sqlalchemy.engine import make_url
from support import rows
from support.embedded import NOON

from servicekit.clock import SystemClock
from servicekit.store import Base, Store

__all__ = ["Population", "populate"]

CDMS_PER_EVENT = 10
FIRST_SATELLITE = 10_000
SATELLITES_PER_ORGANIZATION = 25
FIRST_OTHER = 20_000
OTHERS = 29_000


@dataclass(frozen=True)
class Population:
    """What there is: rows by table, whose, and at which time: events from 53 days before it to 7 days after."""

    organization_ids: Sequence[str]
    events: int
    documents: int
    now: datetime = NOON

    @property
    def satellites(self) -> int:
        """How many satellites the organizations own."""
        return SATELLITES_PER_ORGANIZATION * len(self.organization_ids)

    def satellites_of(self, organization: int) -> list[int]:
        """Return the numbers of the satellites of an organization, by its place."""
        return [FIRST_SATELLITE + organization + k * len(self.organization_ids) for k in range(25)]

    def event_id(self, number: int) -> str:
        """Return the identifier of an event, counted from 1."""
        return f"{number:08x}-0000-7000-8000-0000000e7e47"


async def populate(url: str, population: Population) -> None:
    """Fill the tables of the migrated database at `url` (SQLAlchemy's form) and gather the planner's statistics.

    The organizations are there already; the first one is that of the template rows.
    """
    store = Store(url, SystemClock())
    async with store.read() as session:
        from records.identity.tables import Organization

        owner = await session.get_one(Organization, population.organization_ids[0])
    document = rows.document(owner)
    event = rows.conjunction_event(1, 2, organization_id_low=owner.id, state="passed")
    templates: tuple[Base, ...] = (document, rows.verdict(document), event, rows.cdm(owner, event, 1, 2))
    await rows.add(store, *templates)
    await store.close()
    connection = await asyncpg.connect(make_url(url).set(drivername="postgresql").render_as_string(hide_password=False))
    try:
        organizations = ", ".join(f"'{each}'" for each in population.organization_ids)
        count, satellites = len(population.organization_ids), population.satellites
        now = f"timestamptz '{population.now.isoformat()}'"
        satellite = f"{FIRST_SATELLITE} + e * 7919 % {satellites}"
        of_event = {
            "norad_cat_id_low": satellite,
            "norad_cat_id_high": f"{FIRST_OTHER} + e * 104729::bigint % {OTHERS}",
            "organization_id_low": f"(ARRAY[{organizations}])[e * 7919 % {satellites} % {count} + 1]",
            "tca": f"{now} + (e * 7907::bigint % {60 * 86400} - {53 * 86400}) * interval '1 second'",
        }
        level = "CASE e % 1000 WHEN 0 THEN 'emergency' WHEN 1 THEN 'reportable' ELSE 'none' END"
        probability = "CASE WHEN e % 3 = 0 THEN NULL ELSE 10 ^ -(3 + e % 20) END"
        await _multiply(
            connection,
            event,
            {
                **of_event,
                "id": _identifier("e", "0000000e7e47"),
                "latest_cdm_id": _identifier("e * 10", "0000000000cd"),
                "state": f"CASE WHEN {of_event['tca']} < {now} THEN 'passed' ELSE 'active' END",
                "level": level,
                "collision_probability": probability,
                "cdm_count": str(CDMS_PER_EVENT),
            },
            f"generate_series(1, {population.events}) AS e",
        )
        await _multiply(
            connection,
            templates[-1],
            {
                "id": _identifier("i", "0000000000cd"),
                "message_id": "'message ' || i",
                "event_id": _identifier("e", "0000000e7e47"),
                "tca": of_event["tca"],
                "creation_date": f"{of_event['tca']} - (i % 10 + 1) * interval '8 hours'",
                "norad_cat_id_1": satellite,
                "norad_cat_id_2": of_event["norad_cat_id_high"],
                "norad_cat_id_low": satellite,
                "norad_cat_id_high": of_event["norad_cat_id_high"],
                "organization_id_1": of_event["organization_id_low"],
                "recipient_id": of_event["organization_id_low"],
                "level": level,
                "source": "CASE i % 4 WHEN 0 THEN 'space-track' ELSE 'fairway' END",
                "collision_probability": probability,
            },
            f"generate_series(1, {CDMS_PER_EVENT * population.events}) AS i, LATERAL (SELECT (i + 9) / 10 AS e) AS of",
        )
        received = f"{now} - i * interval '30 seconds'"
        await _multiply(
            connection,
            document,
            {
                "id": _identifier("i", "00000000d0c5"),
                "organization_id": f"(ARRAY[{organizations}])[i % {count} + 1]",
                "sha256": "lpad(to_hex(i), 64, '0')",
                "received_event_id": _identifier("i", "0000000007e7"),
                "received_at": received,
            },
            f"generate_series(1, {population.documents}) AS i",
        )
        await _multiply(
            connection,
            templates[1],
            {
                "document_id": _identifier("i", "00000000d0c5"),
                "norad_cat_id": f"{FIRST_SATELLITE} + i % {satellites}",
                "verdict": "CASE i % 20 WHEN 0 THEN 'invalid' ELSE 'valid' END",
                "kind": "CASE i % 50 WHEN 0 THEN 'CDM' ELSE 'OEM' END",
                "decided_at": received,
            },
            f"generate_series(1, {population.documents}) AS i",
            key="document_id",
        )
        await connection.execute("ANALYZE")
    finally:
        await connection.close()


def _identifier(number: str, ending: str) -> str:
    return f"lpad(to_hex({number}), 8, '0') || '-0000-7000-8000-{ending}'"


async def _multiply(
    connection: asyncpg.Connection, template: Base, changes: Mapping[str, str], source: str, *, key: str = "id"
) -> None:
    """Insert a row for each of `source`: the template's, but for the `changes` (SQL), and take the template away."""
    table = template.__tablename__
    columns = [column.name for column in template.__table__.columns]
    values = ", ".join(changes.get(name, f"template.{name}") for name in columns)
    await connection.execute(
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} "
        f"FROM {table} AS template, {source} WHERE template.{key} = '{getattr(template, key)}'"
    )
