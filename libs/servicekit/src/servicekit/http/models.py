"""Bases of what comes in and goes out as JSON, and the one form of a time."""

from contextlib import suppress
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, WithJsonSchema
from starlette.responses import Response

__all__ = ["RequestModel", "ResponseModel", "UtcTimestamp", "json_answer"]


def _from_text(value: Any) -> Any:
    """Read ISO 8601 text only: numbers and bare dates are nobody's idea of a time."""
    if isinstance(value, datetime):
        return value
    if isinstance(value, str) and "T" in value.upper():
        with suppress(ValueError):
            return datetime.fromisoformat(value)
    raise ValueError("write the time as 2024-09-17T12:00:00Z")


def _aware(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("the time has no zone: write it with a Z, as 2024-09-17T12:00:00Z")
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise ValueError("the time lies, in UTC, outside the years 1 to 9999") from None


UtcTimestamp = Annotated[
    datetime,
    BeforeValidator(_from_text, json_schema_input_type=str),
    AfterValidator(_aware),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""A moment: ISO 8601 with a zone in, UTC with ``Z`` out. It works in strict models, where a plain datetime does not."""


class RequestModel(BaseModel):
    """Base of request bodies: no conversions (``"5"`` is no number), no unknown fields, no NaN.

    Times are `UtcTimestamp`. An enumeration is a Literal, or has ``Field(strict=False)``.
    """

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False, frozen=True)


class ResponseModel(BaseModel):
    """Base of answers. What is not a finite number is null, because JSON has no other word for it."""

    model_config = ConfigDict(extra="forbid", frozen=True, ser_json_inf_nan="null", from_attributes=True)


def json_answer(model: BaseModel, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Return `model` as a response that is rendered already, as the idempotency table needs it."""
    return Response(model.model_dump_json(), status_code=status, media_type="application/json", headers=headers)
