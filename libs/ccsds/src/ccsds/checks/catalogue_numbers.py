"""Designators against catalogue numbers, where a catalogue is given."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from ccsds.messages import Cdm, ElementSets, Message, Oem, Omm, Opm
from ccsds.report import FindingLog
from ccsds.syntax.lines import Lines

__all__ = ["check_catalogue_numbers"]

NUMBER = re.compile(r"[0-9]{1,9}\Z")
NOT_SAID = frozenset({"", "UNKNOWN"})
NOTIFICATION_NUMBER = "NORAD_CAT_ID"
MAX_REPORTED = 100


class Named(NamedTuple):
    """An object as a message names it: designator as written, and number; None where it has none."""

    designator: str
    number: int | None


def check_catalogue_numbers(message: Message, catalogue: Mapping[str, int], data: bytes, log: FindingLog) -> None:
    """CAT-001, CAT-002: the designators of a message are known, and those of the numbers beside them.

    Parameters
    ----------
    catalogue
        International designator, as `1998-067A`, to catalogue number.
    data
        The document, for the places of findings.
    """
    known = {designator.strip().upper(): number for designator, number in catalogue.items()}
    numbers = set(known.values())
    places = _Places(data)
    count = 0
    for named in _objects(message):
        designator = named.designator.strip().upper()
        listed = known.get(designator)
        if designator in NOT_SAID:
            continue
        if NUMBER.match(designator):
            if int(designator) in numbers:
                continue
            key, said = "CAT-002", f"number {designator} is not in the catalogue"
        elif listed is None:
            key, said = "CAT-002", f"{named.designator} is not in the catalogue"
        elif named.number is None or named.number == listed:
            continue
        else:
            key, said = "CAT-001", f"{named.designator} is {listed} in the catalogue; beside it stands {named.number}"
        count += 1
        if count <= MAX_REPORTED:
            line, column = places.next_of(named.designator)
            log.add(key, said, line=line, column=column)


def _objects(message: Message) -> Iterator[Named]:
    """What a message says about which objects it holds, each once a place."""
    match message:
        case Oem():
            for designator in dict.fromkeys(segment.metadata.object_id for segment in message.segments):
                yield Named(designator, None)
        case Opm():
            own = (*message.header.user_defined, *message.metadata.user_defined, *message.user_defined)
            texts = (value for name, value in own if name == NOTIFICATION_NUMBER)
            yield Named(message.metadata.object_id, next((int(t) for t in texts if NUMBER.match(t)), None))
        case Omm():
            yield Named(message.metadata.object_id, None if message.tle is None else message.tle.norad_cat_id)
        case Cdm():
            for body in message.objects:
                text = body.metadata.object_designator.strip()
                number = int(text) if NUMBER.match(text) else None
                yield Named(body.metadata.international_designator, number)
        case ElementSets():
            for designator, number in zip(message.object_id, message.norad_cat_id.tolist(), strict=True):
                yield Named(designator, number)


class _Places:
    """Finds texts in a document one after the other."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._lines: Lines | None = None
        self._from = 0

    def next_of(self, text: str) -> tuple[int | None, int | None]:
        """Line and column of the next occurrence, from 1; None where there is none."""
        at = self._data.find(text.encode("utf-8"), self._from)
        if at < 0:
            return None, None
        self._from = at + 1
        if self._lines is None:
            self._lines = Lines(self._data)
        return self._lines.place_of(at)
