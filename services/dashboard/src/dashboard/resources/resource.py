"""What everything read from the API has in common. Fields that the pages do not know are left alone."""

from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict

__all__ = ["Page", "Resource", "Rows"]

T = TypeVar("T")
Rows = Annotated[list[dict[str, Any]], BeforeValidator(lambda value: value or [])]


class Resource(BaseModel):
    """Base of everything that is read from the API."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Page(Resource, Generic[T]):
    """One page of a list."""

    items: list[T]
    next_cursor: str | None = None
