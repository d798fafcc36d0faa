"""The grammar of addresses, on rows of which every answer can be told by hand."""

from datetime import timedelta

import httpx
import pytest
from support.spacetrack import NOON, SimulatedSite, sample_cdm

from spacetrack_simulator.query.addresses import Limit, Order, parse_address, segments_of

DECAY = "basicspacedata/query/class/decay"


@pytest.fixture
async def client(spacetrack: SimulatedSite) -> httpx.AsyncClient:
    """A client of a site with five rows of `decay`, 1 to 5, a day apart; 3 has no name."""
    names = ["ALPHA", "BETA/GAMMA", None, "ALPHABET", "a%b"]
    spacetrack.simulator.add_rows(
        "decay",
        [
            {
                "NORAD_CAT_ID": number,
                "OBJECT_NAME": name,
                "MSG_EPOCH": (NOON - timedelta(days=5 - number)).isoformat(),
                "COUNTRY": "US" if number % 2 else "UK",
                "PRECEDENCE": 123456789,
            }
            for number, name in enumerate(names, start=1)
        ],
    )
    return await spacetrack.logged_in()


async def numbers(client: httpx.AsyncClient, predicates: str) -> list[int]:
    answer = await client.get(f"{DECAY}/{predicates}")
    assert answer.status_code == 200, answer.text
    return [int(row["NORAD_CAT_ID"]) for row in answer.json()]


@pytest.mark.parametrize(
    ("predicates", "expected"),
    [
        ("NORAD_CAT_ID/3", [3]),
        ("norad_cat_id/3", [3]),
        ("NORAD_CAT_ID/1,4", [1, 4]),
        ("NORAD_CAT_ID/%3E3", [4, 5]),
        ("NORAD_CAT_ID/%3C3", [1, 2]),
        ("NORAD_CAT_ID/%3C%3E3", [1, 2, 4, 5]),
        ("NORAD_CAT_ID/%3C%3E3,%3C%3E4", [1, 2, 5]),
        ("NORAD_CAT_ID/2--4", [2, 3, 4]),
        ("NORAD_CAT_ID/%3C2,%3E4", [1, 5]),
        ("OBJECT_NAME/ALPHA", [1]),
        ("OBJECT_NAME/BETA%2FGAMMA", [2]),
        ("OBJECT_NAME/~~PHA", [1, 4]),
        ("OBJECT_NAME/~~%25BET", [4]),
        ("OBJECT_NAME/%5EALPHA", [1, 4]),
        ("OBJECT_NAME/null-val", [3]),
        ("OBJECT_NAME/%3C%3Enull-val", [1, 2, 4, 5]),
        ("MSG_EPOCH/%3Enow-2.5", [3, 4, 5]),
        ("MSG_EPOCH/now-3--now-1", [2, 3, 4]),
        ("MSG_EPOCH/%3E2024-09-16T00:00:00", [4, 5]),
        ("MSG_EPOCH/2024-09-14--2024-09-16", [2, 3]),
        ("COUNTRY/UK/NORAD_CAT_ID/%3E2", [4]),
        ("orderby/NORAD_CAT_ID%20desc/limit/2", [5, 4]),
        ("orderby/COUNTRY%20asc,NORAD_CAT_ID%20desc", [4, 2, 5, 3, 1]),
        ("orderby/NORAD_CAT_ID/limit/2,3", [4, 5]),
        ("limit/0", []),
    ],
)
async def test_a_predicate_selects(client: httpx.AsyncClient, predicates: str, expected: list[int]) -> None:
    assert await numbers(client, predicates) == expected


async def test_every_value_is_text_or_null(client: httpx.AsyncClient) -> None:
    (row,) = (await client.get(f"{DECAY}/NORAD_CAT_ID/3")).json()
    assert {type(value) for value in row.values()} == {str, type(None)}
    assert (row["PRECEDENCE"], row["OBJECT_NAME"]) == ("123456789", None)


async def test_columns_are_chosen_and_rows_made_distinct(client: httpx.AsyncClient) -> None:
    answer = await client.get(f"{DECAY}/predicates/COUNTRY/distinct/true/orderby/COUNTRY")
    assert answer.json() == [{"COUNTRY": "UK"}, {"COUNTRY": "US"}]


async def test_metadata_wraps_the_rows(client: httpx.AsyncClient) -> None:
    answer = (await client.get(f"{DECAY}/limit/2/metadata/true")).json()
    assert len(answer["data"]) == 2
    assert (answer["request_metadata"]["Total"], answer["request_metadata"]["ReturnedRows"]) == ("5", "2")


@pytest.mark.parametrize(
    ("predicates", "what"),
    [
        ("NO_SUCH/1", "Unknown column 'NO_SUCH'"),
        ("NORAD_CAT_ID/abc", "is not"),
        ("NORAD_CAT_ID", "has no value"),
        ("limit/ten", "is no number"),
        ("orderby/NORAD_CAT_ID%20sideways", "asc or desc"),
        ("format/kvn", "has no format kvn"),
    ],
)
async def test_what_cannot_be_read_is_an_error(client: httpx.AsyncClient, predicates: str, what: str) -> None:
    answer = await client.get(f"{DECAY}/{predicates}")
    assert answer.status_code == 500
    assert what in answer.json()["error"]


async def test_an_unknown_class_is_an_error(client: httpx.AsyncClient) -> None:
    assert (await client.get("basicspacedata/query/class/tle_latest")).status_code == 500


async def test_nothing_found_is_an_empty_list_or_no_content_or_a_text(client: httpx.AsyncClient) -> None:
    nothing = f"{DECAY}/NORAD_CAT_ID/99"
    assert (await client.get(nothing)).json() == []
    assert (await client.get(f"{nothing}/format/csv")).status_code == 204
    shown = await client.get(f"{nothing}/format/csv/emptyresult/show")
    assert (shown.status_code, shown.text) == (200, "NO RESULTS RETURNED")


async def test_modeldef_names_the_columns_with_types_of_mysql(client: httpx.AsyncClient) -> None:
    answer = (await client.get("expandedspacedata/modeldef/class/cdm")).json()
    fields = {column["Field"]: column["Type"] for column in answer["data"]}
    assert answer["controller"] == "expandedspacedata"
    assert len(fields) == 312
    assert fields["CDM_ID"] == "int(10) unsigned"
    assert fields["SAT2_CSRP_SRP"] == "double"
    assert fields["TCA"] == "datetime(6)"


async def test_pages_of_cdms_by_number(spacetrack: SimulatedSite, client: httpx.AsyncClient) -> None:
    spacetrack.simulator.add_cdms([sample_cdm(i) for i in range(7)], gid=spacetrack.gid, first_id=999_999_998)
    seen: list[str] = []
    while page := (
        await client.get(
            f"expandedspacedata/query/class/cdm/cdm_id/%3E{seen[-1] if seen else 0}/orderby/CDM_ID%20asc/limit/3/"
        )
    ).json():
        seen += [row["CDM_ID"] for row in page]
    assert seen == [str(999_999_998 + i) for i in range(7)]


def test_an_address_is_split_before_it_is_decoded() -> None:
    segments = segments_of(b"/basicspacedata/query/class/gp/OBJECT_NAME/A%2FB%20C/limit/5,10/orderby/EPOCH%20desc/")
    address = parse_address(segments)
    assert address.predicates == (("OBJECT_NAME", "A/B C"),)
    assert (address.limit, address.order) == (Limit(5, 10), (Order("EPOCH", descending=True),))
