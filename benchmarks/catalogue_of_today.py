"""A catalogue of an earlier day, moved to now: the same orbits, so that a service that lives today may screen them."""

from datetime import UTC, datetime, timedelta

__all__ = ["moved"]

_EPOCH = slice(18, 32)
"""Where line 1 has its epoch: two digits of the year, day of the year with eight decimals."""
_CHECKSUM = 68
_UNITS_A_DAY = 10**8


def moved(content: bytes, by: timedelta) -> bytes:
    """Return a TLE or 3LE file whose epochs lie later by `by`, taken to the last digit that an epoch has (0.864 ms).

    Every epoch moves by exactly as much, so that whoever met whom does so again, that much later. Line 2 has no epoch;
    it stays as it is, with its checksum.
    """
    units = round(by / timedelta(days=1) * _UNITS_A_DAY)
    lines = content.split(b"\n")
    return b"\n".join(_moved_line(line, units) if line.startswith(b"1 ") else line for line in lines)


def _moved_line(line: bytes, units: int) -> bytes:
    text = line.decode("ascii")
    text = f"{text[: _EPOCH.start]}{_moved_epoch(text[_EPOCH], units)}{text[_EPOCH.stop :]}"
    return f"{text[:_CHECKSUM]}{_checksum(text[:_CHECKSUM])}{text[_CHECKSUM + 1 :]}".encode("ascii")


def _moved_epoch(epoch: str, units: int) -> str:
    year = int(epoch[:2])
    year += 1900 if year >= 57 else 2000
    days, fraction = epoch[2:].split(".")
    day, part = divmod((int(days) - 1) * _UNITS_A_DAY + int(fraction) + units, _UNITS_A_DAY)
    date = datetime(year, 1, 1, tzinfo=UTC) + timedelta(days=day)
    return f"{date:%y%j}.{part:08d}"


def _checksum(text: str) -> int:
    """Return the sum of the digits, a minus being one, modulo ten."""
    return sum(int(each) if each.isdigit() else each == "-" for each in text) % 10
