"""Lists, page by page: a cursor names the last row by its sort key, so that a page costs the same however far it is."""

import base64
import binascii
import json
import math
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Depends, Query
from pydantic import BaseModel, ConfigDict
from typing_extensions import override

from servicekit.errors import FairwayError

__all__ = ["InvalidCursor", "Page", "PageDep", "PageRequest", "decode_cursor", "encode_cursor"]

LARGEST_PAGE = 200
_LARGEST_INTEGER = 2**63 - 1
_UNSTORABLE = re.compile("[\\x00\\ud800-\\udfff]")
"""NUL, which PostgreSQL does not take, and surrogates, which are no text."""

T = TypeVar("T")
Row = TypeVar("Row")
CursorValue = str | int | float | datetime | None


class InvalidCursor(FairwayError):
    """A cursor that this list has not given out."""

    code = "invalid-cursor"
    status = 400
    title = "Invalid cursor"
    remedy = "Use next_cursor of the previous page as it is, or begin again without a cursor."


def encode_cursor(*values: CursorValue) -> str:
    """Return the sort key of a page's last row as text for the next page's address."""
    plain = [{"t": value.astimezone(UTC).isoformat()} if isinstance(value, datetime) else value for value in values]
    return base64.urlsafe_b64encode(json.dumps(plain, separators=(",", ":")).encode()).decode().rstrip("=")


def decode_cursor(cursor: str, *kinds: type | tuple[type, ...]) -> tuple[Any, ...]:
    """Return the sort key inside `cursor`, with one value of each of `kinds`.

    Raises
    ------
    InvalidCursor
        It is not a cursor of this list.
    """
    try:
        plain = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
        if not isinstance(plain, list) or len(plain) != len(kinds):
            raise InvalidCursor
        values = tuple(_moment(value["t"]) if isinstance(value, dict) else value for value in plain)
    except (ValueError, KeyError, TypeError, binascii.Error, RecursionError):
        raise InvalidCursor(f"{cursor[:40]!r} is not a cursor of this list") from None
    for value, kind in zip(values, kinds, strict=True):
        if not isinstance(value, kind) or not _can_be_compared(value):
            raise InvalidCursor(f"{cursor[:40]!r} is not a cursor of this list")
    return values


def _moment(text: str) -> datetime:
    """Read a time as `encode_cursor` writes it: in UTC, so that no offset leads beyond the years that there are."""
    moment = datetime.fromisoformat(text)
    if moment.utcoffset() != timedelta(0):
        raise ValueError(text)
    return moment


def _can_be_compared(value: object) -> bool:
    """Whether every database can compare its columns with `value`."""
    if isinstance(value, bool):
        return False
    if isinstance(value, int):
        return -_LARGEST_INTEGER <= value <= _LARGEST_INTEGER
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, str):
        return _UNSTORABLE.search(value) is None
    return True


class Page(BaseModel, Generic[T]):
    """One page of a list."""

    model_config = ConfigDict(extra="forbid", frozen=True, ser_json_inf_nan="null")

    items: list[T]
    next_cursor: str | None = None
    """Pass it as `cursor` for the next page; null on the last one."""

    @classmethod
    @override
    def model_parametrized_name(cls, params: tuple[Any, ...]) -> str:
        return f"{''.join(getattr(each, '__name__', str(each)) for each in params)}Page"


class PageRequest(BaseModel):
    """Which page is asked for."""

    model_config = ConfigDict(frozen=True)

    limit: int = 50
    cursor: str | None = None

    def after(self, *kinds: type | tuple[type, ...]) -> tuple[Any, ...] | None:
        """Return the sort key after which the page begins, or None for the first page."""
        return None if self.cursor is None else decode_cursor(self.cursor, *kinds)

    def page(
        self,
        rows: Sequence[Row],
        render: Callable[[Row], T],
        key: Callable[[Row], tuple[CursorValue, ...]],
    ) -> Page[T]:
        """Return the page made of `rows`; the query fetched one more than `limit`, to see whether more follow."""
        shown = rows[: self.limit]
        more = len(rows) > self.limit
        return Page(items=[render(row) for row in shown], next_cursor=encode_cursor(*key(shown[-1])) if more else None)


async def _page_request(
    limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE, description="Entries on the page.")] = 50,
    cursor: Annotated[str | None, Query(max_length=1000, description="next_cursor of the previous page.")] = None,
) -> PageRequest:
    return PageRequest(limit=limit, cursor=cursor)


PageDep = Annotated[PageRequest, Depends(_page_request)]
