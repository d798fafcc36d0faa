"""An address into its parts. The raw path is split before anything is decoded: values may hold an encoded slash."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from spacetrack_simulator.query.errors import BadQueryError

__all__ = ["Address", "Limit", "Order", "parse_address", "segments_of"]


@dataclass(frozen=True, slots=True)
class Order:
    """One column of `orderby`."""

    column: str
    descending: bool


@dataclass(frozen=True, slots=True)
class Limit:
    """`limit/N,offset`."""

    count: int
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Address:
    """What an address asks for.

    Attributes
    ----------
    action
        `query` or `modeldef`.
    predicates
        Column and the text of its value, in the order of the address.
    columns
        Of `predicates/…`; empty means all.
    """

    controller: str
    action: str
    class_name: str
    predicates: tuple[tuple[str, str], ...] = ()
    order: tuple[Order, ...] = ()
    limit: Limit | None = None
    columns: tuple[str, ...] = ()
    format: str = "json"
    distinct: bool = False
    metadata: bool = False
    show_empty: bool = False
    favorites: str | None = None

    def value_of(self, column: str) -> str | None:
        """Text of a predicate, if it is there."""
        return next((value for name, value in self.predicates if name.upper() == column.upper()), None)


def segments_of(raw_path: bytes) -> list[str]:
    """Split a raw path at its slashes and decode each part."""
    text = raw_path.split(b"?")[0].decode("ascii", errors="replace")
    return [unquote(part) for part in text.strip("/").split("/")]


def parse_address(segments: list[str]) -> Address:
    """Read `{controller}/{action}/class/{class}/{predicate}/{value}/…`.

    Raises
    ------
    BadQueryError
        It has another form.

    """
    if len(segments) < 4 or segments[2].lower() != "class" or segments[1].lower() not in {"query", "modeldef"}:
        raise BadQueryError("The address must read {controller}/{query|modeldef}/class/{class}/…")
    pairs = list(_pairs(segments[4:]))
    given: dict[str, str] = {}
    predicates: list[tuple[str, str]] = []
    for name, value in pairs:
        key = name.lower()
        if key in _REST:
            given[key] = value
        else:
            predicates.append((name, value))
    columns = given.get("predicates", "")
    return Address(
        controller=segments[0].lower(),
        action=segments[1].lower(),
        class_name=segments[3].lower(),
        predicates=tuple(predicates),
        order=tuple(_orders(given.get("orderby", ""))),
        limit=_limit(given["limit"]) if "limit" in given else None,
        columns=() if columns.upper() in {"", "ALL"} else tuple(part.strip() for part in columns.split(",")),
        format=given.get("format", "json").lower(),
        distinct=given.get("distinct", "false").lower() == "true",
        metadata=given.get("metadata", "false").lower() == "true",
        show_empty=given.get("emptyresult", "").lower() == "show",
        favorites=given.get("favorites"),
    )


_REST = frozenset({"orderby", "limit", "predicates", "distinct", "metadata", "emptyresult", "favorites", "format"})


def _pairs(segments: list[str]) -> Iterator[tuple[str, str]]:
    if len(segments) % 2:
        raise BadQueryError(f"The predicate {segments[-1]!r} has no value")
    return zip(segments[::2], segments[1::2], strict=True)


def _orders(text: str) -> Iterator[Order]:
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, _, direction = part.partition(" ")
        if direction.strip().lower() not in {"", "asc", "desc"}:
            raise BadQueryError(f"A column is ordered asc or desc, not {direction!r}")
        yield Order(name, direction.strip().lower() == "desc")


def _limit(text: str) -> Limit:
    count, _, offset = text.partition(",")
    try:
        limit = Limit(int(count), int(offset or 0))
    except ValueError:
        raise BadQueryError(f"limit/{text} is no number") from None
    if limit.count < 0 or limit.offset < 0:
        raise BadQueryError(f"limit/{text} is negative")
    return limit
