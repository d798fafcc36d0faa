"""The refusal of query parameters that a route does not know."""

from collections.abc import Iterator
from typing import Any

from fastapi.dependencies.models import Dependant
from starlette.requests import Request

from servicekit.errors import InvalidRequest

__all__ = ["UnknownParameter", "known_parameters_only"]


class UnknownParameter(InvalidRequest):
    """The query has a parameter that the route does not know: ignoring it could answer another question."""

    code = "unknown-parameter"
    title = "Unknown query parameter"
    remedy = "Leave it out, or correct its name; `known` lists what the route takes."


async def known_parameters_only(request: Request) -> None:
    """Refuse a query with a parameter that the route does not declare."""
    known = sorted(set(_query_names(request.scope["route"].dependant)))
    unknown = sorted(set(request.query_params) - set(known))
    if unknown:
        raise UnknownParameter(f"This route knows no parameter {unknown[0][:40]!r}", known=known)


def _query_names(dependant: Dependant | Any) -> Iterator[str]:
    for parameter in dependant.query_params:
        yield parameter.alias
    for inner in dependant.dependencies:
        yield from _query_names(inner)
