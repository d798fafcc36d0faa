"""The pages of the link to Space-Track: the checklist, what is allowed, and what is on its way there."""

import json
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from support import stand_in_api as given
from support.stand_in_api import COOKIE, SIGNED_IN, StandInApi, page

from dashboard.api import Api

OWN = str(SIGNED_IN["organization_id"])
EVIL = "<script>alert(1)</script>"
SUBMISSION_ID = "0192f7c2-6f2b-7c1e-9d3a-000000000009"


def item(code: str, state: str, **values: Any) -> dict[str, Any]:
    blank = {"who": None, "evidence": None, "at": None, "can_confirm": False}
    return {"code": code, "state": state, "what": f"About {code}.", **blank, **values}


def link(*items: dict[str, Any], **values: Any) -> dict[str, Any]:
    satellite = {"norad_cat_id": 44391, "name": EVIL, "state": "missing", "items": [item("listed", "missing", who="X")]}
    return {
        "organization_id": OWN,
        "state": "missing",
        "push_mode": "off",
        "reads_folder": False,
        "metadata_policy": "operator-wins",
        "items": list(items),
        "satellites": [satellite],
        "differences": [],
        "directory": [],
        "not_registered": [90099],
        **values,
    }


@pytest.fixture(autouse=True)
def operator_admin(api: StandInApi) -> None:
    permissions = [*given.PERMISSIONS, "space-track:write"]
    api.put("session", SIGNED_IN | {"role": "operator-admin", "is_staff": False, "permissions": permissions})
    organization = {"id": OWN, "name": "Northern Orbits", "space_track_title": "NORTHERN ORBITS LTD"}
    api.put("organizations", page(organization))
    api.put(
        f"space-track/organizations/{OWN}",
        link(item("email-alerts-off", "missing", who="The Primary Representative looks.", can_confirm=True)),
    )


async def test_an_operator_is_led_to_its_own_checklist(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/space-track")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/space-track/{OWN}")


async def test_the_gateway_may_have_an_address_of_its_own(api: StandInApi) -> None:
    """Beside the service that answers the rest: each is asked for its own routes alone."""
    gateway, asked = StandInApi(), []
    gateway.put(f"space-track/organizations/{OWN}", link())

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        request = Request(scope, receive)
        asked.append((request.url.hostname, request.url.path))
        stand_in = gateway if request.url.hostname == "gateway.test" else api
        await (await stand_in(request, request.url.path.removeprefix("/v1/")))(scope, receive, send)

    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(answer), base_url="http://api.test/v1/", cookies={"fairway_session": COOKIE}
    ) as http:
        pages = Api(http, "http://gateway.test/v1/")
        assert (await pages.space_track_link(OWN)).organization_id == OWN
        assert (await pages.session()).name == "Ada Okafor"
    assert asked == [("gateway.test", f"/v1/space-track/organizations/{OWN}"), ("api.test", "/v1/session")]


async def test_each_line_says_what_is_missing_and_who_does_what(browser: httpx.AsyncClient) -> None:
    text = (await browser.get(f"/space-track/{OWN}")).text
    for expected in ("About email-alerts-off.", "The Primary Representative looks.", "44391", "90099"):
        assert expected in text
    assert EVIL not in text


async def test_staff_sees_every_organization_with_the_first_thing_to_do(
    browser: httpx.AsyncClient, api: StandInApi
) -> None:
    api.put("session", SIGNED_IN | {"is_staff": True})
    text = (await browser.get("/space-track")).text
    assert "Northern Orbits" in text
    assert "The Primary Representative looks." in text


async def test_consent_goes_on_as_it_was_given(browser: httpx.AsyncClient, api: StandInApi) -> None:
    path = f"space-track/organizations/{OWN}"
    api.put(path, link(), method="PATCH")
    form = {"csrf": given.CSRF, "push_mode": "manual", "reads_folder": "yes", "metadata_policy": "space-track-wins"}
    answer = await browser.post(f"/space-track/{OWN}", data=form)
    assert answer.status_code == 303, answer.text
    body = next(body for method, asked, _, body in api.asked if (method, asked) == ("PATCH", path))
    assert json.loads(body) == {"push_mode": "manual", "reads_folder": True, "metadata_policy": "space-track-wins"}


