"""Times as the text formats of the handbook write them: rewritten as CCSDS writes them, then read as those are.

So every rule about dates, times of day and leap seconds stands in one place, `ccsds.syntax.times`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ccsds.syntax.times import TimeReading, read_time, read_uniform_times

__all__ = [
    "HEADER_DATE",
    "LAUNCH_TIME",
    "PACKED_DAY_OF_YEAR",
    "SHORT_DAY_AND_TIME",
    "SHORT_DAY_OF_YEAR",
    "SLASHED_DATE",
    "PackedTime",
]

YEAR_PIVOT = 57
"""Years 57 to 99 lie in the twentieth century, as in a TLE."""
FRACTION = re.compile(r"(?:\.[0-9]+)?\Z")


@dataclass(frozen=True, slots=True)
class PackedTime:
    """One way of writing a time.

    Attributes
    ----------
    title
        How messages call it.
    packed, iso
        The same time both ways, without fraction of a second; lower-case letters stand for digits (year y, month m,
        day d, hour h, minute n, second s).
    """

    title: str
    packed: str
    iso: str

    @property
    def short_year(self) -> bool:
        """Whether the year has two digits."""
        return self.packed.count("y") == 2

    @property
    def token_count(self) -> int:
        """How many texts without blanks it takes."""
        return 1 + self.packed.count(" ")

    def matches(self, text: str) -> bool:
        """Whether a text has the form, whatever its numbers say."""
        head, tail = text[: len(self.packed)], text[len(self.packed) :]
        return (
            len(head) == len(self.packed)
            and all(
                c.isascii() and c.isdigit() if wanted.islower() else c == wanted
                for c, wanted in zip(head, self.packed, strict=True)
            )
            and FRACTION.match(tail) is not None
        )

    def read(self, text: str) -> TimeReading:
        """Read one time of the form; `problem` where there is none."""
        if not self.matches(text):
            return TimeReading(None, problem="TIM-001", message=f"{text!r} is not a time as {self.title}")
        digits: dict[str, list[str]] = {}
        for character, letter in zip(text, self.packed, strict=False):
            digits.setdefault(letter, []).append(character)
        if self.short_year:
            digits["y"] = list(_century("".join(digits["y"]))) + digits["y"]
        sources = {letter: iter(found) for letter, found in digits.items()}
        iso = "".join(next(sources[letter]) if letter.islower() else letter for letter in self.iso)
        return read_time(iso + text[len(self.packed) :])

    def read_many(self, rows: npt.NDArray[np.uint8], shape: str) -> npt.NDArray[np.datetime64] | None:
        """Read many times of one shape.

        Parameters
        ----------
        rows
            Their characters, shape (n, len(shape)).
        shape
            The text of all of them with each digit turned into 0.

        Returns
        -------
        Epochs, datetime64[ns], shape (n,); None where one needs a closer look.
        """
        if not self.matches(shape):
            return None
        count, head = rows.shape[0], len(self.packed)
        fraction = shape[head:]
        width = len(self.iso) + len(fraction)
        rewritten = np.empty((count, width), dtype=np.uint8)
        rewritten[:, : len(self.iso)] = np.frombuffer(self.iso.encode(), dtype=np.uint8)
        for letter in set(filter(str.islower, self.packed)):
            source = [place for place, other in enumerate(self.packed) if other == letter]
            target = [place for place, other in enumerate(self.iso) if other == letter]
            rewritten[:, target[-len(source) :]] = rows[:, source]
        if self.short_year:
            years = (rows[:, 0] - ord("0")) * 10 + rows[:, 1] - ord("0")
            rewritten[:, :2] = np.where((years >= YEAR_PIVOT)[:, np.newaxis], list(b"19"), list(b"20"))
        rewritten[:, len(self.iso) :] = rows[:, head:]
        iso_shape = re.sub("[a-z]", "0", self.iso) + fraction
        return read_uniform_times(rewritten.ravel(), np.arange(count) * width, iso_shape)


def _century(two_digits: str) -> str:
    return "19" if int(two_digits) >= YEAR_PIVOT else "20"


SHORT_DAY_OF_YEAR = PackedTime("YYDDDhhmmss.sss", "yydddhhnnss", "yyyy-dddThh:nn:ss")
SHORT_DAY_AND_TIME = PackedTime("YYDDD hhmmss.sss", "yyddd hhnnss", "yyyy-dddThh:nn:ss")
PACKED_DAY_OF_YEAR = PackedTime("YYYYDDDhhmmss.sss", "yyyydddhhnnss", "yyyy-dddThh:nn:ss")
SLASHED_DATE = PackedTime("YYYY/MM/DD hh:mm:ss.sss", "yyyy/mm/dd hh:nn:ss", "yyyy-mm-ddThh:nn:ss")
HEADER_DATE = PackedTime("YYYY-MM-DD hh:mm:ss.sss", "yyyy-mm-dd hh:nn:ss", "yyyy-mm-ddThh:nn:ss")
LAUNCH_TIME = PackedTime("yyyy ddd hhmm ss.sss", "yyyy ddd hhnn ss", "yyyy-dddThh:nn:ss")
