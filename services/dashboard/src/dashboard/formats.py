"""How numbers, times and words are written on the pages. Registered as filters of the templates."""

import json
from datetime import UTC, datetime, timedelta

from markupsafe import Markup

__all__ = [
    "as_json",
    "breakable",
    "counted",
    "date_time",
    "distance",
    "duration",
    "file_size",
    "iso_time",
    "probability",
    "relative_time",
    "run_kind",
    "seconds",
    "signed_distance",
    "speed",
    "words",
]

ABSENT = "—"


def probability(value: float | None) -> str:
    """Write a probability in scientific notation: ``4.2e-05``; it is never rounded to 0."""
    if value is None:
        return ABSENT
    if value <= 0.0:
        return "< 1e-300"  # what a double cannot hold is not impossible
    return f"{value:.1e}"


def distance(metres: float | None) -> str:
    """Write a length given in metres, in metres below 1 km, else in kilometres."""
    if metres is None:
        return ABSENT
    size = abs(metres)
    if size < 99.95:
        return f"{metres:.1f} m"
    if size < 999.5:
        return f"{metres:.0f} m"
    if size < 99_950.0:
        return f"{metres / 1000.0:.2f} km"
    return f"{metres / 1000.0:,.0f} km"


def signed_distance(metres: float | None) -> str:
    """Write a component in metres with its sign; the minus is a true minus."""
    if metres is None:
        return ABSENT
    sign = "−" if metres < 0 else "+"
    return f"{sign}{distance(abs(metres))}"


def speed(metres_per_second: float | None) -> str:
    """Write a relative speed."""
    if metres_per_second is None:
        return ABSENT
    if metres_per_second < 1000.0:
        return f"{metres_per_second:.1f} m/s"
    return f"{metres_per_second / 1000.0:.2f} km/s"


def _utc(moment: datetime | str) -> datetime:
    parsed = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return parsed.astimezone(UTC)


def date_time(moment: datetime | str | None, precision: str = "second") -> str:
    """Write a time in UTC: to the ``minute``, the ``second`` or the ``millisecond``. The page says that it is UTC."""
    if moment is None:
        return ABSENT
    pattern = {"minute": "%Y-%m-%d %H:%M", "second": "%Y-%m-%d %H:%M:%S", "millisecond": "%Y-%m-%d %H:%M:%S.%f"}
    text = _utc(moment).strftime(pattern[precision])
    return text[:-3] if precision == "millisecond" else text


def iso_time(moment: datetime | str) -> str:
    """Write a time for a machine: ISO 8601 with Z."""
    return _utc(moment).isoformat().replace("+00:00", "Z")


def duration(span: timedelta) -> str:
    """Write a length of time in its two largest units: ``2 d 4 h``, ``3 h 12 min``, ``45 s``."""
    seconds = int(abs(span.total_seconds()))
    days, rest = divmod(seconds, 86_400)
    hours, rest = divmod(rest, 3_600)
    minutes, seconds = divmod(rest, 60)
    parts = [(days, "d"), (hours, "h"), (minutes, "min"), (seconds, "s")]
    first = next((index for index, (count, _) in enumerate(parts) if count), 3)
    written = [f"{count} {unit}" for count, unit in parts[first : first + 2] if count]
    return " ".join(written) or "0 s"


def seconds(span_s: float | None) -> str:
    """Write a measured time: to a tenth of a second below a minute, else in its two largest units."""
    if span_s is None:
        return ABSENT
    return f"{span_s:.1f} s" if span_s < 60.0 else duration(timedelta(seconds=span_s))


def relative_time(moment: datetime | str | None, now: datetime) -> str:
    """Write how far a time is from the service's clock: ``in 2 d 4 h``, ``3 min ago``."""
    if moment is None:
        return ABSENT
    difference = _utc(moment) - now
    if abs(difference) < timedelta(seconds=1):
        return "now"
    return f"in {duration(difference)}" if difference > timedelta(0) else f"{duration(difference)} ago"


def file_size(size_bytes: int) -> str:
    """Write a number of bytes in the largest unit of 1024 that leaves at least 1."""
    if size_bytes < 1024:
        return f"{size_bytes} B"
    size, unit = size_bytes / 1024.0, "KiB"
    for larger in ("MiB", "GiB"):
        if size >= 1024.0:
            size, unit = size / 1024.0, larger
    return f"{size:.1f} {unit}"


def breakable(name: str) -> Markup:
    """Write a file name so that a line may break behind its underscores, and nowhere else if that is enough."""
    return Markup("_<wbr>").join(name.split("_"))


_RUN_KINDS = {
    "ephemeris-catalogue": "Ephemeris against the catalogue",
    "ephemeris-ephemerides": "Ephemeris against other ephemerides",
    "catalogue-catalogue": "Catalogue object against the catalogue",
    "concern-list": "Concern list: pairs with an event, again",
    "catalogue-ephemerides": "Catalogue object against ephemerides",
}


def run_kind(code: str, *, of_everything: bool = False) -> str:
    """Write what a screening compares; of everything where it has no one primary."""
    if of_everything and code == "catalogue-catalogue":
        return "The whole catalogue against itself"
    return _RUN_KINDS.get(code) or words(code)


def counted(count: int, noun: str) -> str:
    """Write a number with its noun in the right form: ``1 error``, ``2,000 errors``."""
    return f"{count:,} {noun if count == 1 else _plural(noun)}"


def _plural(noun: str) -> str:
    return f"{noun}es" if noun.endswith("h") else f"{noun}s"


def as_json(value: object) -> str:
    """Write a value as indented JSON; the template escapes it like any other text."""
    return json.dumps(value, indent=2, ensure_ascii=False)


def words(code: str) -> str:
    """Write a code with hyphens or underscores as words: ``close-approach`` becomes ``Close approach``."""
    if code == "space-track":
        return "Space-Track"
    text = code.replace("-", " ").replace("_", " ").strip()
    return text[:1].upper() + text[1:]
