"""Bodies: nothing is converted silently, and times have a zone."""

import json
import math
from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from servicekit.http import RequestModel, ResponseModel, UtcTimestamp


class Span(RequestModel):
    start: UtcTimestamp
    hours: float


class Result(ResponseModel):
    tca: UtcTimestamp
    probability: float


def test_a_time_with_any_zone_becomes_utc() -> None:
    span = Span.model_validate({"start": "2024-09-17T14:00:00.5+02:00", "hours": 24.0})
    assert span.start == datetime(2024, 9, 17, 12, 0, 0, 500_000, tzinfo=UTC)
    assert span.start.tzinfo is UTC


@pytest.mark.parametrize(
    "start",
    [
        "2024-09-17T12:00:00",
        "2024-09-17",
        "soon",
        "",
        1726574400,
        None,
        True,
        "\x00T",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
    ],
)
def test_what_is_no_moment_is_refused(start: object) -> None:
    with pytest.raises(ValidationError):
        Span.model_validate({"start": start, "hours": 24.0})


@pytest.mark.parametrize("hours", ["24", True, None, math.nan, math.inf])
def test_numbers_are_numbers(hours: object) -> None:
    with pytest.raises(ValidationError):
        Span.model_validate({"start": "2024-09-17T12:00:00Z", "hours": hours})


def test_a_field_that_nobody_knows_is_refused() -> None:
    with pytest.raises(ValidationError, match="extra_forbidden"):
        Span.model_validate({"start": "2024-09-17T12:00:00Z", "hours": 1.0, "hour": 2})


def test_an_answer_has_utc_with_z_small_probabilities_whole_and_null_for_nan() -> None:
    moment = datetime(2024, 9, 17, 12, tzinfo=UTC)
    small = json.loads(Result(tca=moment, probability=4.2e-12).model_dump_json())
    assert small == {"tca": "2024-09-17T12:00:00Z", "probability": 4.2e-12}
    assert json.loads(Result(tca=moment, probability=math.nan).model_dump_json())["probability"] is None
