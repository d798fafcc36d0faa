"""The pages as HTML."""

import json
from html.parser import HTMLParser

import httpx
import pytest
from support import stand_in_api as given
from support.stand_in_api import StandInApi, page

EVIL = '<script>alert("x")</script>\'"&'
PATHS = (
    "/",
    "/documents",
    f"/documents/{given.DOCUMENT_ID}",
    "/conjunctions",
    f"/conjunctions/{given.EVENT_ID}",
    "/satellites",
    "/satellites/44391",
    "/screenings",
    f"/screenings/{given.RUN_ID}",
    "/feeds",
    "/notifications",
    f"/notifications/{given.MAIL_ID}",
    "/dead-letters",
    f"/dead-letters/{given.RUN_ID}/validator.decide",
)


class Outline(HTMLParser):
    """Tags in their order with their attributes, and the text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def fill(api: StandInApi, name: str = "NORTH 1") -> None:
    """Put one of everything into the API; `name` stands wherever a name from outside can stand."""
    finding = given.finding(column=15, message=name, hint=name, source=name)
    document = given.document(file_name=name, status="rejected", verdict=given.verdict(finding))
    event = given.event(object_name_low=name, object_name_high=name)
    cdm = given.cdm(object_name_1=name, object_name_2=name, originator=name, probability_reason=name, message_id=name)
    cdm["summary"]["objects"] = [{"norad_cat_id": 44391, "ephemeris_name": name, "screened_with": name}]
    run = given.run(reason=name, volume=name)
    mail = given.mail(mail_subject=name, mail_text=name, reason=name, recipient=name, error=name)
    letter = {
        "event_id": given.RUN_ID,
        "consumer": "validator.decide",
        "topic": "document.received.v1",
        "payload": {"name": name},
        "emitted_at": given.NOW,
        "attempts": 5,
        "settled_at": given.NOW,
        "error": name,
        "error_kind": "ValueError",
        "trace_id": "t",
    }
    satellite = {
        "norad_cat_id": 44391,
        "facts": {
            "name": {"value": name, "source": "operator", "recorded_at": given.NOW},
            "maneuverable": {"value": True, "source": "operator", "recorded_at": given.NOW},
            "hard_body_radius_m": {"value": 2.5, "source": "operator", "recorded_at": given.NOW},
        },
    }
    catalogue = {
        "id": "c",
        "label": name,
        "is_synthetic": True,
        "object_count": 25_000,
        "refused_count": 3,
        "oldest_epoch": given.NOW,
        "newest_epoch": given.NOW,
        "accepted_at": given.NOW,
    }
    feed = {"name": name, "state": "not-configured", "missing": [{"what": name, "who": name}], "checked_at": given.NOW}
    exception = {"norad_cat_id": 5, "designator": name, "reason": "stale", "from_time": given.NOW, "to_time": given.NOW}
    content = f"one\ntwo\nthree\nfour\n{name}     12,5\nsix\n".encode()
    api.put("documents", page(document))
    api.put(f"documents/{given.DOCUMENT_ID}", document)
    api.put(f"documents/{given.DOCUMENT_ID}/content", content)
    api.put("conjunctions", page(event))
    api.put(f"conjunctions/{given.EVENT_ID}", event)
    api.put(f"conjunctions/{given.EVENT_ID}/cdms", page(cdm))
    api.put("satellites", page(satellite))
    api.put("satellites/44391", satellite)
    api.put("screenings", page(run))
    api.put(f"screenings/{given.RUN_ID}", run)
    api.put(f"screenings/{given.RUN_ID}/approaches", page())
    api.put(f"screenings/{given.RUN_ID}/coverage", page(exception))
    api.put(f"screenings/{given.RUN_ID}/tasks", given.tasks(given.task(worker=name)))
    api.put("catalogues", page(catalogue))
    api.put("feeds", page(feed))
    api.put("notifications", page(mail))
    api.put(f"notifications/{given.MAIL_ID}", mail)
    api.put("dead-letters", page(letter))
    api.put(f"dead-letters/{given.RUN_ID}/validator.decide", letter)


@pytest.mark.parametrize("path", PATHS)
async def test_names_from_outside_stay_text_on_every_page(
    browser: httpx.AsyncClient, api: StandInApi, path: str
) -> None:
    fill(api, EVIL)
    answer = await browser.get(path)
    assert answer.status_code == 200
    scripts = Outline(answer.text).all("script")
    assert [script["src"] for script in scripts] == [scripts[0]["src"]]
    assert path == "/dead-letters" or "<script>alert(" in Outline(answer.text).text


@pytest.mark.parametrize("path", PATHS)
async def test_every_page_is_built_for_everybody(browser: httpx.AsyncClient, api: StandInApi, path: str) -> None:
    fill(api)
    outline = Outline((await browser.get(path)).text)
    assert outline.all("html") == [{"lang": "en"}]
    assert len(outline.all("h1")) == 1
    assert len(outline.all("main")) == 1
    assert outline.all("a")[0]["class"] == "skip"
    assert len(outline.all("caption")) == len(outline.all("table"))
    assert all("scope" in header for header in outline.all("th"))
    labelled = {label.get("for") for label in outline.all("label")}
    fields = [field for field in outline.all("input") if field.get("type") != "hidden"] + outline.all("select")
    assert all(field["id"] in labelled for field in fields)
    identifiers = [attributes["id"] for _, attributes in outline.tags if "id" in attributes]
    assert len(identifiers) == len(set(identifiers))
    assert "All times are UTC" in outline.text


@pytest.mark.parametrize("path", PATHS)
async def test_no_page_holds_a_script_or_a_style_of_its_own(
    browser: httpx.AsyncClient, api: StandInApi, path: str
) -> None:
    fill(api)
    answer = await browser.get(path)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    outline = Outline(answer.text)
    assert not outline.all("style")
    assert not [attributes for _, attributes in outline.tags if "style" in attributes]
    assert not [name for _, attributes in outline.tags for name in attributes if name.startswith("on")]
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "path", ["/documents", "/conjunctions", "/satellites", "/screenings", "/feeds", "/notifications", "/dead-letters"]
)
async def test_an_empty_list_says_what_to_do(browser: httpx.AsyncClient, path: str) -> None:
    text = (await browser.get(path)).text
    assert 'class="empty"' in text
    assert "<tbody>" not in text


async def test_nobody_signed_in_is_led_to_the_sign_in_page_and_back(browser: httpx.AsyncClient) -> None:
    browser.cookies.clear()
    answer = await browser.get("/conjunctions?level=emergency")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?next=%2Fconjunctions%3Flevel%3Demergency"
    page_of_sign_in = await browser.get("/sign-in")
    assert page_of_sign_in.status_code == 200
    assert "Sign in" in page_of_sign_in.text


async def test_a_fragment_for_nobody_makes_the_browser_leave_the_page(browser: httpx.AsyncClient) -> None:
    browser.cookies.clear()
    answer = await browser.get(f"/documents/{given.DOCUMENT_ID}", headers={"HX-Request": "true"})
    assert answer.headers["hx-redirect"] == "/sign-in"


@pytest.mark.parametrize(("base_url", "is_secure"), [("http://fairway.test", False), ("https://fairway.test", True)])
async def test_a_sign_in_link_becomes_a_cookie_that_scripts_cannot_read(
    browser: httpx.AsyncClient, api: StandInApi, base_url: str, is_secure: bool
) -> None:
    api.put("session", {"cookie": "new", "csrf_token": "t", "expires_at": given.NOW}, method="POST", status=201)
    answer = await browser.get(f"{base_url}/sign-in?code=abc")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("fairway_session=new;")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "xpires" not in cookie, "the clock of a replay is not the browser's"
    assert ("Secure" in cookie) is is_secure
    assert json.loads(api.sent("POST", "session")[1]) == {"code": "abc"}


@pytest.mark.parametrize("elsewhere", ["https://evil.test/", "//evil.test", "/\\evil.test", "evil"])
async def test_a_sign_in_link_leads_nowhere_else(browser: httpx.AsyncClient, api: StandInApi, elsewhere: str) -> None:
    api.put("session", {"cookie": "new", "csrf_token": "t", "expires_at": given.NOW}, method="POST", status=201)
    answer = await browser.get("/sign-in", params={"code": "abc", "next": elsewhere})
    assert answer.headers["location"] == "/"


async def test_a_link_that_was_used_says_so_and_sets_nothing(browser: httpx.AsyncClient, api: StandInApi) -> None:
    api.problem("session", 401, "sign-in-link-invalid", "It was used.", method="POST")
    answer = await browser.get("/sign-in?code=abc")
    assert answer.status_code == 410
    assert "does not work any more" in answer.text
    assert "set-cookie" not in answer.headers


async def test_a_form_without_the_token_of_the_session_changes_nothing(
    browser: httpx.AsyncClient, api: StandInApi
) -> None:
    api.put(f"documents/{given.DOCUMENT_ID}", None, method="DELETE", status=204)
    refused = await browser.post(f"/documents/{given.DOCUMENT_ID}/withdraw", data={"csrf": "guessed"})
    assert refused.status_code == 403
    assert "CSRF" in refused.text
    taken = await browser.post(f"/documents/{given.DOCUMENT_ID}/withdraw", data={"csrf": given.CSRF})
    assert (taken.status_code, taken.headers["location"]) == (303, f"/documents/{given.DOCUMENT_ID}")


@pytest.mark.parametrize("path", [path for path in PATHS if path != "/feeds"])
async def test_every_form_that_changes_something_carries_the_token(
    browser: httpx.AsyncClient, api: StandInApi, path: str
) -> None:
    fill(api)
    outline = Outline((await browser.get(path)).text)
    forms = [form for form in outline.all("form") if form.get("method") == "post"]
    tokens = [field for field in outline.all("input") if field.get("name") == "csrf"]
    assert forms
    assert [token["value"] for token in tokens] == [given.CSRF] * len(forms)


async def test_signing_out_ends_the_session_on_both_sides(browser: httpx.AsyncClient, api: StandInApi) -> None:
    api.put("session", None, method="DELETE", status=204)
    answer = await browser.post("/sign-out", data={"csrf": given.CSRF})
    assert answer.headers["location"] == "/sign-in"
    assert 'fairway_session=""' in answer.headers["set-cookie"]
    assert api.sent("DELETE", "session")[0]["x-csrf-token"] == given.CSRF


async def test_an_upload_goes_on_with_its_name_fields_and_token(browser: httpx.AsyncClient, api: StandInApi) -> None:
    api.put("documents", given.document(status="received"), method="POST", status=202)
    answer = await browser.post(
        "/documents",
        data={"csrf": given.CSRF, "norad_cat_id": "44391", "designation": "", "profile": "strict"},
        files={"file": ("Zoë [1].oem", b"CCSDS_OEM_VERS = 2.0\n", "text/plain")},
    )
    assert answer.headers["location"] == f"/documents/{given.DOCUMENT_ID}"
    headers, body = api.sent("POST", "documents")
    assert body == b"CCSDS_OEM_VERS = 2.0\n"
    assert headers["x-file-name"] == "Zo%C3%AB%20%5B1%5D.oem"
    assert headers["x-csrf-token"] == given.CSRF
    assert headers["content-type"] == "text/plain"


async def test_a_refused_upload_says_what_the_api_says(browser: httpx.AsyncClient, api: StandInApi) -> None:
    api.problem("documents", 507, "storage-full", "There is no room.", method="POST")
    answer = await browser.post("/documents", data={"csrf": given.CSRF}, files={"file": ("a.oem", b"x")})
    assert answer.status_code == 507
    assert "There is no room." in answer.text
    assert "Wait." in answer.text


async def test_a_finding_is_shown_on_its_line_with_a_caret(browser: httpx.AsyncClient, api: StandInApi) -> None:
    fill(api)
    text = (await browser.get(f"/documents/{given.DOCUMENT_ID}")).text
    assert '<div class="line marked"><span class="line-number">5</span><code>NORTH 1     12,5</code></div>' in text
    assert f"<code>{' ' * 14}▲</code>" in text
    for line in ("three", "four", "six"):
        assert f"<code>{line}</code>" in text
    assert "<code>one</code>" not in text
    for part in ("OEM-031", "line 5, column 15", "What to do"):
        assert part in text


async def test_an_accepted_file_without_findings_is_not_fetched_for_its_page(
    browser: httpx.AsyncClient, api: StandInApi
) -> None:
    api.put(f"documents/{given.DOCUMENT_ID}", given.document(verdict=given.verdict()))
    assert (await browser.get(f"/documents/{given.DOCUMENT_ID}")).status_code == 200
    assert not [path for _, path, _, _ in api.asked if path.endswith("/content")]


@pytest.mark.parametrize(("status", "polls"), [("received", True), ("validating", True), ("accepted", False)])
async def test_a_page_asks_again_only_while_something_is_to_come(
    browser: httpx.AsyncClient, api: StandInApi, status: str, polls: bool
) -> None:
    api.put(f"documents/{given.DOCUMENT_ID}", given.document(status=status))
    assert ("hx-trigger" in (await browser.get(f"/documents/{given.DOCUMENT_ID}")).text) is polls


async def test_a_download_has_the_bytes_as_they_came(browser: httpx.AsyncClient, api: StandInApi) -> None:
    fill(api)
    api.put(f"documents/{given.DOCUMENT_ID}/content", b"a\0b\r\n")
    answer = await browser.get(f"/documents/{given.DOCUMENT_ID}/content")
    assert answer.content == b"a\0b\r\n"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["content-type"] == "application/octet-stream"


async def test_what_one_may_not_see_is_a_page_that_says_not_found(browser: httpx.AsyncClient) -> None:
    answer = await browser.get(f"/conjunctions/{given.EVENT_ID}")
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert "Not found" in answer.text


async def test_a_replay_and_a_synthetic_catalogue_are_labelled(browser: httpx.AsyncClient, api: StandInApi) -> None:
    fill(api)
    api.put("session", given.SIGNED_IN | {"is_replay": True})
    text = (await browser.get("/")).text
    assert "Replay." in text
    assert "Synthetic catalogue." in text


async def test_a_run_that_failed_says_nothing_about_close_approaches(
    browser: httpx.AsyncClient, api: StandInApi
) -> None:
    api.put(
        f"screenings/{given.RUN_ID}", given.run(state="failed", reason="The catalogue is gone.", approach_count=None)
    )
    api.put(f"screenings/{given.RUN_ID}/tasks", given.tasks(given.task(state="failed")))
    text = (await browser.get(f"/screenings/{given.RUN_ID}")).text
    assert "The catalogue is gone." in text
    assert "it says nothing about close approaches" in text
    assert "Everything was screened" not in text


async def test_approaches_of_known_pairs_are_counted_beside_what_was_screened(
    browser: httpx.AsyncClient, api: StandInApi
) -> None:
    fill(api)
    assert "known pairs" not in (await browser.get(f"/screenings/{given.RUN_ID}")).text
    api.put(f"screenings/{given.RUN_ID}", given.run(known_pair_approach_count=1200))
    text = (await browser.get(f"/screenings/{given.RUN_ID}")).text
    assert "1,200 more of known pairs" in text
    assert "1,200 approaches of pairs that are known to stay together were found and left out" in text


async def test_dead_letters_are_shown_to_those_who_may_read_them(browser: httpx.AsyncClient, api: StandInApi) -> None:
    assert 'href="/dead-letters"' in (await browser.get("/")).text
    api.put("session", given.SIGNED_IN | {"permissions": ["documents:read"]})
    assert 'href="/dead-letters"' not in (await browser.get("/")).text
    assert "Upload a file" not in (await browser.get("/")).text


async def test_a_dead_letter_is_sent_again(browser: httpx.AsyncClient, api: StandInApi) -> None:
    path = f"dead-letters/{given.RUN_ID}/validator.decide/replay"
    api.put(path, {}, method="POST", status=202)
    answer = await browser.post(f"/{path}", data={"csrf": given.CSRF})
    assert answer.headers["location"] == "/dead-letters"


async def test_assets_are_kept_for_ever_under_the_hash_of_their_content(browser: httpx.AsyncClient) -> None:
    outline = Outline((await browser.get("/sign-in")).text)
    addresses = [str(link["href"]) for link in outline.all("link")] + [
        str(each["src"]) for each in outline.all("script")
    ]
    assert len(addresses) == 3
    for address in addresses:
        answer = await browser.get(address)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
        _, assets, digest, name = address.split("/")
        assert (await browser.get(f"/{assets}/{digest[::-1]}/{name}")).status_code == 404


async def test_an_api_that_does_not_answer_is_said_so(
    browser: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAIRWAY_DASHBOARD__API_URL", "http://127.0.0.1:9")
    answer = await browser.get("/")
    assert answer.status_code == 503
    assert "cannot reach the service" in answer.text


async def test_approaches_are_downloaded_as_csv(browser: httpx.AsyncClient, api: StandInApi) -> None:
    api.put(f"screenings/{given.RUN_ID}/approaches", b"norad_cat_id_1,norad_cat_id_2\n")
    answer = await browser.get(f"/screenings/{given.RUN_ID}/approaches.csv")
    assert answer.content == b"norad_cat_id_1,norad_cat_id_2\n"
    assert answer.headers["content-type"].startswith("text/csv")
    assert api.sent("GET", f"screenings/{given.RUN_ID}/approaches")[0]["accept"] == "text/csv"


async def test_a_download_that_is_refused_is_a_page_and_no_file(browser: httpx.AsyncClient) -> None:
    answer = await browser.get(f"/cdms/{given.CDM_ID}/kvn")
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