async def test_who_may_not_decide_is_offered_no_form(browser: httpx.AsyncClient, api: StandInApi) -> None:
    assert "Record" in (await browser.get(f"/space-track/{OWN}")).text
    api.put("session", SIGNED_IN | {"is_staff": False})
    assert "Record" not in (await browser.get(f"/space-track/{OWN}")).text


async def test_submissions_show_their_receipts_and_what_can_be_done(
    browser: httpx.AsyncClient, api: StandInApi
) -> None:
    held = {
        "id": SUBMISSION_ID,
        "kind": "ephemeris",
        "document_id": given.DOCUMENT_ID,
        "organization_id": OWN,
        "designation": "operational",
        "state": "held",
        "reasons": [{"code": "waits-for-release", "what": "Somebody says so.", "who": "A person."}],
        "remote_name": EVIL,
    }
    there = held | {
        "state": "screened",
        "reasons": [],
        "remote_file_id": 17,
        "sent_at": given.NOW,
        "present_at": given.NOW,
        "result_at": given.NOW,
        "result": {"cdms": 2},
    }
    api.put("submissions", page(held, there))
    text = (await browser.get("/submissions")).text
    for expected in ("Somebody says so.", "Send it", "Delete it there", "number 17 at Space-Track", "2 CDMs named it"):
        assert expected in text
    assert EVIL not in text
    assert given.CSRF in text


async def test_the_mail_to_the_squadron_is_shown_for_a_person_to_send(
    browser: httpx.AsyncClient, api: StandInApi
) -> None:
    letter = {"to": "crew@squadron.example", "telephone": "+1-555-0100", "subject": f"Special: {EVIL}", "body": EVIL}
    special = {
        "id": SUBMISSION_ID,
        "state": "present",
        "reasons": [],
        "kind": "ephemeris",
        "document_id": given.DOCUMENT_ID,
        "organization_id": OWN,
        "designation": "special",
        "remote_name": "a.txt",
        "result": {"letter": letter},
    }
    api.put("submissions", page(special))
    text = (await browser.get("/submissions")).text
    for expected in ("crew@squadron.example", "+1-555-0100", "for a person to send"):
        assert expected in text
    assert EVIL not in text


async def test_a_result_is_shown_in_space_tracks_words_and_staff_see_whose_file_it_is(
    browser: httpx.AsyncClient, api: StandInApi
) -> None:
    api.put("session", SIGNED_IN | {"role": "analyst", "is_staff": True, "permissions": given.PERMISSIONS})
    screened = {
        "id": SUBMISSION_ID,
        "state": "screened",
        "reasons": [],
        "kind": "ephemeris",
        "document_id": given.DOCUMENT_ID,
        "organization_id": OWN,
        "designation": "special",
        "remote_name": "a.txt",
        "result": {"assessment": {"code": "0", "description": f"No conjunctions {EVIL}", "created": ""}},
    }
    api.put("submissions", page(screened))
    text = (await browser.get("/submissions")).text
    for expected in ("No conjunctions", "Northern Orbits"):
        assert expected in text
    assert EVIL not in text


async def test_what_never_arrived_can_be_sent_again_and_what_was_refused_cannot(
    browser: httpx.AsyncClient, api: StandInApi
) -> None:
    failed = {
        "id": SUBMISSION_ID,
        "state": "failed",
        "kind": "ephemeris",
        "document_id": given.DOCUMENT_ID,
        "organization_id": OWN,
        "designation": "special",
    }
    for code, is_offered in (("never-arrived", True), ("refused-by-space-track", False)):
        api.put("submissions", page(failed | {"reasons": [{"code": code, "what": "W", "who": "H"}]}))
        text = (await browser.get("/submissions")).text
        assert (f"/submissions/{SUBMISSION_ID}/release" in text) is is_offered
