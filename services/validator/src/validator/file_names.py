"""Names of ephemeris files, read as the 19 SDS Spaceflight Safety Handbook forms them (table 9).

``type_number_name_time_designation_metadata_classification.extension``: type and number are read from the left, then
the seven-digit time group that is followed by the designation, the classification last, since common names may hold
brackets, blanks and underscores.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

__all__ = ["FileName", "name_faults", "parse_file_name", "time_group_of"]

_TAIL = re.compile(
    r"^(?P<common>.*)_(?P<time>\d{7})_(?P<designation>oper|operational|special)(?:_(?P<rest>.*))?$", re.IGNORECASE
)
_UNCATALOGUED = re.compile(r"UCN\d*", re.IGNORECASE)
_EXTENSIONS = {"space-track": ".txt", "uksa": ".oem"}
_KNOWN_SUFFIXES = frozenset({".txt", ".oem", ".xml", ".json", ".csv", ".kvn", ".exe", ".gz", ".zip", ".tle", ".3le"})
_LENGTHS = (5, 6, 9)
"""Digits of a catalogue number in a file name."""


@dataclass(frozen=True)
class FileName:
    """The parts of a file name; None where a part is not there or cannot be told from the others."""

    text: str
    suffixes: tuple[str, ...]
    data_type: str | None = None
    number_text: str | None = None
    norad_cat_id: int | None = None
    common_name: str | None = None
    time_group: str | None = None
    designation: str | None = None
    """``operational`` or ``special``."""
    metadata: str | None = None
    """Empty where the name says, by a double underscore, that there is none; None where that is not said."""
    classification: str | None = None

    @property
    def has_the_form(self) -> bool:
        """Whether every obligatory part was found."""
        return None not in (self.data_type, self.number_text, self.time_group, self.designation, self.classification)

    @property
    def is_uncatalogued(self) -> bool:
        """Whether it holds ``UCNnn`` in place of a number."""
        return self.number_text is not None and _UNCATALOGUED.fullmatch(self.number_text) is not None


def parse_file_name(text: str) -> FileName:
    """Read what a file name says; nothing is refused here."""
    stem, suffixes = _split(text)
    data_type, _, after_type = stem.partition("_")
    number_text, _, after_number = after_type.partition("_")
    is_number = number_text.isascii() and number_text.isdigit()
    if not is_number and _UNCATALOGUED.fullmatch(number_text) is None:
        return FileName(text, suffixes)
    norad_cat_id = int(number_text) if is_number and len(number_text) in _LENGTHS else None
    tail = _TAIL.match(after_number)
    if tail is None:
        return FileName(text, suffixes, data_type, number_text, norad_cat_id, after_number or None)
    metadata, classification = _metadata(tail["rest"])
    return FileName(
        text,
        suffixes,
        data_type,
        number_text,
        norad_cat_id,
        tail["common"],
        tail["time"],
        "special" if tail["designation"].lower() == "special" else "operational",
        metadata,
        classification,
    )


def _split(text: str) -> tuple[str, tuple[str, ...]]:
    suffixes: list[str] = []
    stem = text
    while "." in stem[1:]:
        before, _, last = stem.rpartition(".")
        suffix = f".{last.lower()}"
        if suffixes and suffix not in _KNOWN_SUFFIXES:  # a dot inside a common name
            break
        suffixes.insert(0, suffix)
        stem = before
    return stem, tuple(suffixes)


def _metadata(rest: str | None) -> tuple[str | None, str | None]:
    if rest is None:
        return None, None
    metadata, separator, classification = rest.rpartition("_")
    if not separator:  # oper_unclassified: metadata is empty, and only one underscore says so
        return None, rest
    return metadata, classification


def name_faults(name: FileName, profile: str) -> Iterator[tuple[str, str, str | None]]:
    """Give what is wrong with a name: the key of the ``FIL`` rule, what is wrong, and what the name should be."""
    extension = _EXTENSIONS.get(profile)
    if extension is not None and (not name.suffixes or name.suffixes[-1] != extension):
        yield "FIL-003", f"the file name {name.text!r} does not end in {extension}", None
    if len(name.suffixes) > 1:
        yield "FIL-003/double", f"the file name ends in {''.join(name.suffixes)}", "Keep one suffix."
    if not name.text.isascii():
        yield "FIL-004/non-ascii", f"the file name {name.text!r} holds characters outside ASCII", None
    if name.number_text is None:
        yield "FIL-005", f"the file name {name.text!r} holds no catalogue number after its first underscore", None
        return
    if name.is_uncatalogued:
        yield "FIL-005/uncatalogued", f"{name.number_text} in the file name is not a catalogue number", None
    elif name.norad_cat_id is None:
        yield (
            "FIL-006",
            f"the catalogue number {name.number_text} in the file name has {len(name.number_text)} digits",
            None,
        )
    if name.data_type != "MEME":
        yield "FIL-009", f"the data type in the file name is {name.data_type!r}", "Begin the name with MEME."
    yield from _tail_faults(name)


def _tail_faults(name: FileName) -> Iterator[tuple[str, str, str | None]]:
    if name.time_group is None or name.designation is None:
        yield "FIL-001", f"the file name {name.text!r} has no time group followed by operational or special", None
        return
    if not _is_time_group(name.time_group):
        yield "FIL-008", f"{name.time_group} in the file name is no day of the year with a time", None
    if name.classification is None:
        yield "FIL-001", f"the file name {name.text!r} has no classification", "End it with unclassified."
        return
    if name.metadata is None:
        right = name.text.replace(f"_{name.classification}", f"__{name.classification}")
        yield "FIL-002", "the metadata in the file name is empty after a single underscore", f"Name it {right}."
    if name.classification.lower() != "unclassified":
        yield "FIL-007", f"the classification in the file name is {name.classification!r}", None


def _is_time_group(text: str) -> bool:
    day, hour, minute = int(text[:3]), int(text[3:5]), int(text[5:])
    return 1 <= day <= 366 and hour <= 23 and minute <= 59


def time_group_of(moment: datetime) -> str:
    """Return the time group that a file starting at `moment` (UTC) carries: DDDHHMM."""
    return f"{moment:%j%H%M}"
