"""One table divides the addresses among the services, and a proxy needs nothing but exact paths and prefixes."""

import re

import pytest

from fairway.composition import SERVICES, modules
from fairway.route_table import PRIVATE, IndivisibleRoutes, RouteRule, divide, route_table
from servicekit.http.dependencies import route_access
from servicekit.runtime import openapi_app


def answering(path: str, rules: tuple[RouteRule, ...]) -> str:
    """The service that a proxy sends a request to."""
    for rule in rules:
        is_below = rule.path in ("/", path) or path.startswith(f"{rule.path}/")
        if path == rule.path or (rule.match == "prefix" and is_below):
            return rule.service
    raise AssertionError(f"nobody answers {path}")


def own_paths(service: str) -> set[str]:
    everywhere = {route.path for route in route_access(openapi_app([]))}
    return {route.path for route in route_access(openapi_app(modules([service])))} - everywhere


@pytest.mark.parametrize("service", list(SERVICES))
def test_every_route_of_a_service_reaches_it(service: str) -> None:
    for path in own_paths(service):
        address = re.sub(r"\{[^}]*\}", "0192f0c4", path)
        assert answering(address, route_table()) == service, path


def test_the_rules_stand_in_the_order_in_which_they_decide() -> None:
    for first, rule in enumerate(route_table()):
        for later in route_table()[first + 1 :]:
            assert not (rule.match == "prefix" and later.path.startswith(f"{rule.path.rstrip('/')}/"))
            assert later.match == "prefix" or rule.match == "exact"


def test_problem_types_lead_to_their_pages() -> None:
    assert answering("/problems/document-not-found", route_table()) == "ingest-api"


def test_what_a_process_says_of_itself_is_not_for_the_outside() -> None:
    everywhere = {route.path for route in route_access(openapi_app([])) if not route.path.startswith("/problems")}
    assert everywhere == set(PRIVATE)


def test_an_exact_path_is_told_apart_from_what_is_below_it() -> None:
    rules = divide({"a": ["/v1/things", "/v1/others", "/v1/more"], "b": ["/v1/things/{id}"]})
    assert rules == (
        RouteRule("exact", "/v1/things", "a"),
        RouteRule("prefix", "/v1/things", "b"),
        RouteRule("prefix", "/", "a"),
    )


def test_addresses_that_differ_behind_a_parameter_are_refused() -> None:
    with pytest.raises(IndivisibleRoutes, match="a and b both answer below /v1/things"):
        divide({"a": ["/v1/things/{id}"], "b": ["/v1/things/{id}/parts"]})
