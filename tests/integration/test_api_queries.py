"""What the API answers about conjunctions, CDMs, changes and mails, and to whom."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from support import rows
from support.api_world import KVN, World, add_run, get

from records.notifier.tables import Notification
from records.screening.cdm_texts import text_page
from records.screening.tables import Cdm, ConjunctionEvent
from servicekit.ids import new_id
from servicekit.store import Actor


async def test_both_sides_of_an_event_and_staff_see_it_and_nobody_else(world: World) -> None:
    paths = [
        f"/v1/conjunctions/{world.shared.id}",
        f"/v1/conjunctions/{world.shared.id}/cdms",
        f"/v1/conjunctions/{world.shared.id}/history",
        f"/v1/cdms/{world.message.id}",
        "/v1/satellites/44391",
        "/v1/satellites/55555",
    ]
    for caller in (world.north, world.south, world.analyst):
        for path in paths:
            await get(caller, path)
        assert [event["id"] for event in (await get(caller, "/v1/conjunctions"))["items"]] == [world.shared.id]
        assert [message["id"] for message in (await get(caller, "/v1/cdms"))["items"]] == [world.message.id]
    for path in paths:
        assert (await world.east.client.get(path)).status_code == 404, path
    for path in ("/v1/conjunctions", "/v1/cdms"):
        assert (await get(world.east, path))["items"] == []
    seen = (await get(world.north, "/v1/satellites"))["items"]
    assert [satellite["norad_cat_id"] for satellite in seen] == [44391, 55555]


async def test_the_other_object_of_an_event_has_a_name_even_without_a_record(world: World) -> None:
    event = rows.conjunction_event(
        11111, 44391, organization_id_high=world.north.organization_id, object_name_low="COSMOS DEB"
    )
    await rows.add(world.service.context.store, event)
    shown = await get(world.north, "/v1/satellites/11111")
    assert shown["facts"]["name"]["value"] == "COSMOS DEB"
    assert (await world.south.client.get("/v1/satellites/11111")).status_code == 404


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, ["near", "far"]),
        ({"norad_cat_id": 77777}, ["far"]),
        ({"tca_from": "2024-09-20T00:00:00Z"}, ["far"]),
        ({"tca_to": "2024-09-20T00:00:00+02:00"}, ["near"]),
        ({"minimum_probability": 1e-4}, ["near"]),
        ({"minimum_probability": 1e-12}, ["near"]),
        ({"maximum_miss_distance_m": 200}, ["near"]),
        ({"state": "passed"}, ["far"]),
        ({"level": "emergency"}, ["near"]),
    ],
)
async def test_conjunctions_are_filtered(world: World, filters: dict[str, Any], expected: list[str]) -> None:
    far = rows.conjunction_event(
        44391,
        77777,
        organization_id_low=world.north.organization_id,
        tca=rows.NOON + timedelta(days=4),
        miss_distance_m=4000.0,
        collision_probability=None,
        state="passed",
        level="reportable",
    )
    await rows.add(world.service.context.store, far)
    names = {world.shared.id: "near", far.id: "far"}
    assert [
        names[event["id"]] for event in (await get(world.north, "/v1/conjunctions", **filters))["items"]
    ] == expected


async def test_a_time_without_a_zone_and_a_span_that_ends_first_are_refused(world: World) -> None:
    for filters in (
        {"tca_from": "2024-09-20T00:00:00"},
        {"tca_from": "2024-09-20"},
        {"tca_from": "2024-09-20T00:00:00Z", "tca_to": "2024-09-19T00:00:00Z"},
    ):
        response = await world.north.client.get("/v1/conjunctions", params=filters)
        assert (response.status_code, response.json()["code"]) == (422, "invalid-request"), filters


async def test_the_history_is_that_of_the_event(world: World) -> None:
    entry = {
        "cdm_id": world.message.id,
        "originator": "FAIRWAY",
        "creation_date": "2024-09-17T12:00:00+00:00",
        "tca": "2024-09-18T18:00:00+00:00",
        "miss_distance_m": 123.4,
        "collision_probability": None,
        "level": "emergency",
    }
    async with world.service.context.store.write(Actor("system", "test")) as unit:
        await unit.session.execute(
            update(ConjunctionEvent).where(ConjunctionEvent.id == world.shared.id).values(history=[entry])
        )
    (shown,) = (await get(world.south, f"/v1/conjunctions/{world.shared.id}/history"))["items"]
    assert (shown["tca"], shown["collision_probability"]) == ("2024-09-18T18:00:00Z", None)


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (None, "application/json"),
        ("*/*", "application/json"),
        ("application/json", "application/json"),
        ("application/x-ccsds-kvn", "application/x-ccsds-kvn"),
        ("text/plain", "text/plain; charset=utf-8"),
        ("text/*", "text/plain; charset=utf-8"),
        ("application/xml;q=1, text/plain;q=0.5", "text/plain; charset=utf-8"),
        ("application/json;q=0.2, application/x-ccsds-kvn", "application/x-ccsds-kvn"),
    ],
)
async def test_a_cdm_comes_in_the_form_that_is_asked_for(world: World, accept: str | None, media_type: str) -> None:
    headers = {} if accept is None else {"Accept": accept}
    response = await world.north.client.get(f"/v1/cdms/{world.message.id}", headers=headers)
    assert response.headers["content-type"] == media_type
    if media_type != "application/json":
        assert response.content == KVN
    else:
        assert response.json()["miss_distance_m"] == world.message.miss_distance_m


async def test_a_cdm_that_came_in_a_page_is_shown_without_the_others_of_the_page(world: World) -> None:
    page = text_page(world.message.id, [b"what another operator is told\n", KVN, b"and a third\n"])
    await world.service.context.objects.put(page.key, page.content)
    async with world.service.context.store.write(Actor("system", "test")) as unit:
        await unit.session.execute(update(Cdm).values(object_key=page.object_keys[1]))
    response = await world.north.client.get(f"/v1/cdms/{world.message.id}", headers={"Accept": "text/plain"})
    assert response.content == KVN


async def test_a_cdm_whose_text_was_cut_is_a_problem_and_no_text(world: World) -> None:
    await world.service.context.objects.put(world.message.object_key, KVN[:-3])
    response = await world.north.client.get(f"/v1/cdms/{world.message.id}", headers={"Accept": "text/plain"})
    assert (response.status_code, response.json()["code"]) == (500, "object-damaged")
    assert response.headers["content-type"] == "application/problem+json"
    assert "ETag" not in response.headers


@pytest.mark.parametrize("accept", ["application/json", "text/plain"])
async def test_a_single_thing_that_the_caller_has_is_not_sent_again(world: World, accept: str) -> None:
    run = await add_run(world)
    for place in (f"cdms/{world.message.id}", f"conjunctions/{world.shared.id}", f"screenings/{run.id}"):
        first = await world.north.client.get(f"/v1/{place}", headers={"Accept": accept})
        conditional = {"Accept": accept, "If-None-Match": first.headers["etag"]}
        again = await world.north.client.get(f"/v1/{place}", headers=conditional)
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    async with world.service.context.store.write(Actor("system", "test")) as unit:
        change = update(ConjunctionEvent).where(ConjunctionEvent.id == world.shared.id).values(cdm_count=7)
        await unit.session.execute(change)
    place = f"/v1/conjunctions/{world.shared.id}"
    first = await world.north.client.get(place)
    assert first.json()["cdm_count"] == 7
    stale = await world.north.client.get(place, headers={"If-None-Match": '"of another state"'})
    assert stale.status_code == 200


async def test_the_forms_of_a_cdm_have_tags_of_their_own(world: World) -> None:
    place = f"/v1/cdms/{world.message.id}"
    forms = [
        await world.north.client.get(place, headers={"Accept": each}) for each in ("application/json", "text/plain")
    ]
    assert forms[0].headers["etag"] != forms[1].headers["etag"]
    assert [each.headers["vary"] for each in forms] == ["Accept", "Accept"]


@pytest.mark.parametrize("accept", ["application/xml", "text/plain;q=0, image/png"])
async def test_a_form_that_there_is_not_answers_406_and_names_what_there_is(world: World, accept: str) -> None:
    response = await world.north.client.get(f"/v1/cdms/{world.message.id}", headers={"Accept": accept})
    assert (response.status_code, response.json()["code"]) == (406, "cdm-format-unavailable")
    assert "application/x-ccsds-kvn" in response.json()["detail"]


async def test_the_change_feed_goes_on_from_its_token_and_waits_when_asked_to(world: World) -> None:
    latest = await get(world.north, "/v1/changes", after="latest")
    assert latest["items"] == []
    waiting = asyncio.create_task(
        world.north.client.get("/v1/changes", params={"after": latest["next_token"]}, headers={"Prefer": "wait=20"})
    )
    await asyncio.sleep(0)
    headers = {"X-File-Name": "a.oem", "Content-Type": "text/plain"}
    for caller in (world.south, world.north):
        await caller.client.post("/v1/documents", content=b"x", headers=headers)
    page = (await waiting).json()
    assert [item["kind"] for item in page["items"]] == ["document.received"]
    assert (await get(world.north, "/v1/changes", after=page["next_token"]))["items"] == []
    again = await get(world.north, "/v1/changes", after=latest["next_token"], kind="document.received")
    assert again["items"] == page["items"]
    wrong = await world.north.client.get("/v1/changes", params={"after": "nonsense"})
    assert (wrong.status_code, wrong.json()["code"]) == (400, "invalid-cursor")


async def test_a_process_that_is_to_stop_answers_who_waits_for_a_change_at_once(world: World) -> None:
    latest = await get(world.north, "/v1/changes", after="latest")
    waiting = asyncio.create_task(
        world.north.client.get("/v1/changes", params={"after": latest["next_token"]}, headers={"Prefer": "wait=60"})
    )
    world.service.app.state.stopping.set()
    async with asyncio.timeout(30):
        answer = await waiting
    assert (answer.status_code, answer.json()) == (200, latest)


async def test_mails_are_read_by_the_organization_that_they_went_to(world: World) -> None:
    def mail(organization_id: str | None) -> Notification:
        mail_id = new_id()
        return Notification(
            id=mail_id,
            kind="close-approach",
            subject_id=world.shared.id,
            occasion=mail_id,
            recipient="ops@north.example",
            organization_id=organization_id,
            message_id=f"<{mail_id}@fairway>",
            mail_subject="Close approach",
            mail_text="Close approach of 44391",
            mail_html=None,
            reason="emergency",
            state="sent",
            attempts=1,
            due_at=rows.NOON,
            error=None,
            created_at=rows.NOON,
            sent_at=rows.NOON,
        )

    own, internal = mail(world.north.organization_id), mail(None)
    await rows.add(world.service.context.store, own, internal)
    assert [each["id"] for each in (await get(world.north, "/v1/notifications"))["items"]] == [own.id]
    assert len((await get(world.analyst, "/v1/notifications"))["items"]) == 2
    assert (await get(world.north, f"/v1/notifications/{own.id}"))["mail_text"] == "Close approach of 44391"
    for caller, mail_id in ((world.south, own.id), (world.north, internal.id)):
        assert (await caller.client.get(f"/v1/notifications/{mail_id}")).status_code == 404


async def test_an_unknown_parameter_is_refused_and_the_known_ones_are_named(world: World) -> None:
    response = await world.north.client.get("/v1/conjunctions", params={"min_probability": 1})
    assert (response.status_code, response.json()["code"]) == (422, "unknown-parameter")
    assert "minimum_probability" in response.json()["known"]
