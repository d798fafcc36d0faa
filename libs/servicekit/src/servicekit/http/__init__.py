"""What every HTTP handler of ours is made with."""

from servicekit.http.body_limit import accepts_upload
from servicekit.http.conditional import NOT_MODIFIED, check_if_match, entity_tag, is_not_modified, tagged_answer
from servicekit.http.dependencies import (
    ContextDep,
    OptionalPrincipalDep,
    RouteAccess,
    public_route,
    requires,
    route_access,
)
from servicekit.http.event_stream import ServerSentEvent, event_stream
from servicekit.http.idempotency import Idempotency, IdempotencyDep, fingerprint
from servicekit.http.models import RequestModel, ResponseModel, UtcTimestamp, json_answer
from servicekit.http.pages import Page, PageDep, PageRequest, decode_cursor, encode_cursor
from servicekit.http.parameters import known_parameters_only
from servicekit.http.preferences import Preferences, PreferencesDep
from servicekit.http.problems import Problem, raises

__all__ = [
    "NOT_MODIFIED",
    "ContextDep",
    "Idempotency",
    "IdempotencyDep",
    "OptionalPrincipalDep",
    "Page",
    "PageDep",
    "PageRequest",
    "Preferences",
    "PreferencesDep",
    "Problem",
    "RequestModel",
    "ResponseModel",
    "RouteAccess",
    "ServerSentEvent",
    "UtcTimestamp",
    "accepts_upload",
    "check_if_match",
    "decode_cursor",
    "encode_cursor",
    "entity_tag",
    "event_stream",
    "fingerprint",
    "is_not_modified",
    "json_answer",
    "known_parameters_only",
    "public_route",
    "raises",
    "requires",
    "route_access",
    "tagged_answer",
]
