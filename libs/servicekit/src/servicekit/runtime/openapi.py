"""The OpenAPI document: the same for the same code, with permissions, credentials and problems on every route."""

import json
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from servicekit.auth import CSRF_HEADER, SESSION_COOKIE
from servicekit.errors import Forbidden, InvalidRequest, TooLarge, Unauthenticated
from servicekit.http.dependencies import PUBLIC, RouteAccess, route_access
from servicekit.http.problems import PROBLEM_MEDIA_TYPE, Problem, problem_description

__all__ = ["describe"]

_SECURITY_SCHEMES = {
    "token": {"type": "http", "scheme": "bearer", "description": "An API token: `fwy_…`."},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": SESSION_COOKIE,
        "description": f"The session of the pages. Requests that change something also send `{CSRF_HEADER}`.",
    },
}


def describe(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document of `app`."""
    document = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    problem_schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(problem_schema.pop("$defs", {}))
    schemas["Problem"] = problem_schema
    document = _name_pages(document)
    components = document["components"]
    schemas = components["schemas"]
    components["schemas"] = dict(sorted(schemas.items()))
    components["securitySchemes"] = _SECURITY_SCHEMES
    access = {(each.path, each.method.lower()): each for each in route_access(app)}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            _complete(operation, access[path, method])
    document["paths"] = dict(sorted(document["paths"].items()))
    return document


def _name_pages(document: dict[str, Any]) -> dict[str, Any]:
    """Give the schemas of pages their class's name: the generator writes ``Page_Cdm_`` for ``CdmPage``."""
    text = json.dumps(document)
    for key, schema in document["components"]["schemas"].items():
        if key.startswith("Page_"):
            text = text.replace(f'"{key}"', f'"{schema["title"]}"').replace(f'/{key}"', f'/{schema["title"]}"')
    renamed: dict[str, Any] = json.loads(text)
    return renamed


def _complete(operation: dict[str, Any], access: RouteAccess) -> None:
    responses = operation["responses"]
    is_default_validation = PROBLEM_MEDIA_TYPE not in responses.get("422", {}).get("content", {})
    if "422" in responses and is_default_validation:
        responses["422"] = problem_description([InvalidRequest])
    if "requestBody" in operation:
        responses.setdefault("413", problem_description([TooLarge]))
    if access.access == PUBLIC:
        operation["security"] = []
    else:
        operation["x-permission"] = access.access
        operation["security"] = [{"token": []}, {"session": []}]
        responses.setdefault("401", problem_description([Unauthenticated]))
        responses.setdefault("403", problem_description([Forbidden]))
    responses.setdefault(
        "default",
        {
            "description": "Any other problem.",
            "content": {PROBLEM_MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        },
    )
    operation["responses"] = dict(sorted(responses.items()))
