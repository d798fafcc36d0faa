"""Times as people write them on a command line."""

from datetime import UTC, datetime

from fairway.errors import CommandError

__all__ = ["utc"]


def utc(text: str, option: str) -> datetime:
    """Return the moment that `text` names: ISO 8601, in UTC where it has no zone.

    Raises
    ------
    CommandError
        It is no time.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(f"{option} {text!r} is not a time: write it like 2024-09-17T12:00:00Z") from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
