"""What narrows a run of the service: pairs that are known to stay together, and volumes for kinds of secondaries."""

import dataclasses
from hashlib import sha256

import pytest
from sqlalchemy import select
from support.crossing_orbits import CROSSING, OURS, THEIRS, UNOWNED, crossing_catalogue
from support.embedded import NOON, deliver, emit
from support.rows import add, catalogue, document, organization, satellite
from support.service import running

from assessment.approach_columns import approaches
from assessment.catalogues import catalogue_to_columns
from ingest_api.module import MODULE as API
from records.identity.permissions import Role
from records.ingest_api.tables import SatelliteFact
from records.ingest_api.writes import add_known_pair
from records.screening import reads
from records.screening.events import ScreeningRequestedV1
from screening.module import MODULE
from screening.runs.inputs import RunInputs
from screening.worker.module import MODULE as WORKER
from servicekit.ids import new_id
from servicekit.store import Actor
from servicekit.store.plumbing import AuditEntry

CONSUMERS = [*MODULE.consumers, *WORKER.consumers]
ANALYST = Actor("token", "analyst")


@pytest.fixture
async def loaded(embedded):
    """The crossing catalogue, in which one object's name says that it is debris; ours has an operator."""
    north = organization("Northern Orbits")
    elements = crossing_catalogue()
    names = tuple("SOME DEB" if number == UNOWNED else "SAT" for number in elements.elements.norad_cat_id.tolist())
    content = catalogue_to_columns(dataclasses.replace(elements, object_names=names))
    paper = document(north, "catalogue.tle", purpose="catalogue")
    row = catalogue(paper, columns_sha256=sha256(content).hexdigest(), object_count=len(elements), accepted_at=NOON)
    await embedded.objects.put(row.columns_key, content)
    await add(embedded.store, north, satellite(OURS, north), paper, row)
    return embedded


async def run_of(context, **request):
    """Ask for an hour about the crossing, and return the run and the pairs that it found."""
    run_id = new_id()
    asked = {"start": CROSSING.isoformat(), "hours": 1, "volume": "sphere:5"} | request
    asked["start"] = (CROSSING.replace(minute=0)).isoformat()
    await emit(context, ScreeningRequestedV1(run_id=run_id, requested_by="t", organization_id=None, request=asked))
    await deliver(context, CONSUMERS)
    async with context.store.read() as session:
        run = await reads.run(session, run_id)
    assert run.state == "completed", run.reason
    content = await context.objects.get(run.approaches_key)
    return run, {(each.norad_cat_id_1, each.norad_cat_id_2) for each in approaches(content)}


async def test_a_known_pair_is_left_out_of_the_runs_that_are_planned_from_then_on(loaded):
    first, before = await run_of(loaded, all=True)
    assert (OURS, THEIRS) in before
    assert first.known_pair_approach_count == 0
    async with loaded.store.write(ANALYST) as unit:
        await add_known_pair(unit, OURS, THEIRS, "docked")
    run, after = await run_of(loaded, all=True)
    assert before - after == {(OURS, THEIRS)}
    assert RunInputs.of(run).known_pairs == ((OURS, THEIRS),)
    left_out = first.approach_count - run.approach_count
    assert run.known_pair_approach_count == left_out >= 1


async def test_kinds_of_secondaries_have_volumes_of_their_own(loaded):
    """Listed objects, debris by its name, and active satellites by what is known of them."""
    _, found = await run_of(loaded, norad_cat_id=OURS)
    assert found == {(OURS, UNOWNED), (OURS, THEIRS)}
    manned = {"kind": "manned", "volume": "sphere:0.001", "norad_cat_ids": [THEIRS]}
    _, found = await run_of(loaded, norad_cat_id=OURS, kinds=[manned])
    assert found == {(OURS, UNOWNED)}
    debris = {"kind": "debris", "volume": "sphere:5"}
    _, found = await run_of(loaded, norad_cat_id=OURS, volume="sphere:0.001", kinds=[debris])
    assert found == {(OURS, UNOWNED)}
    run, found = await run_of(loaded, norad_cat_id=THEIRS, volume="sphere:0.001", kinds=[{**debris, "kind": "active"}])
    assert found == {(OURS, THEIRS)}
    assert [(each.kind, each.norad_cat_ids) for each in RunInputs.of(run).kinds] == [("active", (OURS,))]


async def test_a_satellite_that_is_said_to_be_dead_is_not_active(loaded):
    fact = SatelliteFact(
        id=new_id(), norad_cat_id=OURS, attribute="status", value="inactive", source="operator", recorded_by="t",
        recorded_at=NOON,
    )  # fmt: skip
    await add(loaded.store, fact)
    active = {"kind": "active", "volume": "sphere:5"}
    run, _ = await run_of(loaded, norad_cat_id=THEIRS, volume="sphere:0.001", kinds=[active])
    assert RunInputs.of(run).kinds[0].norad_cat_ids == ()


async def test_analysts_keep_the_list_and_everybody_reads_it(tmp_path):
    async with running([API], tmp_path) as service:
        analyst, operator = await service.staff(Role.ANALYST), await service.operator()
        pair = {"norad_cat_id_1": THEIRS, "norad_cat_id_2": OURS, "reason": "docked"}
        made = await analyst.client.post("/v1/known-pairs", json=pair)
        assert made.status_code == 201, made.text
        again = await analyst.client.post("/v1/known-pairs", json=pair)
        assert again.json() == made.json(), "a pair is on the list once"
        (shown,) = (await operator.client.get("/v1/known-pairs", params={"norad_cat_id": THEIRS})).json()["items"]
        assert (shown["norad_cat_id_1"], shown["norad_cat_id_2"]) == (min(OURS, THEIRS), max(OURS, THEIRS))
        assert (await operator.client.post("/v1/known-pairs", json=pair)).status_code == 403
        same = await analyst.client.post("/v1/known-pairs", json=pair | {"norad_cat_id_2": THEIRS})
        assert same.status_code == 422
        address = f"/v1/known-pairs/{shown['id']}"
        assert [(await analyst.client.delete(address)).status_code for _ in range(2)] == [204, 404]
        assert (await operator.client.get("/v1/known-pairs")).json()["items"] == []
        async with service.context.store.read() as session:
            query = select(AuditEntry.action).where(AuditEntry.subject_id == shown["id"]).order_by(AuditEntry.id)
            assert list(await session.scalars(query)) == ["known-pair.added", "known-pair.removed"]


@pytest.mark.parametrize(
    ("kinds", "said"),
    [
        ([{"kind": "debris", "volume": "cube:1"}], "kinds: debris"),
        ([{"kind": "debris", "volume": "sphere:1"}, {"kind": "debris", "volume": "sphere:2"}], "named twice"),
        ([{"kind": "old", "volume": "sphere:1"}], "kinds"),
    ],
    ids=["no volume", "twice", "no kind"],
)
async def test_kinds_that_will_not_do_are_refused_at_once(tmp_path, kinds, said):
    async with running([API], tmp_path) as service:
        analyst = await service.staff(Role.ANALYST)
        answer = await analyst.client.post("/v1/screenings", json={"all": True, "kinds": kinds})
    assert answer.status_code == 422
    assert said in answer.text
