"""Is it there? What a listing says of files that were handed over, and what follows for each of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal

__all__ = ["HandedOver", "Listed", "Patience", "Sighting", "came_after", "look_for", "read_listing", "when_not_found"]

_CLOCKS: Final = timedelta(minutes=10)
"""So far may Space-Track's clock be from ours."""


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A file as a listing has it."""

    file_id: int
    folder_id: int
    file_name: str
    size_bytes: int
    uploaded_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class HandedOver:
    """A file that was handed over."""

    file_name: str
    size_bytes: int
    sent_at: datetime


@dataclass(frozen=True)
class Sighting:
    """What was found: the file, a damaged one of its name, or nothing."""

    kind: Literal["found", "damaged", "absent"]
    file: Listed | None = None


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How long is looked before a file counts as not arrived."""

    first: timedelta
    looks: int
    attempts: int


def read_listing(rows: Iterable[Mapping[str, Any]]) -> list[Listed]:
    """Return the files of a listing; rows without number or name are left out, for nothing can be done with them."""
    found = []
    for row in rows:
        values = {str(name).upper(): value for name, value in row.items()}
        file_id, folder_id, size = (_number(values.get(name)) for name in ("FILE_ID", "FOLDER_ID", "FILE_BYTES"))
        name = str(values.get("FILE_NAME") or "")
        if file_id is None or folder_id is None or not name:
            continue
        found.append(
            Listed(
                file_id=file_id,
                folder_id=folder_id,
                file_name=name,
                size_bytes=-1 if size is None else size,
                uploaded_at=_moment(values.get("FILE_UPLOADED")),
            )
        )
    return found


def look_for(wanted: HandedOver, listing: Sequence[Listed], claimed: frozenset[int]) -> Sighting:
    """Look for a file by name and size among those that no other submission claims; the newest counts."""
    named = [
        file
        for file in sorted(listing, key=lambda each: each.file_id, reverse=True)
        if file.file_name == wanted.file_name and file.file_id not in claimed
    ]
    for file in named:
        if file.size_bytes == wanted.size_bytes:
            return Sighting("found", file)
    for file in named:
        # It bears our name and came when we sent: what arrived is not what was sent.
        if file.uploaded_at is not None and came_after(file.uploaded_at, wanted.sent_at):
            return Sighting("damaged", file)
    return Sighting("absent")


def came_after(uploaded_at: datetime, sent_at: datetime) -> bool:
    """Whether a file came when, or after, ours was first sent, as far as two clocks can tell."""
    return uploaded_at >= sent_at - _CLOCKS


def when_not_found(
    looks: int, attempts: int, *, is_acknowledged: bool, patience: Patience
) -> timedelta | Literal["send-again", "give-up"]:
    """Return the pause until the next look; or that it is sent again, or given up.

    Listings lag behind uploads, so that one that does not show a file proves little: the pauses grow, and one that was
    acknowledged is looked for twice as often.
    """
    if looks < patience.looks * (2 if is_acknowledged else 1):
        return min(patience.first * 2 ** min(looks, 5), timedelta(minutes=15))
    return "send-again" if attempts < patience.attempts else "give-up"


def _number(value: Any) -> int | None:
    try:
        return int(str(value).strip())
    except ValueError:
        return None


def _moment(value: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(value).strip())
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
