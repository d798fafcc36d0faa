"""What Space-Track says of satellites becomes facts; an operator's own value is kept, a difference is on record."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select
from support.gateway import ADMIN, Station

from records.ingest_api.reads.satellites import facts
from records.ingest_api.tables import Satellite, SatelliteFact
from records.ingest_api.writes import record_facts
from records.spacetrack_gateway import reads
from servicekit.store import Actor
from servicekit.store.plumbing import AuditEntry
from spacetrack_gateway.consents import set_metadata_policy
from spacetrack_gateway.on_demand import ask_now
from spacetrack_simulator.faults import RowFaults

OPERATOR = Actor("user", "somebody of Aurora")


async def say(station: Station, number: int, **values: Any) -> None:
    """Have the operator say something of its satellite."""
    async with station.ctx.store.write(OPERATOR) as unit:
        await record_facts(unit, await unit.session.get_one(Satellite, number), values, "operator")


async def again(station: Station) -> None:
    """Have the satellites synchronized once more, an hour later."""
    station.clock.put_forward(timedelta(hours=1))
    await ask_now(station.ctx, ADMIN, station.account.id, "satellite")
    await station.run(timedelta(minutes=1))


async def in_force(station: Station, number: int) -> dict[str, tuple[Any, str]]:
    async with station.ctx.store.read() as session:
        known = (await facts(session, [number])).get(number, {})
    return {attribute: (fact.value, fact.source) for attribute, fact in known.items()}


async def audited(station: Station, action: str) -> list[dict[str, Any]]:
    async with station.ctx.store.read() as session:
        rows = await session.scalars(select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.id))
        return [row.detail for row in rows]


async def test_what_is_not_known_yet_is_filled_in_with_its_source_and_time(station: Station):
    await station.run(timedelta(minutes=1))

    known = await in_force(station, 90001)
    assert known["name"] == ("AURORA 1", "space-track")
    assert known["status"] == ("active", "space-track")
    assert known["maneuverable"] == ("yes", "space-track")
    assert known["hard_body_radius_m"] == (3.5, "space-track")
    async with station.ctx.store.read() as session:
        fact = (await facts(session, [90001]))[90001]["hard_body_radius_m"]
    assert station.clock.now() - fact.recorded_at < timedelta(minutes=5)


async def test_a_sync_that_brings_nothing_new_writes_nothing(station: Station):
    await station.run(timedelta(minutes=1))
    await again(station)
    async with station.ctx.store.read() as session:
        written = (await session.scalars(select(SatelliteFact).where(SatelliteFact.source == "space-track"))).all()
    assert len(station.requests("expandedspacedata/satellite")) == 2
    assert len(written) == 2 * 4


async def test_an_operators_value_stays_and_the_difference_is_on_record_once(station: Station):
    await say(station, 90001, hard_body_radius_m=1.25, name="Aurora  1")
    await station.run(timedelta(minutes=1))
    await again(station)

    assert (await in_force(station, 90001))["hard_body_radius_m"] == (1.25, "operator")
    async with station.ctx.store.read() as session:
        (difference,) = await reads.differences(session, station.aurora.id)
    assert (difference.norad_cat_id, difference.attribute) == (90001, "hard_body_radius_m")
    assert (difference.operator_value, difference.space_track_value) == (1.25, 3.5)
    assert await audited(station, "satellite.metadata-differs") == [
        {"attribute": "hard_body_radius_m", "operator": 1.25, "space_track": 3.5}
    ]


async def test_a_difference_is_settled_when_both_say_the_same(station: Station):
    await say(station, 90001, hard_body_radius_m=1.25)
    await station.run(timedelta(minutes=1))
    station.site.simulator.add_satellite(90001, "AURORA 1", gid=station.site.gid, hard_body_radius_m=1.25)
    await again(station)

    async with station.ctx.store.read() as session:
        assert await reads.differences(session, station.aurora.id) == []
    assert [each["settled_as"] for each in await audited(station, "satellite.metadata-difference-settled")] == [
        "agreed"
    ]


async def test_under_the_policy_space_track_wins_its_value_counts_and_the_operators_is_on_record(station: Station):
    await say(station, 90001, hard_body_radius_m=1.25)
    await set_metadata_policy(station.ctx, ADMIN, station.aurora.id, "space-track-wins")
    await station.run(timedelta(minutes=1))

    assert (await in_force(station, 90001))["hard_body_radius_m"] == (3.5, "space-track")
    (overruled,) = await audited(station, "satellite.operator-overruled")
    assert overruled["by_policy"]["hard_body_radius_m"] == {"operator": 1.25, "space_track": 3.5}


async def test_a_radius_of_zero_and_an_unknown_flag_say_nothing(station: Station):
    station.site.simulator.add_satellite(
        90002, "AURORA 2", gid=station.site.gid, hard_body_radius_m=0.0, maneuverable="N/A"
    )
    await station.run(timedelta(minutes=1))
    known = await in_force(station, 90002)
    assert "hard_body_radius_m" not in known
    assert "maneuverable" not in known


async def test_renamed_columns_are_found_by_their_other_names_and_noticed(station: Station):
    station.site.simulator.faults.rows = RowFaults(
        classes={"satellite"},
        renamed_columns={"OPERATOR_HARD_BODY_RADIUS": "HBR", "OBJECT_STATUS": "SOMETHING_NEW"},
    )
    await station.run(timedelta(minutes=1))

    known = await in_force(station, 90001)
    assert known["hard_body_radius_m"] == (3.5, "space-track")
    assert "status" not in known
    changed = [each for each in await audited(station, "space-track.columns-changed") if each["class"] == "satellite"]
    assert changed[0]["missing"] == ["status"]


async def test_without_a_column_for_the_number_nothing_is_taken_over(station: Station):
    await station.run(timedelta(minutes=1))
    station.site.simulator.faults.rows = RowFaults(classes={"satellite"}, renamed_columns={"NORAD_CAT_ID": "WHO_KNOWS"})
    station.site.simulator.add_satellite(90001, "OTHER", gid=station.site.gid)
    await again(station)

    task = await station.task("satellite")
    assert task.failures >= 1
    assert "catalogue number" in (task.last_error or "")
    assert (await in_force(station, 90001))["name"] == ("AURORA 1", "space-track")


async def test_an_empty_list_takes_nothing_back(station: Station):
    await station.run(timedelta(minutes=1))
    station.site.simulator.store.execute("DELETE FROM expandedspacedata_satellite")
    await again(station)

    assert (await in_force(station, 90001))["name"] == ("AURORA 1", "space-track")
    assert (await station.task("satellite")).cursor["listed"] == {}


async def test_satellites_that_are_not_ours_are_left_alone(station: Station):
    station.site.simulator.add_satellite(90099, "STRANGER", gid=station.site.gid)
    await station.run(timedelta(minutes=1))
    async with station.ctx.store.read() as session:
        assert await session.get(Satellite, 90099) is None
    assert (await station.task("satellite")).cursor["listed"]["90099"] == station.aurora.id


async def test_the_directory_says_who_is_who(station: Station):
    station.site.simulator.add_organization("STRANGER", objects=(70001,))
    await station.run(timedelta(minutes=1))
    async with station.ctx.store.read() as session:
        (entry,) = await reads.directory_entries(session, station.aurora.id)
    assert (entry.gid, entry.name, entry.objects) == (str(station.site.gid), "AURORA IMAGING", [90001, 90002])
    assert {contact["label"] for contact in entry.contacts} == {"Operations", "E-mail"}


async def test_it_is_due_daily_after_17(station: Station):
    await station.run(timedelta(minutes=1))
    due_at = (await station.task("satellite")).due_at
    assert due_at.date() == station.clock.now().date()
    assert 17 <= due_at.hour < 20
