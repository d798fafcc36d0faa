"""For which of our organizations a row is: by its GID, else its constellation, else the objects in it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Directory", "Member", "Route", "directory_of"]


@dataclass(frozen=True, kw_only=True)
class Member:
    """An organization of ours, as Space-Track may name it."""

    organization_id: str
    gid: str | None
    names: tuple[str, ...]


@dataclass(frozen=True)
class Route:
    """For whom a row is, and what told it; nobody where no organization of ours is meant."""

    organization_id: str | None
    by: str | None


@dataclass(frozen=True)
class Directory:
    """Organizations by what Space-Track calls them, and by their satellites."""

    by_gid: Mapping[str, str]
    by_name: Mapping[str, str]
    by_object: Mapping[int, str]

    def route(self, values: Mapping[str, Any]) -> Route:
        """Return for whom a row of class ``cdm`` is."""
        gid = _text(values, "GID")
        if gid and (found := self.by_gid.get(gid)) is not None:
            return Route(found, "gid")
        for column in ("CONSTELLATION", "MESSAGE_FOR"):
            if (found := self.by_name.get(_text(values, column).casefold())) is not None:
                return Route(found, "constellation")
        for column in ("SAT1_OBJECT_DESIGNATOR", "SAT2_OBJECT_DESIGNATOR"):
            number = _text(values, column)
            if number.isascii() and number.isdigit() and (found := self.by_object.get(int(number))) is not None:
                return Route(found, "object")
        return Route(None, None)


def directory_of(members: Iterable[Member], owners: Mapping[int, str]) -> Directory:
    """Return the directory of these organizations. A name that two of them bear tells nothing."""
    by_gid: dict[str, str] = {}
    claims: dict[str, set[str]] = {}
    for member in members:
        if member.gid:
            by_gid[member.gid.strip()] = member.organization_id
        for name in member.names:
            claims.setdefault(name.strip().casefold(), set()).add(member.organization_id)
    by_name = {name: next(iter(ids)) for name, ids in claims.items() if name and len(ids) == 1}
    return Directory(by_gid, by_name, dict(owners))


def _text(values: Mapping[str, Any], column: str) -> str:
    return str(values.get(column) or "").strip()
