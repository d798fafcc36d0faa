"""The pages of conjunction events, as HTML."""

from typing import Any

import httpx
import pytest
from support import stand_in_api as given
from support.stand_in_api import StandInApi, page


async def shown_event(browser: httpx.AsyncClient, api: StandInApi, event: Any, *cdms: Any) -> str:
    api.put(f"conjunctions/{given.EVENT_ID}", event)
    api.put(f"conjunctions/{given.EVENT_ID}/cdms", page(*cdms))
    answer = await browser.get(f"/conjunctions/{given.EVENT_ID}")
    assert answer.status_code == 200
    return answer.text


async def test_an_event_shows_its_figures_and_its_picture(browser: httpx.AsyncClient, api: StandInApi) -> None:
    text = await shown_event(browser, api, given.event(), given.cdm())
    for part in ("4.2e-05", "183 m", "12.35 km/s", "2024-09-18 03:12:45.123", "in 15 h 12 min", "Emergency"):
        assert part in text
    assert 'class="picture encounter-plane"' in text
    assert 'class="picture history-chart"' in text
    assert f'href="/cdms/{given.CDM_ID}/kvn"' in text


async def test_a_bound_is_called_a_bound_and_the_reason_stands_beside_it(
    browser: httpx.AsyncClient, api: StandInApi
) -> None:
    reason = "Object 2 has no covariance."
    event = given.event(level="unquantified", collision_probability=None, worst_probability=None)
    cdm = given.cdm(
        collision_probability=None, probability_method=None, probability_reason=reason, summary={}, level="unquantified"
    )
    text = await shown_event(browser, api, event, cdm)
    assert "≤ 3.1e-04" in text
    assert "upper bound, not a probability" in text
    assert reason in text
    assert "Emergency" not in text


async def test_a_probability_of_nothing_is_not_shown_as_zero(browser: httpx.AsyncClient, api: StandInApi) -> None:
    event = given.event(collision_probability=None, maximum_probability=None, worst_probability=None)
    text = await shown_event(browser, api, event, given.cdm(collision_probability=None, maximum_probability=None))
    assert "not computed" in text
    assert "0.0e+00" not in text


async def test_which_definition_a_value_from_outside_is_stands_beside_ours(
    browser: httpx.AsyncClient, api: StandInApi
) -> None:
    comparison = {
        "statement": "The message's FOSTER-1992 is the value of: Foster 1992, circumscribing square.",
        "values": [
            {"name": "disk", "title": "Foster 1992, disk", "probability": 3.5e-3, "reason": None},
            {"name": "nc_2d", "title": "Hall 2023", "probability": None, "reason": "covariance_without_velocity"},
        ],
    }
    text = await shown_event(browser, api, given.event(), given.cdm(summary={"comparison": comparison}))
    assert "is the value of: Foster 1992, circumscribing square." in text
    assert "Computed here from the same message" in text
    assert "3.5e-03" in text
    assert "covariances of velocity" in text
    assert "Computed here" not in await shown_event(browser, api, given.event(), given.cdm(summary={}))


async def test_a_merged_event_leads_to_the_one_that_goes_on(browser: httpx.AsyncClient, api: StandInApi) -> None:
    api.put(f"conjunctions/{given.EVENT_ID}", given.event(redirect_to="0192f7c2-6f2b-7c1e-9d3a-00000000000a"))
    answer = await browser.get(f"/conjunctions/{given.EVENT_ID}")
    assert answer.headers["location"] == "/conjunctions/0192f7c2-6f2b-7c1e-9d3a-00000000000a"


async def test_a_cdm_is_downloaded_in_kvn(browser: httpx.AsyncClient, api: StandInApi) -> None:
    api.put(f"cdms/{given.CDM_ID}", b"CCSDS_CDM_VERS = 1.0\n")
    answer = await browser.get(f"/cdms/{given.CDM_ID}/kvn")
    assert answer.content == b"CCSDS_CDM_VERS = 1.0\n"
    assert answer.headers["content-disposition"] == f'attachment; filename="{given.CDM_ID}.kvn"'
    assert api.sent("GET", f"cdms/{given.CDM_ID}")[0]["accept"] == "application/x-ccsds-kvn"


async def test_the_filters_of_the_address_go_to_the_api(browser: httpx.AsyncClient, api: StandInApi) -> None:
    api.put("conjunctions", page(given.event()))
    answer = await browser.get("/conjunctions?satellite=44391&level=emergency&probability=1e-7&miss=1000&state=active")
    assert answer.status_code == 200
    asked = [query for query in api.queries if "norad_cat_id" in query]
    assert asked
    for part in ("norad_cat_id=44391", "level=emergency", "minimum_probability=1e-07", "tca_from=2024-09-17T12"):
        assert part in asked[0]
    assert "maximum_miss_distance_m=1000" in asked[0]


async def test_past_events_end_now(browser: httpx.AsyncClient, api: StandInApi) -> None:
    await browser.get("/conjunctions?when=past")
    assert any("tca_to=2024-09-17T12" in query and "tca_from" not in query for query in api.queries)


async def test_events_are_sorted_by_probability_with_bounds_behind(browser: httpx.AsyncClient, api: StandInApi) -> None:
    low, high = given.event(id="low", collision_probability=1e-9), given.event(id="high", collision_probability=1e-3)
    bound = given.event(id="bound", collision_probability=None, maximum_probability=0.1)
    api.put("conjunctions", page(low, bound, high))
    text = (await browser.get("/conjunctions?sort=probability")).text
    places = [text.index(f'href="/conjunctions/{name}"') for name in ("high", "low", "bound")]
    assert places == sorted(places)


@pytest.mark.parametrize("level", ["emergency", "unquantified", "reportable", "none"])
async def test_a_level_is_a_word_and_a_shape_and_not_a_colour_alone(
    browser: httpx.AsyncClient, api: StandInApi, level: str
) -> None:
    api.put("conjunctions", page(given.event(level=level)))
    text = (await browser.get("/conjunctions")).text
    word = {"none": "Below criteria"}.get(level, level.capitalize())
    start = text.index(f'<span class="level level-{level}">')
    shown = text[start : text.index("</span>", start)]
    assert word in shown
    assert "<svg" in shown
