"""Which service answers which address: one table for every proxy in front of the services.

It follows from the services' own routes. A rule is what a Kubernetes Ingress can say: an exact path, or a prefix of
whole segments; exact goes before prefix, and the longer prefix before the shorter.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from fairway.composition import SERVICES, modules

__all__ = ["PRIVATE", "IndivisibleRoutes", "RouteRule", "route_table"]

PRIVATE = ("/healthz", "/metrics", "/readyz")
"""What every process answers about itself; nothing for the outside."""
_SHARED = {"/problems": "ingest-api", "/problems/{code}": "ingest-api"}
"""What every process answers alike, and who does so for the outside."""

Segments = tuple[str, ...]


class IndivisibleRoutes(ValueError):
    """Two services answer addresses that no prefix tells apart."""


@dataclass(frozen=True)
class RouteRule:
    """Requests that match go to the service."""

    match: Literal["exact", "prefix"]
    path: str
    service: str


@cache
def route_table() -> tuple[RouteRule, ...]:
    """Return the rules for the services as they are; the first that matches decides."""
    return divide(_routes())


def _routes() -> dict[str, list[str]]:
    from servicekit.http.dependencies import route_access
    from servicekit.runtime import openapi_app

    everywhere = {route.path for route in route_access(openapi_app([]))}
    found: dict[str, list[str]] = {}
    for service in SERVICES:
        parts = modules([service])
        paths = {route.path for route in route_access(openapi_app(parts))} - everywhere
        paths |= {f"{path}/{{file}}" for module in parts for path in module.static}
        found[service] = sorted(paths)
    for path, service in _SHARED.items():
        found[service].append(path)
    return found


def divide(routes: Mapping[str, Sequence[str]]) -> tuple[RouteRule, ...]:
    """Return the fewest rules that give each path of `routes` (by service) to its service.

    Raises
    ------
    IndivisibleRoutes
        Paths of two services differ only behind a parameter.
    """
    places = [(_literal(path), "{" in path, service) for service, paths in routes.items() for path in paths]
    rules = list(_rules((), places, inherited=None))
    rules.sort(key=lambda rule: (rule.match != "exact", -rule.path.count("/"), rule.path == "/", rule.path))
    return tuple(rules)


def _literal(path: str) -> Segments:
    """The segments before the first parameter."""
    segments = [segment for segment in path.split("/") if segment]
    first = next((place for place, segment in enumerate(segments) if "{" in segment), len(segments))
    return tuple(segments[:first])


def _rules(here: Segments, places: list[tuple[Segments, bool, str]], inherited: str | None) -> Iterator[RouteRule]:
    path = "/" + "/".join(here)
    open_to = {service for place, is_open, service in places if place == here and is_open}
    exact_to = {service for place, is_open, service in places if place == here and not is_open}
    if len(open_to) > 1 or len(exact_to) > 1:
        raise IndivisibleRoutes(f"{' and '.join(sorted(open_to | exact_to))} both answer below {path}")
    deeper = Counter(service for place, _, service in places if place != here)
    owner = next(iter(sorted(open_to or exact_to)), None) or deeper.most_common(1)[0][0]
    if owner != inherited:
        yield RouteRule("prefix", path, owner)
    for service in exact_to - {owner}:
        yield RouteRule("exact", path, service)
    for child in sorted({place[len(here)] for place, _, _ in places if len(place) > len(here)}):
        inner = (*here, child)
        yield from _rules(inner, [each for each in places if each[0][: len(inner)] == inner], owner)
