"""Every error as a problem document (RFC 9457), made in one place."""

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from servicekit.errors import (
    FairwayError,
    InternalError,
    InvalidRequest,
    MethodNotAllowed,
    NotFound,
    TooLarge,
    Unavailable,
    UnsupportedMediaType,
)
from servicekit.observability import logger
from servicekit.outages import outage
from servicekit.tracing import current_trace

__all__ = ["PROBLEM_MEDIA_TYPE", "MalformedRequest", "Problem", "handle_errors", "known_error", "problem", "raises"]

PROBLEM_MEDIA_TYPE = "application/problem+json"

_log = logger(__name__)
_BY_STATUS: dict[int, type[FairwayError]] = {
    404: NotFound,
    405: MethodNotAllowed,
    413: TooLarge,
    415: UnsupportedMediaType,
    422: InvalidRequest,
    503: Unavailable,
}


class MalformedRequest(FairwayError):
    """The body breaks the rules of its own format, before its fields can be looked at."""

    code = "malformed-request"
    status = 400
    title = "Malformed request"
    remedy = "Check the body against its Content-Type: broken JSON, or a broken multipart boundary."


class FieldFault(BaseModel):
    """One field that cannot be read."""

    location: str
    """Where: ``body.hours``, ``query.limit``, ``header.prefer``."""
    message: str
    kind: str


class Problem(BaseModel):
    """What went wrong. `code` is stable; some codes add members of their own."""

    model_config = ConfigDict(extra="allow")

    type: str
    """Address of the page that explains this code."""
    title: str
    status: int
    detail: str
    code: str
    remedy: str
    """What to do."""
    instance: str | None = None
    """The path of the request."""
    trace_id: str | None = None
    """Names this request in the logs."""
    errors: list[FieldFault] | None = None


def problem(error: FairwayError, request: Request) -> Response:
    """Return the problem document of `error`."""
    document = {
        "type": f"{request.app.state.settings.http.base_url}/problems/{error.code}",
        "title": error.title,
        "status": error.status,
        "detail": error.detail,
        "code": error.code,
        "remedy": error.remedy,
        "instance": request.url.path,
        "trace_id": current_trace(),
        **error.extensions,
    }
    headers = {"Cache-Control": "no-store", **error.headers}
    return JSONResponse(document, error.status, headers, media_type=PROBLEM_MEDIA_TYPE)


def known_error(error: BaseException) -> FairwayError | None:
    """Return the error to tell of, where `error` or what caused it is one; else it is a fault of ours."""
    if isinstance(error, FairwayError):
        return error
    if (away := outage(error)) is not None:
        return away
    if isinstance(error, HTTPException) and isinstance(error.__cause__, FairwayError):
        return error.__cause__  # raised while the body was read, and wrapped by the framework
    return None


def raises(*errors: type[FairwayError]) -> dict[int | str, dict[str, Any]]:
    """Return the `responses` of a route that raises `errors`, for its OpenAPI description."""
    by_status: dict[int, list[type[FairwayError]]] = {}
    for error in sorted(errors, key=lambda each: each.code):
        by_status.setdefault(error.status, []).append(error)
    return {status: problem_description(those) for status, those in sorted(by_status.items())}


def problem_description(errors: Sequence[type[FairwayError]]) -> dict[str, Any]:
    """Return the OpenAPI description of a response that carries one of `errors`."""
    return {
        "description": "; ".join(f"`{error.code}`: {error.title}" for error in errors),
        "content": {
            PROBLEM_MEDIA_TYPE: {
                "schema": {"$ref": "#/components/schemas/Problem"},
                "examples": {error.code: {"value": _example(error)} for error in errors},
            }
        },
    }


def handle_errors(app: FastAPI) -> None:
    """Have `app` answer every error that has a code, and every error of the framework, with a problem document."""

    async def fairway_error(request: Request, error: Exception) -> Response:
        found = known_error(error) or InternalError()
        if found.status >= 500:
            _log.error(found.detail, code=found.code, exc_info=error)
        return problem(found, request)

    async def framework_error(request: Request, error: Exception) -> Response:
        return problem(known_error(error) or _of_framework(error, request), request)

    async def invalid_request(request: Request, error: Exception) -> Response:
        return problem(_invalid(error), request)

    app.add_exception_handler(FairwayError, fairway_error)
    app.add_exception_handler(HTTPException, framework_error)
    app.add_exception_handler(RequestValidationError, invalid_request)


def _of_framework(error: Exception, request: Request) -> FairwayError:
    if not isinstance(error, HTTPException):
        return InternalError()
    details = {404: f"There is nothing at {request.url.path}", 405: f"{request.method} is not possible here"}
    kind = _BY_STATUS.get(error.status_code, MalformedRequest if error.status_code < 500 else InternalError)
    return kind(details.get(error.status_code, str(error.detail)), headers=error.headers)


def _invalid(error: Exception) -> FairwayError:
    faults = error.errors() if isinstance(error, RequestValidationError) else []
    if any(fault["type"] == "json_invalid" for fault in faults):
        return MalformedRequest("The body is not JSON")
    errors = [
        {
            "location": ".".join(str(part) for part in fault["loc"]),
            "message": fault["msg"].removeprefix("Value error, "),
            "kind": fault["type"],
        }
        for fault in faults
    ]
    first = errors[0] if errors else None
    return InvalidRequest(f"{first['location']}: {first['message']}" if first else None, errors=errors)


def _example(error: type[FairwayError]) -> dict[str, Any]:
    return {
        "type": f"https://fairway.example/problems/{error.code}",
        "title": error.title,
        "status": error.status,
        "detail": error.title,
        "code": error.code,
        "remedy": error.remedy,
    }
