"""What a process says of itself when it is asked: the figures of every service, and of the parts that it stands on."""

import asyncio
import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update
from support.service import running

from fairway.composition import SERVICES, modules
from records.ingest_api.tables import UndecidedDocument
from servicekit.bus import Bus
from servicekit.bus.port import BusFigures
from servicekit.context import Context
from servicekit.observability.declarations import declared
from servicekit.runtime import ServiceModule
from servicekit.runtime.measuring import Measuring

_SAMPLE = re.compile(r"^(?P<name>\w+)(?:\{(?P<labels>[^}]*)\})? (?P<value>\S+)$", re.MULTILINE)


def samples(text: str) -> dict[str, float]:
    """Return the value of each series by its name with labels."""
    return {
        f"{match['name']}{{{match['labels']}}}" if match["labels"] else match["name"]: float(match["value"])
        for match in _SAMPLE.finditer(text)
    }


async def test_every_service_and_part_is_measured(tmp_path: Path) -> None:
    async with running(modules(list(SERVICES)), tmp_path / "data") as service:
        async with asyncio.timeout(180):
            while service.app.state.progress.consumers != "ok":  # noqa: ASYNC110 - the bus tells nobody
                await asyncio.sleep(0.01)
        answer = await service.client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    found = samples(answer.text)
    assert found["fairway_outbox_waiting"] >= 0
    assert found["fairway_documents_undecided"] == 0
    assert found['fairway_mails_waiting{state="queued"}'] == 0
    assert found['fairway_screening_tasks_waiting{urgency="urgent"}'] == 0
    assert found['fairway_dead_letters{consumer="validator.decide"}'] == 0
    assert found['fairway_space_track_budget{window="hour"}'] == 250
    assert found['fairway_submissions{state="queued"}'] == 0
    assert found["fairway_disk_free_bytes"] < found["fairway_disk_size_bytes"]
    assert found["fairway_memory_bytes"] > 20e6
    assert found["fairway_database_size_bytes"] > 0
    assert found['fairway_database_pool_limit{pool="reading"}'] > 0
    failures = {name: count for name, count in found.items() if name.startswith("fairway_measurement_failures_total")}
    assert len(failures) > 5
    assert not any(failures.values())


async def test_a_document_that_nobody_decides_on_is_seen_to_wait(tmp_path: Path) -> None:
    only = modules(["ingest-api"])
    measured = modules(["validator"])[0].measure
    assert measured is not None
    async with running(only, tmp_path / "data") as service:
        operator = await service.operator()
        answer = await operator.client.post(
            "/v1/documents", content=b"CCSDS_OEM_VERS = 2.0", headers={"X-File-Name": "one.oem"}
        )
        assert answer.status_code == 202
        async with service.context.store.engine.begin() as connection:
            await connection.execute(
                update(UndecidedDocument).values(received_at=service.context.clock.now() - timedelta(minutes=7))
            )
        await measured(service.context)
        found = samples(service.context.metrics.exposition().decode())
    assert found["fairway_documents_undecided"] == 1
    assert 420 <= found["fairway_document_undecided_oldest_age_seconds"] < 480
    assert found['fairway_documents_received_total{outcome="new",purpose="operator"}'] == 1


class _Lagging:
    """A bus with a broker behind."""

    async def figures(self) -> BusFigures:
        return BusFigures({"validator.decide": 12}, {"validator.decide": 3.5})


async def test_what_waits_in_a_broker_is_shown(tmp_path: Path) -> None:
    only = modules(["validator"])
    async with running([], tmp_path / "data") as service:
        bus: Bus = _Lagging()  # type: ignore[assignment]
        await Measuring(only, "1").measure(service.context, bus)
        found = samples(service.context.metrics.exposition().decode())
    assert found['fairway_dead_letters{consumer="validator.decide"}'] == 0, "though nobody has subscribed at the table"
    assert found['fairway_consumer_lag{consumer="validator.decide"}'] == 12
    assert found['fairway_consumer_oldest_age_seconds{consumer="validator.decide"}'] == 3.5


async def test_a_part_that_cannot_be_measured_hides_no_other(tmp_path: Path) -> None:
    async def broken(_ctx: Context) -> None:
        raise ConnectionError

    async with running([ServiceModule(name="things", measure=broken)], tmp_path / "data") as service:
        answer = await service.client.get("/metrics")
        found = samples(answer.text)
    assert answer.status_code == 200
    assert found['fairway_measurement_failures_total{part="things"}'] == 1
    assert found["fairway_outbox_waiting"] == 0


@pytest.mark.parametrize("header", ["Forwarded", "X-Forwarded-For", "X-Forwarded-Proto"])
async def test_metrics_are_not_for_who_comes_through_a_proxy(tmp_path: Path, header: str) -> None:
    async with running([], tmp_path / "data") as service:
        answer = await service.client.get("/metrics", headers={header: "203.0.113.7"})
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


@pytest.mark.parametrize(
    "label", ["id", "document_id", "event_id", "path", "norad_cat_id", "organization_id", "address"]
)
def test_no_label_has_as_many_values_as_there_are_things(label: str) -> None:
    modules(list(SERVICES))
    assert [metric.name for metric in declared() if label in metric.labels] == []


def test_names_end_in_their_unit() -> None:
    modules(list(SERVICES))
    units = ("_seconds", "_bytes", "_total", "_info")
    timed = [metric.name for metric in declared() if "Time " in metric.meaning or "Since when" in metric.meaning]
    assert [name for name in timed if not name.endswith(units)] == []
